"""Backups of an archive: objects as they lie, and generations of its catalogue, sealed; archives made of them."""
