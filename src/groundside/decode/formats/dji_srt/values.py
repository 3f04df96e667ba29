"""Turn the bytes of fields into numbers in SI units, and wall clocks into local microseconds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.formats.dji_srt.scan import Field, Scan

_PLAIN = re.compile(rb"[-+]?\d{1,15}(?:\.\d{1,15})?\Z")
_EPOCH = date(1970, 1, 1).toordinal()
_DAY_US = 86_400_000_000
_FIRST_US, _END_US = (1 - _EPOCH) * _DAY_US, (date.max.toordinal() + 1 - _EPOCH) * _DAY_US
_HUNDREDTHS_FROM = 50.0
"""No lens of DJI's stops down to f/50: without a decimal point, 50 and above is hundredths (280 is f/2.8)."""
_TENTHS_FROM = 100.0
"""Without a decimal point, 100 and above is tenths of a millimetre (240 is 24.0 mm)."""


def number(raw: bytes) -> float:
    """Read a plain decimal number; NaN where it is none (also for `n/a`, `nan` and `inf`)."""
    return float(raw) if _PLAIN.match(raw) else math.nan


def ratio(raw: bytes) -> float:
    """Read `0.7`, `-1/3` or `1/80.0`."""
    above, slash, below = raw.partition(b"/")
    if not slash:
        return number(raw)
    divisor = number(below)
    return number(above) / divisor if divisor else math.nan


def inverse(raw: bytes) -> float:
    """Read a shutter speed given as its denominator: `SS 400` is 1/400 s."""
    value = number(raw)
    return 1.0 / value if value else math.nan


def f_number(raw: bytes) -> float:
    """Read `2.8`, `F2.8` or `280`, which are the same aperture."""
    value = number(raw.lstrip(b"Ff/"))
    return value / 100.0 if b"." not in raw and value >= _HUNDREDTHS_FROM else value


def focal_length(raw: bytes) -> float:
    """Read `24.00` or `240`, which are the same focal length, as millimetres."""
    value = number(raw)
    return value / 10.0 if b"." not in raw and value >= _TENTHS_FROM else value


def spread(cues: list[int], raw: list[bytes], read: Callable[[bytes], float], rows: int) -> np.ndarray:
    """Make a column of `rows` floats, NaN where a cue lacks the field; each distinct text is read once."""
    column = np.full(rows, np.nan)
    if cues:
        meaning = {text: read(text) for text in set(raw)}
        column[cues] = [meaning[text] for text in raw]
    return column


def text_or_numbers(column: Field, rows: int) -> pa.Array[Any]:
    """Make a column of a field nobody here knows: numbers where all of it is numbers, text otherwise."""
    if all(_PLAIN.match(text) for text in set(column.raw)):
        return pa.array(spread(column.cues, column.raw, number, rows))
    texts: list[str | None] = [None] * rows
    for cue, text in zip(column.cues, column.raw, strict=True):
        texts[cue] = decoded(text)
    return pa.array(texts, pa.string())


def decoded(text: bytes) -> str:
    """Decode UTF-8, or Latin-1 where it is not that, which never fails."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def wall_clocks(found: Scan) -> tuple[np.ndarray, np.ndarray]:
    """
    Read every wall clock.

    Returns:
        Microseconds since 1970 as the local clock counts them, and where they are known.
    """
    clocks = np.zeros(len(found.starts), np.int64)
    known = np.zeros(len(found.starts), bool)
    days: dict[tuple[bytes, ...], int | None] = {}
    for cue, parts in found.walls:
        day = parts[:3]
        if day not in days:
            days[day] = _day(day)
        clock = _microseconds(days[day], parts)
        if clock is not None:
            clocks[cue], known[cue] = clock, True
    return clocks, known


def _day(parts: tuple[bytes, ...]) -> int | None:
    try:
        return date(*map(int, parts)).toordinal() - _EPOCH
    except ValueError:
        return None


def _microseconds(day: int | None, parts: tuple[bytes, ...]) -> int | None:
    hour, minute, second = int(parts[3]), int(parts[4]), int(parts[5])
    if day is None or hour > 23 or minute > 59 or second > 60:
        return None
    clock = ((day * 24 + hour) * 3600 + minute * 60 + second) * 1_000_000 + _fraction(parts[6])
    return clock if clock < _END_US else None


def local_text(start_us: int, duration_us: int) -> str:
    """
    Write the start of a recording as ISO 8601; empty where it or its end is outside the years 1 to 9999.

    A day at either end is left free, because a time zone may yet move it.
    """
    if start_us < _FIRST_US + _DAY_US or start_us + duration_us >= _END_US - _DAY_US:
        return ""
    return str(np.datetime64(start_us, "us"))


def _fraction(text: bytes) -> int:
    """`.373` and `,438,904` are milliseconds, then microseconds; anything after them says nothing new."""
    pieces = re.split(rb"[.,]", text)[1:3]
    if not pieces:
        return 0
    whole = int(pieces[0].ljust(6, b"0"))
    return whole + int(pieces[1][:3].ljust(3, b"0")) if len(pieces) > 1 and len(pieces[0]) <= 3 else whole
