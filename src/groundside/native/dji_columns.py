"""Fields of the records of DJI flight records as the columns of a table."""

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
from groundside.native.dji import ERRORS, Contents
from groundside.native.dji_rows import Rows, bytes_at
from groundside.native.dji_words import Words, joined
from groundside.native.pages import WINDOW_BYTES, is_mapped, let_go

_NAMES = ("op", "at", "code", "mask", "words", "divide", "add", "least", "most")
_COLUMN = np.dtype(list(zip(_NAMES, ("<i4",) * 4 + ("<i8",) + ("<f8",) * 4, strict=True)))
_CODES = ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8")
_ALIGN = 64


class Op(IntEnum):
    """What becomes of a field of a record; the numbers are those of dji_fields.h."""

    WHOLE = 0
    FLAG = 1
    WORDS = 2
    NUMBER = 3
    ANGLE = 4
    ROW = 5
    PLACE = 6


@dataclass(frozen=True, slots=True)
class Ask:
    """
    One column to be made.

    Args:
        op: WHOLE the value as it stands, null past the end of its record; FLAG whether any bit of `mask` is set;
            WORDS what the value stands for; NUMBER value / divide + add as float64, NaN where it is not there, not
            between `least` and `most` or not finite; ANGLE degrees of radians, NaN past `most` either way; ROW the
            number of the record in the file; PLACE its first byte there.
        at: first byte in the content of a record.
        code: NumPy type of the raw value, without byte order.
        mask: which bits of one byte, shifted down; 0 where all.
        words: of WORDS.
    """

    op: Op
    at: int = 0
    code: str = "u1"
    mask: int = 0
    divide: float = 1.0
    add: float = 0.0
    least: float = -np.inf
    most: float = np.inf
    words: Words | None = None

    @property
    def width(self) -> int:
        """Bytes of the raw value."""
        return int(self.code[1])

    @property
    def type(self) -> pa.DataType:
        """What the column is of."""
        if self.op is Op.WHOLE:
            return pa.from_numpy_dtype(np.dtype(self.code))
        others = {Op.FLAG: pa.bool_(), Op.WORDS: pa.string(), Op.ROW: pa.int64(), Op.PLACE: pa.int64()}
        return others.get(self.op, pa.float64())


class Plan:
    """
    A table to be made of one type of record; made once for each and kept.

    Args:
        asked: the columns, in order.
        schema: what they are called and mean; numbered where it is None.
    """

    __slots__ = ("asked", "described", "ends", "schema", "texts")

    def __init__(self, asked: Sequence[Ask], schema: pa.Schema | None = None) -> None:
        self.asked = tuple(asked)
        self.schema = schema or pa.schema([pa.field(f"{n}", ask.type) for n, ask in enumerate(asked)])
        words = [ask.words for ask in asked if ask.words is not None]
        self.ends, self.texts = joined(words)
        lists = [-1 if ask.words is None else words.index(ask.words) for ask in asked]
        rows = [
            (a.op, a.at, _CODES.index(a.code), a.mask, said, a.divide, a.add, a.least, a.most)
            for a, said in zip(asked, lists, strict=True)
        ]
        self.described = np.array(rows, _COLUMN).view(np.uint8)


def table(rows: Rows, plan: Plan) -> pa.Table:
    """
    Turn fields of records into a table of contiguous columns, a row for each record.

    Raises:
        ValueError: a record runs past the end of the data, or there is too much text; a defect in the caller.
    """
    if native.PLAIN:
        contents = rows.contents()
        return pa.Table.from_arrays([_plainly(rows, contents, ask) for ask in plan.asked], schema=plan.schema)
    made = _dji.Table(len(rows.which), plan.described, plan.ends, plan.texts)
    status = 0
    for first, after in _windows(rows):
        status = status or made.fill(rows.held, first, after)
    if status := status or made.finish():
        raise ValueError(ERRORS[status])
    batch = pa.RecordBatch._import_from_c(made.address, plan.schema)  # pyright: ignore[reportPrivateUsage]
    return pa.Table.from_batches([batch])


def _windows(rows: Rows) -> Iterator[tuple[int, int]]:
    """
    Share records out so that those of one part lie near each other, and let their pages go after each part.

    But for the last, each part is of whole bytes of an Arrow bitmap.
    """
    count, data = len(rows.which), rows.source.data
    if not count or not is_mapped(data):
        yield 0, count
        return
    first, starts = 0, rows.source.starts[rows.which]
    while first < count:
        after = int(starts.searchsorted(starts[first] + WINDOW_BYTES))
        after = min(max(after // _ALIGN, first // _ALIGN + 1) * _ALIGN, count) if after < count else count
        yield first, after
        let_go(data)
        first = after


def _plainly(rows: Rows, contents: Contents, ask: Ask) -> pa.Array[Any]:
    """Make one column in NumPy: the definition."""
    if ask.op is Op.ROW:
        return pa.array(rows.which)
    if ask.op is Op.PLACE:
        return pa.array(rows.source.places[rows.which] - rows.source.head)
    there = contents.sizes >= ask.at + ask.width
    octets = np.zeros((len(there), ask.width), np.uint8)
    octets[there] = bytes_at(contents, there, ask.at + np.arange(ask.width))
    raw: npt.NDArray[Any] = octets.view("<" + ask.code).reshape(-1)
    if ask.mask:
        raw = (raw & np.uint8(ask.mask)) >> np.uint8((ask.mask & -ask.mask).bit_length() - 1)
    if ask.op is Op.FLAG:
        return pa.array(raw != 0, mask=~there)
    if ask.op in (Op.WHOLE, Op.WORDS):
        whole = pa.array(raw, mask=~there)
        return whole if ask.words is None else ask.words.of(whole)
    return pa.array(_number(ask, raw, there))


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
