"""The handheld: journal, cache, session, workflows and the terminal screens."""
