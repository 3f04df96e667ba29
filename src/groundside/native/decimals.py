"""Decimal numbers in text, correctly rounded."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _decimals

SPAN = np.dtype([("begin", "<i8"), ("length", "<i4"), ("tag", "<i4")])
"""Where a text is in the data; the tag is the caller's own."""

NONE, READ, BY_HAND, POINT, SLASH, DIGITS = 0, 1, 2, 4, 8, 16
_KIND = 3
_PLAIN = re.compile(rb"[-+]?\d{1,15}(?:\.\d{1,15})?\Z")

F64 = npt.NDArray[np.float64]
Spans = npt.NDArray[np.void]


def number(raw: bytes) -> float:
    """Read a plain decimal number; NaN where it is none (also for `n/a`, `nan` and `inf`)."""
    return float(raw) if _PLAIN.match(raw) else math.nan


@dataclass(frozen=True, slots=True)
class Numbers:
    """
    What texts say, one by one.

    Args:
        values: the number, or the one before the slash; NaN where there is none.
        below: the number behind the slash, NaN where there is none; empty where no ratios were asked for.
        how: READ, or NONE where either number is none; and of POINT, SLASH and DIGITS (nothing else) what it has.
    """

    values: F64
    below: F64
    how: npt.NDArray[np.uint8]

    def has(self, sign: int) -> npt.NDArray[np.bool_]:
        """Say which texts have that."""
        return (self.how & sign) != 0

    @property
    def plain(self) -> npt.NDArray[np.bool_]:
        """Say which texts are numbers."""
        return (self.how & _KIND) != NONE


def numbers(data: bytes | memoryview, spans: Spans, skip: bytes = b"", *, ratios: bool = False) -> Numbers:
    """
    Read texts as plain decimal numbers: a sign or none, 1 to 15 digits, and 1 to 15 more behind a point or none.

    Args:
        data: in which the texts are.
        spans: where they are, of the type `SPAN`.
        skip: bytes that are passed over before the number.
        ratios: whether a text may be two numbers with a slash between; then nothing is passed over.

    Raises:
        ValueError: a text is not inside the data; a defect in the caller.
    """
    if native.PLAIN:
        return numbers_plainly(data, spans, skip, ratios=ratios)
    n = len(spans)
    made = Numbers(np.empty(n), np.empty(n if ratios else 0), np.empty(n, np.uint8))
    octets = np.ascontiguousarray(spans).view(np.uint8)
    if _decimals.decimals(data, octets, skip, made.values, made.below if ratios else None, made.how):
        what = "a text is not inside the data"
        raise ValueError(what)
    for row in np.flatnonzero(made.how & BY_HAND).tolist():
        above, below, made.how[row] = _read(data, spans[row], skip, ratios)
        made.values[row] = above
        if ratios:
            made.below[row] = below
    return made


def numbers_plainly(data: bytes | memoryview, spans: Spans, skip: bytes = b"", *, ratios: bool = False) -> Numbers:
    """Do the same as `numbers`, text by text: its definition."""
    read = [_read(data, span, skip, ratios) for span in spans]
    above, below, how = zip(*read, strict=True) if read else ((), (), ())
    return Numbers(np.array(above, np.float64), np.array(below if ratios else (), np.float64), np.array(how, np.uint8))


def _read(data: bytes | memoryview, span: np.void, skip: bytes, ratios: bool) -> tuple[float, float, int]:
    begin, length = int(span["begin"]), int(span["length"])
    if begin < 0 or length < 0 or begin + length > len(data):
        what = "a text is not inside the data"
        raise ValueError(what)
    raw = bytes(data[begin : begin + length])
    how = POINT * (b"." in raw) | DIGITS * raw.isdigit()
    above, slash, below = raw.partition(b"/") if ratios else (raw, b"", b"")
    value = number(above if ratios else above.lstrip(skip))
    if not slash:
        return value, math.nan, how | (READ if value == value else NONE)
    second = number(below)
    return value, second, how | SLASH | (READ if value == value and second == second else NONE)
