"""How a handheld and the central server exchange events and the replica."""
