"""
The wind of a flight: as the log states it, or from how the speed over ground changes with the heading on a wing.

On a wing the velocity over ground is the airspeed along the nose plus the wind, so that turns tell all three: the
airspeed, taken to stay the same, and the two parts of the wind. Source: Compere, Adkins and Krishnan 2023, Go with the
Flow: Estimating Wind Using Uncrewed Aircraft, Drones 7(9), 564, doi 10.3390/drones7090564. On rotors the lean would
have to be known against the wind of each aircraft, which no log states: there is no estimate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundside.model.happening import Evidence, Series, Wind
from groundside.model.source import Source
from groundside.model.track import Track
from groundside.produce.flight.signals import Bools, Floats
from groundside.produce.happenings.where import Flown, flown

WIND_ARC = Source(
    "Compere, Adkins and Krishnan 2023, Go with the Flow: Estimating Wind Using Uncrewed Aircraft",
    "https://doi.org/10.3390/drones7090564",
)
STATED = "stated by the log"
LEAST_S = 20.0
LEAST_QUADRANTS = 3
MOST_LEFT_MPS = 2.0
"""With more than this left over the airspeed was not steady, and the method does not hold."""
_FLYING_MPS, _LEVEL_MPS, _CRUISE = 8.0, 2.0, 0.6
"""Faster than this, level, and above this share of its greatest height it cruises: an approach is flown slower."""
_AROUND_S = 5.0
"""Gusts last about so long: samples nearer to each other are not independent."""
_TRIMS, _STEADY_MPS, _LEAST_ROWS = 4, 0.5, 10
"""Rows further off than twice the median are left out, and it is fitted anew."""


def wind_of(track: Track, kind: str = "", series: Sequence[Series] = ()) -> Wind | None:
    """
    Say what the wind was in the air, in the mean.

    Args:
        track: of the flight.
        kind: of aircraft: only "plane" and "vtol" have an estimate of their own.
        series: what the log measured.

    Returns:
        None where the log does not state it, and no turns on a wing tell it.
    """
    flight = flown(track, kind)
    stated = _stated(series, flight)
    return stated if stated is not None or kind not in {"plane", "vtol"} else _turned(flight)


def _stated(series: Sequence[Series], flight: Flown) -> Wind | None:
    north = next((s for s in series if s.quantity == "wind_north_mps"), None)
    if north is None:
        return None
    east = next((s for s in series if s.quantity == "wind_east_mps" and s.table == north.table), None)
    if east is None or not np.array_equal(north.source_rows, east.source_rows):
        return None
    used = flight.flew_at(north.time_us) & np.isfinite(north.values) & np.isfinite(east.values)
    # Exactly nothing is an estimate that was never made.
    used &= (north.values != 0.0) | (east.values != 0.0)
    if not used.any():
        return None
    rows = north.source_rows[used]
    columns = north.column if north.column == east.column else f"{north.column}, {east.column}"
    says = f"mean of {int(used.sum())} rows"
    evidence = Evidence(north.table, int(rows.min()), int(rows.max()) + 1, says, f"{north.table}.{columns}")
    return _wind(float(north.values[used].mean()), float(east.values[used].mean()), STATED, None, evidence)


def _turned(flight: Flown) -> Wind | None:
    track, s = flight.track, flight.signals
    vn, ve, yaw = (track.floats(name) for name in ("vn_mps", "ve_mps", "yaw_deg"))
    rows = np.flatnonzero(_on_the_wing(flight, vn, ve, yaw))
    found = np.zeros(3)
    apart = np.zeros(0)
    for _ in range(_TRIMS):
        if rows.size < _LEAST_ROWS or _quadrants(yaw[rows]) < LEAST_QUADRANTS:
            return None
        found, apart = _fitted(vn[rows], ve[rows], np.radians(yaw[rows]))
        near = apart <= max(2.0 * float(np.median(apart)), _STEADY_MPS)
        rows, apart = rows[near], apart[near]
    seconds = _seconds(s.t_s[rows])
    left = float(np.sqrt((apart**2).mean()))
    if seconds < LEAST_S or left > MOST_LEFT_MPS:
        return None
    error = left * (2.0 / max(seconds / _AROUND_S, 3.0)) ** 0.5
    says = f"airspeed {found[0]:.1f} m/s and wind from {rows.size} rows, {left:.1f} m/s left over"
    evidence = Evidence("track", int(rows[0]), int(rows[-1]) + 1, says, "vn_mps, ve_mps, yaw_deg")
    return _wind(float(found[1]), float(found[2]), "from turns on the wing", error, evidence, (WIND_ARC,))


def _fitted(vn: Floats, ve: Floats, nose: Floats) -> tuple[Floats, Floats]:
    """Fit airspeed and wind (north, east) by least squares; and say how far each row is from it, in m/s."""
    one, none = np.ones(vn.size), np.zeros(vn.size)
    matrix = np.concatenate([np.stack([np.cos(nose), one, none], 1), np.stack([np.sin(nose), none, one], 1)])
    velocity = np.concatenate([vn, ve])
    found: Floats = np.linalg.lstsq(matrix, velocity, rcond=None)[0].astype(np.float64)
    left = matrix @ found - velocity
    return found, np.hypot(left[: vn.size], left[vn.size :])


def _seconds(t_s: Floats) -> float:
    """Add up the times between rows, leaving out the breaks between what was used."""
    apart = np.diff(t_s)
    return float(apart[apart <= _AROUND_S].sum())


def _on_the_wing(flight: Flown, vn: Floats, ve: Floats, yaw: Floats) -> Bools:
    s = flight.signals
    with np.errstate(invalid="ignore"):
        fast = np.hypot(vn, ve) > _FLYING_MPS
        level = ~(np.abs(s.climb_mps) > _LEVEL_MPS)
    air = flight.in_air()
    high = np.ones(s.rows, np.bool_)
    if s.above_takeoff and np.isfinite(s.height_m[air]).any():
        high = s.height_m > _CRUISE * float(np.nanmax(s.height_m[air]))
    return air & high & fast & level & np.isfinite(yaw) & np.isfinite(vn) & np.isfinite(ve)


def _quadrants(yaw_deg: Floats) -> int:
    return int(np.unique((yaw_deg % 360.0) // 90.0).size)


def _wind(
    north: float, east: float, basis: str, error: float | None, evidence: Evidence, sources: tuple[Source, ...] = ()
) -> Wind:
    """Make a wind of where it blows to; it is said by where it comes from."""
    return Wind(
        from_deg=float(np.degrees(np.arctan2(-east, -north))) % 360.0, speed_mps=float(np.hypot(north, east)),
        basis=basis, error_mps=error, evidence=evidence, sources=sources,
    )  # fmt: skip
