"""Nouns and plain values as canonical JSON text, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Noun = TypeVar("Noun")
Json = Any
"""What `json.loads` gives."""
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: object) -> str:
    """
    Write a value as the one JSON text that stands for it: keys sorted, no blanks, not escaped.

    Args:
        value: nouns (frozen dataclasses), enums, mappings, sequences, text, numbers, None. Numbers that JSON
            has no word for (NaN, infinity) become null; text that no database can hold (lone surrogates, as
            file names that are not UTF-8 have) is written with backslashes.

    Raises:
        TypeError: a value of any other kind, which is a defect in the caller.
    """
    return _WRITER.encode(_plain(value))


def storable(text: str) -> str:
    """Give text that every database can hold: lone surrogates and NUL written with backslashes."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def shortened(text: str, most: int) -> str:
    """Give text of at most so many bytes in UTF-8, with "…" where its middle was left out."""
    if len(text) * 4 <= most or len(text.encode()) <= most:
        return text
    half = (most - len("…".encode())) // 2
    raw = text.encode()
    return f"{raw[:half].decode(errors='ignore')}…{raw[-half:].decode(errors='ignore')}"


def finite(value: float | None) -> float | None:
    """Give a number that compares and sorts: None where it is NaN or infinite."""
    return float(value) if value is not None and math.isfinite(value) else None


def noun(kind: type[Noun], text: str) -> Noun:
    """
    Read back a noun that `canonical` wrote.

    Fields that the text does not have take their default; those that the noun no longer has are left out. So
    rows written by an older version can be read.
    """
    return cast("Noun", _reader(kind)(json.loads(text)))


def _plain(value: object) -> Json:
    kind = type(value)
    # Nearly every value is of one of these kinds, and a file has hundreds of them.
    if kind is str:
        return storable(cast("str", value))
    if kind is float:
        return value if math.isfinite(cast("float", value)) else None
    if kind in _AS_IS:
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if names := _names(kind):
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {storable(str(k)): _plain(v) for k, v in cast("Mapping[object, object]", value).items()}
    return _plain_leaf(value)


_AS_IS = frozenset({int, bool, NoneType})


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Name the fields of a noun; none of any other kind of value."""
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else ()


def _plain_leaf(value: object) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return finite(float(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_plain(each) for each in cast("Sequence[object]", value)]
    what = f"{type(value).__name__} has no JSON form"
    raise TypeError(what)


@cache
def _reader(kind: Json) -> Callable[[Json], object]:
    """Make what reads a value of a kind back; once for each kind, for a page of flights holds ten thousand values."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        inner = _reader(next(k for k in get_args(kind) if k is not NoneType))
        return lambda plain: None if plain is None else inner(plain)
    if origin is tuple:
        each = _reader(get_args(kind)[0])
        return lambda plain: tuple(map(each, plain))
    if is_dataclass(kind):
        return _dataclass_reader(cast("type", kind))
    if kind is date:
        return date.fromisoformat
    if kind is float:
        return lambda plain: math.nan if plain is None else float(plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return lambda plain: plain


def _dataclass_reader(kind: type) -> Callable[[Json], object]:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    return lambda plain: kind(**{name: readers[name](value) for name, value in plain.items() if name in readers})
