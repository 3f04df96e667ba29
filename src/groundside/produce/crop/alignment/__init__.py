"""Bands of one capture, brought onto one another."""
