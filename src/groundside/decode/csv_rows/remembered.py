"""What was found out about a table, remembered as long as that is the one asked about."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TypeVar

import pyarrow as pa

T = TypeVar("T")


def once_a_table(find: Callable[[pa.Table], T]) -> Callable[[pa.Table], T]:
    """
    Remember what was found for the table asked about last: recording, track and log ask one after the other.

    Args:
        find: a pure function of a table, which is never changed once made.
    """
    held: list[tuple[weakref.ref[pa.Table], T]] = []

    def remembered(rows: pa.Table) -> T:
        for table, found in held[-1:]:
            if table() is rows:
                return found
        found = find(rows)
        held[:] = [(weakref.ref(rows, lambda _: held.clear()), found)]
        return found

    return remembered
