"""Happenings that the track shows, whatever the recorder says of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from groundside.model.happening import Evidence, Happening, Limits
from groundside.model.source import Source
from groundside.produce.flight.phases_steps import gaps
from groundside.produce.flight.pieces import runs_of
from groundside.produce.flight.signals import Bools, Floats
from groundside.produce.happenings.fences import outside
from groundside.produce.happenings.kinds import KINDS
from groundside.produce.happenings.touchdown import landings
from groundside.produce.happenings.where import Flown
from groundside.reference.geodesy import distances_m

LOST_S, SILENT_S = 2.0, 1.5
"""A position or a link that is away for less is a hiccup."""
LOW_PERCENT, CRITICAL_PERCENT = 15.0, 7.0
PX4_BATTERY = Source(
    "PX4 Autopilot, battery_params.c", "https://github.com/PX4/PX4-Autopilot/blob/main/src/lib/battery/module.yaml",
    "BAT_LOW_THR 0.15 and BAT_CRIT_THR 0.07",
)  # fmt: skip
_FIX_3D = 3
_OVER_S, _OVER_M = 1.0, 1.0
_SHORT_S = 3.0
_MOVING_MPS, _HIGH_M = 1.0, 2.0


def seen(flight: Flown, limits: Limits) -> Iterator[Happening]:
    """Give what the rows of a track show."""
    if flight.signals.rows < 2:
        return
    yield from _fixes(flight)
    yield from _links(flight)
    yield from _batteries(flight)
    yield from landings(flight)
    yield from _limits(flight, limits)
    yield from _cut_short(flight)
    yield from _silences(flight)


def during(
    flight: Flown, rows: tuple[int, int], kind: str, sentence: str, says: str, column: str, **more: object
) -> Happening:
    """
    Make a happening of rows of the track.

    Args:
        flight: the track.
        rows: half open; where they reach to the last row, it had not ended.
        kind: and its usual severity.
        sentence: what happened.
        says: what the rows say.
        column: of the track.
        more: `value` and `sources`, if any.
    """
    times = flight.signals.time_us
    start_us = int(times[rows[0]])
    end_us = int(times[rows[1]]) if rows[1] < len(times) else None
    return Happening(
        kind=kind, severity=KINDS[kind], sentence=sentence, start_us=start_us, end_us=end_us,
        place=flight.place(start_us), evidence=(Evidence("track", *rows, says, column),), **more,  # pyright: ignore[reportArgumentType]
    )  # fmt: skip


def lasting(flight: Flown, flags: Bools, least_s: float) -> list[tuple[int, int]]:
    """List the runs of rows that are marked for long enough; to the next row or, at the end, to the last."""
    t_s = flight.signals.t_s
    return [(a, b) for a, b in runs_of(flags) if float(t_s[min(b, len(t_s) - 1)] - t_s[a]) >= least_s]


def _fixes(flight: Flown) -> Iterator[Happening]:
    """Say where the fix was lost in the air, after there had been one."""
    table = flight.track.table
    fix = table["fix"].fill_null(pa.scalar(-1, pa.int8())).to_numpy()
    if not (fix >= 0).any():
        return
    lost = (fix >= 0) & (fix < _FIX_3D) & flight.in_air() & (np.cumsum(fix >= _FIX_3D) > 0)
    for a, b in lasting(flight, lost, LOST_S):
        seconds = _seconds(flight, a, b)
        what = f"There was no three-dimensional fix for {seconds:.0f} s in the air."
        yield during(flight, (a, b), "gnss_lost", what, f"fix {int(fix[a:b].min())} to {int(fix[a:b].max())}", "fix")


def _links(flight: Flown) -> Iterator[Happening]:
    link = flight.track.floats("link_percent")
    with np.errstate(invalid="ignore"):
        gone = (link <= 0.0) & flight.in_air()
        if not (link > 0.0).any():
            return
    for a, b in lasting(flight, gone, SILENT_S):
        what = f"The link was at 0 % for {_seconds(flight, a, b):.0f} s in the air."
        yield during(flight, (a, b), "link_lost", what, "link 0 %", "link_percent")


def _batteries(flight: Flown) -> Iterator[Happening]:
    """Say where a charge fell to PX4's default thresholds in the air."""
    for column in ("battery_percent", "battery_percent_2"):
        percent = flight.track.floats(column)
        for kind, limit in (("battery_low", LOW_PERCENT), ("battery_critical", CRITICAL_PERCENT)):
            yield from _fallen(flight, (column, percent), kind, limit)


