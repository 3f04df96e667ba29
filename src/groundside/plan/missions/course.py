"""Which way a path goes."""

from __future__ import annotations

from itertools import pairwise

from groundside.model.place import LonLat
from groundside.reference.geodesy import bearing_deg


def courses_deg(points: list[LonLat]) -> list[float]:
    """
    Give the course at each place of a path: towards the next that is elsewhere; at the end as before; 0 where none is.

    Returns:
        Degrees clockwise from true north, 0 up to but not 360.
    """
    found: list[float | None] = [
        None if here == there else bearing_deg(here, there) % 360.0 for here, there in pairwise(points)
    ]
    found.append(None)
    for nth in range(len(found) - 2, -1, -1):
        found[nth] = found[nth + 1] if found[nth] is None else found[nth]
    course = 0.0
    filled: list[float] = []
    for each in found:
        course = course if each is None else each
        filled.append(course)
    return filled
