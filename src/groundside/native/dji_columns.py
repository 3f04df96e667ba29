"""Fields of the records of DJI flight records as columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside import native
from groundside.native import _dji
from groundside.native.dji import ERRORS, I64, KEY_BYTES, U8, Contents, keys_of
from groundside.native.pages import WINDOW_BYTES, is_mapped, let_go

_NAMES = ("op", "at", "code", "mask", "values", "validity", "divide", "add", "least", "most")
_COLUMN = np.dtype(list(zip(_NAMES, ("<i4",) * 4 + ("<i8",) * 2 + ("<f8",) * 4, strict=True)))
_CODES = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")
_ALIGN = 64


class Op(IntEnum):
    """What becomes of a field of a record; the numbers are those of dji.h."""

    WHOLE = 0
    FLAG = 1
    NUMBER = 2
    ANGLE = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """
    One column to be made.

    Args:
        op: WHOLE the value as it stands, null past the end of its record; FLAG whether any bit of `mask` is set;
            NUMBER value / divide + add as float64, NaN where it is not there, not between `least` and `most` or not
            finite; ANGLE degrees of radians, NaN past `most` either way.
        at: first byte in the content of a record.
        code: NumPy type of the raw value, without byte order.
        mask: which bits of one byte, shifted down; 0 where all.
    """

    op: Op
    at: int
    code: str
    mask: int = 0
    divide: float = 1.0
    add: float = 0.0
    least: float = -np.inf
    most: float = np.inf

    @property
    def width(self) -> int:
        """Bytes of the raw value."""
        return int(self.code[1])

    @property
    def type(self) -> pa.DataType:
        """What the column is of."""
        if self.op is Op.FLAG:
            return pa.bool_()
        return pa.from_numpy_dtype(np.dtype(self.code)) if self.op is Op.WHOLE else pa.float64()


class Plan:
    """
    Columns to be made of one type of record; made once for each and kept.

    Args:
        asked: the columns, in order.
    """

    __slots__ = ("asked", "bits", "described", "has_validity", "types")

    def __init__(self, asked: Sequence[Ask]) -> None:
        self.asked = tuple(asked)
        self.types = tuple(ask.type for ask in asked)
        self.bits = np.array([kind.bit_width for kind in self.types], np.int64)
        self.has_validity = np.array([ask.op <= Op.FLAG for ask in asked], np.bool_)
        self.described = np.array(
            [(a.op, a.at, _CODES.index(a.code), a.mask, 0, 0, a.divide, a.add, a.least, a.most) for a in asked], _COLUMN
        )


def columns(contents: Contents, plan: Plan) -> list[pa.Array[Any]]:
    """
    Turn fields of records into columns.

    Args:
        contents: of the records, a row each.
        plan: the columns.

    Raises:
        ValueError: a record runs past the end of the data, or a column makes no sense; a defect in the caller.
    """
    if native.PLAIN:
        return [_plainly(contents, ask) for ask in plan.asked]
    rows = len(contents.starts)
    sizes, described = _padded(plan.bits * rows), plan.described.copy()
    validity = _padded(plan.has_validity * np.int64(rows))
    ends = np.cumsum(sizes + validity)
    described["values"], described["validity"] = ends - sizes - validity, ends - validity
    arena, nulls = np.empty(int(ends[-1]), np.uint8), np.zeros(len(ends), np.int64)
    for first, after in _windows(contents):
        part = described.copy()
        part["values"] += plan.bits * first // 8
        part["validity"] += first // 8
        nulls += _filled(contents, slice(first, after), part, arena)
    buffer = pa.py_buffer(arena.data)
    at = zip(described["values"].tolist(), described["validity"].tolist(), strict=True)
    return [
        pa.Array.from_buffers(kind, rows, [buffer.slice(there) if missing else None, buffer.slice(values)], missing)
        for kind, (values, there), missing in zip(plan.types, at, nulls.tolist(), strict=True)
    ]


def _filled(contents: Contents, rows: slice, described: npt.NDArray[Any], arena: U8) -> I64:
    """Fill in some rows of all columns; says how many values are not there in each."""
    nulls, octets = np.zeros(len(described), np.int64), described.view(np.uint8)
    starts, sizes = contents.starts[rows], contents.sizes[rows]
    if status := _dji.columns(contents.buffer, starts, sizes, contents.keys, octets, arena, nulls):
        raise ValueError(ERRORS[status])
    return nulls


def _windows(contents: Contents) -> Iterator[tuple[int, int]]:
    """
    Share records out so that those of one part lie near each other, and let their pages go after each part.

    But for the last, each part is of whole bytes of an Arrow bitmap.
    """
    rows, starts = len(contents.starts), contents.starts
    if not rows or not is_mapped(contents.buffer):
        yield 0, rows
        return
    first = 0
    while first < rows:
        after = int(starts.searchsorted(starts[first] + WINDOW_BYTES))
        after = min(max(after // _ALIGN, first // _ALIGN + 1) * _ALIGN, rows) if after < rows else rows
        yield first, after
        let_go(contents.buffer)
        first = after


def _padded(bits: I64) -> I64:
    """Give the bytes that so many bits take in an Arrow buffer."""
    return -(-bits // (8 * _ALIGN)) * _ALIGN


def _plainly(contents: Contents, ask: Ask) -> pa.Array[Any]:
    """Make one column in NumPy: the definition."""
    there = contents.sizes >= ask.at + ask.width
    rows = np.zeros((len(there), ask.width), np.uint8)
    rows[there] = _bytes(contents, there, ask.at + np.arange(ask.width))
    raw: npt.NDArray[Any] = rows.view("<" + ask.code).reshape(-1)
    if ask.mask:
        raw = (raw & np.uint8(ask.mask)) >> np.uint8((ask.mask & -ask.mask).bit_length() - 1)
    if ask.op is Op.FLAG:
        return pa.array(raw != 0, mask=~there)
    return pa.array(raw, mask=~there) if ask.op is Op.WHOLE else pa.array(_number(ask, raw, there))


def _bytes(contents: Contents, there: npt.NDArray[np.bool_], at: npt.NDArray[np.int64]) -> U8:
    """Give these bytes of some records, a row each."""
    before = (contents.kind is not None) & (contents.sizes > 0)
    ends = contents.starts + before + contents.sizes
    if np.any(contents.starts < 0) or np.any(contents.sizes < 0) or np.any(ends > len(contents.buffer)):
        raise ValueError(ERRORS[1])
    starts = contents.starts[there, np.newaxis]
    if contents.kind is None:
        return contents.buffer[starts + at]
    return contents.buffer[starts + 1 + at] ^ keys_of(contents.kind)[contents.buffer[starts], at % KEY_BYTES]


def _number(ask: Ask, raw: npt.NDArray[Any], there: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    with np.errstate(all="ignore"):
        value = raw.astype(np.float64)
        if ask.op is Op.ANGLE:
            there = there & (np.abs(value) <= ask.most)
            value = np.degrees(value)
        else:
            there = there & (value > ask.least) & (value < ask.most)
            value = value / ask.divide + ask.add
    return np.where(there & np.isfinite(value), value, np.nan)
