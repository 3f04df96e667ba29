"""The plain twins of the kernels of `fitting`: their definition."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Layout = npt.NDArray[np.int32]
"""Whole numbers that say where a track was when, as coarsely as it takes to rule out another; see fitting.h."""

WIDTHS_MS = (8000.0, 2000.0, 500.0)
RUNS = 7
"""Numbers a cell: circle of the judged positions, and how many; circle of the track around it."""
_HEAD = 5
_COVERED = 0.8
_ROUNDED_MS, _ROUNDED_CM, _MARGIN_MS = 2.0, 2.0, 20.0
_MOST_LOOKS = 4_000_000
_MOST_CM = 2.1e9
_LESS = 1e-6
_EDGE_CELLS = 2


@dataclass(frozen=True, slots=True)
class Near:
    """
    How many of the judged positions of a track must lie near another at the same time.

    Args:
        most_cm: no further than this is near.
        of_all: such a share of all of them, more than 0 and at most 1.
        of_inside: and such a share of those within the time of the other, at most 1.
    """

    most_cm: float
    of_all: float
    of_inside: float = 0.0


class Said(IntEnum):
    """Whether one track may lie on another."""

    NEVER = 0
    MAY = 1
    CLOSER = 2
    """Cells of the least width, of which a layout has none, could tell."""


def apart_plainly(clip: Floats, flight: Floats, offsets: Floats, covered: float) -> Floats:
    """Do what `fitting.apart` does."""
    if clip.shape[0] != flight.shape[0] or clip.shape[1] < 1 or flight.shape[1] < 2:
        what = "too few positions"
        raise ValueError(what)
    t = clip[0][None, :] + offsets[:, None]
    inside = (t >= flight[0, 0]) & (t <= flight[0, -1])
    before = np.clip(np.searchsorted(flight[0], t, side="right") - 1, 0, flight.shape[1] - 2)
    with np.errstate(all="ignore"):
        span, since = flight[0][before + 1] - flight[0][before], t - flight[0][before]
        dx, dy = (
            row[before] + np.where(span > 0.0, (row[before + 1] - row[before]) / span * since, 0.0) - own
            for row, own in zip(flight[1:], clip[1:], strict=True)
        )
        distance = np.sqrt(dx * dx + dy * dy)
    distance = np.where(inside & np.isfinite(distance), distance, np.inf)
    found = np.median(distance, axis=1)
    found[inside.mean(axis=1) < covered] = np.inf
    return found


def cells_of(length_ms: float, width_ms: float) -> int:
    """Say how many cells a track of some length has."""
    return int(np.floor(length_ms / width_ms)) + 2


def lay_out_plainly(positions: Floats, judged: Places, width_ms: float, slack_cm: float) -> Layout | None:
    """Do what `fitting.lay_out` does."""
    t, where = positions[0], positions[1:]
    if t[0] != 0.0 or (np.diff(t) < 0.0).any() or (np.diff(judged) <= 0).any():
        return None
    if judged[0] < 0 or judged[-1] >= t.size:
        return None
    out = np.zeros((RUNS, cells_of(float(t[-1]), width_ms)), dtype=np.int32)
    cell_of = np.floor(t[judged] / width_ms + 0.5)
    for k in range(out.shape[1]):
        own = judged[cell_of == k]
        from_ms = max(width_ms * k - width_ms - _ROUNDED_MS, 0.0)
        to_ms = min(width_ms * k + width_ms + _ROUNDED_MS, t[-1])
        around = where[:, (t >= from_ms) & (t <= to_ms)]
        ends = np.array([_position(positions, at) for at in (from_ms, to_ms)]).T
        circles = _circle(where[:, own], _ROUNDED_CM), _circle(np.hstack((around, ends)), slack_cm)
        if circles[0] is None or circles[1] is None:
            return None
        out[:, k] = (*circles[0], own.size, *circles[1])
    return out.ravel()


def _position(positions: Floats, at: float) -> tuple[float, float]:
    t, east, north = positions
    i = int(np.clip(np.searchsorted(t, at, side="right") - 1, 0, t.size - 2))
    span = t[i + 1] - t[i]
    share = (at - t[i]) / span if span > 0.0 else 0.0
    return east[i] + (east[i + 1] - east[i]) * share, north[i] + (north[i + 1] - north[i]) * share


def _circle(where: Floats, slack_cm: float) -> tuple[int, int, int] | None:
    """Give the circle around the smallest rectangle around positions, in whole centimetres, its radius rounded up."""
    if not where.size:
        return 0, 0, 0
    low, high = where.min(axis=1), where.max(axis=1)
    (x, y), (dx, dy) = (low + high) / 2.0, (high - low) / 2.0
    r = np.ceil(np.sqrt(dx * dx + dy * dy) + slack_cm) + 1.0
    if not (abs(x) <= _MOST_CM and abs(y) <= _MOST_CM and r <= _MOST_CM):
        return None
    return int(np.floor(x)), int(np.floor(y)), int(r) + 1


@dataclass(frozen=True, slots=True)
class _Taken:
    """A layout taken apart."""

    length_ms: float
    judged: int
    runs: tuple[Layout, ...]


def _taken_apart(numbers: Layout) -> _Taken:
    cells = numbers[2:_HEAD].tolist()
    wanted = [cells_of(float(numbers[0]), width) for width in WIDTHS_MS]
    if cells not in (wanted, [*wanted[:-1], 0]) or numbers.size != _HEAD + RUNS * sum(cells) or numbers[1] < 1:
        what = "no layout"
        raise ValueError(what)
    ends = np.cumsum([_HEAD, *(RUNS * each for each in cells)]).tolist()
    runs = (numbers[a:b].reshape(RUNS, -1) if b > a else numbers[:0].reshape(RUNS, 0) for a, b in pairwise(ends))
    return _Taken(float(numbers[0]), int(numbers[1]), tuple(runs))


def may_lie_plainly(one: Layout, other: Layout, near: Near) -> Said:
    """Do what `fitting.may_lie` does, for one pair."""
    if not (0.0 < near.of_all <= 1.0 and 0.0 <= near.of_inside <= 1.0):
        what = "no share of the positions"
        raise ValueError(what)
    a, b = _taken_apart(one), _taken_apart(other)
    longer_ms, said = a.length_ms - b.length_ms, Said.NEVER
    if longer_ms >= -_MARGIN_MS:
        said = _Search(b, a, near).said()
    if said is Said.NEVER and longer_ms <= _MARGIN_MS:
        said = _Search(a, b, near).said()
    return said


class _Search:
    """A search for an offset at which a clip may lie on a flight."""

    def __init__(self, clip: _Taken, flight: _Taken, near: Near) -> None:
        self._clip, self._flight = clip, flight
        self._most_cm, self._of_inside = np.float32(near.most_cm), near.of_inside
        self._needed = math.ceil(near.of_all * clip.judged - _LESS)
        self._looks = 0

    def said(self) -> Said:
        slack_ms = (1.0 - _COVERED) * self._clip.length_ms + _MARGIN_MS
        low, high = -slack_ms, self._flight.length_ms - self._clip.length_ms + slack_ms
        return self._some_offset(0, int(np.floor(low / WIDTHS_MS[0])), int(np.ceil(high / WIDTHS_MS[0])))

    def _some_offset(self, width: int, first: int, last: int) -> Said:
        cells = self._clip.runs[width].shape[1]
        if not cells or not self._flight.runs[width].size:
            return Said.CLOSER
        for offset in range(first, last + 1):
            self._looks += cells
            if self._looks > _MOST_LOOKS:
                return Said.MAY
            if not self._is_enough(width, offset):
                continue
            if width + 1 == len(WIDTHS_MS):
                return Said.MAY
            finer = int(WIDTHS_MS[width] / WIDTHS_MS[width + 1])
            said = self._some_offset(width + 1, finer * offset - finer // 2, finer * offset + finer // 2)
            if said is not Said.NEVER:
                return said
        return Said.NEVER

    def _is_enough(self, width: int, offset: int) -> bool:
        near = self._near_at(width, offset)
        return near >= self._needed and near >= self._of_inside * self._inside_at(width, offset) - _LESS

    def _inside_at(self, width: int, offset: int) -> int:
        clip, others = self._clip.runs[width], self._flight.runs[width].shape[1]
        first, end = max(0, _EDGE_CELLS - offset), min(clip.shape[1], others - _EDGE_CELLS - 1 - offset)
        return int(clip[3, first : max(first, end)].sum())

    def _near_at(self, width: int, offset: int) -> int:
        clip, flight = self._clip.runs[width], self._flight.runs[width]
        first, end = max(0, -offset), min(clip.shape[1], flight.shape[1] - offset)
        if first >= end:
            return 0
        x, y, r, weight = clip[:4, first:end]
        u, v, s = flight[4:, first + offset : end + offset]
        dx, dy = (x - u).astype(np.float32), (y - v).astype(np.float32)  # wraps, as the kernel does
        reach = self._most_cm + r.astype(np.float32) + s.astype(np.float32)
        return int(weight[dx * dx + dy * dy <= reach * reach].sum())
