"""Encryption at rest: the form in which objects of a sealed archive lie in their store."""
