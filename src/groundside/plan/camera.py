"""What a camera sees of the ground, and what that asks of lines, photos and speed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from groundside.errors import BadRequest
from groundside.reference.cameras import Camera

_STEEPEST_DEG = 80.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """
    The part of flat ground that a photo shows, as a rectangle inside it.

    Args:
        across_m: wide, across the flight.
        near_m, far_m: from where to where along the flight, counted from straight below.
        gsd_cm: ground that one pixel covers, at the middle of the photo and along its rows.
    """

    across_m: float
    near_m: float
    far_m: float
    gsd_cm: float

    @property
    def along_m(self) -> float:
        """How long it is along the flight."""
        return self.far_m - self.near_m

    @property
    def reach_m(self) -> float:
        """How far from straight below its farthest corner is."""
        return math.hypot(self.across_m / 2, max(abs(self.near_m), abs(self.far_m)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """
    How far apart lines and photos are, and how often each point is photographed at least.

    Args:
        line_m: between lines.
        trigger_m: between photos along a line.
        lines_seen: lines whose photos show a point: the whole part of 1 / (1 - sidelap).
        photos_seen: photos of one line that show a point: the whole part of 1 / (1 - frontlap).
    """

    line_m: float
    trigger_m: float
    lines_seen: int
    photos_seen: int


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast lines may be flown, and what limits that."""

    speed_m_s: float
    limited_by: str


def footprint(camera: Camera, height_m: float, tilt_deg: float = 0.0) -> Footprint:
    """
    Say what a photo shows of flat ground, the long side of the sensor lying across the flight.

    Central projection: a ray at an angle a from straight below meets the ground at h tan a. A camera that is tilted
    forwards shows a trapezoid; the rectangle given is as wide as its narrow, near edge.

    Args:
        height_m: above ground.
        tilt_deg: of the optical axis from straight down, forwards.

    Raises:
        BadRequest: no height, or a tilt whose photo reaches almost to the horizon.
    """
    if not height_m > 0:
        what = f"a height of {height_m:g} m above ground"
        raise BadRequest(what, try_this="give a height above zero, as --height 80")
    half = math.degrees(math.atan(camera.sensor_height_mm / 2 / camera.focal_mm))
    if tilt_deg < 0 or tilt_deg + half > _STEEPEST_DEG:
        what = f"a tilt of {tilt_deg:g}° with a view of {2 * half:.0f}° looks too near the horizon"
        raise BadRequest(what, try_this=f"give a tilt from 0 to {_STEEPEST_DEG - half:.0f} degrees")
    tilt, near = math.radians(tilt_deg), math.tan(math.radians(tilt_deg - half))
    depth = height_m * (math.cos(tilt) + near * math.sin(tilt))
    pixel = camera.sensor_width_mm / camera.width_px / camera.focal_mm
    return Footprint(
        across_m=depth * camera.sensor_width_mm / camera.focal_mm,
        near_m=height_m * near,
        far_m=height_m * math.tan(math.radians(tilt_deg + half)),
        gsd_cm=pixel * height_m / math.cos(tilt) * 100,
    )


def height_for_gsd_m(camera: Camera, gsd_cm: float, tilt_deg: float = 0.0) -> float:
    """Say from which height above ground a pixel in the middle of a photo covers so much."""
    if not gsd_cm > 0:
        what = f"a ground resolution of {gsd_cm:g} cm"
        raise BadRequest(what, try_this="give one above zero, as --gsd 2")
    per_metre = camera.sensor_width_mm / camera.width_px / camera.focal_mm * 100
    return gsd_cm * math.cos(math.radians(tilt_deg)) / per_metre


def spacing(seen: Footprint, frontlap: float, sidelap: float) -> Spacing:
    """
    Say how far apart lines and photos are for overlaps between neighbours, each a share of 0 up to 0.95.

    Raises:
        BadRequest: an overlap outside of that.
    """
    for name, share in (("frontlap", frontlap), ("sidelap", sidelap)):
        if not 0 <= share <= 0.95:
            what = f"a {name} of {share:.0%}"
            raise BadRequest(what, try_this="give overlaps from 0 to 95 %, as --frontlap 80 --sidelap 70")
    return Spacing(
        line_m=seen.across_m * (1 - sidelap),
        trigger_m=seen.along_m * (1 - frontlap),
        lines_seen=math.floor(1 / (1 - sidelap) + 1e-9),
        photos_seen=math.floor(1 / (1 - frontlap) + 1e-9),
    )


def photo_speed(
    camera: Camera, seen: Footprint, apart: Spacing, *, wished_m_s: float, exposure_s: float | None = None,
    blur_px: float = 1.0,
) -> Speed:  # fmt: skip
    """
    Say how fast lines may be flown: as wished, as fast as the camera can follow, or as sharp as photos must be.

    Args:
        wished_m_s: the aircraft's own speed on lines.
        exposure_s: shutter time; None leaves blur out.
        blur_px: so many pixels may the ground move while the shutter is open.
    """
    options = [(wished_m_s, "the speed asked for")]
    if camera.fastest_s:
        options.append((apart.trigger_m / camera.fastest_s, f"one photo every {camera.fastest_s:g} s at most"))
    if exposure_s:
        options.append((blur_px * seen.gsd_cm / 100 / exposure_s, f"{blur_px:g} px of blur in {exposure_s:g} s"))
    return Speed(*min(options))
