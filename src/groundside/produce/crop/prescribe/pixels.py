"""From the ground back to pixels: where a place lies in a raster, and which of its pixels lie in an area."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from groundside.model.query import Area, Ring
from groundside.model.raster import Window
from groundside.produce.crop.prescribe.cells import Floats, Placed

ROUNDS = 30
CLOSE_PX = 1e-4


def pixels_at(placed: Placed, lon: Sequence[float], lat: Sequence[float]) -> tuple[Floats, Floats]:
    """
    Give where places lie in a raster: columns and rows, counted from its first corner; outside of it too.

    The map from pixels to the ground is nearly affine, so steps by its slope in the middle come close at once.
    """
    wide, high = float(placed.source.width), float(placed.source.height)
    wanted = np.array([lon, lat], dtype=np.float64)
    back = np.linalg.inv(_slope(placed, wide, high))
    at = np.full(wanted.shape, 0.5)
    for _ in range(ROUNDS):
        found = np.array(placed.lon_lat(at[0] * wide, at[1] * high))
        step = back @ (wanted - found)
        at += step
        if float(np.abs(step * [[wide], [high]]).max(initial=0.0)) < CLOSE_PX:
            break
    return at[0] * wide, at[1] * high


def _slope(placed: Placed, wide: float, high: float) -> Floats:
    """Degrees for the whole width and the whole height, in the middle of the raster."""
    columns = np.array([wide, 0.0, wide / 2, wide / 2])
    rows = np.array([high / 2, high / 2, high, 0.0])
    lon, lat = placed.lon_lat(columns, rows)
    return np.array([[lon[0] - lon[1], lon[2] - lon[3]], [lat[0] - lat[1], lat[2] - lat[3]]])


class Within:
    """
    Says which pixels of a raster have their middle in an area; its edges are taken as straight in pixels.

    Args:
        placed: an open raster and where it lies.
        area: on the ground.
    """

    def __init__(self, placed: Placed, area: Area) -> None:
        self._shapes = [
            {"type": "Polygon", "coordinates": [_ring(placed, ring) for ring in rings]} for rings in area.polygons
        ]

    def mask(self, window: Window) -> NDArray[np.bool_]:
        """Give the pixels of a window, shape (rows, columns)."""
        from rasterio.features import rasterize
        from rasterio.transform import Affine

        place = Affine.translation(window.column, window.row)
        found = np.zeros((window.rows, window.columns), np.uint8)
        rasterize(self._shapes, out=found, transform=place)
        return found.astype(bool)


def _ring(placed: Placed, ring: Ring) -> list[tuple[float, float]]:
    columns, rows = pixels_at(placed, [at.lon for at in ring], [at.lat for at in ring])
    return list(zip(columns.tolist(), rows.tolist(), strict=True))
