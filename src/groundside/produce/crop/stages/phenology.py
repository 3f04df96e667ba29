"""A season's green-up and senescence from dated index maps, where there are enough of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.model.agronomy import NotEnough
from groundside.model.source import Source

BECK = Source(
    "Beck et al. 2006, Improved monitoring of vegetation dynamics at very high latitudes: a new method using MODIS "
    "NDVI, Remote Sensing of Environment 100: 321-334",
    "https://doi.org/10.1016/j.rse.2005.10.021",
)
TIMESAT = Source(
    "Jonsson and Eklundh 2004, TIMESAT, Computers and Geosciences 30: 833-845",
    "https://doi.org/10.1016/j.cageo.2004.05.006", "start and end at 20 % of the amplitude of their side",
)  # fmt: skip
LEAST_DATES = 7
"""The curve has six unknowns."""
SHARE = 0.2
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Season:
    """
    A double logistic curve of an index over a season.

    Args:
        low, high: index outside the season and at its height.
        rise, fall: steepness per day.
        rising_day, falling_day: of the steepest rise and fall, counted as the days that were given.
        start_day, end_day: where the curve stands at 20 % of its rise and of its fall.
        start_error, end_error: standard errors in days.
        rmse: of the index.
    """

    low: float
    high: float
    rise: float
    fall: float
    rising_day: float
    falling_day: float
    start_day: float
    end_day: float
    start_error: float
    end_error: float
    rmse: float


def double_logistic(days: Floats, q: Floats) -> Floats:
    """Give the curve for low, high, rise, rising day, fall and falling day (Beck et al. 2006)."""
    low, high, rise, up, fall, down = q
    return low + (high - low) * (_logistic(rise * (days - up)) + _logistic(-fall * (days - down)) - 1.0)


def _logistic(x: Floats) -> Floats:
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def season_of(days: Floats, index: Floats) -> Season | NotEnough:
    """
    Fit a season.

    Args:
        days: of the maps, in any order, from any origin.
        index: mean of the field on each.

    Returns:
        The season; or that there are too few dates, or that they do not show both a rise and a fall.
    """
    from scipy.optimize import least_squares

    dates = len(np.unique(days))
    if dates < LEAST_DATES:
        what = f"{dates} dates do not fix a curve of six unknowns."
        return NotEnough("phenology", what, (f"at least {LEAST_DATES} dates, before, during and after growth",
                         "growing degree days: groundside crop stage --weather"), {}, {}, (BECK, TIMESAT))  # fmt: skip
    first, span = float(days.min()), float(np.ptp(days))
    best = None
    for up, down in ((0.25, 0.75), (0.15, 0.6), (0.4, 0.85)):
        start = [index.min(), index.max(), 0.1, first + up * span, 0.1, first + down * span]
        fit = least_squares(
            lambda q: double_logistic(days, q) - index, start, x_scale=[0.1, 0.1, 0.05, 5.0, 0.05, 5.0],
            bounds=(
                [-1, -1, 0.005, first - span, 0.005, first - span],
                [2, 3, 2, first + 2 * span, 2, first + 2 * span],
            ),
        )  # fmt: skip
        best = fit if best is None or fit.cost < best.cost else best
    assert best is not None
    return _season(best.x, best.jac, float(np.sqrt(2.0 * best.cost / len(days))), (first, first + span), len(days))


def _season(q: Floats, jacobian: Floats, rmse: float, seen: tuple[float, float], count: int) -> Season | NotEnough:
    low, high, rise, up, fall, down = (float(v) for v in q)
    reach = float(np.log((1.0 - SHARE) / SHARE))
    start, end = up - reach / rise, down + reach / fall
    if high <= low or not seen[0] <= start < end <= seen[1]:
        what = "The dates do not show both the rise and the fall of the index."
        return NotEnough("phenology", what, ("maps before green-up and after senescence",), {}, {}, (BECK, TIMESAT))
    covariance = np.linalg.pinv(jacobian.T @ jacobian) * rmse**2 * count / max(count - 6, 1)
    ups, downs = np.array([0, 0, reach / rise**2, 1, 0, 0]), np.array([0, 0, 0, 0, -reach / fall**2, 1])
    early, late = (float(np.sqrt(v @ covariance @ v)) for v in (ups, downs))
    return Season(low, high, rise, fall, up, down, start, end, early, late, rmse)
