"""Where a photo's camera was, which way it looked, and how wrong either may be."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.model.photo import Above, Attitude, HeightSensor, Photo, Zero
from groundside.model.place import LonLat

HORIZONTAL_M = 3.7
VERTICAL_M = 7.7
"""
One standard deviation where a file states none: 9 m and 15 m of the standard, divided by 2.45 and 1.96.

Source: GPS Standard Positioning Service Performance Standard, 4th edition 2008, section 3.8: positions by GPS alone, on
average over the world, 95 %.
"""
LEAST_RTK_M = 0.05
"""Fixed positions are of centimetres against their base; where the camera is on the aircraft is not known better."""
YAW_DEG, PITCH_DEG, ROLL_DEG = 1.5, 1.0, 1.0
"""
One standard deviation of a gimbal's angles: assumed. Seen on four photos of one aircraft, against a bundle adjustment:
1.3 degrees root mean square in yaw, 0.8 in pitch.
"""
MAGNETIC_YAW_DEG = 10.0
"""Assumed where yaw is from magnetic north and nothing corrected it."""
RELATIVE_SHARE, RELATIVE_LEAST_M = 0.10, 3.0
"""
How far the ground below may lie from the height of take-off: assumed, for terrain is not known. Seen: 3.7 m at a height
of 40 m, 7 m at 100 m.
"""


@dataclass(frozen=True, slots=True)
class Pose:
    """
    Where a camera was and which way it looked.

    Args:
        place: longitude and latitude.
        yaw_deg, pitch_deg, roll_deg: as `reference.camera_model.rotation` takes them.
        looks_down: it looks straight down when pitch and roll are 0.
        horizontal_m: one standard deviation of the place, along east and along north.
        yaw_error_deg, pitch_error_deg, roll_error_deg: one standard deviation each.
        notes: what was assumed, in sentences.
    """

    place: LonLat
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    looks_down: bool
    horizontal_m: float
    yaw_error_deg: float
    pitch_error_deg: float
    roll_error_deg: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraHeight:
    """
    How high a camera was.

    Args:
        value_m: metres.
        above: above what.
        error_m: one standard deviation.
        note: what was assumed, or empty.
    """

    value_m: float
    above: Above
    error_m: float
    note: str = ""


def pose_of(photo: Photo) -> Pose | str:
    """Say where the camera was and which way it looked, or in one sentence why that is not known."""
    if photo.position is None or not photo.position.place.is_position:
        return "The file does not say where the camera was."
    attitude = photo.camera_attitude
    if attitude is None or attitude.pitch_deg is None:
        return "The file does not say which way the camera looked."
    horizontal, note = _horizontal(photo)
    notes = [note, *_attitude_notes(attitude)]
    return Pose(
        photo.position.place,
        attitude.yaw_deg,
        attitude.pitch_deg,
        attitude.roll_deg or 0.0,
        attitude.zero is Zero.NADIR,
        horizontal,
        MAGNETIC_YAW_DEG if attitude.magnetic else YAW_DEG,
        PITCH_DEG,
        ROLL_DEG,
        tuple(each for each in notes if each),
    )


def _attitude_notes(attitude: Attitude) -> list[str]:
    notes: list[str] = []
    if attitude.magnetic:
        notes.append("Yaw is from magnetic north, which was taken for true north.")
    if attitude.roll_deg is None:
        notes.append("The file states no roll; it was taken to be 0.")
    return notes


def _horizontal(photo: Photo) -> tuple[float, str]:
    """Give one standard deviation of the place: as the file states it, else of satellite positions in general."""
    rtk = photo.rtk
    if rtk is not None and rtk.state in {"fixed", "float"} and rtk.std_lon_m and rtk.std_lat_m:
        note = "The position's error is against the base of its corrections; where that stands is not in the file."
        return max(rtk.std_lon_m, rtk.std_lat_m, LEAST_RTK_M), note
    stated = photo.position.error_m if photo.position else None
    if stated is not None and stated > 0.0:
        return stated, ""
    return HORIZONTAL_M, "The file does not say how good its position is; that of satellite positions was assumed."


def by_rtk(photo: Photo) -> bool:
    """Say whether the photo's altitude is a fixed carrier-phase solution."""
    sensor = photo.altitude.sensor if photo.altitude is not None else HeightSensor.UNSTATED
    return sensor is HeightSensor.RTK or (photo.rtk is not None and photo.rtk.state == "fixed")


def altitude_of(photo: Photo) -> CameraHeight | None:
    """Give the camera's height above sea level or ellipsoid, whichever is best stated; None where neither is."""
    altitude = photo.altitude
    if altitude is None:
        return None
    if by_rtk(photo):
        stated = photo.rtk.std_height_m if photo.rtk is not None else None
        return CameraHeight(altitude.value_m, altitude.above, max(stated or 0.0, LEAST_RTK_M))
    return CameraHeight(altitude.value_m, altitude.above, VERTICAL_M)


def relative_error_m(height_m: float) -> float:
    """Say how far the ground may lie from where a height above take-off puts it; one standard deviation."""
    return max(RELATIVE_LEAST_M, RELATIVE_SHARE * abs(height_m))
