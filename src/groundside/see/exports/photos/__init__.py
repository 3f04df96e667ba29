"""Photos and their footprints, in formats that GIS programs read."""
