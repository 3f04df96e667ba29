"""Photos: what they show of the ground, which of them see a place, how much of it two of them share."""
