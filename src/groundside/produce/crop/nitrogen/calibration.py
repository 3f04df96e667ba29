"""A line from an index to what was measured in plots: fitted to the owner's own samples, with its errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundside.produce.crop.nitrogen.model import Floats

LEAST_PLOTS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """
    What was measured = slope * index + intercept.

    Args:
        slope, intercept: of the line.
        plots: how many it rests on.
        r2: share of variance that it explains.
        rmse: root mean square error, in the unit of what was measured.
        loo_rmse: the same where each plot is predicted by the others.
        low, high: the indices between which plots lie; beyond them the line says nothing.
        useful: whether it predicts a plot it has not seen better than the mean of the others does.
    """

    slope: float
    intercept: float
    plots: int
    r2: float
    rmse: float
    loo_rmse: float
    low: float
    high: float
    useful: bool


def fitted(index: Floats, measured: Floats) -> Line | None:
    """
    Fit a line by least squares, and leave out each plot in turn.

    Returns:
        None where there are fewer than `LEAST_PLOTS`, or all indices are alike.
    """
    n = len(index)
    if n < LEAST_PLOTS or np.ptp(index) == 0.0 or np.ptp(measured) == 0.0:
        return None
    design = np.column_stack([index, np.ones(n)])
    (slope, intercept), *_ = np.linalg.lstsq(design, measured, rcond=None)
    left = measured - design @ np.array([slope, intercept])
    leverage = np.einsum("ij,jk,ik->i", design, np.linalg.inv(design.T @ design), design)
    loo = float(np.sqrt(np.mean((left / (1.0 - leverage)) ** 2)))
    around = measured - measured.mean()
    by_mean = float(np.sqrt(np.mean((around * n / (n - 1)) ** 2)))
    return Line(
        float(slope), float(intercept), n, float(1.0 - left @ left / (around @ around)),
        float(np.sqrt(np.mean(left**2))), loo, float(index.min()), float(index.max()), loo < by_mean,
    )  # fmt: skip
