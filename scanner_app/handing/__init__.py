"""A task in progress goes from one handheld to another: what is given, how it travels, and who has it now."""
