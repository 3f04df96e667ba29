"""Which file's track a flight takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.model.track import Track
from groundside.produce.flight.combine import combine
from groundside.produce.flight.fit import middle_of, path_of, rows_of
from groundside.produce.flight.telling import TRUST, Telling, whole

__all__ = ["Merit", "choose", "combine", "merit_of"]

_ENOUGH_HZ = 4.5


@dataclass(frozen=True, slots=True, order=True)
class Merit:
    """
    What speaks for a track, the weightiest first; compared in this order.

    `covers` is for `choose` to say, which knows the others; `merit_of` takes it for granted.
    """

    unlocked: bool
    covers: bool
    rounding: float
    clock: int
    often: bool
    columns: int
    rows: int


_REASONS = (
    "an unlocked track",
    "covers the whole flight",
    "its positions are rounded least",
    "its clock is the nearest to UTC",
    "its samples are frequent",
    "it knows most columns",
    "it has most samples",
)


def choose(tellings: Sequence[Telling], merits: Sequence[Merit] | None = None) -> tuple[int, str]:
    """
    Choose whose track a flight takes.

    In this order: a track with positions that is not locked; the whole flight rather than a clip of it;
    positions rounded less; a clock nearer to UTC; about five samples a second or more; more columns
    known; more samples.

    Args:
        tellings: one or more, of one flight.
        merits: what `merit_of` says of each, where that is known: then their tracks are not looked at.

    Returns:
        Index of the one chosen, and why.

    Raises:
        ValueError: there are none.
    """
    if not tellings:
        what = "no telling to choose from"
        raise ValueError(what)
    known = map(merit_of, tellings) if merits is None else merits
    all_of = [replace(merit, covers=covers) for merit, covers in zip(known, whole(tellings), strict=True)]
    best = max(range(len(all_of)), key=lambda i: (all_of[i], -i))
    others = [merit for i, merit in enumerate(all_of) if i != best]
    return best, f"{tellings[best].format}: {_why(all_of[best], others)}"


def _why(best: Merit, others: list[Merit]) -> str:
    if not others:
        return "the only source"
    if not best.unlocked:
        return "no source has an unlocked track"
    if not any(merit.unlocked for merit in others):
        return "only source with an unlocked track"
    for reason, mine, theirs in zip(_REASONS, astuple(best), astuple(max(others)), strict=True):
        if mine != theirs:
            return reason
    return "as good as any other, and the first"


def merit_of(telling: Telling) -> Merit:
    """Say what speaks for the track of a telling, by itself."""
    cut, track = telling.cut, telling.track
    clock = -TRUST.index(cut.time_basis)
    origin = None if track is None else middle_of(cut, track)
    if track is None or origin is None:
        return Merit(False, True, 0.0, clock, False, 0, cut.track_rows)
    path = path_of(cut, track, origin)
    first, end = rows_of(cut, track)
    often = path.t_s.size >= _ENOUGH_HZ * path.length_s
    return Merit(True, True, -path.resolution_m, clock, often, _columns(track, first, end), end - first)


def _columns(track: Track, first: int, end: int) -> int:
    """Count the columns of which anything is known."""
    part = track.table.slice(first, end - first)
    return sum(_says_anything(part.column(name)) for name in part.column_names)


def _says_anything(column: pa.ChunkedArray[Any]) -> bool:
    if pa.types.is_floating(column.type):
        return bool(np.isfinite(column.to_numpy()).any())
    return column.null_count < len(column)
