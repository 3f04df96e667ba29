"""
Compiled kernels, and beside each its plain-Python twin: the twin is the definition, the kernel is its speed.

`PLAIN` chooses the twins, for tests and for looking for a fault: set GROUNDSIDE_KERNELS=plain before the start.
"""

from __future__ import annotations

import os

PLAIN = os.environ.get("GROUNDSIDE_KERNELS") == "plain"
"""Whether the plain twins are used in place of the kernels."""
