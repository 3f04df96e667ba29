"""The state of charge from voltage, for batteries without a gauge of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from groundside.model.health import Estimate, Finding, OpenCircuit
from groundside.produce.health.series import BatterySeries, Floats, PercentBasis

BLOCK_S = 10.0
"""Voltage is averaged over this long, for its noise not to be read as charge; our choice."""


def by_voltage(series: BatterySeries, curve: OpenCircuit, cells: int, ohm: Finding) -> BatterySeries:
    """
    Read the state of charge from the voltage that a battery would have without its load.

    An autopilot that counts percent down from a set capacity says nothing about the battery; this does, as far as the
    curve is that of its cells. The drop across its resistance is added back first.

    Args:
        series: with voltage and current.
        curve: of its cells.
        cells: in series.
        ohm: the resistance of the pack, in this flight.

    Returns:
        The same series with that percentage, whole percents, NaN where voltage or current is unknown; as it was where
        the resistance is not known.

    Raises:
        ValueError: no cells, or a curve that does not ascend; a defect in the caller.
    """
    if cells < 1 or len(curve.percent) < 2 or (np.diff([curve.percent, curve.cell_v]) <= 0).any():
        what = "an open-circuit curve ascends, for at least one cell"
        raise ValueError(what)
    if not isinstance(ohm, Estimate):
        return series
    rest_v = _smooth(series.time_s, (series.voltage_v + series.current_a * ohm.value) / cells)
    percent = np.round(np.interp(rest_v, curve.cell_v, curve.percent))
    return replace(
        series, percent=percent, percent_basis=PercentBasis.VOLTAGE, percent_error=curve.error_percent
    )  # fmt: skip


def _smooth(time_s: Floats, values: Floats) -> Floats:
    """Average over blocks and draw lines between their middles; NaN stays NaN."""
    known = np.isfinite(values)
    if not known.any():
        return values
    block = np.unique(np.floor((time_s[known] - time_s[0]) / BLOCK_S), return_inverse=True)[1]
    count = np.bincount(block)
    middle_s, mean = np.bincount(block, time_s[known]) / count, np.bincount(block, values[known]) / count
    return np.where(known, np.interp(time_s, middle_s, mean), np.nan)
