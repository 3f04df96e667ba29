"""What photos show of the ground, without an archive: footprints, overlap, which of many see a place."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from groundside.model.footprint import Footprint, NoFootprint, Pinpoint, PlacedPhoto
from groundside.model.photo import Photo
from groundside.model.place import LonLat
from groundside.model.surface import Surface
from groundside.produce.imagery.footprint import footprint, pinpoint
from groundside.produce.imagery.ground import GroundGiven
from groundside.produce.imagery.overlap import overlap
from groundside.produce.imagery.seeing import FootprintIndex, Views, photo_order, rings_of
from groundside.reference.geodesy import distances_m
from groundside.reference.photo_sensors import sensor_mm


def footprint_of(
    photo: Photo,
    surface: Surface | None = None,
    *,
    ground_height_m: float | None = None,
    takeoff: LonLat | None = None,
) -> Footprint | NoFootprint:
    """
    Say what a photo shows of the ground.

    Args:
        photo: what its file says.
        surface: an elevation model; None for level ground.
        ground_height_m: of level ground, above what the photo's altitude is above; None for that of take-off.
        takeoff: where the aircraft took off, if known; it makes heights above take-off exact over a surface.

    Returns:
        The footprint, with its uncertainty and what was assumed; or why there is none.
    """
    return footprint(photo, GroundGiven(surface, ground_height_m, takeoff), sensor_mm)


def pin(
    photo: Photo, pixel: tuple[float, float], surface: Surface | None = None, ground_height_m: float | None = None
) -> Pinpoint | NoFootprint:
    """
    Say where on the ground one pixel of a photo is.

    Args:
        photo: what its file says.
        pixel: x and y from the upper left corner of the image as stored.
        surface: an elevation model; None for level ground.
        ground_height_m: of level ground, above what the photo's altitude is above; None for that of take-off.
    """
    return pinpoint(photo, GroundGiven(surface, ground_height_m, None), sensor_mm, pixel)


@contextmanager
def opened_terrain(path: Path | None) -> Generator[Surface | None]:
    """
    Open an elevation model for the length of a block; None for none.

    Raises:
        Unreadable, NotUnderstood, BadRequest, TooLarge: as `decode.surface.RasterSurface` has it.
    """
    if path is None:
        yield None
        return
    from groundside.decode.surface import RasterSurface

    with RasterSurface(path) as surface:
        yield surface


def seeing(photos: Sequence[PlacedPhoto], place: LonLat) -> tuple[list[PlacedPhoto], Views]:
    """
    Find the photos whose footprint holds a place, nearest and most nadir first.

    Returns:
        The photos in that order, and how each looks at the place.
    """
    outlines = [each.footprint.outline if isinstance(each.footprint, Footprint) else () for each in photos]
    found = [photos[row] for row in FootprintIndex(rings_of(outlines)).seeing(place).tolist()]
    prints = [each.footprint for each in found if isinstance(each.footprint, Footprint)]
    lon, lat = (np.array([getattr(each.camera, axis) for each in prints]) for axis in ("lon", "lat"))
    views = photo_order(place, lon, lat, np.array([_over_ground_m(each) for each in prints]))
    return [found[row] for row in views.order.tolist()], views


def _over_ground_m(of: Footprint) -> float:
    """Say how high a camera was over the ground of its footprint: where its middle looks, else over the plane."""
    seen = [sight.ground.height_m for sight in (of.centre, *of.corners) if sight.ground is not None]
    return of.camera_height_m - (seen[0] if seen else of.ground.height_m or 0.0)


def near(photos: Sequence[PlacedPhoto], place: LonLat, metres: float) -> list[tuple[PlacedPhoto, float]]:
    """Find the photos whose camera was within a distance of a place, nearest first; with that distance in metres."""
    known = [(each, each.photo.position.place) for each in photos if each.photo.position is not None]
    lon, lat = np.array([p.lon for _, p in known]), np.array([p.lat for _, p in known])
    away = distances_m(place, lon, lat) if known else np.empty(0)
    order = np.argsort(away, kind="stable")
    return [(known[row][0], float(away[row])) for row in order.tolist() if away[row] <= metres]


__all__ = ["GroundGiven", "footprint_of", "near", "opened_terrain", "overlap", "seeing"]
