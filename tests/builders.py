"""Tracks and recordings of which a test states only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from groundside.model.place import LonLat
from groundside.model.recording import Recording, TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of

Floats = NDArray[np.float64]

START_US = 1_700_000_000_000_000
"""2023-11-14 22:13:20 UTC."""
FIELD = LonLat(-98.51234, 45.51234)
"""Open land where no real flight of the corpus was."""


def legs(*parts: tuple[float, float], start: float = 0.0, hz: float = 10.0) -> Floats:
    """Values that go straight to each `(seconds, value)` in turn: `legs((10, 0), (20, 40))` waits, then climbs."""
    at = np.cumsum([0.0, *(seconds for seconds, _ in parts)])
    values = [start, *(value for _, value in parts)]
    return np.interp(np.arange(round(at[-1] * hz)) / hz, at, values)


def places(east_m: Any, north_m: Any, origin: LonLat = FIELD) -> tuple[Floats, Floats]:
    """Positions so many metres east and north of an origin, along geodesics; NaN stays NaN."""
    east, north = np.broadcast_arrays(np.asarray(east_m, float), np.asarray(north_m, float))
    heading = np.degrees(np.arctan2(east, north))
    lon0, lat0 = np.full(east.shape, origin.lon), np.full(east.shape, origin.lat)
    lon, lat, _ = Geod(ellps="WGS84").fwd(lon0, lat0, heading, np.hypot(east, north))
    return np.asarray(lon), np.asarray(lat)


def track(
    *,
    hz: float = 10.0,
    start_us: int = START_US,
    basis: TimeBasis = TimeBasis.UTC_GNSS,
    error_s: float | None = 0.1,
    east: Any = None,
    north: Any = None,
    **columns: Any,
) -> Track:
    """
    A track whose rows are as many as the longest column given; a single value is that of every row.

    `east` and `north` are metres from `FIELD`; all other names are those of `COLUMNS`.
    """
    given: dict[str, Any] = dict(columns)
    if east is not None or north is not None:
        given["lon"], given["lat"] = places(0.0 if east is None else east, 0.0 if north is None else north)
    rows = max((len(v) for v in given.values() if isinstance(v, Sequence | np.ndarray) and np.ndim(v)), default=0)
    if "time_us" not in given:
        given["time_us"] = start_us + np.round(np.arange(rows) / hz * 1e6).astype(np.int64)
    full = {name: Column(_filled(values, rows)) for name, values in given.items()}
    return track_of(full, basis, error_s if basis.is_utc else None)


def _filled(values: Any, rows: int) -> Any:
    if isinstance(values, np.ndarray) and values.ndim:
        return values
    if isinstance(values, Sequence) and not isinstance(values, str):
        return list(values)
    return np.full(rows, values) if isinstance(values, int | float) else [values] * rows


def recording(of: Track | None = None, **changes: Any) -> Recording:
    """What a file says of itself: clock, start and length of its track, and nothing else unless stated."""
    said: Mapping[str, Any] = {"time_basis": TimeBasis.UTC_GNSS, "start_us": START_US, "time_error_s": 0.1}
    if of is not None:
        times = of.time_us
        utc = of.time_basis.is_utc
        said = {
            "time_basis": of.time_basis,
            "start_us": int(times[0]) if utc and times.size else None,
            "time_error_s": of.time_error_s,
            "duration_s": float(times[-1] - times[0]) / 1e6 if times.size else None,
        }
    return replace(Recording(time_basis=TimeBasis.NONE), **{**said, **changes})
