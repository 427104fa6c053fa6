"""Tables that the readers look things up in. Each says where it comes from, under which licence, and how it is made."""
