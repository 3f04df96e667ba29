"""What a server has imported stays: the collector of garbage need not walk through it again while somebody waits."""

from __future__ import annotations

import gc
from functools import cache


@cache
def settle() -> None:
    """
    Set aside all that is alive now from what is searched for garbage; once in a process.

    Called after the first answer that brought the heavy libraries in. Searching through all of their 100,000 objects
    takes some 55 ms, longer than planning again does, and came about every thirtieth time.
    """
    gc.collect()
    gc.freeze()
