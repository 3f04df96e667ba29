"""
Internal resistance from the steps of load in flight.

In windows of half a minute voltage is set against current, after what changes evenly with the charge drawn is taken
out of both: that is the open-circuit voltage, which sinks as the battery empties. What is left is the drop across the
resistance. All windows share one resistance; how much it changes when each window is left out in turn gives the
interval.

What is measured so is the resistance that steps of two to thirty seconds meet: ohmic, charge transfer and a part of the
slow polarisation. It is greater than what a tester measures at 1 kHz, and comparable only with itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.model.health import Estimate, Finding, NotEnough
from groundside.produce.health.intervals import student_t
from groundside.produce.health.series import GAP_S, BatterySeries, Floats, drawn
from groundside.produce.health.sources import RESISTANCE

QUANTITY = "resistance_ohm"
BLOCK_S = 2.0
"""
Samples are averaged over this long; our choice: logs of real aircraft tell voltage and current up to a second apart,
and with blocks of one second that made the resistance up to a third too small.
"""
WINDOW_S = 30.0
"""How long the open-circuit voltage is held to sink evenly with the charge drawn; our choice."""
LEAST_BLOCKS = 6
LEAST_WINDOWS = 3
LEAST_AGREEMENT = 0.5
"""Share of the changes of voltage that the current explains, below which nothing is said; our choice."""

NOTHING = 1e-12
"""Squares below this share are what rounding leaves of a constant."""


@dataclass(frozen=True, slots=True)
class _Swings:
    """What is left of current and voltage in each window: sums of squares and products, one value a window."""

    amps2: Floats
    product: Floats
    volts2: Floats

    @property
    def ohm(self) -> float:
        return float(-self.product.sum() / self.amps2.sum())

    @property
    def agreement(self) -> float:
        return float(self.product.sum() ** 2 / (self.amps2.sum() * self.volts2.sum()))

    def error(self) -> float:
        """Give the standard error by leaving each window out in turn; infinite where the others say nothing."""
        with np.errstate(divide="ignore", invalid="ignore"):  # one window may outweigh all others by far
            without = -(self.product.sum() - self.product) / (self.amps2.sum() - self.amps2)
        if not np.isfinite(without).all():
            return np.inf
        count = len(without)
        return float(np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum()))


def resistance(series: BatterySeries) -> Finding:
    """
    Estimate the internal resistance of a pack, in ohm, at the temperature at which it flew.

    Args:
        series: with voltage and current; samples at least every `BLOCK_S` seconds in most of the flight.

    Returns:
        The estimate: `low` from the scatter between windows, `high` from that or from the regression the other way
        round, whichever is greater, as noise of the current makes the direct one too small. `NotEnough` where voltage
        or current is not recorded, the load does not change, or the voltage does not follow it.

    Source: `groundside.produce.health.sources.RESISTANCE` and `JACKKNIFE`.
    """
    if not np.isfinite(series.voltage_v).any():
        return NotEnough(quantity=QUANTITY, why="voltage is not recorded")
    if not np.isfinite(series.current_a).any():
        return NotEnough(quantity=QUANTITY, why="current is not recorded")
    swings = _swings(series)
    if len(swings.amps2) < LEAST_WINDOWS:
        why = f"{len(swings.amps2)} windows of {WINDOW_S:.0f} s with steps of load, {LEAST_WINDOWS} are needed"
        return NotEnough(quantity=QUANTITY, why=why)
    return _judged(swings)


def _judged(swings: _Swings) -> Finding:
    ohm, agreement = swings.ohm, swings.agreement
    if not agreement >= LEAST_AGREEMENT or ohm <= 0:
        explained = f"changes of current explain {100 * agreement:.0f} % of those of voltage"
        why = f"{explained}, {100 * LEAST_AGREEMENT:.0f} % are needed"
        return NotEnough(quantity=QUANTITY, why=why if ohm > 0 else "voltage does not sink when more current is drawn")
    count = len(swings.amps2)
    reach = student_t(count - 1) * swings.error()
    if reach >= ohm:
        why = f"the {count} windows of load disagree by more than the resistance itself"
        return NotEnough(quantity=QUANTITY, why=why)
    return Estimate(
        quantity=QUANTITY, value=ohm, low=ohm - reach, high=max(ohm + reach, ohm / agreement), count=count,
        evidence=(
            f"{count} windows of {WINDOW_S:.0f} s, samples averaged over {BLOCK_S:.0f} s",
            f"changes of current explain {100 * agreement:.0f} % of those of voltage",
            "met by steps of load of 2 to 30 s: greater than what a tester measures at 1 kHz",
        ),
        method=RESISTANCE,
    )  # fmt: skip


def _swings(series: BatterySeries) -> _Swings:
    blocks = _blocks(series)
    sums = [found for rows in _windows(blocks) if (found := _swing(blocks[:, rows])) is not None]
    amps2, product, volts2 = np.array(sums).reshape(-1, 3).T
    return _Swings(amps2, product, volts2)


def _blocks(series: BatterySeries) -> Floats:
    """Average time, charge, current and voltage over blocks; shape (4, blocks)."""
    charge = drawn(series).charge_ah
    known = np.isfinite(series.voltage_v) & np.isfinite(series.current_a) & np.isfinite(charge)
    rows = np.stack([series.time_s, charge, series.current_a, series.voltage_v])[:, known]
    if not rows.size:
        return rows
    block = np.unique(np.floor((rows[0] - rows[0, 0]) / BLOCK_S), return_inverse=True)[1]
    return np.stack([np.bincount(block, row) for row in rows]) / np.bincount(block)


def _windows(blocks: Floats) -> list[NDArray[np.int64]]:
    """Number the blocks of each window, cut also at gaps; those with too few blocks are left out."""
    if not blocks.size:
        return []
    time_s = blocks[0]
    gaps = np.cumsum(np.diff(time_s, prepend=time_s[0]) > GAP_S)
    window = np.floor((time_s - time_s[0]) / WINDOW_S) + gaps * len(time_s)
    cuts = np.flatnonzero(np.diff(window)) + 1
    return [rows for rows in np.split(np.arange(len(time_s)), cuts) if rows.size >= LEAST_BLOCKS]


def _swing(window: Floats) -> tuple[float, float, float] | None:
    """Take a constant and what is even in charge out of current and voltage; None where the load did not change."""
    _, charge, amps, volts = window
    even = np.stack([np.ones_like(charge), charge - charge.mean()], axis=1)
    both = np.stack([amps, volts], axis=1)
    rest = both - even @ np.linalg.lstsq(even, both, rcond=None)[0]
    squares = rest.T @ rest
    if (squares.diagonal() <= NOTHING * (both**2).sum(axis=0)).any():
        return None
    return float(squares[0, 0]), float(squares[0, 1]), float(squares[1, 1])
