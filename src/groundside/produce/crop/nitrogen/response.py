"""How yield answers to nitrogen in a trial: a quadratic, and a quadratic that ends in a plateau."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from groundside.produce.crop.nitrogen.model import Floats

LEAST_RATES = 4
"""Different rates of nitrogen, so that three coefficients leave something to be wrong by."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Plots of a trial: nitrogen in kg/ha, and yield in the unit that the price is of; finite."""

    nitrogen: Floats
    yields: Floats

    @property
    def most(self) -> float:
        """The largest rate that was tried."""
        return float(self.nitrogen.max())

    @property
    def rates(self) -> int:
        """How many different rates were tried."""
        return len(np.unique(self.nitrogen))


@dataclass(frozen=True, slots=True)
class Response:
    """
    A fitted response, y = a + b N + c N^2, up to the plateau where there is one.

    Args:
        kind: "quadratic" or "quadratic-plateau".
        a, b, c: its coefficients.
        sse: sum of squared errors.
        r2: share of variance that it explains.
        covariance: of a, b and c.
        plots: how many it rests on.
    """

    kind: str
    a: float
    b: float
    c: float
    sse: float
    r2: float
    covariance: Floats
    plots: int

    @property
    def top(self) -> float | None:
        """Give the rate at which yield is greatest; None where yield goes on rising."""
        return -self.b / (2.0 * self.c) if self.c < 0.0 else None

    def at(self, nitrogen: float) -> float:
        """Give the yield at a rate."""
        top = self.top
        n = min(nitrogen, top) if self.kind == "quadratic-plateau" and top is not None else nitrogen
        return self.a + self.b * n + self.c * n * n


def quadratic(trial: Trial) -> Response:
    """Fit a quadratic by least squares."""
    n = trial.nitrogen
    design = np.column_stack([np.ones_like(n), n, n * n])
    found, *_ = np.linalg.lstsq(design, trial.yields, rcond=None)
    return _response("quadratic", found.astype(np.float64), design, trial.yields - design @ found, trial.yields)


def plateau(trial: Trial) -> Response | None:
    """
    Fit a quadratic that goes over into a plateau at its top.

    Returns:
        None where the fit does not bend down, or its top lies beyond the trial: then there is no plateau to be seen.
    """
    from scipy.optimize import least_squares

    start = quadratic(trial)
    best = None
    for top in np.quantile(np.unique(trial.nitrogen), (0.4, 0.6, 0.8, 1.0)):
        b = max(2.0 * (trial.yields.max() - start.a) / max(float(top), 1.0), 1e-6)
        first = np.array([trial.yields[trial.nitrogen == trial.nitrogen.min()].mean(), b, -b / (2.0 * float(top))])
        fit = least_squares(
            lambda q: _bent(trial.nitrogen, q) - trial.yields, first, x_scale=np.abs(first) + 1e-12,
            bounds=([-np.inf, 0.0, -np.inf], [np.inf, np.inf, -1e-15]),
            xtol=1e-12, ftol=1e-12, gtol=1e-12, max_nfev=200,
        )  # fmt: skip
        best = fit if best is None or fit.cost < best.cost else best
    if best is None or -best.x[1] / (2.0 * best.x[2]) > trial.most:
        return None
    top = -best.x[1] / (2.0 * best.x[2])
    n = np.minimum(trial.nitrogen, top)
    design = np.column_stack([np.ones_like(n), n, n * n])
    return _response("quadratic-plateau", best.x, design, trial.yields - design @ best.x, trial.yields)


def _bent(nitrogen: Floats, q: Floats) -> Floats:
    n = np.minimum(nitrogen, -q[1] / (2.0 * q[2]))
    return q[0] + q[1] * n + q[2] * n * n


def _response(kind: str, found: Floats, design: Floats, left: Floats, yields: Floats) -> Response:
    """Put together a fit; at the knot the slope is 0, so that the design is that of the quadratic."""
    sse, around = float(left @ left), yields - yields.mean()
    free = max(len(yields) - 3, 1)
    covariance = np.linalg.pinv(design.T @ design) * sse / free
    a, b, c = (float(v) for v in found)
    return Response(kind, a, b, c, sse, 1.0 - sse / float(around @ around), covariance, len(yields))


Profile = Callable[[float], float]


def plateau_profile(trial: Trial, fit: Response, ratio: float, hold_knot: bool) -> Profile:
    """
    Give the least sum of squared errors that a plateau response has when its optimum is at a given rate.

    Args:
        trial: the plots.
        fit: the best response.
        ratio: price of nitrogen over price of yield.
        hold_knot: keep the rate at which the plateau begins where the best response has it (Nigon et al. 2019), or
            let it move with the rest, which gives the wider interval.
    """
    from scipy.optimize import least_squares

    knot = fit.top or trial.most
    n, y = trial.nitrogen, trial.yields
    below = n < knot

    def held(q: Floats, optimum: float) -> Floats:
        b = ratio - 2.0 * optimum * q[1]
        return np.where(below, q[0] + b * n + q[1] * n * n, q[0] - b * b / (4.0 * q[1])) - y

    def moved(q: Floats, optimum: float) -> Floats:
        return _bent(n, np.array([q[0], ratio - 2.0 * optimum * q[1], q[1]])) - y

    def least(optimum: float) -> float:
        return min(
            2.0 * least_squares(
                held if hold_knot else moved, [fit.a, fit.c * times], args=(optimum,),
                x_scale=[abs(fit.a) + 1.0, abs(fit.c)], bounds=([-np.inf, -np.inf], [np.inf, -1e-15]),
            ).cost
            for times in (0.5, 1.0, 2.0)
        )  # fmt: skip

    return least
