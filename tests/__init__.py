"""The tests: a mirror of the tree, and what concerns the tree as a whole in ``structure``."""
