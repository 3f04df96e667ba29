"""Split a file of separated cells into rows; a row with the wrong number of cells spoils no other."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from groundside.decode.csv_rows.dialect import Dialect
from groundside.decode.csv_rows.header import Header, fitted, read_header
from groundside.decode.csv_rows.lines import (
    Places,
    Records,
    line_ends,
    lines_of,
    records_of,
    split,
    width_of,
    without_quoted,
)
from groundside.decode.csv_rows.plain_text import PlainText, plain_text

MOST_COLUMNS = 1024
_MOST_BLOCK = 1 << 28

Cells: TypeAlias = "tuple[pa.Array[Any], ...]"


@dataclass(frozen=True, slots=True)
class BadRows:
    """
    Rows that are left out.

    Args:
        begins, ends: where in the file each is.
        rows: its number in the file, the first behind the header being 1.
        cells: how many it has; 0 where it is glued from two.
    """

    begins: Places
    ends: Places
    rows: Places
    cells: Places

    def with_glued(self, begins: Places, ends: Places, rows: Places) -> BadRows:
        """Add rows that are glued from two."""
        cells = np.concatenate([self.cells, np.zeros(len(rows), np.int64)])
        joined = [np.concatenate(pair) for pair in ((self.begins, begins), (self.ends, ends), (self.rows, rows))]
        order = np.argsort(joined[0], kind="stable")
        return BadRows(joined[0][order], joined[1][order], joined[2][order], cells[order])


@dataclass(frozen=True, slots=True)
class Rows:
    """
    All rows that hold together.

    Args:
        header: the names of the columns as they stand, or as they were mended.
        cells: one column of text for each name; empty text where a cell is empty.
        rows: number of each row in the file, the first behind the header being 1.
        begins, ends: where in the file each row is.
        bad: the rows left out, in order.
        inference: how the text was read; empty for plain UTF-8.
    """

    header: Header
    cells: Cells
    rows: Places
    begins: Places
    ends: Places
    bad: BadRows
    inference: str


def read_rows(data: bytes | memoryview, dialect: Dialect) -> Rows:
    """
    Read the header and every row, quoted cells with separators and line ends included.

    Raises:
        csv.Error: the first line is no header.
    """
    text = plain_text(data)
    header = read_header(text.data)
    begins, ends = line_ends(text.data)
    lines = lines_of(text.data, begins, ends, header.separator).after(header.lines)
    if not 0 < len(header.names) <= MOST_COLUMNS:
        what = f"{len(header.names)} names"
        raise csv.Error(what)
    width = width_of(text.data, lines, len(header.names), header.separator)
    width = width if width <= MOST_COLUMNS else len(header.names)
    header = fitted(header, width, dialect)
    records = records_of(text.data, lines, width, header.separator)
    return _read(text, header, records, width)


def _read(text: PlainText, header: Header, records: Records, width: int) -> Rows:
    number = np.arange(1, len(records.begins) + 1)
    whole = records.cells == width
    cells, strange = _cells_of(text.data, records.taken(whole), width, header.separator)
    begins, ends = text.offsets(records.begins), text.offsets(records.ends)
    found = records.cells.copy()
    if strange:
        at = np.flatnonzero(whole)
        for place, there in strange.items():
            whole[at[place]], found[at[place]] = False, there
    bad = BadRows(begins[~whole], ends[~whole], number[~whole], found[~whole])
    return Rows(header, cells, number[whole], begins[whole], ends[whole], bad, text.inference)


def _cells_of(data: bytes | memoryview, records: Records, width: int, separator: str) -> tuple[Cells, dict[int, int]]:
    """Read all cells; and which of the records have another number of cells after all."""
    plain = _plain(data, records, separator)
    fast = _by_arrow(data, records.taken(plain), width, separator)
    if fast is None:
        fast, plain = _none(width), np.zeros(len(plain), np.bool_)
    if plain.all():
        return fast, {}
    slow = np.flatnonzero(~plain)
    good, strange = _one_by_one(data, records, slow, width, separator)
    kept = np.array([i for i in slow if i not in strange], np.int64)
    order = np.argsort(np.concatenate([np.flatnonzero(plain), kept]), kind="stable")
    pairs = zip(fast, good, strict=True)
    return tuple(pa.concat_arrays([f, s]).take(pa.array(order, pa.int64())) for f, s in pairs), strange


def _plain(data: bytes | memoryview, records: Records, separator: str) -> NDArray[np.bool_]:
    """Say which records Arrow reads as we do: UTF-8, no lone carriage return, no quote in a wrong place."""
    plain = ~_has_lone_return(data, records)
    for i in np.flatnonzero(plain & (records.quoted | _has_other_than_ascii(data, records))):
        record = bytes(data[records.begins[i] : records.ends[i]])
        plain[i] = not without_quoted(record, separator).count(b'"') and _is_utf8(record)
    return plain


def _has_lone_return(data: bytes | memoryview, records: Records) -> NDArray[np.bool_]:
    raw = np.frombuffer(data, np.uint8)
    returns = np.flatnonzero(raw == ord("\r"))
    if not len(returns):
        return np.zeros(len(records.begins), np.bool_)
    lone = returns[(raw[np.minimum(returns + 1, len(raw) - 1)] != ord("\n"))]
    if not len(lone):
        return np.zeros(len(records.begins), np.bool_)
    return np.searchsorted(lone, records.ends - 1) > np.searchsorted(lone, records.begins)


def _has_other_than_ascii(data: bytes | memoryview, records: Records) -> NDArray[np.bool_]:
    high = np.flatnonzero(np.frombuffer(data, np.uint8) >= 0x80)
    return np.searchsorted(high, records.ends) > np.searchsorted(high, records.begins)


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode()
    except UnicodeDecodeError:
        return False
    return True


def _none(width: int) -> Cells:
    return tuple(pa.array([], pa.string()) for _ in range(width))


def _by_arrow(data: bytes | memoryview, records: Records, width: int, separator: str) -> Cells | None:
    """Read all cells at once; None where Arrow reads the rows differently after all."""
    if not len(records.begins):
        return _none(width)
    body = _joined(data, records)
    names = [str(i) for i in range(width)]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(body),
            arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=min(len(body) + 1, _MOST_BLOCK)),
            arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowException:
        return None
    if table.num_rows != len(records.begins):
        return None
    return tuple(_one(table.column(name)) for name in names)


def _joined(data: bytes | memoryview, records: Records) -> bytes | memoryview:
    """Give the bytes of all records; without a copy where nothing lies between them."""
    gaps = np.flatnonzero(records.begins[1:] != records.ends[:-1])
    first, last = np.append(0, gaps + 1), np.append(gaps, len(records.begins) - 1)
    parts = [data[records.begins[f] : records.ends[t]] for f, t in zip(first, last, strict=True)]
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _one(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    chunks: list[pa.Array[Any]] = list(column.chunks)
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)


def _one_by_one(
    data: bytes | memoryview, records: Records, which: Sequence[int] | Places, width: int, separator: str
) -> tuple[Cells, dict[int, int]]:
    good: list[list[str]] = []
    strange: dict[int, int] = {}
    for i in which:
        cells = split(bytes(data[records.begins[i] : records.ends[i]]), separator)
        if len(cells) == width:
            good.append(cells)
        else:
            strange[int(i)] = len(cells)
    columns = zip(*good, strict=True) if good else [()] * width
    return tuple(pa.array(list(column), pa.string()) for column in columns), strange
