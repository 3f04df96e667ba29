"""Hours by light, and by whether the aircraft was in sight: the parts of a sum."""

from __future__ import annotations

from enum import StrEnum

from groundside.model.logbook import Hours

Parts = tuple[tuple[str, int], ...]


class Split(StrEnum):
    """Into what a sum of hours can be split."""

    LIGHT = "light"
    SIGHT = "sight"


def split(hours: Hours, by: Split) -> Parts:
    """
    Split a sum.

    Returns:
        Name and milliseconds of each part, which add up to the whole; the empty name is what is unknown.
    """
    if by is Split.SIGHT:
        return ("within", hours.within_sight_ms), ("beyond", hours.beyond_sight_ms), ("", hours.unknown_sight_ms)
    light = (("day", hours.day_ms), ("twilight", hours.twilight_ms), ("night", hours.night_ms))
    return (*light, ("", hours.unknown_light_ms))
