"""From a raster of rates or an index to zones that a machine can spread."""
