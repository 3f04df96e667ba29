"""Where a trial's return is greatest, and between which rates that lies."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundside.model.agronomy import Interval
from groundside.produce.crop.nitrogen.response import Profile, Response, Trial, plateau_profile


def optimum(fit: Response, ratio: float) -> float | None:
    """
    Give the rate at which another kg of nitrogen earns what it costs.

    Returns:
        Between 0 and the top of the response; None where yield bends up, so that there is no such rate.
    """
    top = fit.top
    if top is None:
        return None
    return float(np.clip((ratio - fit.b) / (2.0 * fit.c), 0.0, max(top, 0.0)))


def fieller(fit: Response, ratio: float, level: float) -> Interval:
    """
    Give the interval of a quadratic's optimum, a ratio of two uncertain numbers (Fieller 1954; Bachmaier 2009).

    Returns:
        An end is None where the data do not bound that side.
    """
    from scipy.stats import t

    q = float(t.ppf(0.5 + level / 2.0, fit.plots - 3)) ** 2
    bb, bc, cc = fit.covariance[1, 1], fit.covariance[1, 2], fit.covariance[2, 2]
    slope = fit.b - ratio
    # (slope + 2 c x)^2 <= q var(b + 2 c x): between the roots, where the curve is certain to bend.
    two = 4.0 * (fit.c**2 - q * cc)
    one = 4.0 * (slope * fit.c - q * bc)
    none = slope**2 - q * bb
    under = one**2 - 4.0 * two * none
    method = "Fieller"
    if two <= 0.0 or under < 0.0:
        return Interval(None, None, level, method + "; the bend of the response is not certain at this level")
    low, high = sorted(float((-one + side * under**0.5) / (2.0 * two)) for side in (-1.0, 1.0))
    return Interval(low, high, level, method)


def wald(fit: Response, ratio: float, level: float) -> Interval:
    """Give the symmetric interval by the delta method; too short where the response is far from straight."""
    from scipy.stats import t

    at = (ratio - fit.b) / (2.0 * fit.c)
    slopes = np.array([0.0, -1.0 / (2.0 * fit.c), -at / fit.c])
    reach = float(t.ppf(0.5 + level / 2.0, fit.plots - 3) * np.sqrt(slopes @ fit.covariance @ slopes))
    return Interval(at - reach, at + reach, level, "Wald (delta method)")


def likely(trial: Trial, fit: Response, ratio: float, level: float, hold_knot: bool) -> Interval:
    """
    Give the profile-likelihood interval of a plateau response's optimum, by the F distribution.

    Returns:
        An end is None where it lies beyond 0, or beyond half again the largest rate tried.
    """
    from scipy.stats import f

    best = optimum(fit, ratio)
    allowed = fit.sse * (1.0 + float(f.ppf(level, 1, fit.plots - 3)) / (fit.plots - 3))
    least = plateau_profile(trial, fit, ratio, hold_knot)
    method = f"profile likelihood, plateau {'held (as eonr)' if hold_knot else 'free'}"
    if best is None or best <= 0.0:
        return Interval(None, None, level, method)
    return Interval(
        _crossing(least, allowed, best, 0.0), _crossing(least, allowed, best, 1.5 * trial.most), level, method
    )  # fmt: skip


def _crossing(least: Profile, allowed: float, inside: float, outside: float) -> float | None:
    from scipy.optimize import brentq

    edge = outside if outside > 0.0 else inside * 1e-3
    if least(edge) <= allowed:
        return None
    root: Any = brentq(lambda at: least(at) - allowed, inside, edge, xtol=1e-4)
    return float(root)
