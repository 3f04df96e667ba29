"""Turn the bytes of fields into numbers in SI units, and wall clocks into local microseconds."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from groundside.native.decimals import DIGITS, POINT, SLASH, Numbers, number

_EPOCH = date(1970, 1, 1).toordinal()
_DAY_US = 86_400_000_000
_FIRST_US, _END_US = (1 - _EPOCH) * _DAY_US, (date.max.toordinal() + 1 - _EPOCH) * _DAY_US
_HUNDREDTHS_FROM = 50.0
"""No lens of DJI's stops down to f/50: without a decimal point, 50 and above is hundredths (280 is f/2.8)."""
_TENTHS_FROM = 100.0
"""Without a decimal point, 100 and above is tenths of a millimetre (240 is 24.0 mm)."""

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]


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


def _as_they_are(read: Numbers) -> F64:
    return read.values


def _ratios(read: Numbers) -> F64:
    with np.errstate(all="ignore"):
        return np.where(read.has(SLASH), np.where(read.below == 0, np.nan, read.values / read.below), read.values)


def _inverses(read: Numbers) -> F64:
    with np.errstate(all="ignore"):
        return np.where(read.values == 0, np.nan, 1.0 / read.values)


def _without_point(limit: float, by: float) -> Callable[[Numbers], F64]:
    def values(read: Numbers) -> F64:
        return np.where(~read.has(POINT) & (read.values >= limit), read.values / by, read.values)

    return values


@dataclass(frozen=True, slots=True)
class Reader:
    """
    How the texts of a field become numbers: one by one, or many at once, with the same outcome.

    Args:
        read: for one text.
        values: for many.
        skip: bytes that are passed over before the number.
        ratios: whether a text may be two numbers with a slash between.
        multiples_from: from which number on a text of digits alone is taken as a multiple; None where never.
    """

    read: Callable[[bytes], float]
    values: Callable[[Numbers], F64] = _as_they_are
    skip: bytes = b""
    ratios: bool = False
    multiples_from: float | None = None

    def rescales(self, read: Numbers) -> Mask:
        """Say which were taken as multiples."""
        return read.has(DIGITS) & ~(read.values < (self.multiples_from or np.inf))

    def rescales_text(self, raw: bytes) -> bool:
        """Whether this was taken as a multiple."""
        return self.multiples_from is not None and raw.isdigit() and not number(raw) < self.multiples_from


PLAIN_NUMBER = Reader(number)
READERS = {
    "fnum": Reader(f_number, _without_point(_HUNDREDTHS_FROM, 100.0), skip=b"Ff/", multiples_from=_HUNDREDTHS_FROM),
    "focal_len": Reader(focal_length, _without_point(_TENTHS_FROM, 10.0), multiples_from=_TENTHS_FROM),
    "ev": Reader(ratio, _ratios, ratios=True),
    "shutter": Reader(ratio, _ratios, ratios=True),
    "shutter_denominator": Reader(inverse, _inverses),
}
"""How the fields are read that are more than a plain number."""


def decoded(text: bytes) -> str:
    """Decode UTF-8, or Latin-1 where it is not that, which never fails."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def end_us() -> int:
    """Give the first microsecond that is past the year 9999."""
    return _END_US


def ordinal(year: int, month: int, day: int) -> int | None:
    """Give midnight of a day in microseconds since 1970; None where there is no such day."""
    try:
        return (date(year, month, day).toordinal() - _EPOCH) * _DAY_US
    except ValueError:
        return None


def microseconds(parts: Sequence[bytes]) -> int | None:
    """
    Read a date and time.

    Args:
        parts: year, month, day, hour, minute, second and what is behind them.

    Returns:
        Microseconds since 1970 as the local clock counts them; None where it cannot be.
    """
    midnight = ordinal(*map(int, parts[:3]))
    hour, minute, second = map(int, parts[3:6])
    if midnight is None or hour > 23 or minute > 59 or second > 60:
        return None
    clock = midnight + (hour * 3600 + minute * 60 + second) * 1_000_000 + _fraction(parts[6])
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
