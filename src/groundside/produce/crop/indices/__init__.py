"""Vegetation indices: their formulas, what each needs, and what hides the crop from them."""
