"""
Believable flights with known truth, in real formats: for the demonstration, and an oracle for the tests.

Nothing here is shared with the decoders: not a table, not a line. Everything written says "SIMULATED".
"""

from __future__ import annotations

MARK = "SIMULATED by Groundside"
"""The text that every simulated file carries where its format has room for text."""
