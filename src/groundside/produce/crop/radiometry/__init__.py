"""Digital numbers to reflectance, by each maker's published model."""
