"""Batteries of known values under loads like those of flight, made apart from the simulator."""

from dataclasses import dataclass

import numpy as np

from groundside.model.health import BatteryFlight, BatteryKey, Estimate, Finding, NotEnough, Span
from groundside.model.source import Source
from groundside.produce.health.series import BatterySeries, PercentBasis

KEY = BatteryKey("SIM-B1")
HERE = Source("this test", "")


@dataclass(frozen=True)
class Cell:
    """A cell with an open-circuit curve of its own: an exponential knee when empty, a slope, a rise when full."""

    cells: int = 6
    capacity_ah: float = 5.9
    resistance_ohm: float = 0.03
    slow_ohm: float = 0.0
    slow_s: float = 12.0

    def open_v(self, share: np.ndarray) -> np.ndarray:
        return self.cells * (3.45 + 0.55 * share - 0.5 * np.exp(-18.0 * share) + 0.2 * share**6)


@dataclass(frozen=True)
class Noise:
    volts: float = 0.02
    amps: float = 0.3
    gauge_percent: float = 0.3


QUIET = Noise(0.0, 0.0, 0.0)


def flown(
    cell: Cell = Cell(), noise: Noise = Noise(), *, seconds: float = 900.0, rate_hz: float = 5.0,
    hover_c: float = 2.5, swing: float = 0.3, full: float = 0.98, seed: int = 1,
) -> BatterySeries:  # fmt: skip
    """Take a hovering load with steps up and down out of a battery; `hover_c` is in capacities an hour."""
    rng = np.random.default_rng(seed)
    count = int(seconds * rate_hz)
    time_s = np.arange(count) / rate_hz
    amps = _load(rng, time_s, hover_c * cell.capacity_ah, swing)
    drawn_ah = np.concatenate(([0.0], np.cumsum((amps[1:] + amps[:-1]) / 2.0))) / rate_hz / 3600.0
    share = np.clip(full - drawn_ah / cell.capacity_ah, 0.0, 1.0)
    volts = cell.open_v(share) - amps * cell.resistance_ohm
    if cell.slow_ohm:
        volts -= cell.slow_ohm * _slow(amps, cell.slow_s, rate_hz)
    wander = noise.gauge_percent * np.sin(time_s / 140.0 + rng.uniform(0, 6))
    return BatterySeries(
        time_s,
        np.round(volts + rng.normal(0, noise.volts or 1e-9, count), 3),
        amps + rng.normal(0, noise.amps or 1e-9, count),
        np.round(100.0 * share + wander),
        np.full(count, 30.0),
        (time_s > 8.0) & (time_s < seconds - 8.0),
        percent_basis=PercentBasis.GAUGE,
    )


def _load(rng: np.random.Generator, time_s: np.ndarray, hover_a: float, swing: float) -> np.ndarray:
    steps = np.cumsum(rng.exponential(6.0, int(time_s[-1] / 2.0) + 10))
    levels = hover_a * (1.0 + swing * rng.normal(0, 1, len(steps) + 1))
    amps = np.maximum(levels[np.searchsorted(steps, time_s)], 0.2 * hover_a)
    return np.where((time_s > 8.0) & (time_s < time_s[-1] - 8.0), amps, 0.03 * hover_a)


def _slow(amps: np.ndarray, slow_s: float, rate_hz: float) -> np.ndarray:
    state, kept = np.empty_like(amps), np.exp(-1.0 / rate_hz / slow_s)
    level = 0.0
    for i, now in enumerate(amps.tolist()):
        level = level * kept + now * (1.0 - kept)
        state[i] = level
    return state


def found(quantity: str, value: float, reach: float = 0.02) -> Estimate:
    """State an estimate, right within a share of its value."""
    return Estimate(
        quantity=quantity, value=value, low=value * (1 - reach), high=value * (1 + reach), count=9,
        evidence=("stated",), method=HERE,
    )  # fmt: skip


def battery_flight(number: int, **changes) -> BatteryFlight:
    """One of many flights of a battery, a day apart."""
    nothing: Finding = NotEnough(quantity="any", why="not asked")
    usual = {
        "battery": KEY, "flight_id": f"f{number}", "start_us": number * 86_400_000_000, "airborne_s": 600.0,
        "drawn_ah": found("drawn_ah", 4.0), "percent_first": 98.0, "percent_last": 30.0, "least_v": 21.0,
        "temperature_c": Span(25.0, 30.0, 35.0), "resistance": nothing, "capacity": nothing,
        "spread_load": nothing, "spread_rest": nothing,
    }  # fmt: skip
    return BatteryFlight(**(usual | changes))
