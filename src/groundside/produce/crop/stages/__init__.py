"""Growth stages from the warmth that a crop had, and from its index over time."""
