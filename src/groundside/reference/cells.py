"""
Cells of the Earth's surface, numbered, and which of them a track or a region touches.

The surface is cut into squares of longitude and latitude at three sizes (`LEVELS`). A track is entered by its
positions alone: whatever lies on a step between two positions lies within half the step of one of them, so a region
grown by half the longest step finds every track that comes into it. Positions at long steps are entered apart, in
larger cells (`CLASSES`), so that one leap of a receiver does not make every question look far around.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.reference.paths import Floats, Path

Numbers = NDArray[np.int64]

LEVELS = (15, 10, 5)
"""Cells are 360 / 2**level degrees wide and high: 0.011 (1.2 km of latitude), 0.35 and 11.25 degrees."""
CLASSES = (400.0, 8_000.0, 200_000.0, math.inf)
"""A position belongs to the first class whose length, in metres, no step at it exceeds."""
WORLD = 3 << 60
"""The one cell of positions with steps longer than any other class: every question looks at it."""
_LIMITS = np.array(CLASSES)
MOST_CELLS = 4096
"""A track that touches more cells of one class is entered in the next class, whose cells are larger."""
MOST_LOOKED_AT = 256
METRES_PER_DEGREE = 110_000.0
"""Less than any degree of latitude has (110,574 m at the equator), so that nothing is missed."""
_NEAR_POLE_DEG = 89.0
_FEW = 64
_SHIFTS = tuple(LEVELS[0] - level for level in LEVELS)
_ROW_BITS = 27
COLUMNS = 1 << _ROW_BITS
"""More than there are columns of cells at any level; a cell's number modulo this is its column."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Degrees; `west` to `east` eastwards, at most one turn of 360 apart, possibly beyond 180."""

    west: float
    south: float
    east: float
    north: float

    def grown(self, metres: float) -> Bounds:
        """Give bounds that hold every place within so many metres of these; never too small."""
        degrees = metres / METRES_PER_DEGREE
        south, north = self.south - degrees, self.north + degrees
        furthest = max(abs(south), abs(north))
        if furthest >= _NEAR_POLE_DEG:
            return Bounds(-180.0, max(south, -90.0), 180.0, min(north, 90.0))
        wide = degrees / math.cos(math.radians(furthest))
        if self.east - self.west + 2.0 * wide >= 360.0:
            return Bounds(-180.0, south, 180.0, north)
        return Bounds(self.west - wide, south, self.east + wide, north)


def cells_of(path: Path, reach_m: Floats | None = None) -> Numbers:
    """
    Number the cells in which a path is entered, ascending; none for a path without positions.

    Args:
        path: of a track.
        reach_m: its `reach_m()`, where that was worked out already.
    """
    kinds = _LIMITS.searchsorted(path.reach_m() if reach_m is None else reach_m)
    fine = numbered(0, LEVELS[0], path.lon, path.lat)
    found: list[Numbers] = []
    for kind in range(len(CLASSES)):
        here = kinds == kind
        if not here.any():
            continue
        levels = _levels(kind, fine[here])
        if kind < len(LEVELS) and levels[kind].size > MOST_CELLS:
            kinds[here] = kind + 1
            continue
        found += [cells for cells in levels if cells.size <= MOST_CELLS]
        if kind == len(LEVELS):
            found.append(np.array([WORLD], dtype=np.int64))
    return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)


def _levels(kind: int, fine: Numbers) -> list[Numbers]:
    """Give the cells of each level that hold cells of the finest, whose squares fit into theirs; each once."""
    changes = (fine[1:] != fine[:-1]).nonzero()[0]
    if changes.size < _FEW:
        return _few_levels(kind, {int(fine[0]), *fine[changes + 1].tolist()})
    entered = np.unique(fine[np.append(0, changes + 1)])
    columns, rows = entered % COLUMNS, (entered >> _ROW_BITS) & (COLUMNS - 1)
    return [
        np.unique((kind << 60) | (level << 54) | ((rows >> shift) << _ROW_BITS) | (columns >> shift))
        for level, shift in zip(LEVELS, _SHIFTS, strict=True)
    ]


def _few_levels(kind: int, fine: set[int]) -> list[Numbers]:
    """Do the same for few cells, as those of most tracks are: over arrays it would take longer."""
    places = [((each >> _ROW_BITS) & (COLUMNS - 1), each % COLUMNS) for each in fine]
    heads = [(kind << 60) | (level << 54) for level in LEVELS]
    return [
        np.array(sorted({head | ((row >> shift) << _ROW_BITS) | (column >> shift) for row, column in places}))
        for head, shift in zip(heads, _SHIFTS, strict=True)
    ]


def cells_around(bounds: Bounds) -> list[int]:
    """Number the cells of every track that may come into some bounds."""
    near = bounds.grown(CLASSES[0] / 2.0)
    level = next((level for level in LEVELS if count_around(level, near) <= MOST_LOOKED_AT), LEVELS[-1])
    found = [WORLD]
    for kind, (own, longest_m) in enumerate(zip(LEVELS, CLASSES, strict=False)):
        found += _covering(kind, min(level, own), bounds.grown(longest_m / 2.0))
    return found


def numbered(kind: int, level: int, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Numbers:
    """Number the cells of one class and level that hold some positions."""
    size = 360.0 / 2**level
    column = np.floor((lon + 180.0) / size).astype(np.int64) % 2**level
    row = np.clip(np.floor((lat + 90.0) / size), 0, 2 ** (level - 1) - 1).astype(np.int64)
    return (kind << 60) | (level << 54) | (row << _ROW_BITS) | column


def count_around(level: int, bounds: Bounds) -> int:
    """Count the cells of a level that cover some bounds."""
    columns, rows = _spans(level, bounds)
    return len(columns) * len(rows)


def cell_ranges(level: int, bounds: Bounds) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """
    Say which numbers the cells of one level that cover some bounds have, whatever their class.

    Returns:
        Ranges of numbers, one for each class, and ranges of columns (the number modulo `COLUMNS`); both inclusive.
    """
    columns, rows = _spans(level, bounds)
    heads = [(kind << 60) | (level << 54) for kind in range(len(CLASSES))]
    numbers = [(head | (rows[0] << _ROW_BITS), head | (rows[-1] << _ROW_BITS) | (COLUMNS - 1)) for head in heads]
    first, last = columns[0] % 2**level, columns[-1] % 2**level
    return numbers, [(first, last)] if first <= last else [(first, 2**level - 1), (0, last)]


def corners(level: int, cells: Numbers) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Give west and south of some cells of one level, and how wide and high they are, in degrees."""
    size = 360.0 / 2**level
    return (cells % COLUMNS) * size - 180.0, (cells >> _ROW_BITS & (COLUMNS - 1)) * size - 90.0, size


def _spans(level: int, bounds: Bounds) -> tuple[range, range]:
    size = 360.0 / 2**level
    columns = range(math.floor((bounds.west + 180.0) / size), math.floor((bounds.east + 180.0) / size) + 1)
    top = 2 ** (level - 1) - 1
    first = max(math.floor((bounds.south + 90.0) / size), 0)
    columns = columns[: 2**level]
    return columns, range(min(first, top), min(math.floor((bounds.north + 90.0) / size), top) + 1)


def _covering(kind: int, level: int, bounds: Bounds) -> list[int]:
    columns, rows = _spans(level, bounds)
    head = (kind << 60) | (level << 54)
    return [head | (row << _ROW_BITS) | (column % 2**level) for row in rows for column in columns]
