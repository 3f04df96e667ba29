"""Intervals of 95 % confidence from few pieces of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from groundside.model.health import Estimate
from groundside.produce.health.sources import AVERAGE

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2.0)
_GRID = 20_001


@lru_cache(64)
def student_t(freedom: int) -> float:
    """
    Give how many standard errors reach 95 % to both sides.

    Args:
        freedom: degrees of freedom, at least 1.

    Source: Abramowitz and Stegun 1964, 26.7: with t = sqrt(freedom) tan(angle), the probability is the integral of
    cos^(freedom - 1) from 0 to the angle, by that to a right angle; integrated here by the trapezoidal rule.
    """
    angle = np.linspace(0.0, np.pi / 2.0, _GRID)
    density = np.cos(angle) ** (freedom - 1)
    area = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2.0)))
    reached = np.interp(CONFIDENCE, area / area[-1], angle)
    return float(np.sqrt(freedom) * np.tan(reached))


def averaged(estimates: Sequence[Estimate]) -> Estimate:
    """
    Join estimates of the same quantity into one.

    Each counts by the inverse square of the nearer half of its interval. Where they disagree by more than their
    intervals allow, the interval of the result grows with their disagreement, by Student's t for so few. By how much
    their farther halves reach further is no chance, so averaging does not lessen it. One alone is given back.

    Source: `groundside.produce.health.sources.AVERAGE`.
    """
    if len(estimates) == 1:
        return estimates[0]
    values = np.array([e.value for e in estimates])
    below, above = values - [e.low for e in estimates], [e.high for e in estimates] - values
    errors = np.maximum(np.minimum(below, above) / Z, 1e-9 * np.abs(values) + 1e-12)
    weights = errors**-2.0 / (errors**-2.0).sum()
    mean = float(weights @ values)
    scale = float(np.sqrt((((values - mean) / errors) ** 2).sum() / (len(values) - 1)))
    disagree = scale > 1.0
    reach = float((errors**-2.0).sum() ** -0.5) * (scale * student_t(len(values) - 1) if disagree else Z)
    low, high = (
        mean - reach - float(weights @ np.maximum(below - above, 0.0)),
        mean + reach + float(weights @ np.maximum(above - below, 0.0)),
    )
    notes = [f"weighted mean of {len(values)} flights, {values.min():.4g} to {values.max():.4g}"]
    if disagree:
        notes.append(f"they disagree {scale:.1f} times as much as their own intervals say: the interval was widened")
    return Estimate(
        quantity=estimates[0].quantity, value=mean, low=low, high=high, count=len(values),
        evidence=tuple(notes), method=AVERAGE,
    )  # fmt: skip
