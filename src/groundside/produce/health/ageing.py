"""How resistance and capacity change with use: a line that outliers do not turn, with its confidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from groundside.model.health import BatteryFlight, Estimate, Finding, NotEnough, Trend
from groundside.produce.health.intervals import Z
from groundside.produce.health.series import Floats
from groundside.produce.health.sources import ROBUST_LINE

LEAST_FLIGHTS = 5
"""With fewer no interval of 95 % exists: Sen's ranks lie outside the slopes."""
BAND_C = 10.0
"""
Flights are compared where the battery was within this of the usual temperature; our choice. Resistance falls and the
charge that can be taken rises with temperature, by how much differs between cells: nothing is converted.
"""


class Line(NamedTuple):
    """Median slope, its interval of 95 % confidence, and how many pairs it is made of."""

    slope: float
    low: float
    high: float
    pairs: int


def robust_line(x: Floats, y: Floats) -> Line | None:
    """
    Fit the slope of y over x as the median of the slopes between all pairs.

    Args:
        x, y: one value for each point, none NaN; up to a few thousand points.

    Returns:
        None where all x are equal, or there are too few points for an interval of 95 %.

    Source: `groundside.produce.health.sources.ROBUST_LINE`; points of equal x make no pair, and the variance of the
    ranks is lessened for them as there; ranks are rounded to whole ones.
    """
    first, second = np.triu_indices(len(x), 1)
    run = x[second] - x[first]
    apart = run != 0
    slopes = np.sort((y[second] - y[first])[apart] / run[apart])
    reach = Z * np.sqrt(_rank_variance(x))
    low, high = round((slopes.size - reach) / 2.0) - 1, round((slopes.size + reach) / 2.0)
    if low < 0 or high >= slopes.size:
        return None
    return Line(float(np.median(slopes)), float(slopes[low]), float(slopes[high]), slopes.size)


def _rank_variance(x: Floats) -> float:
    """Give the variance of Kendall's score, lessened for ties in x (Sen 1968, section 3)."""
    return (_scores(len(x)) - sum(_scores(int(n)) for n in np.unique_counts(x).counts)) / 18.0


def _scores(count: int) -> float:
    return count * (count - 1) * (2 * count + 5)


def trend(quantity: str, flights: Sequence[BatteryFlight], rated_ah: float | None) -> Trend | NotEnough:
    """
    Find how a quantity of a battery changes.

    Args:
        quantity: "resistance_ohm" or "capacity_ah".
        flights: of one battery, in order of time.
        rated_ah: capacity when new: then the change is per full cycle; None counts flights.

    Returns:
        The trend over the flights that have the quantity at about the usual temperature.
    """
    used, notes = comparable(flights, quantity)
    points = [(place, found) for place, found in zip(_use(flights, rated_ah), used, strict=True) if found is not None]
    if len(points) < LEAST_FLIGHTS:
        why = f"{len(points)} flights tell it at about the same temperature, {LEAST_FLIGHTS} are needed"
        return NotEnough(quantity=quantity, why=why)
    x, y = np.array([p for p, _ in points]), np.array([found.value for _, found in points])
    line = robust_line(x, y)
    if line is None:
        return NotEnough(quantity=quantity, why=f"{len(points)} flights are too few or too alike for a line")
    per = "full cycle" if rated_ah else "flight"
    return Trend(
        quantity=quantity, per=per, slope=line.slope, low=line.low, high=line.high, count=len(points),
        span=float(x[-1] - x[0]), evidence=(f"median of {line.pairs} slopes", *notes), method=ROBUST_LINE,
    )  # fmt: skip


def comparable(flights: Sequence[BatteryFlight], quantity: str) -> tuple[list[Estimate | None], tuple[str, ...]]:
    """
    Leave out what was measured at another temperature than the usual one of a battery.

    Args:
        flights: of one battery.
        quantity: "resistance_ohm" or "capacity_ah".

    Returns:
        One value for each flight: its estimate, or None where it has none or was much warmer or colder; and what was
        left out, in sentences.
    """
    found = [known(finding_of(f, quantity)) for f in flights]
    warmth = [f.temperature_c.median for f, e in zip(flights, found, strict=True) if e and f.temperature_c]
    if not warmth:
        return found, ("temperature is not recorded: flights in the cold and the warm are compared",)
    usual = float(np.median(warmth))
    kept = [e if e and _warm(f, usual) else None for f, e in zip(flights, found, strict=True)]
    left_out = sum(1 for e, k in zip(found, kept, strict=True) if e and not k)
    note = f"{left_out} flights were left out, not recorded within {BAND_C:.0f} K of the usual {usual:.0f} degrees C"
    return kept, (note,) if left_out else (f"all within {BAND_C:.0f} K of {usual:.0f} degrees C",)


def known(finding: Finding) -> Estimate | None:
    """Give an estimate, or None for what there is not enough evidence for."""
    return finding if isinstance(finding, Estimate) else None


def _warm(flight: BatteryFlight, usual_c: float) -> bool:
    return flight.temperature_c is not None and abs(flight.temperature_c.median - usual_c) <= BAND_C


def finding_of(flight: BatteryFlight, quantity: str) -> Finding:
    """Give the "resistance_ohm" or the "capacity_ah" of a battery in a flight."""
    return flight.resistance if quantity == "resistance_ohm" else flight.capacity


def _use(flights: Sequence[BatteryFlight], rated_ah: float | None) -> list[float]:
    """Give the use of a battery at the begin of each flight: full cycles where the capacity is rated, or flights."""
    if not rated_ah:
        return [float(i) for i in range(len(flights))]
    each = [e.value / rated_ah if (e := known(f.drawn_ah)) else 0.0 for f in flights]
    return np.concatenate(([0.0], np.cumsum(each)[:-1])).tolist()
