"""How bytes get here, and from whom. Knows nothing of their meaning."""
