"""One file each: a `Truth` in, bytes of a real format out."""
