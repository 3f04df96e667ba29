"""What a photo shows of the ground: rays through its pixels, followed to where they meet it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from groundside.model.footprint import Footprint, GroundPoint, Miss, NoFootprint, Pinpoint, Sight, Uncertainty
from groundside.model.photo import Photo
from groundside.model.place import LonLat
from groundside.produce.imagery.ellipse import TWINS, ellipses_of, twin_rays
from groundside.produce.imagery.ground import GroundGiven, Standing, standing_of
from groundside.produce.imagery.lens import ChosenLens, SensorOf, lens_of
from groundside.produce.imagery.outline import EDGE, Outline, edge_pixels, outline_of
from groundside.produce.imagery.pose import Pose, pose_of
from groundside.produce.imagery.rays import Meeting, Terrain
from groundside.reference.camera_model import Lens, rotation
from groundside.reference.earth_frame import EarthFrame

Floats = NDArray[np.float64]

SIGHTS = 5
"""The middle of the image and its four corners."""
STRAIGHT_DOWN_DEG = 0.5
_USUAL_HEIGHT_M = 120.0
_NEAR_POLE_DEG = 89.5
LEAST_HEIGHT_M, LEAST_AREA_M2 = 0.5, 0.01
"""Nearer than this to the ground a camera stands on it; less than this is nothing that a position can tell."""
_WHY = {
    Miss.FAR: "The camera looked so flat or so high that no part of the image meets ground near enough to be placed.",
    Miss.UNKNOWN_GROUND: "The elevation model does not reach where the camera looked.",
    Miss.BELOW: "The camera's height is under the ground: the heights of photo and ground do not go together.",
    Miss.NO_RAY: "The lens model has no answer for this image.",
}
_WHY_PIXEL = {
    Miss.FAR: "There the camera looked so flat or so high that it meets no ground near enough to be placed.",
    Miss.UNKNOWN_GROUND: "The elevation model does not reach where the camera looked there.",
    Miss.BELOW: _WHY[Miss.BELOW],
    Miss.NO_RAY: "The lens model has no answer for that pixel.",
}


@dataclass(frozen=True, slots=True)
class _View:
    """One photo, ready to be followed to the ground."""

    lens: ChosenLens
    pose: Pose
    standing: Standing
    terrain: Terrain
    turn: Floats
    uncertainty: Uncertainty
    above_m: float

    def meet(self, pixels: Floats) -> Meeting:
        """Follow the rays of pixels (2, n)."""
        directions = self.turn @ self.lens.lens.directions(pixels)
        return self.terrain.meet(np.zeros_like(directions), directions, self.above_m)


def footprint(photo: Photo, given: GroundGiven, sensor_of: SensorOf) -> Footprint | NoFootprint:
    """
    Say what a photo shows of the ground, and how wrong that may be.

    Rays are straight: refraction by air is left out, and so is what a rolling shutter does to a moving camera. What
    never meets the ground is said, not invented.

    Args:
        photo: what the file says.
        given: what is known of the ground.
        sensor_of: the camera table.

    Returns:
        The footprint, or why there is none.
    """
    view = _view(photo, given, sensor_of)
    if isinstance(view, str):
        return NoFootprint(view)
    looked = _looked(view.lens.lens)
    pixels = looked.pixels[:, SIGHTS:]
    sights, edge = _sighted(view, looked, SIGHTS)
    outline = outline_of(view.meet, pixels, edge, sights[0].ground is not None)
    if outline is None:
        return NoFootprint(_WHY[_usual(sights, edge)])
    if outline.area_m2 < LEAST_AREA_M2:
        return NoFootprint("What the image shows is smaller than can be placed.")
    return _told(view, sights, outline)


def pinpoint(
    photo: Photo, given: GroundGiven, sensor_of: SensorOf, pixel: tuple[float, float]
) -> Pinpoint | NoFootprint:
    """
    Say where on the ground one pixel of a photo is, and how wrong that may be.

    Args:
        photo: what the file says.
        given: what is known of the ground.
        sensor_of: the camera table.
        pixel: x and y from the upper left corner of the image as stored.

    Returns:
        The place, with what was assumed; or why there is none.
    """
    view = _view(photo, given, sensor_of)
    if isinstance(view, str):
        return NoFootprint(view)
    pixels = np.array([[pixel[0]], [pixel[1]]])
    [sight], _ = _sighted(view, _Looked(pixels, view.lens.lens.directions(pixels)), 1)
    if sight.ground is None:
        return NoFootprint(_WHY_PIXEL[sight.miss or Miss.FAR])
    notes = (*view.lens.notes, *view.pose.notes, *view.standing.notes)
    return Pinpoint(sight.ground, view.standing.ground, notes)


def _view(photo: Photo, given: GroundGiven, sensor_of: SensorOf) -> _View | str:
    pose = pose_of(photo)
    if isinstance(pose, str):
        return pose
    if abs(pose.place.lat) > _NEAR_POLE_DEG:
        return "The camera was so near a pole that an outline of longitudes and latitudes says nothing."
    lens = lens_of(photo, sensor_of)
    if isinstance(lens, str):
        return lens
    standing = standing_of(photo, pose.place, given)
    if isinstance(standing, str):
        return standing
    terrain = Terrain(standing.surface, EarthFrame(pose.place, standing.camera_height_m))
    turn = rotation(pose.yaw_deg, pose.pitch_deg, pose.roll_deg, looks_down=pose.looks_down)
    uncertainty = Uncertainty(
        pose.horizontal_m,
        standing.vertical_m,
        pose.yaw_error_deg,
        pose.pitch_error_deg,
        pose.roll_error_deg,
        lens.focal_error,
    )
    over = float(terrain.gap_m(np.zeros(3)))
    if over < LEAST_HEIGHT_M:
        return "The camera was not above the ground."
    above = over if math.isfinite(over) else photo.height_above_takeoff_m or _USUAL_HEIGHT_M
    return _View(lens, pose, standing, terrain, turn, uncertainty, max(above, 1.0))


@dataclass(frozen=True, slots=True)
class _Looked:
    """Pixels of an image, shape (2, n), and the directions on the camera's axes that they look in, shape (3, n)."""

    pixels: Floats
    rays: Floats


