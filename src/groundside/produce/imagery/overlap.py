"""How much of the ground two photos share."""

from __future__ import annotations

import numpy as np

from groundside.model.footprint import Footprint
from groundside.model.place import LonLat
from groundside.reference.geodesy import local_metres


def overlap(one: Footprint, other: Footprint) -> float:
    """
    Say what share of the smaller of two footprints the other shows too: 0 to 1.

    Outlines are laid on a plane that touches the Earth at the first camera; shares are good to 1 part in 100.
    """
    import shapely

    first, second = (shapely.Polygon(_plane(each, one.camera)) for each in (one, other))
    smaller = min(first.area, second.area)
    return float(first.intersection(second).area / smaller) if smaller > 0.0 else 0.0


def _plane(of: Footprint, origin: LonLat) -> np.ndarray:
    lon, lat = np.array([(place.lon, place.lat) for place in of.outline]).T
    return np.column_stack(local_metres(lon, lat, origin))
