"""A table of a TOML file that a person wrote: every key known, every value of its kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import TypeVar, cast

from groundside.errors import BadRequest

MOST = 36_525
"""The greatest number that makes sense in a rule: the days of a century."""

Table = Mapping[str, object]
Value = TypeVar("Value")


def known(name: str, names: Collection[str], what: str, where: str) -> None:
    """
    Refuse a name that is none of those there are.

    Args:
        what: what it should be the name of. where: in which place it stands.

    Raises:
        BadRequest: the nearest spelling is named.
    """
    if name in names:
        return
    near = get_close_matches(name, names, n=1, cutoff=0.0)
    message = f"There is no {what} {name!r} ({where})."
    raise BadRequest(message, try_this=f"did you mean {near[0]!r}?" if near else "leave it out")


class Reader:
    """A TOML table of which every key is known, read by kind of value."""

    def __init__(self, values: Table, where: str, keys: Sequence[str]) -> None:
        self.values, self._where = values, where
        for name in values:
            known(name, keys, "key", where)

    def wrong(self, name: str, what: str, instead: str) -> BadRequest:
        """Make the error for a key whose value cannot be."""
        return BadRequest(f"{self._where}: {name!r} {what}.", try_this=instead)

    def text(self, name: str, *, needed: bool = False) -> str:
        """Read a text, empty where it is not given."""
        found = self._value(name, str, "a text") or ""
        if needed and not found.strip():
            raise self.wrong(name, "is missing", f'{name} = "..."')
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts."""
        found = cast("list[object]", self._value(name, list, "a list of texts") or [])
        if not all(isinstance(one, str) and one for one in found):
            raise self.wrong(name, "must be a list of texts", f'{name} = ["..."]')
        return tuple(cast("list[str]", found))

    def number(self, name: str) -> int:
        """Read a whole number, 0 where it is not given."""
        found = self._value(name, int, "a whole number") or 0
        if isinstance(found, bool) or not 0 <= found <= MOST:
            raise self.wrong(name, f"must be a whole number up to {MOST}", f"{name} = 3")
        return found

    def truth(self, name: str) -> bool:
        """Read true or false, false where it is not given."""
        return bool(self._value(name, bool, "true or false"))

    def day(self, name: str) -> date | None:
        """Read a date without a time."""
        found = self._value(name, date, "a date")
        if isinstance(found, datetime):
            raise self.wrong(name, "must be a date without a time", f"{name} = {found:%Y-%m-%d}")
        return found

    def one_of(self, name: str, allowed: Sequence[str]) -> str:
        """Read one of a few words."""
        found = self.text(name)
        known(found, allowed, f"{name!r} of", self._where)
        return found

    def table(self, name: str, keys: Sequence[str]) -> Reader | None:
        """Read a table inside this one."""
        found = self._value(name, dict, "a table")
        return None if found is None else Reader(cast("Table", found), f"{self._where}, `{name}`", keys)

    def tables(self, name: str) -> list[Table]:
        """Read a list of tables."""
        found = cast("list[object]", self._value(name, list, f"tables [[{name}]]") or [])
        if not all(isinstance(one, dict) for one in found):
            raise self.wrong(name, "must be tables", f"[[{name}]]")
        return cast("list[Table]", found)

    def _value(self, name: str, kind: type[Value], said: str) -> Value | None:
        found = self.values.get(name)
        if found is not None and not isinstance(found, kind):
            raise self.wrong(name, f"must be {said}", "write it as docs/reference/currency-rules.md shows")
        return found
