"""How much nitrogen: one file for each published model."""
