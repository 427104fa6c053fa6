"""The screens, painted and in a real pseudo-terminal."""
