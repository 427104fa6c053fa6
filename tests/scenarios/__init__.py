"""Scenarios a storekeeper can read, and what plays them."""
