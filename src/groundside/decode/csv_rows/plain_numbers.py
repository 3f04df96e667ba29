"""Columns in which every cell is empty or a plain number, as nearly all are, read without a copy of their texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside import native
from groundside.native.decimals import POINT, SPAN, Spans, numbers


@dataclass(frozen=True, slots=True)
class PlainNumbers:
    """
    A column of plain numbers.

    Args:
        values: NaN where a cell is empty.
        known: which cells are not.
        whole: there are numbers, and none has a point.
    """

    values: NDArray[np.float64]
    known: NDArray[np.bool_]
    whole: bool

    @property
    def integers(self) -> pa.Array[Any]:
        """The same as whole numbers, null where a cell is empty; exact, as none has more than 15 digits."""
        if self.known.all():
            return pa.array(self.values.astype(np.int64))
        return pa.array(np.where(self.known, self.values, 0).astype(np.int64), mask=~self.known)


def plain_numbers(cells: pa.Array[Any]) -> PlainNumbers | None:
    """
    Read a column of text with decimal points, none of whose cells is null.

    Returns:
        None where a cell is neither empty nor a plain number as `groundside.native.decimals.numbers` has it.
    """
    if native.PLAIN:
        return None
    data, spans = _spans(cells)
    read = numbers(data, spans)
    known = read.plain
    if (known != (spans["length"] > 0)).any():
        return None
    return PlainNumbers(read.values, known, bool(known.any()) and not read.has(POINT).any())


def _spans(cells: pa.Array[Any]) -> tuple[memoryview, Spans]:
    _, offsets, data = cells.buffers()
    spans = np.zeros(len(cells), SPAN)
    if offsets is not None and len(cells):
        ends = np.frombuffer(memoryview(offsets), np.int32)[cells.offset : cells.offset + len(cells) + 1]
        spans["begin"], spans["length"] = ends[:-1], np.diff(ends)
    return memoryview(data if data is not None else b"").cast("B"), spans
