"""USB scanners: those that type like a keyboard (evdev), and those that speak HID-POS (hidraw).

Both are read through the kernel's own device files, so nothing has to be compiled or installed for them.
"""
