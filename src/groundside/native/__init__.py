"""Compiled kernels and their plain-Python twins; the twin is the definition. Nothing is here yet."""
