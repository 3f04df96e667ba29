"""What was found out about a table or a log, remembered as long as that is the one asked about."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Protocol, TypeVar, cast

import pyarrow as pa

T = TypeVar("T")


class Remembering(Protocol):
    """What keeps with it what was found out about it."""

    found: dict[object, object]


Subject = TypeVar("Subject", bound=Remembering)


def once_a_table(find: Callable[[pa.Table], T]) -> Callable[[pa.Table], T]:
    """
    Remember what was found for the table asked about last: recording, track and log ask one after the other.

    Args:
        find: a pure function of a table, which is never changed once made; what it gives must not hold the table.
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


def once_a_log(find: Callable[[Subject], T]) -> Callable[[Subject], T]:
    """
    Have what was found in a log kept with it: facts and track ask the same.

    Args:
        find: a pure function of a log; what it gives is not to be changed.
    """

    @wraps(find)
    def kept(log: Subject) -> T:
        if find not in log.found:
            log.found[find] = find(log)
        return cast("T", log.found[find])

    return kept