def _fallen(flight: Flown, told: tuple[str, Floats], kind: str, limit: float) -> Iterator[Happening]:
    column, percent = told
    with np.errstate(invalid="ignore"):
        low = (percent <= limit) & flight.in_air()
        # 0 and nothing else is a gauge that is not there.
        runs = lasting(flight, low, _SHORT_S) if (percent > 0.0).any() else []
    if runs:
        a, b = runs[0][0], runs[-1][1]
        least = float(np.nanmin(percent[a:b]))
        what = f"The charge of a battery fell to {limit:.0f} % in the air, and to {least:.0f} % at the least."
        yield during(
            flight,
            (a, b),
            kind,
            what,
            f"{percent[a]:.0f} % to {least:.0f} %",
            column,
            value=least,
            sources=(PX4_BATTERY,),
        )


def _limits(flight: Flown, limits: Limits) -> Iterator[Happening]:
    s = flight.signals
    if limits.max_height_m is not None and s.above_takeoff:
        yield from _beyond(flight, s.height_m, limits.max_height_m, ("height_limit", "height", "height_m"))
    if limits.max_range_m is not None and s.origin is not None and flight.air.spans:
        home = flight.place(int(s.time_us[flight.air.spans[0].first]))
        away = np.full(s.rows, np.nan) if home is None else distances_m(home, s.lon, s.lat)
        yield from _beyond(flight, away, limits.max_range_m, ("range_limit", "distance from take-off", "lon, lat"))
    if limits.fence:
        for a, b in lasting(flight, outside(limits.fence, s.lon, s.lat) & flight.in_air(), _OVER_S):
            what = f"It was outside the geofence for {_seconds(flight, a, b):.0f} s."
            yield during(flight, (a, b), "geofence", what, "positions outside the polygon", "lon, lat")


def _beyond(flight: Flown, values: Floats, limit: float, named: tuple[str, str, str]) -> Iterator[Happening]:
    """Say where values exceed a limit; over once they are back below it by a metre."""
    kind, words, column = named
    with np.errstate(invalid="ignore"):
        over, near = values > limit, values > limit - _OVER_M
    for a, b in runs_of(near & flight.in_air()):
        beyond = np.flatnonzero(over[a:b])
        if not beyond.size:
            continue
        a, most = a + int(beyond[0]), float(np.nanmax(values[a:b]))
        if float(flight.signals.t_s[min(b, flight.signals.rows - 1)] - flight.signals.t_s[a]) < _OVER_S:
            continue
        what = f"The {words} was {most:.0f} m, over the limit of {limit:.0f} m."
        yield during(flight, (a, b), kind, what, f"{most:.1f} m at the most, limit {limit:g} m", column, value=most)


def _cut_short(flight: Flown) -> Iterator[Happening]:
    s = flight.signals
    last = flight.air.spans[-1] if flight.air.spans else None
    if last is None or last.landing or last.end < s.rows:
        return
    moving, height = float(s.speed_mps[-1]), float(s.height_m[-1])
    if moving > _MOVING_MPS or (s.above_takeoff and height > _HIGH_M):
        what = f"The recording ends in the air, at {moving:.0f} m/s and {height:.0f} m."
        yield during(flight, (s.rows - 1, s.rows), "cut_short", what, "the last row", "height_m, vn_mps, ve_mps")


def _silences(flight: Flown) -> Iterator[Happening]:
    air = flight.in_air()
    for row in np.flatnonzero(gaps(flight.signals) & air[:-1] & air[1:]).tolist():
        what = f"Nothing was recorded for {_seconds(flight, row, row + 1):.0f} s in the air."
        yield during(flight, (row, row + 1), "dropout", what, "two rows far apart", "time_us")


def _seconds(flight: Flown, a: int, b: int) -> float:
    t_s = flight.signals.t_s
    return float(t_s[min(b, len(t_s) - 1)] - t_s[a])
