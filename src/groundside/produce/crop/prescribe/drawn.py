"""Areas as people draw them: which cells lie in one, how large it is, the corners of an image; and cells as an area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.model.prescription import CellGrid, Codes
from groundside.model.query import Area, Ring
from groundside.reference.geodesy import geod

Cells = NDArray[np.bool_]


def cells_in(area: Area, grid: CellGrid) -> Cells:
    """Say which cells have their middle in an area, shape (rows, columns)."""
    import shapely

    shape = shapely.union_all(
        [shapely.Polygon(_flat(rings[0]), [_flat(r) for r in rings[1:]]) for rings in area.polygons]
    )
    shapely.prepare(shape)
    lon = grid.west + (np.arange(grid.columns) + 0.5) * grid.cell_lon
    lat = grid.north - (np.arange(grid.rows) + 0.5) * grid.cell_lat
    found = np.zeros((grid.rows, grid.columns), dtype=bool)
    for row, north in enumerate(lat):
        found[row] = shapely.contains_xy(shape, lon, np.full(lon.shape, north))
    return found


def _flat(ring: Ring) -> list[tuple[float, float]]:
    return [(at.lon, at.lat) for at in ring]


def outlines(codes: Codes, grid: CellGrid) -> dict[int, Area]:
    """
    Draw the outline of each zone along the edges of its cells; cells that only touch at a corner are apart.

    Args:
        codes: of each cell, (rows, columns), north first; 0 is left out.
        grid: the cells.

    Returns:
        By code.
    """
    from rasterio.features import shapes
    from rasterio.transform import Affine

    found: dict[int, list[tuple[Ring, ...]]] = {}
    place = Affine(grid.cell_lon, 0.0, grid.west, 0.0, -grid.cell_lat, grid.north)
    for shape, code in shapes(codes, mask=codes > 0, connectivity=4, transform=place):
        rings = tuple(_ring(ring) for ring in shape["coordinates"])
        found.setdefault(int(code), []).append(rings)
    return {code: Area(tuple(polygons)) for code, polygons in sorted(found.items())}


def _ring(places: list[tuple[float, float]]) -> Ring:
    return tuple(LonLat(round(lon, 9), round(lat, 9)) for lon, lat in places)


def outline_of(cells: Cells, grid: CellGrid) -> Area:
    """Draw the outline of some cells."""
    return outlines(cells.astype(np.uint8), grid).get(1, Area(()))


def area_ha(area: Area) -> float:
    """Give the size of an area on the ellipsoid, ha; its edges as geodesics."""
    found = 0.0
    for rings in area.polygons:
        outer, *holes = map(_area_m2, rings)
        found += outer - sum(holes)
    return found / 10_000.0


def _area_m2(ring: Ring) -> float:
    area, _ = geod().polygon_area_perimeter([at.lon for at in ring], [at.lat for at in ring])
    return abs(float(area))


def corners_of(area: Area) -> tuple[LonLat, ...]:
    """
    Take a drawn quadrangle as the corners of an image: the first is that of its first pixel, then clockwise.

    An image of the ground is not mirrored: where a program turned the ring round, it is turned back.

    Raises:
        BadRequest: it is not one polygon with four corners.
    """
    if len(area.polygons) != 1 or len(area.polygons[0]) != 1 or len(area.polygons[0][0]) != 5:
        what = "The corners of an image are one polygon with four corners."
        raise BadRequest(what, try_this="draw the outline of the image, beginning at its upper left")
    first, *others = area.polygons[0][0][:4]
    ring = [first, *others]
    twice = sum(a.lon * b.lat - b.lon * a.lat for a, b in zip(ring, [*others, first], strict=True))
    return (first, *(others if twice < 0 else others[::-1]))
