"""Shared tables and small maths: geodesy, time scales, places."""
