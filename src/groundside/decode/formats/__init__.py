"""One file, or one folder, for each format; each ends in a constant `FORMAT`."""
