"""Rasters of any size, block by block: never more than a few blocks in memory."""
