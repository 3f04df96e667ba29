"""Parameters of an autopilot, as they were on a flight."""

from __future__ import annotations

import math
from dataclasses import dataclass

SAME = 1e-6
"""Values that agree to this share are one value: parameters are 32-bit floats, whose rounding is 6e-8 at most."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    A parameter on one flight.

    Args:
        value: when the flight began; where the log states it only later, the first that it states.
        default: NaN where no log of the flight states it.
        changes: how many times it took another value during the flight.
        last: the value when the flight ended.
    """

    value: float
    default: float = math.nan
    changes: int = 0
    last: float = math.nan

    @property
    def is_default(self) -> bool | None:
        """Whether the value is the default; None where the default is unknown."""
        return None if math.isnan(self.default) else is_same(self.value, self.default)


@dataclass(frozen=True, slots=True)
class ParameterDifference:
    """A parameter in which two flights differ; None on the side that does not have it."""

    name: str
    one: Parameter | None
    other: Parameter | None


def is_same(a: float, b: float) -> bool:
    """
    Say whether two values are one, as far as a 32-bit float can tell.

    >>> is_same(0.1, 0.10000000149), is_same(0.1, 0.1001), is_same(float("nan"), float("nan"))
    (True, False, True)
    """
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=SAME)
