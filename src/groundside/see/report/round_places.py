"""Circles on the ground, to be drawn on a map."""

from __future__ import annotations

import numpy as np

from groundside.model.place import LonLat
from groundside.reference.local_plane import LocalPlane

CORNERS = 72


def circle(centre: LonLat, radius_m: float) -> list[tuple[float, float]]:
    """Give a circle around a place as (lon, lat) in degrees."""
    turn = np.linspace(0.0, 2 * np.pi, CORNERS, endpoint=False)
    around = LocalPlane(centre).to_lon_lat(radius_m * np.column_stack([np.sin(turn), np.cos(turn)]))
    return [(float(lon), float(lat)) for lon, lat in around]
