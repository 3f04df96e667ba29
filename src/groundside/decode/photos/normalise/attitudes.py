"""
Which way camera and aircraft pointed.

Sources: DJI, Mavic 3M guide (gimbal angles: north, east, down; yaw, then pitch, then roll); Pix4D, "Yaw, Pitch, Roll
and Omega, Phi, Kappa angles" (support article 202558969: pitch 0 looks down); Parrot, "Photo metadata" (GroundSDK);
OpenDroneMap, ODM#1406, #1778, #1974 (which yaw), orthority#36 (roll 180 at nadir), ODM photo.py (senseFly's roll).
"""

from __future__ import annotations

from groundside.decode.photos.normalise.values import Asked
from groundside.model.photo import Attitude, Zero

_NADIR_WITHIN_DEG = 5.0
_FLIPPED_FROM_DEG = 90.0
_TOLD_FROM_DEG = 10.0
_NAMES = ("Yaw", "Pitch", "Roll")
Keys = tuple[str, str, str]


def _keys(group: str, form: str) -> Keys:
    yaw, pitch, roll = (f"{group}:{form.format(name)}" for name in _NAMES)
    return yaw, pitch, roll


_GIMBALS = (
    _keys("XMP-drone-dji", "Gimbal{}Degree"),
    _keys("XMP-drone-parrot", "Camera{}Degree"),
    _keys("XMP-drone-skydio", "CameraOrientationNED{}"),
    _keys("XMP-drone", "Gimbal{}Degree"),
)
_AIRCRAFT = (
    _keys("XMP-drone-dji", "Flight{}Degree"),
    _keys("XMP-drone-parrot", "Drone{}Degree"),
    _keys("XMP-drone-skydio", "VehicleOrientationNED{}"),
    _keys("XMP-drone", "Flight{}Degree"),
    _keys("DJI", "{}"),
)
_PIX4D, _NOTE = _keys("XMP-Camera", "{}"), _keys("DJI", "Camera{}")
Angles = tuple[float | None, float | None, float | None]


def aircraft_attitude_of(asked: Asked) -> Attitude | None:
    """Find the aircraft's own attitude."""
    for keys in _AIRCRAFT:
        if keys[0] not in asked.tags:
            continue
        yaw, pitch, roll = _angles(asked, keys)
        if yaw is not None:
            return Attitude(_turn(yaw), pitch, roll, Zero.FORWARD, keys[0])
    return None


def camera_attitude_of(asked: Asked, aircraft: Attitude | None) -> Attitude | None:
    """Find where the camera pointed: the gimbal, Pix4D's tags, a maker note, or only a direction."""
    for keys in _GIMBALS:
        if keys[1] in asked.tags and (angles := _angles(asked, keys))[1] is not None:
            return _gimbal(asked, angles, aircraft, keys[0])
    pix4d = _pix4d(asked)
    return pix4d or _from_note(asked) or _direction(asked)


def _angles(asked: Asked, keys: Keys) -> Angles:
    return asked.number(keys[0]), asked.number(keys[1]), asked.number(keys[2])


def _turn(yaw: float) -> float:
    return yaw % 360.0 % 360.0


def _half(angle: float) -> float:
    """Bring an angle into -180 to 180."""
    return (angle + 180.0) % 360.0 - 180.0


def _gimbal(asked: Asked, angles: Angles, aircraft: Attitude | None, tag: str) -> Attitude | None:
    yaw, pitch, roll = angles
    assert pitch is not None
    roll = roll or 0.0
    if yaw is None:
        if aircraft is None:
            return None
        asked.quirk("yaw-from-aircraft", f"The gimbal states no yaw: the aircraft's is taken ({aircraft.tag}).")
        yaw, tag = aircraft.yaw_deg, aircraft.tag
    if abs(_half(roll)) > _FLIPPED_FROM_DEG and abs(pitch + 90.0) <= _NADIR_WITHIN_DEG:
        asked.quirk("roll-180", f"GimbalRoll is {roll:+.1f} at nadir: the same as yaw + 180 and roll 0.")
        yaw, pitch, roll = yaw + 180.0, _half(180.0 - pitch), _half(roll + 180.0)
    attitude = Attitude(_turn(yaw), pitch, roll, Zero.FORWARD, tag)
    _compare(asked, attitude, aircraft)
    return attitude


def _compare(asked: Asked, gimbal: Attitude, aircraft: Attitude | None) -> None:
    if aircraft is None or aircraft.tag == gimbal.tag:
        return
    apart = _half(gimbal.yaw_deg - aircraft.yaw_deg)
    if abs(apart) > _TOLD_FROM_DEG:
        asked.quirk("yaw-differs", f"Gimbal and aircraft yaw are {apart:+.1f} degrees apart: the gimbal's is taken.")


def _pix4d(asked: Asked) -> Attitude | None:
    yaw, pitch, roll = _angles(asked, _PIX4D)
    if yaw is None or pitch is None or roll is None:
        return None
    if asked.text("IFD0:Make").lower() == "sensefly":
        asked.quirk("sensefly-roll", "senseFly counts roll the other way round: its sign was turned.")
        roll = -roll
    asked.quirk("pitch-from-nadir", "Camera:Pitch 0 looks straight down, as Pix4D counts.")
    return Attitude(_turn(yaw), pitch, roll, Zero.NADIR, "XMP-Camera:Yaw")


def _from_note(asked: Asked) -> Attitude | None:
    yaw, pitch, roll = _angles(asked, _NOTE)
    if yaw is None or pitch is None:
        return None
    asked.quirk("attitude-from-note", "There is no XMP: the camera's attitude is that of the maker note.")
    return Attitude(_turn(yaw), pitch, roll or 0.0, Zero.FORWARD, "DJI:CameraYaw")


def _direction(asked: Asked) -> Attitude | None:
    yaw = asked.number("GPS:GPSImgDirection")
    if yaw is None:
        return None
    magnetic = asked.text("GPS:GPSImgDirectionRef").upper() == "M"
    return Attitude(_turn(yaw), None, None, Zero.FORWARD, "GPS:GPSImgDirection", magnetic)
