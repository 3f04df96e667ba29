"""What one battery measured in one flight, sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.model.track import Track

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

GAP_S = 5.0
"""Between samples further apart than this nobody knows what was drawn; the tracks' own limit for a way is the same."""
GAUGE_PERCENT = 1.0
"""
How wrong a gauge is at least, one standard deviation; our choice: none is better than the whole percents it shows, and
discharges of a tenth of one kind of real battery disagree by a fifth of its capacity where each scatters by 0.3 % only.
"""
WORK_SHARE = 0.2
"""Where it is not recorded whether it flew, this part of what it drew at most stands for flying; our choice."""


class PercentBasis(StrEnum):
    """What a recorded percentage of charge says about the battery."""

    GAUGE = "gauge"
    """The battery's own gauge: evidence."""
    VOLTAGE = "voltage"
    """Told from voltage by the open-circuit curve of its cells: evidence, if the curve is theirs."""
    COUNTED = "counted"
    """An autopilot counted it down from a capacity that somebody set: it says nothing of the battery."""
    UNKNOWN = "unknown"
    """It may be either, so it is no evidence."""


GAUGED = frozenset({"airdata-csv", "dji-csv", "dji-flight-record", "litchi-csv"})
"""Formats of aircraft whose batteries carry their own gauge. Autopilots usually count from a parameter instead."""


def percent_basis(format_name: str) -> PercentBasis:
    """Tell what the percentage of a format says."""
    return PercentBasis.GAUGE if format_name in GAUGED else PercentBasis.UNKNOWN


@dataclass(frozen=True, slots=True)
class BatterySeries:
    """
    One battery through one flight; all arrays have one value for each sample.

    Args:
        time_s: seconds from any moment, not descending.
        voltage_v: at the terminals. current_a: positive when drawn. percent: of charge left. temperature_c: of the
            battery. NaN where unknown.
        working: whether the aircraft was in the air, or whatever stands for it.
        cells_v: of each cell, shape (cells, samples); no cells where they are not recorded.
        percent_basis: what the percentage is worth.
        percent_error: how wrong it is at least, one standard deviation; see `GAUGE_PERCENT`.
    """

    time_s: Floats
    voltage_v: Floats
    current_a: Floats
    percent: Floats
    temperature_c: Floats
    working: Flags
    cells_v: Floats = field(default_factory=lambda: np.empty((0, 0)))
    percent_basis: PercentBasis = PercentBasis.UNKNOWN
    percent_error: float = GAUGE_PERCENT

    def __post_init__(self) -> None:
        count = len(self.time_s)
        others = (self.voltage_v, self.current_a, self.percent, self.temperature_c, self.working)
        if any(len(a) != count for a in others) or (self.cells_v.size and self.cells_v.shape[1] != count):
            what = f"every column of a battery has one value for each of its {count} samples"
            raise ValueError(what)


def series_of(
    track: Track, slot: int, basis: PercentBasis, rows: tuple[int, int] | None = None, cells_v: Floats | None = None
) -> BatterySeries:
    """
    Take one battery out of a track.

    Args:
        track: of the flight.
        slot: 1 or 2.
        basis: what the recorded percentage is worth; see `percent_basis`.
        rows: half open; None for all.
        cells_v: of each cell at the same rows, shape (cells, samples); None where they are not known.
    """
    end = "" if slot == 1 else f"_{slot}"
    part = slice(*(rows or (0, track.table.num_rows)))
    voltage, current, percent, temperature = (
        track.floats(f"battery_{name}{end}")[part] for name in ("voltage_v", "current_a", "percent", "temperature_c")
    )
    time_us = track.time_us[part]
    since = time_us - time_us[0] if len(time_us) else time_us
    return BatterySeries(
        since / 1e6, voltage, current, percent, temperature, _working(track, part, current),
        np.empty((0, 0)) if cells_v is None else cells_v, basis,
    )  # fmt: skip


def slots_of(track: Track) -> list[int]:
    """List the slots of which the track tells any voltage or percentage."""
    ends: Sequence[tuple[int, str]] = ((1, ""), (2, "_2"))
    return [
        slot
        for slot, end in ends
        if any(np.isfinite(track.floats(f"battery_{name}{end}")).any() for name in ("voltage_v", "percent"))
    ]


def _working(track: Track, part: slice, current_a: Floats) -> Flags:
    """Tell when the aircraft flew: as recorded; where that is unknown when much current was drawn, or else always."""
    stated = track.table.column("in_air").cast(pa.int8()).fill_null(pa.scalar(-1, pa.int8())).to_numpy()[part]
    known = current_a[np.isfinite(current_a)]
    busy = np.ones(len(current_a), np.bool_)
    if known.any():
        busy = current_a >= WORK_SHARE * float(np.quantile(known, 0.9))
    return np.where(stated < 0, busy, stated == 1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    Charge drawn over time.

    Args:
        charge_ah: from the first sample on, one value for each; NaN before the current is first known.
        known_s: how long the current was known.
        whole_s: how long the recording of this battery is.
    """

    charge_ah: Floats
    known_s: float
    whole_s: float

    @property
    def share(self) -> float:
        """Part of the time in which the current was known."""
        return self.known_s / self.whole_s if self.whole_s > 0 else 0.0


def drawn(series: BatterySeries) -> Drawn:
    """Integrate the current by the trapezoidal rule; over more than `GAP_S` without a current nothing is counted."""
    known = np.flatnonzero(np.isfinite(series.current_a))
    whole_s = float(series.time_s[-1] - series.time_s[0]) if len(series.time_s) else 0.0
    charge = np.full(len(series.time_s), np.nan)
    if known.size < 2:
        return Drawn(charge, 0.0, whole_s)
    steps = np.diff(series.time_s[known])
    counted = np.where(steps <= GAP_S, steps, 0.0)
    amps = series.current_a[known]
    total = np.concatenate(([0.0], np.cumsum(counted * (amps[1:] + amps[:-1]) / 2.0))) / 3600.0
    at = np.interp(series.time_s, series.time_s[known], total)
    inside = (series.time_s >= series.time_s[known[0]]) & (series.time_s <= series.time_s[known[-1]])
    charge[inside] = at[inside]
    return Drawn(charge, float(counted.sum()), whole_s)
