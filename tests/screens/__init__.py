"""Every screen of the handheld with worst-case data: reached by scripts, held against what it wants to show."""
