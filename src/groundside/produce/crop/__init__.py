"""A crop from its images: reflectance, indices, nitrogen, growth stages, rates."""
