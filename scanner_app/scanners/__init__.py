"""The scanners of a handheld: what each does to the codes it reads, and how that is learned and undone."""
