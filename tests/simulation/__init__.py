"""A deterministic simulation of handhelds and server: the product's own classes on an injected world."""
