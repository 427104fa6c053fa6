"""The camera as a scanner: pictures in, symbols out, with exact bytes and AIM identifiers.

OpenCV, zxing-cpp and pyzbar are loaded when the first picture is read, and each may be missing.
"""
