"""Nouns and plain values as canonical JSON text, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Noun = TypeVar("Noun")
Json = Any
"""What `json.loads` gives."""


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
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def storable(text: str) -> str:
    """Give text that every database can hold: lone surrogates and NUL written with backslashes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def finite(value: float | None) -> float | None:
    """Give a number that compares and sorts: None where it is NaN or infinite."""
    return float(value) if value is not None and math.isfinite(value) else None


def noun(kind: type[Noun], text: str) -> Noun:
    """
    Read back a noun that `canonical` wrote.

    Fields that the text does not have take their default; those that the noun no longer has are left out. So
    rows written by an older version can be read.
    """
    return cast("Noun", _typed(kind, json.loads(text)))


def _plain(value: object) -> Json:
    if isinstance(value, Enum):
        return _plain(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {storable(str(k)): _plain(v) for k, v in cast("Mapping[object, object]", value).items()}
    return _plain_leaf(value)


def _plain_leaf(value: object) -> Json:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return finite(float(value))
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_plain(each) for each in cast("Sequence[object]", value)]
    what = f"{type(value).__name__} has no JSON form"
    raise TypeError(what)


@cache
def _hints(kind: type) -> dict[str, Json]:
    return get_type_hints(kind)


def _typed(kind: Json, plain: Json) -> object:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _optional(get_args(kind), plain)
    if origin is tuple:
        return tuple(_typed(get_args(kind)[0], each) for each in plain)
    if is_dataclass(kind):
        hints = _hints(cast("type", kind))
        return cast("type", kind)(**{k: _typed(hints[k], v) for k, v in plain.items() if k in hints})
    if kind is float:
        return math.nan if plain is None else float(plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    return plain


def _optional(kinds: tuple[Json, ...], plain: Json) -> object:
    if plain is None:
        return None
    return _typed(next(k for k in kinds if k is not NoneType), plain)
