"""Readers: one small module a standard, each giving readings of a scan. :func:`tracking.identifiers.reader.read`
asks them in turn. A new standard is a module with ``parse(text, symbology_id, today)`` and a line in the reader.
"""
