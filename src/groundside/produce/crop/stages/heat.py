"""Growing degree days, by either of the two methods that go under that name."""

from __future__ import annotations

from collections.abc import Sequence

from groundside.errors import BadRequest
from groundside.model.agronomy import Day
from groundside.model.source import Source

MCMASTER = Source(
    "McMaster and Wilhelm 1997, Growing degree-days: one equation, two interpretations, "
    "Agricultural and Forest Meteorology 87: 291-300",
    "https://doi.org/10.1016/S0168-1923(97)00027-0",
)
METHODS = (1, 2)


def degree_days(day: Day, base_c: float, ceiling_c: float | None, method: int) -> float:
    """
    Give the growing degrees of one day, never below 0.

    Args:
        day: its highest and lowest temperature.
        base_c: below it nothing grows.
        ceiling_c: above it nothing grows faster; None for no ceiling.
        method: 1 compares the mean of the day with base and ceiling, 2 each of the two temperatures first.

    Raises:
        BadRequest: there is no such method.

    Source: `MCMASTER`; the two differ most where nights are cold.

    Example:
        >>> from datetime import date
        >>> frosty = Day(date(2026, 3, 1), 8.0, -4.0)
        >>> degree_days(frosty, 0.0, None, 1), degree_days(frosty, 0.0, None, 2)
        (2.0, 4.0)
    """
    if method not in METHODS:
        what = f"There is no method {method} of growing degree days."
        raise BadRequest(what, try_this="--method 1 or --method 2")
    if method == 1:
        return _within((day.high_c + day.low_c) / 2.0, base_c, ceiling_c) - base_c
    high, low = _within(day.high_c, base_c, ceiling_c), _within(day.low_c, base_c, ceiling_c)
    return (high + low) / 2.0 - base_c


def _within(temperature_c: float, base_c: float, ceiling_c: float | None) -> float:
    return max(temperature_c if ceiling_c is None else min(temperature_c, ceiling_c), base_c)


def sums(days: Sequence[Day], base_c: float, ceiling_c: float | None, method: int) -> list[float]:
    """Add up growing degrees, day by day: after each day what there was up to its end."""
    total, found = 0.0, list[float]()
    for day in days:
        total += degree_days(day, base_c, ceiling_c, method)
        found.append(total)
    return found
