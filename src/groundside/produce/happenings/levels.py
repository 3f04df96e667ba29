"""Happenings that measured quantities show: vibration, clipping, and what the autopilot's filter rejects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundside.model.happening import Evidence, Happening, Series, Severity
from groundside.model.source import Source
from groundside.produce.flight.pieces import runs_of
from groundside.produce.happenings.kinds import KINDS
from groundside.produce.happenings.where import Flown

ARDUPILOT = Source(
    "ArduPilot, Measuring Vibration", "https://ardupilot.org/copter/docs/common-measuring-vibration.html",
    "below 30 m/s² acceptable, above 60 m/s² nearly always a problem; fewer than 100 clips likely harmless",
)  # fmt: skip
FLIGHT_REVIEW = Source(
    "PX4 Flight Review, configured_plots.py",
    "https://github.com/PX4/flight_review",
    "vibration metrics: 4.905 and 9.81",
)
MAVLINK = Source(
    "MAVLink common message set, ESTIMATOR_STATUS", "https://mavlink.io/en/messages/common.html#ESTIMATOR_STATUS",
    "ratios above 1.0 are rejected measurements: the user should be notified",
)  # fmt: skip
MANY_CLIPS = 100.0
_LEAST_S, _BREAK_S = 1.0, 2.0


@dataclass(frozen=True, slots=True)
class _Level:
    """How much of a quantity is too much; `graver` of it is critical."""

    kind: str
    words: str
    unit: str
    limit: float
    graver: float
    source: Source


_NEVER = float("inf")
_LEVELS = {
    "vibration_mps2": _Level("vibration", "vibration", " m/s²", 30.0, 60.0, ARDUPILOT),
    "vibration_metric_mps2": _Level("vibration", "vibration metric", " m/s²", 4.905, 9.81, FLIGHT_REVIEW),
    "velocity_ratio": _Level("estimator", "velocity test ratio of the filter", "", 1.0, _NEVER, MAVLINK),
    "position_ratio": _Level("estimator", "position test ratio of the filter", "", 1.0, _NEVER, MAVLINK),
    "height_ratio": _Level("estimator", "height test ratio of the filter", "", 1.0, _NEVER, MAVLINK),
    "compass_ratio": _Level("compass", "compass test ratio of the filter", "", 1.0, _NEVER, MAVLINK),
}


def levels(series: Sequence[Series], flight: Flown) -> Iterator[Happening]:
    """Give where a quantity was above its limit for a second or more; breaks of up to two seconds do not end it."""
    for one in series:
        if one.quantity in _LEVELS:
            yield from _above(one, _LEVELS[one.quantity], flight)
        if one.quantity == "clips":
            yield from _clips(one, flight)


def _above(series: Series, level: _Level, flight: Flown) -> Iterator[Happening]:
    times = series.time_us
    for a, b in _joined(series, runs_of(series.values > level.limit)):
        start_us, end_us = int(times[a]), int(times[min(b, len(times) - 1)])
        if (end_us - start_us) / 1e6 < _LEAST_S:
            continue
        most = float(series.values[a:b].max())
        severity = Severity.CRITICAL if most > level.graver else KINDS[level.kind]
        says = f"{most:.2f}{level.unit} at the most, limit {level.limit:g}{level.unit}"
        yield Happening(
            kind=level.kind, severity=severity, start_us=start_us, end_us=end_us if b < len(times) else None,
            sentence=f"The {level.words} ({series.table}) was up to {most:.1f}{level.unit}, above {level.limit:g}.",
            place=flight.place(start_us), value=most, sources=(level.source,),
            evidence=(_evidence(series, a, b, says),),
        )  # fmt: skip


def _joined(series: Series, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for a, b in runs:
        if joined and (series.time_us[a] - series.time_us[joined[-1][1]]) / 1e6 <= _BREAK_S:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def _clips(series: Series, flight: Flown) -> Iterator[Happening]:
    """Count how often an accelerometer reached its limit in the air."""
    more = np.diff(series.values, prepend=series.values[:1]) * flight.flew_at(series.time_us)
    rows = np.flatnonzero(more > 0.0)
    if not rows.size:
        return
    count, a, b = float(more[rows].sum()), int(rows[0]), int(rows[-1]) + 1
    start_us = int(series.time_us[a])
    made = Happening(
        kind="clipping", severity=KINDS["clipping"], start_us=start_us, end_us=int(series.time_us[b - 1]),
        sentence=f"An accelerometer reached its limit {count:.0f} times.", place=flight.place(start_us), value=count,
        sources=(ARDUPILOT,), evidence=(_evidence(series, a, b, f"counted up by {count:.0f}"),),
    )  # fmt: skip
    yield replace(made, severity=Severity.WARNING) if count >= MANY_CLIPS else made


def _evidence(series: Series, a: int, b: int, says: str) -> Evidence:
    rows = series.source_rows[a:b]
    return Evidence(series.table, int(rows.min()), int(rows.max()) + 1, says, f"{series.table}.{series.column}")
