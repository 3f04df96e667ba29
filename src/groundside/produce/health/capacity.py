"""
Capacity from charge drawn between two states of charge.

At each moment at which the gauge of the battery steps down to a percentage for the first time its state of charge is
known best. A line through charge drawn over percent at those steps has the capacity as its slope. The error of the
gauge is taken to be what scatters about that line, and never less than such a gauge is wrong by, at either end of the
discharge: so a short discharge gives a wide interval.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from groundside.model.health import Estimate, Finding, NotEnough
from groundside.produce.health.intervals import Z
from groundside.produce.health.series import BatterySeries, Floats, PercentBasis, drawn
from groundside.produce.health.sources import CAPACITY

QUANTITY = "capacity_ah"
LEAST_PERCENT = 10.0
"""Discharges of less than this say nothing: a gauge wrong by 1 % leaves more than 28 % to either side; our choice."""
LEAST_STEPS = 5
MOST_GAP_SHARE = 0.02
"""A part of the time without a known current, above which the charge is not known well enough; our choice."""

EVIDENCE = frozenset({PercentBasis.GAUGE, PercentBasis.VOLTAGE})
MOST_RISE_PERCENT = 5.0
"""A gauge that corrects itself upwards by more than this may be another battery's; our choice."""


class _Steps(NamedTuple):
    """The moments at which the percentage stepped down: percent in the middle of the step, and charge drawn."""

    percent: Floats
    charge_ah: Floats


def capacity(series: BatterySeries) -> Finding:
    """
    Estimate how much charge a full battery holds, in ampere-hours, at the temperature at which it flew.

    Args:
        series: with current and percentage.

    Returns:
        The estimate with its interval; an error of the scale of the current sensor is not in it, as no log tells it.
        `NotEnough` where one of them is not recorded, the percentage is no evidence of the battery, or too little was
        drawn.

    Source: `groundside.produce.health.sources.CAPACITY`.
    """
    why = _missing(series)
    if why:
        return NotEnough(quantity=QUANTITY, why=why)
    rise = _rise(series.percent)
    if rise > MOST_RISE_PERCENT:
        return NotEnough(quantity=QUANTITY, why=f"the percentage rises by {rise:.0f}: charged or changed on the way")
    charge = drawn(series)
    if charge.share < 1.0 - MOST_GAP_SHARE:
        why = f"current is known for {100 * charge.share:.0f} % of the time only"
        return NotEnough(quantity=QUANTITY, why=why)
    steps = _steps(series, charge.charge_ah)
    span = float(np.ptp(steps.percent)) if steps.percent.size else 0.0
    if span < LEAST_PERCENT or steps.percent.size < LEAST_STEPS:
        why = f"{span:.0f} % in {steps.percent.size} steps were drawn, {LEAST_PERCENT:.0f} % are needed"
        return NotEnough(quantity=QUANTITY, why=why)
    return _judged(steps, span, series.percent_error)


def _missing(series: BatterySeries) -> str:
    if not np.isfinite(series.current_a).any():
        return "current is not recorded"
    if not np.isfinite(series.percent).any():
        return "the state of charge is not recorded"
    if series.percent_basis in EVIDENCE:
        return ""
    if series.percent_basis is PercentBasis.COUNTED:
        return "the percentage was counted down from a capacity that somebody set: it says nothing of the battery"
    return "it is not known whether the percentage is the battery's own or counted down from a capacity that was set"


def _rise(percent: Floats) -> float:
    """Give by how much the percentage ever rises above its lowest value before."""
    known = percent[np.isfinite(percent)]
    return float((known - np.minimum.accumulate(known)).max())


def _steps(series: BatterySeries, charge_ah: Floats) -> _Steps:
    known = np.flatnonzero(np.isfinite(series.percent) & np.isfinite(charge_ah))
    percent = np.minimum.accumulate(series.percent[known])
    changes = np.diff(percent)
    down = np.flatnonzero(changes < 0)
    middle = (percent[down] + percent[down + 1]) / 2.0
    drawn_ah = (charge_ah[known[down]] + charge_ah[known[down + 1]]) / 2.0
    return _Steps(middle, drawn_ah)


def _judged(steps: _Steps, span: float, least_error: float) -> Finding:
    shape = np.stack([np.ones_like(steps.percent), steps.percent - steps.percent.mean()], axis=1)
    fitted = np.linalg.lstsq(shape, steps.charge_ah, rcond=None)[0]
    full_ah = float(-fitted[1]) * 100.0
    if full_ah <= 0:
        return NotEnough(quantity=QUANTITY, why="the percentage does not sink with the charge drawn")
    scatter = float(np.std(steps.charge_ah - shape @ fitted, ddof=2)) / full_ah * 100.0
    error = max(scatter, least_error)
    reach = float(Z * np.sqrt(2.0) * error / span)
    if reach >= 1.0:
        return NotEnough(
            quantity=QUANTITY, why=f"the gauge is uncertain by {error:.1f} % over a discharge of {span:.0f} %"
        )
    return Estimate(
        quantity=QUANTITY, value=full_ah, low=full_ah * (1.0 - reach), high=full_ah * (1.0 + reach),
        count=steps.percent.size,
        evidence=(
            f"{full_ah * span / 100.0:.3g} Ah drawn over {span:.0f} % in {steps.percent.size} steps of the gauge",
            f"the gauge scatters by {scatter:.2f} %; it is held to be wrong by {error:.2g} % at either end",
            "an error of the scale of the current sensor is not in the interval",
        ),
        method=CAPACITY,
    )  # fmt: skip
