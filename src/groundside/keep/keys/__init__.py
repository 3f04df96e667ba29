"""Keys: the root, what it wraps, and what that wraps, down to the data key of each object."""
