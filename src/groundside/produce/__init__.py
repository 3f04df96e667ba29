"""Derived things: pure functions, each naming its source."""
