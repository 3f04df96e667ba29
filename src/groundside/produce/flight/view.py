"""A telling laid out for comparison: when, where and along which path, in terms that both share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from groundside.model.flight import Cut
from groundside.model.place import LonLat
from groundside.model.track import Track
from groundside.produce.flight.fit import Path, middle_of, path_of, rows_of
from groundside.produce.flight.telling import Telling
from groundside.reference.geodesy import distance_m

LEAST_POSITIONS = 10
"""With fewer known positions a track is not compared."""
UNSTATED_ERROR_S = 2.0
"""How far a clock may be off that says nothing of it."""
_NEAREST_M = 1000.0


@dataclass(frozen=True, slots=True)
class View:
    """
    One side of a comparison.

    Args:
        cut: the summary.
        start_s: when it begins, on the clock shared; None where unknown.
        length_s: how long it is; None where unknown.
        error_s: how far `start_s` may be off.
        path: its positions on that clock; None where there are too few, or they are on another clock.
        where: home, else a position of it; None where none is known.
    """

    cut: Cut
    start_s: float | None
    length_s: float | None
    error_s: float
    path: Path | None
    where: LonLat | None

    @property
    def end_s(self) -> float | None:
        """When it ends; None where start or length is unknown."""
        return None if self.start_s is None or self.length_s is None else self.start_s + self.length_s


def views(one: Telling, other: Telling) -> tuple[View, View]:
    """Lay two tellings out as they stand, each on the clock of its track, else UTC."""
    origin = _middle(one) or _middle(other)
    return _view(one, origin), _view(other, origin)


def _middle(telling: Telling) -> LonLat | None:
    return None if telling.track is None else middle_of(telling.cut, telling.track)


def _view(telling: Telling, origin: LonLat | None) -> View:
    cut, track = telling.cut, telling.track
    path = path_of(cut, track, origin) if track is not None and origin is not None else None
    if track is not None and cut.time_basis.is_utc and not track.time_basis.is_utc:
        path = None
    start_s = None if cut.recording_start_us is None else cut.recording_start_us / 1e6
    length_s = cut.recording_s
    if track is not None and track.table.num_rows:
        first, last = _ends_s(cut, track)
        start_s = first if start_s is None else start_s
        length_s = last - first if length_s is None else length_s
    return View(
        cut,
        start_s,
        length_s,
        UNSTATED_ERROR_S if cut.time_error_s is None else cut.time_error_s,
        path if path is not None and path.t_s.size >= LEAST_POSITIONS else None,
        cut.home or _middle(telling),
    )


def _ends_s(cut: Cut, track: Track) -> tuple[float, float]:
    first, end = rows_of(cut, track)
    times = track.time_us
    return float(times[first] / 1e6), float(times[end - 1] / 1e6)


def on_wall_clock(view: View) -> View | None:
    """Move a view to its own wall clock, as if that were UTC; None where it has none."""
    start_s = wall_s(view.cut.local_start)
    if start_s is None or view.start_s is None:
        return None
    moved = None if view.path is None else replace(view.path, t_s=view.path.t_s + (start_s - view.start_s))
    return replace(view, start_s=start_s, path=moved)


def wall_s(wall: str) -> float | None:
    """Read a wall clock as if it were UTC, in seconds since 1970; None where it is no ISO 8601 time."""
    try:
        clock = datetime.fromisoformat(wall)
    except ValueError:
        return None
    return clock.replace(tzinfo=UTC).timestamp()


def apart_m(a: View, b: View) -> float | None:
    """Measure between the homes of two views, or what stands for them; None where either is unknown."""
    return None if a.where is None or b.where is None else distance_m(a.where, b.where)


def within_reach(a: View, b: View) -> bool:
    """Whether a position of one lies no further from the other's than that flew, or than 1 km."""
    apart = apart_m(a, b)
    reach = max(_NEAREST_M, *(view.cut.max_range_m or view.cut.distance_m or 0.0 for view in (a, b)))
    return apart is not None and bool(np.isfinite(apart)) and apart <= reach
