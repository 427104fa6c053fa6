"""What a scan means and what may happen to a unit. Pure: no I/O, no clock, no randomness of its own."""
