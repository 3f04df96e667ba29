"""Tags as numbers and texts, however they are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from groundside.decode.photos.found import Value
from groundside.model.photo import Quirk

_LONGEST = 64


class Asked:
    """
    The tags of one file, asked for by name.

    Args:
        tags: by "group:tag".
    """

    __slots__ = ("_quirks", "tags")

    def __init__(self, tags: Mapping[str, Value]) -> None:
        self.tags = tags
        self._quirks: dict[str, str] = {}

    def number(self, *keys: str) -> float | None:
        """Give the first of these tags that is one finite number."""
        get = self.tags.get
        for key in keys:
            value = get(key)
            if value is not None and (found := number_of(value)) is not None:
                return found
        return None

    def whole(self, *keys: str) -> int | None:
        """Give the first of these tags that is a number, as a whole one."""
        found = self.number(*keys)
        return None if found is None else round(found)

    def numbers(self, key: str) -> tuple[float, ...]:
        """Give the numbers of a tag; empty where one of them is none."""
        value = self.tags.get(key)
        return () if value is None else numbers_of(value)

    def text(self, *keys: str) -> str:
        """Give the first of these tags that says something."""
        get = self.tags.get
        for key in keys:
            value = get(key)
            if value is None:
                continue
            if isinstance(value, tuple) and value:
                value = value[0]
            if isinstance(value, str) and (found := value.strip()):
                return found
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; those that are written with commas between them are taken apart."""
        value = self.tags.get(key)
        if isinstance(value, tuple):
            return tuple(str(each).strip() for each in value)
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) and value.strip() else ()

    def first(self, *keys: str) -> str:
        """Give the first of these names that is there; empty where none is."""
        for key in keys:
            if key in self.tags:
                return key
        return ""

    def quirk(self, name: str, what: str) -> None:
        """Say what was odd and what was made of it; the first saying counts."""
        self._quirks.setdefault(name, what)

    def quirks(self) -> tuple[Quirk, ...]:
        """Give all that was odd, in order of name."""
        return tuple([Quirk(name, self._quirks[name]) for name in sorted(self._quirks)])


def number_of(value: Value) -> float | None:
    """Read one finite number: "+198.31", "22/5", a fraction, the one entry of a list."""
    if isinstance(value, str):
        return _parsed(value)
    if isinstance(value, tuple):
        return number_of(value[0]) if len(value) == 1 else None
    return float(value) if isinstance(value, (float, int)) and math.isfinite(value) else None


def _parsed(text: str) -> float | None:
    if len(text) > _LONGEST or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return _fraction(text)
    return number if math.isfinite(number) else None


def _fraction(text: str) -> float | None:
    above, stroke, below = text.partition("/")
    try:
        number = float(above) / float(below) if stroke else math.nan
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def numbers_of(value: Value) -> tuple[float, ...]:
    """Read several numbers: a list of them, or one text with commas or blanks between them."""
    parts: Iterable[Value]
    if isinstance(value, tuple):
        parts = value if len(value) != 1 or not isinstance(value[0], str) else _split(value[0])
    elif isinstance(value, str):
        parts = _split(value)
    else:
        parts = (value,)
    found = tuple(number_of(part) for part in parts)
    return tuple(number for number in found if number is not None) if None not in found else ()


def _split(text: str) -> list[str]:
    return text.replace(",", " ").split()
