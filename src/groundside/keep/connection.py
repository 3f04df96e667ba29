"""What every family of questions and changes stands on: a connection, a caller, a scope."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, true

from groundside.model.caller import Caller, Scope

if TYPE_CHECKING:
    from groundside.keep.keys.custody import Custody

Each = TypeVar("Each")
AT_ONCE = 500
"""How many values go into one IN (...); SQLite takes 32,766, older ones 999."""


class Asking:
    """Asks questions inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class Changing(Asking):
    """Changes rows inside one transaction, for one caller."""

    caller: Caller
    custody: Custody | None
    """What wraps the keys of objects; None where nothing is sealed."""

    @property
    def row_key(self) -> bytes | None:
        """What seals rows (`row_seals`); None where nothing does."""
        return self.custody.row_key() if self.custody else None


def within(column: Column[str], scope: Scope) -> ColumnElement[bool]:
    """Hold a query to the cases of a scope; an empty scope holds nothing."""
    return true() if scope.cases is None else column.in_(sorted(scope.cases))


def new_id() -> str:
    """Make a random id, 32 hexadecimal characters."""
    return secrets.token_hex(16)


def by_hundreds(values: Iterable[Each]) -> Iterator[Sequence[Each]]:
    """Give values in groups small enough for one statement."""
    left = list(values)
    for start in range(0, len(left), AT_ONCE):
        yield left[start : start + AT_ONCE]
