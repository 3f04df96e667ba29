"""A battery in one flight."""

from __future__ import annotations

import numpy as np

from groundside.model.health import BatteryFlight, BatteryKey, Estimate, Finding, NotEnough, Span
from groundside.produce.health.capacity import capacity
from groundside.produce.health.cells import cell_spread
from groundside.produce.health.resistance import resistance
from groundside.produce.health.series import BatterySeries, Floats, drawn
from groundside.produce.health.sources import COUNTED

LEAST_KNOWN_SHARE = 0.95
"""A part of the time with a known current, below which the charge is not counted; our choice."""
DRAWN = "drawn_ah"
_NO_CURRENT = "current is not recorded"


def battery_key(serial: str, aircraft: str, slot: int) -> BatteryKey:
    """Tell which battery it is: by its serial, or by where it sat."""
    return BatteryKey(serial) if serial else BatteryKey("", aircraft, slot)


def battery_flight(
    battery: BatteryKey, flight_id: str, series: BatterySeries, start_us: int | None, airborne_s: float | None
) -> BatteryFlight:
    """
    Sum up what one battery did in one flight.

    Args:
        battery: which one; see `battery_key`.
        flight_id: of the flight.
        series: what it measured; see `groundside.produce.health.series.series_of`.
        start_us: UTC of the flight's beginning; None where unknown.
        airborne_s: seconds in the air; None where unknown.
    """
    percent = series.percent[np.isfinite(series.percent)]
    volts = series.voltage_v[np.isfinite(series.voltage_v)]
    spread = cell_spread(series)
    return BatteryFlight(
        battery=battery, flight_id=flight_id, start_us=start_us, airborne_s=airborne_s, drawn_ah=drawn_ah(series),
        percent_first=float(percent[0]) if percent.size else None,
        percent_last=float(percent[-1]) if percent.size else None,
        least_v=float(volts.min()) if volts.size else None, temperature_c=_span(series.temperature_c),
        resistance=resistance(series), capacity=capacity(series), spread_load=spread.load, spread_rest=spread.rest,
    )  # fmt: skip


def drawn_ah(series: BatterySeries) -> Finding:
    """
    Count the charge drawn, in ampere-hours.

    Where the current is unknown for a part of the time, that part may have drawn nothing, or as much as the greatest
    current drew: the interval says so. The value is what was counted; an error of the sensor is not in it.
    """
    charge = drawn(series)
    if charge.share < LEAST_KNOWN_SHARE:
        known_s = f"{charge.known_s:.0f} of {charge.whole_s:.0f} s"
        return NotEnough(quantity=DRAWN, why=f"current is known for {known_s}" if charge.known_s else _NO_CURRENT)
    total = float(np.nanmax(charge.charge_ah))
    missing_ah = max(charge.whole_s - charge.known_s, 0.0) * float(np.nanmax(series.current_a)) / 3600.0
    if total < 0 or not np.nanmax(np.abs(series.current_a)):
        return NotEnough(quantity=DRAWN, why="the current recorded is never positive: it was not measured")
    return Estimate(
        quantity=DRAWN, value=total, low=total, high=total + max(missing_ah, 0.0), count=len(series.time_s),
        evidence=(f"current known for {charge.known_s:.0f} of {charge.whole_s:.0f} s",), method=COUNTED,
    )  # fmt: skip


def _span(values: Floats) -> Span | None:
    known_ones = values[np.isfinite(values)]
    if not known_ones.size:
        return None
    return Span(float(known_ones.min()), float(np.median(known_ones)), float(known_ones.max()))
