"""What is taken for the ground under a photo, and how high the camera was above the same."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from groundside.model.footprint import Ground
from groundside.model.photo import Above, Photo
from groundside.model.place import LonLat
from groundside.model.surface import UNKNOWN_DATUM, FlatSurface, Surface
from groundside.produce.imagery.pose import CameraHeight, altitude_of, by_rtk, relative_error_m

LEAST_SURFACE_M, SURFACE_SHARE_OF_CELL = 0.5, 0.15
"""Assumed standard deviation of an elevation model, which rarely says its own: half a metre, or a share of a cell."""
STATED_PLANE_M = 1.0
"""Assumed standard deviation of a height that a person stated."""
BAROMETER_M, BAROMETER_SHARE = 1.0, 0.02
"""Assumed standard deviation of a height above take-off, where the height of take-off is known."""
MISMATCH_M = 30.0
"""
Assumed standard deviation where one height is above sea level and the other above the ellipsoid: they differ by some
tens of metres nearly everywhere, and no geoid is at hand.
"""
ODD_M = 30.0
"""Where two ways to tell the camera's height differ by more than this and half of it, the result says so."""


@dataclass(frozen=True, slots=True)
class GroundGiven:
    """
    What the caller knows of the ground; all may be None, then the ground is level at take-off height.

    Args:
        surface: an elevation model.
        height_m: of level ground, above what the photos' altitudes are above.
        takeoff: where the aircraft took off; with an elevation model it makes heights above take-off exact.
    """

    surface: Surface | None = None
    height_m: float | None = None
    takeoff: LonLat | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """
    A camera above ground.

    Args:
        surface: the ground.
        camera_height_m: above what the surface's heights are above.
        vertical_m: one standard deviation of the camera's height over the ground.
        ground: the same in words.
        notes: what was assumed, in sentences.
    """

    surface: Surface
    camera_height_m: float
    vertical_m: float
    ground: Ground
    notes: tuple[str, ...] = ()


def standing_of(photo: Photo, place: LonLat, given: GroundGiven) -> Standing | str:
    """
    Choose the ground under a photo: the elevation model, else the height stated, else what the photo says of itself.

    Args:
        photo: what the file says.
        place: where the camera was.
        given: what the caller knows.

    Returns:
        The ground, or in one sentence why none can be told.
    """
    if given.surface is not None:
        return _over_surface(photo, place, given.surface, given.takeoff)
    if given.height_m is not None:
        return _over_stated(photo, given.height_m)
    return _over_takeoff(photo)


def _over_surface(photo: Photo, place: LonLat, surface: Surface, takeoff: LonLat | None) -> Standing | str:
    error = max(LEAST_SURFACE_M, SURFACE_SHARE_OF_CELL * surface.cell_m)
    ground = Ground("surface", "elevation model", surface.datum, None, error)
    below = float(surface.heights_m(place.lon, place.lat))
    height, notes = _height_over(photo, surface, takeoff)
    if height is None or height.value_m <= below:
        height, notes = _from_takeoff_below(photo, below, height)
    if height is None:
        return (
            "The camera's altitude is not above the elevation model, and the file states no height above take-off."
            if notes
            else "The file states neither altitude nor height above take-off."
        )
    standing = Standing(surface, height.value_m, math.hypot(height.error_m, error), ground, notes)
    return _odd(standing, photo, below)


def _height_over(photo: Photo, surface: Surface, takeoff: LonLat | None) -> tuple[CameraHeight | None, tuple[str, ...]]:
    """Take the height above take-off where that place is known and the altitude is not of RTK; else the altitude."""
    altitude, relative = altitude_of(photo), photo.height_above_takeoff_m
    if takeoff is not None and relative is not None and (altitude is None or not by_rtk(photo)):
        base = float(surface.heights_m(takeoff.lon, takeoff.lat))
        if math.isfinite(base):
            error = math.hypot(BAROMETER_M, BAROMETER_SHARE * relative)
            note = "The camera's height is that above take-off, over the elevation model where the aircraft took off."
            return CameraHeight(base + relative, Above.TAKE_OFF, error), (note,)
    if altitude is None:
        return None, ()
    return _same_zero(altitude, surface.datum)


def _same_zero(altitude: CameraHeight, datum: str) -> tuple[CameraHeight, tuple[str, ...]]:
    """Say how sure it is that an altitude and an elevation model count from the same."""
    model = Above.ELLIPSOID if "ellipsoid" in datum.lower() else Above.SEA_LEVEL
    if datum != UNKNOWN_DATUM and altitude.above is model:
        return altitude, ()
    if datum == UNKNOWN_DATUM or altitude.above is Above.UNSTATED:
        return altitude, (
            "The photo's altitude and the elevation model were taken to be above the same; not both say.",
        )
    note = f"The photo's altitude is above the {altitude.above}, the elevation model ({datum}) is not; taken as equal."
    return replace(altitude, error_m=math.hypot(altitude.error_m, MISMATCH_M)), (note,)


def _from_takeoff_below(
    photo: Photo, below: float, altitude: CameraHeight | None
) -> tuple[CameraHeight | None, tuple[str, ...]]:
    """Put take-off at the height of the ground under the camera, where nothing better is known."""
    relative = photo.height_above_takeoff_m
    if relative is None or relative <= 0.0 or not math.isfinite(below):
        return None, () if altitude is None else ("below",)
    note = "Take-off was taken to be as high as the ground under the camera"
    why = ": the photo's altitude would put the camera under it." if altitude else ": the file states no altitude."
    return CameraHeight(below + relative, Above.TAKE_OFF, relative_error_m(relative)), (note + why,)


def _odd(standing: Standing, photo: Photo, below: float) -> Standing:
    """Say where the height over the elevation model and that above take-off do not go together."""
    relative = photo.height_above_takeoff_m
    if relative is None or not math.isfinite(below):
        return standing
    over = standing.camera_height_m - below
    if abs(over - relative) <= ODD_M + abs(relative) / 2.0:
        return standing
    note = (
        f"The camera is {over:.0f} m over the elevation model but {relative:.0f} m above take-off: look at the heights."
    )
    return replace(standing, notes=(*standing.notes, note))


def _over_stated(photo: Photo, height_m: float) -> Standing | str:
    altitude = altitude_of(photo)
    if altitude is None:
        return "The file states no altitude to compare with the height of the ground."
    if altitude.value_m <= height_m:
        return f"The camera's altitude ({altitude.value_m:.1f} m) is not above the ground stated ({height_m:.1f} m)."
    ground = Ground("plane", "plane at the height stated", str(altitude.above), height_m, STATED_PLANE_M)
    error = math.hypot(altitude.error_m, STATED_PLANE_M)
    return Standing(FlatSurface(height_m), altitude.value_m, error, ground)


def _over_takeoff(photo: Photo) -> Standing | str:
    """Take the ground to be level: below the camera where something measured that, else at take-off height."""
    over = next((each.value_m for each in photo.altitudes if each.above is Above.GROUND), None)
    if over is not None and over > 0.0:
        ground = Ground("plane", "plane at the ground below the camera", Above.GROUND, 0.0, STATED_PLANE_M)
        return Standing(FlatSurface(0.0), over, STATED_PLANE_M, ground)
    relative = photo.height_above_takeoff_m
    if relative is None:
        return "The file states no height above take-off, and no ground was given."
    if relative <= 0.0:
        return f"The camera was not above take-off height ({relative:.1f} m), and no ground was given."
    error = relative_error_m(relative)
    ground = Ground("plane", "plane at take-off height", Above.TAKE_OFF, 0.0, error)
    return Standing(FlatSurface(0.0), relative, error, ground)
