"""Split a file of separated cells into rows; a row with the wrong number of cells spoils no other."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

BOM = b"\xef\xbb\xbf"
_LINES_IN_A_MESSAGE = 100
"""A quoted message longer than this is a quote that was never closed."""
_MOST_BLOCK = 1 << 28
SEPARATORS = (",", ";")
"""AirData separates cells by commas; spreadsheets, where the comma is the decimal sign, by semicolons."""
_QUOTED = {
    sign: re.compile(rf'(?:\A|(?<={sign}))"(?:[^"]|"")*+"(?={sign}|\r?\n?\Z)'.encode("ascii")) for sign in SEPARATORS
}
"""A cell in quotes, quotes in it doubled, between separators (RFC 4180, section 2); other quotes are plain text."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row whose number of cells is not that of the header."""

    offset: int
    length: int
    row: int
    cells: int


@dataclass(frozen=True, slots=True)
class Rows:
    """
    All rows that hold together.

    Args:
        names: the column names as they stand.
        cells: one column of text for each name; empty text where a cell is empty.
        bad: the rows left out, in order.
        separator: what stands between cells.
    """

    names: tuple[str, ...]
    cells: tuple[pa.Array[Any], ...]
    bad: tuple[BadRow, ...]
    separator: str


def read_rows(data: bytes | memoryview) -> Rows:
    """Read the header and every row, quoted cells with commas and line ends included."""
    begins, ends = _lines(data)
    header = bytes(data[begins[0] : ends[0]]) if len(begins) else b""
    separator = separator_of(header)
    names = header_names(header, separator)
    records, bad = _records(data, begins[1:], ends[1:], len(names), separator)
    cells = _by_arrow(data, records, len(names), separator, whole=not bad)
    if cells is not None:
        return Rows(names, cells, tuple(bad), separator)
    cells, more = _one_by_one(data, records, len(names), separator)
    return Rows(names, cells, tuple(sorted([*bad, *more], key=lambda row: row.offset)), separator)


def separator_of(header: bytes) -> str:
    """Say what separates the names of the header: whichever gives more of them, the comma in doubt."""
    return max(SEPARATORS, key=lambda sign: header.count(sign.encode("ascii")))


def header_names(line: bytes, separator: str) -> tuple[str, ...]:
    """Read the header line; names are stripped, as some begin with a space."""
    text = decoded(line.removeprefix(BOM).rstrip(b"\r\n"))
    return tuple(name.strip() for name in next(csv.reader([text.replace("\0", "")], delimiter=separator), []))


def decoded(text: bytes) -> str:
    """Decode UTF-8, or Latin-1 where it is not that, which never fails."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _lines(data: bytes | memoryview) -> tuple[np.ndarray, np.ndarray]:
    newlines = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    begins = np.concatenate([[0], newlines + 1])
    ends = np.concatenate([newlines + 1, [len(data)]])
    real = begins < ends
    return begins[real], ends[real]


@dataclass(slots=True)
class _Record:
    begin: int
    end: int
    row: int


def _records(
    data: bytes | memoryview, begins: np.ndarray, ends: np.ndarray, width: int, separator: str
) -> tuple[list[_Record], list[BadRow]]:
    """Lines without quotes are rows at once; only the few with quotes are looked at one by one."""
    separators, quotes = _count(data, begins, separator), _count(data, begins, '"')
    records: list[_Record] = []
    bad: list[BadRow] = []
    line = row = 0
    while line < len(begins):
        begin = int(begins[line])
        last = line if quotes[line] == 0 else _last_line(quotes, line)
        cells = int(separators[line]) + 1 if quotes[line] == 0 else _cells(data[begin : int(ends[last])], separator)
        if cells != width and last != line:
            last, cells = line, int(separators[line]) + 1
        end = int(ends[last])
        line = last + 1
        if cells == 1 and not bytes(data[begin:end]).strip():
            continue
        row += 1
        if cells == width:
            records.append(_Record(begin, end, row))
        else:
            bad.append(BadRow(begin, end - begin, row, cells))
    return records, bad


def _count(data: bytes | memoryview, begins: np.ndarray, what: str) -> np.ndarray:
    if not len(begins):
        return np.zeros(0, np.int64)
    return np.add.reduceat(np.frombuffer(data, np.uint8) == ord(what), begins, dtype=np.int64)


def _last_line(quotes: np.ndarray, line: int) -> int:
    """Find the line in which the quotes opened in `line` are closed; `line` itself where they never are."""
    several = np.cumsum(quotes[line : line + _LINES_IN_A_MESSAGE])
    closed = np.flatnonzero(several % 2 == 0)
    return line + int(closed[0]) if len(closed) else line


def _cells(record: bytes | memoryview, separator: str) -> int:
    return _QUOTED[separator].sub(b"", bytes(record)).count(separator.encode("ascii")) + 1


def _by_arrow(
    data: bytes | memoryview, records: Sequence[_Record], width: int, separator: str, *, whole: bool
) -> tuple[pa.Array[Any], ...] | None:
    """Read all cells at once; None where Arrow reads the rows differently, which stray quotes can cause."""
    if not records or not width:
        return tuple(pa.array([], pa.string()) for _ in range(width))
    first, last = records[0].begin, records[-1].end
    body = data[first:last] if whole else b"".join(data[r.begin : r.end] for r in records)
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
    if table.num_rows != len(records):
        return None
    return tuple(_one(table.column(name)) for name in names)


def _one(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    chunks: list[pa.Array[Any]] = list(column.chunks)
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)


def _one_by_one(
    data: bytes | memoryview, records: Sequence[_Record], width: int, separator: str
) -> tuple[tuple[pa.Array[Any], ...], list[BadRow]]:
    good: list[list[str]] = []
    bad: list[BadRow] = []
    for record in records:
        text = decoded(bytes(data[record.begin : record.end])).replace("\0", "")
        cells = _split(text, separator)
        if len(cells) == width:
            good.append(cells)
        else:
            bad.append(BadRow(record.begin, record.end - record.begin, record.row, len(cells)))
    columns = zip(*good, strict=True) if good else [()] * width
    return tuple(pa.array(list(column), pa.string()) for column in columns), bad


def _split(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text.rstrip("\r\n"), newline=""), delimiter=separator), [])
    except csv.Error:
        return []
