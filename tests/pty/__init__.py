"""The whole handheld in a real pseudo-terminal: what was typed by a scanner against what is in the journal."""
