"""How far the cells of a battery are apart, under load and at rest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from groundside.model.health import Estimate, Finding, NotEnough
from groundside.produce.health.series import BatterySeries, Flags, Floats
from groundside.produce.health.sources import COUNTED

LOAD, REST = "spread_load_v", "spread_rest_v"
REST_SHARE = 0.2
"""At rest less than this part of the usual current of the flight is drawn; our choice."""
SETTLED_S = 5.0
"""A battery counts as resting once it has been without load for this long; our choice."""
LEAST_SAMPLES = 10
ALIKE = "all cells state the same voltage at all times: that of the pack, divided, and not measured"
"""PX4 fills its `voltage_cell_v` so where nothing measures cells."""


class Spread(NamedTuple):
    """Greatest less least cell voltage: while working, and while resting."""

    load: Finding
    rest: Finding


def cell_spread(series: BatterySeries) -> Spread:
    """
    Measure the spread between cells, in volt, as the median over samples in which every cell is known.

    Args:
        series: with at least two cells.

    Returns:
        The median with the 2.5 % and 97.5 % quantiles of the samples, while in the air and while at rest: not in the
        air, and for `SETTLED_S` under less than `REST_SHARE` of the usual current (where current is not recorded: not
        in the air). `NotEnough` where cells are not recorded or too few samples are.
    """
    if len(series.cells_v) < 2 or not series.cells_v.size:
        why = "voltages of single cells are not recorded"
        return Spread(NotEnough(quantity=LOAD, why=why), NotEnough(quantity=REST, why=why))
    known = np.isfinite(series.cells_v).all(axis=0) & (series.cells_v > 0).all(axis=0)
    if known.any() and not np.ptp(series.cells_v[:, known], axis=0).any():
        return Spread(*(NotEnough(quantity=quantity, why=ALIKE) for quantity in (LOAD, REST)))
    return Spread(
        _spread(LOAD, "in the air", series.cells_v[:, known & series.working]),
        _spread(REST, "at rest", series.cells_v[:, known & _resting(series)]),
    )


def _resting(series: BatterySeries) -> Flags:
    idle = ~series.working
    usual = series.current_a[series.working & np.isfinite(series.current_a)]
    if usual.size:
        idle &= series.current_a < REST_SHARE * float(np.median(usual))
    busy = np.where(idle, -np.inf, series.time_s)
    return idle & (series.time_s - np.maximum(np.maximum.accumulate(busy), series.time_s[0]) >= SETTLED_S)


def _spread(quantity: str, when: str, cells_v: Floats) -> Finding:
    count = cells_v.shape[1]
    if count < LEAST_SAMPLES:
        why = f"{count} samples of all cells {when}, {LEAST_SAMPLES} are needed"
        return NotEnough(quantity=quantity, why=why)
    spread = np.ptp(cells_v, axis=0)
    low, middle, high = np.quantile(spread, (0.025, 0.5, 0.975))
    weakest = np.bincount(np.argmin(cells_v, axis=0), minlength=len(cells_v))
    cell, share = int(np.argmax(weakest)), float(weakest.max()) / count
    return Estimate(
        quantity=quantity, value=float(middle), low=float(low), high=float(high), count=count,
        evidence=(
            f"{len(cells_v)} cells in {count} samples {when}; the interval is the spread over the samples",
            f"cell {cell + 1} is the lowest in {100 * share:.0f} % of them",
        ),
        method=COUNTED,
    )  # fmt: skip
