"""Rows of separated cells: what decoders of CSV share. Splits, names, converts; knows no maker's columns."""
