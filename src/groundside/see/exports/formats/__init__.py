"""One file for each kind of export; each ends in a constant `EXPORT`."""