@lru_cache(maxsize=64)
def _looked(lens: Lens) -> _Looked:
    """Give the middle, the corners and the edge of an image: the same for all photos of a flight."""
    edge = edge_pixels(lens.width_px, lens.height_px)
    middle = np.array([[lens.width_px / 2.0], [lens.height_px / 2.0]])
    pixels = np.column_stack([middle, edge[:, ::EDGE], edge])
    return _Looked(pixels, lens.directions(pixels))


@lru_cache(maxsize=64)
def _forward(lens: Lens) -> Floats:
    """Give the direction of the middle of an image."""
    return lens.directions(np.array([[lens.width_px / 2.0], [lens.height_px / 2.0]]))


def _sighted(view: _View, looked: _Looked, sighted: int) -> tuple[tuple[Sight, ...], Meeting]:
    """Follow the rays of pixels; of the first `sighted` of them also their twins, which tell their errors."""
    rays = looked.rays
    beside, aside = twin_rays(rays[:, :sighted], view.turn, (view.pose.yaw_deg, view.pose.pitch_deg), view.uncertainty)
    directions = np.column_stack([view.turn @ rays, aside.reshape(3, -1)])
    origins = np.column_stack([np.zeros_like(rays), beside.reshape(3, -1)])
    met = view.terrain.meet(origins, directions, view.above_m)
    count = rays.shape[1]
    twins = met.points[:2, count:].reshape(2, sighted, TWINS)
    sights = _sights(view, looked.pixels, directions, met, twins)
    return sights, Meeting(met.points[:, sighted:count], met.misses[sighted:count])


def _sights(view: _View, pixels: Floats, directions: Floats, met: Meeting, twins: Floats) -> tuple[Sight, ...]:
    count = twins.shape[1]
    points = met.points[:, :count]
    lon, lat, height = view.terrain.frame.to_earth(points)
    facing = -np.sum(directions[:, :count] * view.terrain.normals(points), axis=0)
    meets = np.degrees(np.arcsin(np.clip(facing, 0.0, 1.0))).tolist()
    errors = ellipses_of(points[:2], twins)
    away = [float(np.linalg.norm(point)) for point in points.T]
    sights: list[Sight] = []
    rows = zip(pixels[:, :count].T.tolist(), met.misses, lon.tolist(), lat.tolist(), height.tolist(), strict=False)
    for i, ((x, y), miss, *place, up) in enumerate(rows):
        if miss is None:
            seen = GroundPoint(LonLat(place[0], place[1]), up, away[i], meets[i], errors[i])
            sights.append(Sight(x, y, seen))
        else:
            sights.append(Sight(x, y, None, miss))
    return tuple(sights)


def _usual(sights: tuple[Sight, ...], edge: Meeting) -> Miss:
    """Choose which reason to tell of a photo that meets no ground: the middle's."""
    return sights[0].miss or next((miss for miss in edge.misses if miss), Miss.FAR)


def _told(view: _View, sights: tuple[Sight, ...], outline: Outline) -> Footprint:
    middle, *corners = sights
    lon, lat, _ = view.terrain.frame.to_earth(outline.ring)
    lon = view.pose.place.lon + (lon - view.pose.place.lon + 180.0) % 360.0 - 180.0
    forward = (view.turn @ _forward(view.lens.lens))[:, 0]
    off_nadir = math.degrees(math.acos(max(-1.0, min(1.0, -float(forward[2])))))
    top = -view.turn[:, 1] if off_nadir < STRAIGHT_DOWN_DEG else forward
    notes = [*view.lens.notes, *view.pose.notes, *view.standing.notes]
    if not outline.complete:
        notes.append("Part of the image's edge meets no ground that can be placed; the outline ends before it.")
    return Footprint(
        tuple(LonLat(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)),
        outline.complete,
        middle,
        (corners[0], corners[1], corners[2], corners[3]),
        view.pose.place,
        view.standing.camera_height_m,
        off_nadir,
        math.degrees(math.atan2(float(top[0]), float(top[1]))) % 360.0,
        _gsd_m(view, middle, off_nadir),
        outline.area_m2,
        view.standing.ground,
        view.lens.source,
        view.uncertainty,
        tuple(notes),
    )


def _gsd_m(view: _View, middle: Sight, off_nadir_deg: float) -> tuple[float, float] | None:
    """Give what a pixel in the middle covers: range / focal length, stretched along the view by how flat that is."""
    down = math.cos(math.radians(off_nadir_deg))
    if middle.ground is None or down <= 0.0:
        return None
    across = middle.ground.range_m / math.sqrt(math.prod(view.lens.lens.focal_px))
    return across, across / down
