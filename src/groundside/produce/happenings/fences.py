"""Whether positions lie outside a polygon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundside.model.place import LonLat
from groundside.produce.flight.signals import Bools, Floats


def outside(fence: Sequence[LonLat], lon: Floats, lat: Floats) -> Bools:
    """
    Tell which positions lie outside a polygon.

    A ray to the east crosses the edges of a polygon an odd number of times from within (Shimrat 1962, Algorithm 112,
    Communications of the ACM 5(8), 434). Edges are straight in longitude and latitude: right for fences of some
    kilometres. Longitudes are counted from the first corner, so that a fence across 180° is one.

    Args:
        fence: three corners or more; fewer enclose nothing, and nothing is outside then.
        lon, lat: degrees; what is NaN is not outside, for it is not known.
    """
    inside = np.zeros(lon.size, np.bool_)
    if len(fence) < 3:
        return inside
    x, y = _wrapped(lon, fence[0].lon), lat
    xs, ys = _wrapped(np.array([c.lon for c in fence]), fence[0].lon), np.array([c.lat for c in fence])
    for x0, y0, x1, y1 in zip(xs, ys, np.roll(xs, -1), np.roll(ys, -1), strict=True):
        if y0 != y1:
            with np.errstate(invalid="ignore"):
                inside ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return ~inside & np.isfinite(lon) & np.isfinite(lat)


def _wrapped(lon: Floats, origin: float) -> Floats:
    return (lon - origin + 180.0) % 360.0 - 180.0
