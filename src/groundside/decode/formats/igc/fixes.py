"""
B records: time, place, validity and two altitudes in fixed columns, and what the I record adds behind them.

Source: FAI/IGC, Technical specification for GNSS flight recorders, appendix A, 3.4 (I record), 4.1 (B record) and 7
(three-letter codes TDS, LAD, LOD, FXA, SIU).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.decode.formats.igc.lines import I64, U8, Lines

BASE = 35
"""Bytes of a B record without extensions."""
F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
_USUAL_SHARE = 0.05
_ZERO, _NINE, _MINUS = ord("0"), ord("9"), ord("-")
_EXTENSION = re.compile(r"(\d\d)(\d\d)([A-Z0-9]{3})")
_DIGITS = [*range(1, 14), *range(15, 23)]
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Extension:
    """A field behind the fixed ones: its three-letter code, and its bytes counted from 0."""

    code: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Fixes:
    """
    B records that are whole.

    Args:
        offsets: where each starts.
        second: of the day, fractions included.
        lat, lon: in degrees.
        valid: whether the fix is three-dimensional.
        pressure_m, gnss_m: altitudes; NaN where there is none.
        extensions: number by code; NaN where a field holds none.
        refused: numbers of the B lines that are damaged.
        spans: of lines with a damaged end or beginning, the whole records in them: line, start and stop.
    """

    offsets: I64
    second: F64
    lat: F64
    lon: F64
    valid: Mask
    pressure_m: F64
    gnss_m: F64
    extensions: dict[str, F64]
    refused: I64
    spans: tuple[tuple[int, int, int], ...]


def extensions_of(line: str) -> tuple[Extension, ...]:
    """Read an I or J record: how many extensions, then from, to and code of each; those that make no sense are left."""
    found = [(int(m[1]) - 1, int(m[2]), m[3]) for m in _EXTENSION.finditer(line[3:])]
    return tuple(Extension(code, start, stop) for start, stop, code in found if 0 < start < stop)


def fixes_of(lines: Lines, extensions: Sequence[Extension]) -> Fixes:
    """Read all B records; a line whose length few others have is damaged, but may hold a whole record at either end."""
    rows = lines.rows("B")
    sizes = (lines.ends - lines.starts)[rows]
    usual = _usual(sizes)
    fits = np.isin(sizes, usual)
    starts, widths = lines.starts[rows[fits]], sizes[fits]
    good = _plausible(lines.data, starts)
    refused = np.sort(np.concatenate([rows[~fits], rows[fits][~good]]))
    spans = _salvaged(lines, refused, usual) if len(usual) else ()
    starts = np.concatenate([starts[good], np.array([s[1] for s in spans], np.int64)])
    widths = np.concatenate([widths[good], np.array([s[2] - s[1] for s in spans], np.int64)])
    order = np.argsort(starts, kind="stable")
    return _read(lines.data, starts[order], widths[order], extensions, (refused, spans))


def _usual(sizes: I64) -> I64:
    """Give the lengths that a fair share of B records have, the most common one first."""
    lengths, counts = np.unique(sizes[sizes >= BASE], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    fair = counts[order] >= max(counts.sum() * _USUAL_SHARE, 2)
    fair[:1] = True
    return lengths[order][fair]


def _salvaged(lines: Lines, refused: I64, usual: I64) -> tuple[tuple[int, int, int], ...]:
    """Look for a whole record at the beginning and the end of each damaged line: its neighbour may have run into it."""
    found: list[tuple[int, int, int]] = []
    main = int(usual[0])
    for row in sorted({*refused.tolist(), *_run_into(lines, main)}):
        start, stop = int(lines.starts[row]), int(lines.ends[row])
        ends = [start, stop - main] if stop - start >= 2 * main else [start] if stop - start > main else []
        if main < stop - start < 2 * main:
            ends.append(stop - main)
        good = [at for at in ends if lines.data[at] == ord("B") and _plausible(lines.data, np.array([at]))[0]]
        if len(good) == 2 and good[1] < good[0] + main:
            good = good[1:]
        found.extend((row, at, at + main) for at in good)
    return tuple(found)


def _run_into(lines: Lines, main: int) -> list[int]:
    """Give lines of other types that end in a whole record."""
    rows = np.flatnonzero((lines.kinds != ord("B")) & (lines.ends - lines.starts > main))
    rows = rows[lines.data[lines.ends[rows] - main] == ord("B")]
    return rows[_plausible(lines.data, lines.ends[rows] - main)].tolist()


def _plausible(data: U8, starts: I64) -> Mask:
    """Say which records have digits and letters where they belong, and values in range."""
    good = np.zeros(len(starts), np.bool_)
    for first in range(0, len(starts), _CHUNK):
        part = data[starts[first : first + _CHUNK, np.newaxis] + np.arange(25)]
        digits = part[:, _DIGITS]
        fine = ((digits >= _ZERO) & (digits <= _NINE)).all(axis=1)
        fine &= np.isin(part[:, 14], (ord("N"), ord("S"))) & np.isin(part[:, 23], (ord("E"), ord("W")))
        fine &= np.isin(part[:, 24], (ord("A"), ord("V")))
        hour, minute, second = (_number(part, at, at + 2) for at in (1, 3, 5))
        fine &= (hour < 24) & (minute < 60) & (second < 61)
        fine &= (_number(part, 9, 11) < 60) & (_number(part, 18, 20) < 60)
        fine &= (_number(part, 7, 14) <= 9_000_000) & (_number(part, 15, 23) <= 18_000_000)
        good[first : first + _CHUNK] = fine
    return good


def _number(part: U8, start: int, stop: int) -> I64:
    value = np.zeros(len(part), np.int64)
    for at in range(start, stop):
        value = value * 10 + (part[:, at].astype(np.int64) - _ZERO)
    return value


def _read(
    data: U8,
    starts: I64,
    widths: I64,
    extensions: Sequence[Extension],
    refused: tuple[I64, tuple[tuple[int, int, int], ...]],
) -> Fixes:
    part = data[starts[:, np.newaxis] + np.arange(BASE)] if len(starts) else np.zeros((0, BASE), np.uint8)
    extra = {e.code: _field(data, starts, widths, e) for e in extensions}
    lat = _angle(part, 7, 9, 14) + _finer(extra, extensions, "LAD")
    lon = _angle(part, 15, 18, 23) + _finer(extra, extensions, "LOD")
    hours, minutes, seconds = (_number(part, at, at + 2) for at in (1, 3, 5))
    return Fixes(
        offsets=starts,
        second=np.asarray(hours * 3600 + minutes * 60 + seconds + _scaled(extra, extensions, "TDS", 0), np.float64),
        lat=np.where(part[:, 14] == ord("S"), -lat, lat),
        lon=np.where(part[:, 23] == ord("W"), -lon, lon),
        valid=part[:, 24] == ord("A"),
        pressure_m=_signed(part[:, 25:30]),
        gnss_m=_signed(part[:, 30:35]),
        extensions=extra,
        refused=refused[0],
        spans=refused[1],
    )


def _angle(part: U8, at: int, minutes_at: int, stop: int) -> F64:
    """Degrees out of whole degrees and thousandths of minutes."""
    return _number(part, at, minutes_at) + _number(part, minutes_at, stop) / 60_000.0


def _finer(extra: dict[str, F64], extensions: Sequence[Extension], code: str) -> F64 | float:
    """Further decimals of minutes, behind the three of the record itself, in degrees."""
    return _scaled(extra, extensions, code, 3) / 60.0


def _scaled(extra: dict[str, F64], extensions: Sequence[Extension], code: str, places: int) -> F64 | float:
    """Give digits behind the decimal sign, after so many others; 0 where there are none."""
    size = next((e.stop - e.start for e in extensions if e.code == code), 0)
    return np.nan_to_num(extra[code]) / 10.0 ** (size + places) if size else 0.0


def _field(data: U8, starts: I64, widths: I64, extension: Extension) -> F64:
    values = np.full(len(starts), np.nan)
    there = np.flatnonzero(widths >= extension.stop)
    part = data[starts[there, np.newaxis] + np.arange(extension.start, extension.stop)]
    values[there] = _signed(part)
    return values


def _signed(part: U8) -> F64:
    """Read digits, with a minus sign in front or not; NaN where they are none."""
    negative = part[:, 0] == _MINUS if part.shape[1] else np.zeros(len(part), np.bool_)
    plain = part.copy()
    plain[negative, 0] = _ZERO
    good = np.asarray(((plain >= _ZERO) & (plain <= _NINE)).all(axis=1))
    value = np.where(good, _number(np.where(good[:, np.newaxis], plain, _ZERO), 0, part.shape[1]), np.nan)
    return np.where(negative, -value, value)
