"""Lines of a text and the cells in each; a quote that is never closed spoils its own line only."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

SEPARATORS = (",", ";", "\t")
"""Programs separate cells by commas; spreadsheets by semicolons where the comma is the decimal sign, or by tabs."""
_LINES_IN_A_CELL = 100
_BYTES_IN_A_CELL = 64 * 1024
"""A quoted cell longer than this is a quote that was never closed."""
_FEWEST_CELLS = 8
_QUOTED = {
    sign: re.compile(rf'(?:\A|(?<={sign}))"(?:[^"]|"")*+"(?={sign}|\r?\n?\Z)'.encode("ascii")) for sign in SEPARATORS
}
"""A cell in quotes, quotes in it doubled, between separators (RFC 4180, section 2); other quotes are plain text."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lines:
    """
    Where lines are, one entry each.

    Args:
        begins, ends: first byte, and the first byte after the line end.
        separators, quotes: how many of them.
    """

    begins: Places
    ends: Places
    separators: Places
    quotes: Places

    def after(self, first: int) -> Lines:
        """Leave out the first lines."""
        return Lines(self.begins[first:], self.ends[first:], self.separators[first:], self.quotes[first:])


@dataclass(frozen=True, slots=True)
class Records:
    """
    Lines joined to records.

    Args:
        begins, ends: first byte, and the first byte after the line end.
        cells: how many cells each has.
        quoted: which hold any quote.
    """

    begins: Places
    ends: Places
    cells: Places
    quoted: NDArray[np.bool_]

    def taken(self, which: NDArray[Any]) -> Records:
        """Give some of them."""
        return Records(self.begins[which], self.ends[which], self.cells[which], self.quoted[which])


def line_ends(data: bytes | memoryview) -> tuple[Places, Places]:
    """Find where lines begin and end (behind the line end); a lone CR ends lines only where nothing else does."""
    bytes_ = np.frombuffer(data, np.uint8)
    newlines = np.flatnonzero(bytes_ == ord("\n"))
    if not len(newlines):
        newlines = np.flatnonzero(bytes_ == ord("\r"))
    begins = np.concatenate([[0], newlines + 1])
    ends = np.concatenate([newlines + 1, [len(data)]])
    real = begins < ends
    return begins[real].astype(np.int64), ends[real].astype(np.int64)


def lines_of(data: bytes | memoryview, begins: Places, ends: Places, separator: str) -> Lines:
    """Count separators and quotes in every line."""
    return Lines(begins, ends, count(data, begins, ends, separator), count(data, begins, ends, '"'))


def count(data: bytes | memoryview, begins: Places, ends: Places, what: str) -> Places:
    """Count one character in each of some lines, which follow each other without a gap."""
    if not len(begins):
        return np.zeros(0, np.int64)
    there = np.flatnonzero(np.frombuffer(data, np.uint8)[: int(ends[-1])] == ord(what))
    if not len(there):
        return np.zeros(len(begins), np.int64)
    return np.diff(np.searchsorted(there, np.append(begins, ends[-1])))


def width_of(data: bytes | memoryview, lines: Lines, names: int, separator: str) -> int:
    """
    Say how many cells a row has: what most of them have, or else as many as there are names.

    Only lines without quotes are counted; where there are none, the first hundred with quotes.
    """
    widths = lines.separators[lines.quotes == 0] + 1
    if not len(widths):
        some = list(zip(lines.begins[:100], lines.ends[:100], strict=True))
        widths = np.array([cells_in(bytes(data[b:e]), separator) for b, e in some], np.int64)
    found, counts = np.unique(widths[widths > 1], return_counts=True)
    if not len(found):
        return names
    best = int(np.argmax(counts))
    return int(found[best]) if 2 * counts[best] > counts.sum() else names


def records_of(data: bytes | memoryview, lines: Lines, width: int, separator: str) -> Records:
    """Join lines that one quoted cell spans; lines without quotes are records at once. Blank lines are left out."""
    cells, ends = lines.separators + 1, lines.ends.copy()
    kept = lines.separators > 0
    if not kept.all():
        kept |= _written(data, lines)
    closing = _closing(lines, width)
    for line in np.flatnonzero((lines.quotes > 1) | (closing >= 0)).tolist():
        if not kept[line]:
            continue
        begin, end, last = int(lines.begins[line]), int(lines.ends[line]), int(closing[line])
        cells[line] = cells_in(bytes(data[begin:end]), separator)
        if last >= 0 and cells_in(bytes(data[begin : int(lines.ends[last])]), separator) == width:
            kept[line + 1 : last + 1] = False
            ends[line], cells[line] = lines.ends[last], width
    return Records(lines.begins[kept], ends[kept], cells[kept], (lines.quotes > 0)[kept])


def _written(data: bytes | memoryview, lines: Lines) -> NDArray[np.bool_]:
    """Say which lines hold anything but blanks."""
    if not len(lines.begins):
        return np.zeros(0, np.bool_)
    written = ~np.isin(np.frombuffer(data, np.uint8), np.frombuffer(b" \t\r\n", np.uint8))
    return np.add.reduceat(written, lines.begins, dtype=np.int64) > 0


def _closing(lines: Lines, width: int) -> Places:
    """
    Find the line in which a quote opened in a line may be closed: the next with an odd number of quotes.

    -1 where that is too far, where there are too few separators until then, or where a whole row lies between.
    """
    closing = np.full(len(lines.begins), -1, np.int64)
    odd = np.flatnonzero(lines.quotes % 2)
    if len(odd) < 2:
        return closing
    opens, closes = odd[:-1], odd[1:]
    before = np.append(0, np.cumsum(lines.separators))
    whole = np.append(0, np.cumsum((lines.separators == width - 1) & (width >= _FEWEST_CELLS)))
    near = closes - opens <= _LINES_IN_A_CELL
    near &= lines.ends[closes] - lines.begins[opens] <= _BYTES_IN_A_CELL
    near &= before[closes + 1] - before[opens] >= width - 1
    near &= whole[closes] == whole[opens + 1]
    closing[opens[near]] = closes[near]
    return closing


def cells_in(record: bytes, separator: str) -> int:
    """Count the cells of a record, separators in quoted cells not counted."""
    return without_quoted(record, separator).count(separator.encode("ascii")) + 1


def without_quoted(record: bytes, separator: str) -> bytes:
    """Empty all cells that are quoted as they should be."""
    return _QUOTED[separator].sub(b"", record)


def split(record: bytes, separator: str) -> list[str]:
    """Split one record; a quote that does not belong there is taken as it stands."""
    text = decoded(record).rstrip("\r\n")
    if '"' not in text or without_quoted(record.rstrip(b"\r\n"), separator).count(b'"'):
        return _split_by_hand(record.rstrip(b"\r\n"), separator)
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:
        return []


def _split_by_hand(record: bytes, separator: str) -> list[str]:
    spans = [match.span() for match in _QUOTED[separator].finditer(record)]
    ends = [0, *(place for span in spans for place in span), len(record)]
    cells: list[str] = [""]
    for at, (begin, end) in enumerate(pairwise(ends)):
        part = record[begin:end]
        if at % 2:
            cells[-1] += decoded(part[1:-1]).replace('""', '"')
            continue
        first, *others = decoded(part).split(separator)
        cells[-1] += first
        cells += others
    return [*cells[:-1], cells[-1].removeprefix('"')]


def decoded(text: bytes) -> str:
    """Decode UTF-8, or Latin-1 where it is not that, which never fails."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")
