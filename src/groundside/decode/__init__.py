"""Bytes in, tables and problems out. Opens no file, asks no clock, never raises on bad bytes."""
