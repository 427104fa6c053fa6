"""Handhelds and server as processes of their own, with a bad network between them, killed at random moments."""
