"""Footprints as GeoJSON has them: cut at the antimeridian, and what is told beside them."""

from __future__ import annotations

import math
from typing import Any

from groundside.model.footprint import ErrorEllipse, Footprint, GroundPoint, NoFootprint, PlacedPhoto, Sight
from groundside.model.place import LonLat

Ring = list[list[float]]
_HALF_TURN = 180.0
_DIGITS = 10
"""A ten-thousand-millionth of a degree is a hundredth of a millimetre."""


def polygons(footprint: Footprint) -> list[Ring]:
    """
    Give the outline as closed rings, counter-clockwise, cut where it crosses the antimeridian.

    Source: RFC 7946, 3.1.6 (orientation, closed rings) and 3.1.9 (the antimeridian).
    """
    lons = [place.lon for place in footprint.outline]
    if max(abs(lon) for lon in lons) <= _HALF_TURN:
        return [_closed([[place.lon, place.lat] for place in footprint.outline])]
    import shapely

    whole = shapely.Polygon([(place.lon, place.lat) for place in footprint.outline])
    if not whole.is_valid:  # near a pole, a ring that is none in metres may cross itself in degrees
        whole = shapely.make_valid(whole, method="structure", keep_collapsed=False)
    rings: list[Ring] = []
    for turn in (-360.0, 0.0, 360.0):
        part = shapely.intersection(whole, shapely.box(turn - 180.0, -90.0, turn + 180.0, 90.0))
        for each in shapely.get_parts(part).tolist():
            if each.geom_type == "Polygon" and each.area > 0.0:
                ring = shapely.orient_polygons(each).exterior
                rings.append(_closed([[x - turn, y] for x, y in ring.coords[:-1]]))
    return rings


def _closed(ring: Ring) -> Ring:
    rounded = [[round(lon, _DIGITS), round(lat, _DIGITS)] for lon, lat in ring]
    return [*rounded, rounded[0]]


def geometry(footprint: Footprint | NoFootprint) -> dict[str, Any] | None:
    """Give the outline as a GeoJSON geometry, or None where there is none."""
    if isinstance(footprint, NoFootprint):
        return None
    rings = polygons(footprint)
    if len(rings) == 1:
        return {"type": "Polygon", "coordinates": [rings[0]]}
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}


def bounds(footprint: Footprint) -> tuple[float, float, float, float]:
    """Give west, south, east, north; west is more than east where it crosses the antimeridian (RFC 7946, 5.2)."""
    lons, lats = [place.lon for place in footprint.outline], [place.lat for place in footprint.outline]
    west, east = (round((lon + 180.0) % 360.0 - 180.0, _DIGITS) for lon in (min(lons), max(lons)))
    return west, round(min(lats), _DIGITS), east, round(max(lats), _DIGITS)


def bounds_of_all(footprints: list[Footprint]) -> list[float] | None:
    """Give one box around many; all longitudes where one crosses the antimeridian; None of none."""
    boxes = [bounds(each) for each in footprints]
    if not boxes:
        return None
    crossing = any(west > east for west, _, east, _ in boxes)
    west = -180.0 if crossing else min(box[0] for box in boxes)
    east = 180.0 if crossing else max(box[2] for box in boxes)
    return [west, min(box[1] for box in boxes), east, max(box[3] for box in boxes)]


def footprint_shape(footprint: Footprint) -> dict[str, Any]:
    """Give a footprint as JSON: its geometry, centre and corners with errors, and what was assumed."""
    ground, error = footprint.ground, footprint.uncertainty
    return {
        "geometry": geometry(footprint),
        "complete": footprint.complete,
        "centre": _sight(footprint.centre),
        "corners": [_sight(each) for each in footprint.corners],
        "camera": [footprint.camera.lon, footprint.camera.lat],
        "camera_height_m": round(footprint.camera_height_m, 3),
        "off_nadir_deg": round(footprint.off_nadir_deg, 3),
        "azimuth_deg": round(footprint.azimuth_deg, 3),
        "gsd_m": None if footprint.gsd_m is None else [round(each, 5) for each in footprint.gsd_m],
        "area_m2": round(footprint.area_m2, 2),
        "ground": {
            "kind": ground.kind,
            "what": ground.what,
            "above": ground.above,
            "height_m": ground.height_m,
            "error_m": ground.error_m,
        },
        "lens": str(footprint.lens),
        "uncertainty": {
            "confidence": "one standard deviation",
            "horizontal_m": round(error.horizontal_m, 3),
            "vertical_m": round(error.vertical_m, 3),
            "yaw_deg": error.yaw_deg,
            "pitch_deg": error.pitch_deg,
            "roll_deg": error.roll_deg,
            "focal": error.focal,
        },
        "notes": list(footprint.notes),
    }


def _sight(sight: Sight) -> dict[str, Any]:
    shape: dict[str, Any] = {"pixel": [sight.x_px, sight.y_px]}
    if sight.ground is None:
        return {**shape, "lon_lat": None, "miss": str(sight.miss)}
    return {**shape, **_point(sight.ground)}


def _point(point: GroundPoint) -> dict[str, Any]:
    return {
        "lon_lat": _place(point.place),
        "height_m": round(point.height_m, 3),
        "range_m": round(point.range_m, 3),
        "meets_deg": round(point.meets_deg, 2),
        "error_95": _ellipse(point.error),
    }


def _place(place: LonLat) -> list[float]:
    return [round(place.lon, _DIGITS), round(place.lat, _DIGITS)]


def _ellipse(ellipse: ErrorEllipse | None) -> dict[str, float] | None:
    if ellipse is None or not math.isfinite(ellipse.major_m):
        return None
    return {
        "major_m": round(ellipse.major_m, 3),
        "minor_m": round(ellipse.minor_m, 3),
        "azimuth_deg": round(ellipse.azimuth_deg, 1),
    }


def told(placed: PlacedPhoto) -> dict[str, Any]:
    """
    Give what tables and catalogues tell of a photo beside its outline: one flat row.

    Serials and names of people are not among it.
    """
    photo, footprint = placed.photo, placed.footprint
    position = photo.position
    row: dict[str, Any] = {
        "name": placed.name,
        "utc_us": photo.time.utc_us,
        "local_time": photo.time.local or None,
        "make": photo.camera.make or None,
        "model": photo.camera.model or None,
        "width_px": photo.width_px,
        "height_px": photo.height_px,
        "camera_lon": position.place.lon if position else None,
        "camera_lat": position.place.lat if position else None,
        "height_above_takeoff_m": photo.height_above_takeoff_m,
    }
    return {**row, **_told_of(footprint)}


def _told_of(footprint: Footprint | NoFootprint) -> dict[str, Any]:
    if isinstance(footprint, NoFootprint):
        return {"why_no_footprint": footprint.why}
    middle = footprint.centre.ground
    error = middle.error if middle else None
    return {
        "complete": footprint.complete,
        "off_nadir_deg": footprint.off_nadir_deg,
        "azimuth_deg": footprint.azimuth_deg,
        "gsd_m": None if footprint.gsd_m is None else math.sqrt(math.prod(footprint.gsd_m)),
        "area_m2": footprint.area_m2,
        "error_95_m": error.major_m if error else None,
        "ground": footprint.ground.what,
        "ground_error_m": footprint.ground.error_m,
        "lens": str(footprint.lens),
        "notes": list(footprint.notes),
    }
