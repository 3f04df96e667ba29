"""
Camera, exposure, carrier-phase state, bands and range finder.

Sources: DJI Onboard SDK, Telemetry::RTK, posHealthFlag (what the numbers of a solution mean); Pix4D, "Specifications
for camera information in XMP" (bands, rig); DJI, Mavic 3M guide (bands); ExifTool's lists of tags.
"""

from __future__ import annotations

import re

from groundside.decode.photos.normalise.remembered import Remembered, Size
from groundside.decode.photos.normalise.values import Asked
from groundside.model.photo import (
    Above,
    Altitude,
    Band,
    Camera,
    Exposure,
    HeightSensor,
    RangeTarget,
    Rig,
    Rtk,
)
from groundside.model.place import LonLat

_FREQUENCY = re.compile(
    r"\s*(\d{3,5}(?:\.\d{1,6})?)\s*(?:\(\s*\+/-\s*(\d{1,4}(?:\.\d{1,6})?)\s*\))?\s*nm\s*", re.IGNORECASE
)
_MOST_BANDS = 64
_STATES = {
    **dict.fromkeys((16, 17, 18, 19, 20), "single"),
    **dict.fromkeys((32, 33, 34), "float"),
    **dict.fromkeys((48, 49, 50), "fixed"),
    0: "none",
}
SENSITIVE = ("serial", "aircraft_serial", "lens_serial", "owner")


_CAMERA: dict[str, tuple[str, ...]] = {
    "make": ("IFD0:Make", "XMP-tiff:Make", "UserData:Make", "Keys:Make"),
    "model": ("IFD0:Model", "XMP-tiff:Model", "IFD0:UniqueCameraModel", "UserData:Model", "Keys:Model"),
    "firmware": ("IFD0:Software", "XMP-xmp:CreatorTool", "XMP-DLS:SwVersion"),
    "serial": (
        "ExifIFD:SerialNumber",
        "XMP-drone-dji:CameraSerialNumber",
        "IFD0:CameraSerialNumber",
        "XMP-aux:SerialNumber",
    ),
    "aircraft_serial": ("XMP-drone-dji:DroneSerialNumber", "XMP-drone-parrot:SerialNumber"),
    "lens": ("ExifIFD:LensModel", "XMP-aux:Lens"),
    "lens_serial": ("ExifIFD:LensSerialNumber", "XMP-drone-dji:LensSerialNumber"),
    "owner": ("ExifIFD:OwnerName", "IFD0:Artist", "IFD0:XPAuthor", "XMP-dc:Creator", "IFD0:Copyright"),
}
"""Where each field of `Camera` may stand, the first that says something counts."""


def _camera_of(asked: Asked, _: Size) -> Camera:
    return Camera(**{name: asked.text(*keys) for name, keys in _CAMERA.items()})


camera_of = Remembered(_camera_of, tuple(key for keys in _CAMERA.values() for key in keys))
"""Find who made it, and what tells it from others of its kind."""


def exposure_of(asked: Asked) -> Exposure:
    """Find how it was exposed; values of 0 are those of cameras that do not say."""
    time, stop, iso = (
        asked.number("ExifIFD:ExposureTime", "IFD0:ExposureTime", "XMP-exif:ExposureTime"),
        asked.number("ExifIFD:FNumber", "IFD0:FNumber", "XMP-exif:FNumber"),
        asked.number("ExifIFD:ISO", "ExifIFD:ISOSpeed", "IFD0:ISO", "XMP-exif:ISO"),
    )
    if iso == 65535:
        iso = asked.number("ExifIFD:RecommendedExposureIndex", "ExifIFD:StandardOutputSensitivity", "ExifIFD:ISOSpeed")
    return Exposure(time or None, stop or None, iso or None, asked.number("ExifIFD:ExposureCompensation"))


def rtk_of(asked: Asked) -> Rtk | None:
    """Find what is said of a carrier-phase position."""
    if not asked.first("XMP-drone-dji:RtkFlag", "XMP-drone:RtkFlag", "XMP-drone-dji:RtkStdLon"):
        return None
    flag = asked.whole("XMP-drone-dji:RtkFlag", "XMP-drone:RtkFlag")
    lon, lat, height = (asked.number(f"XMP-drone-dji:RtkStd{name}") for name in ("Lon", "Lat", "Hgt"))
    age = asked.number("XMP-drone-dji:RtkDiffAge")
    if flag is None and lon is None:
        return None
    return Rtk(flag, _STATES.get(-1 if flag is None else flag, "unknown"), lon, lat, height, age)


def rig_of(asked: Asked) -> Rig | None:
    """Find the spectral bands, and which images belong together."""
    capture = asked.text(
        "XMP-MicaSense:CaptureId", "XMP-Camera:CaptureUUID", "XMP-drone-dji:CaptureUUID", "XMP-Camera:ImageUniqueID"
    )
    name, bands = asked.text("XMP-Camera:RigName", "XMP-drone-dji:RigName"), _bands(asked)
    if not (capture or name or bands):
        return None
    return Rig(
        name=name,
        index=asked.whole("XMP-Camera:RigCameraIndex", "XMP-DLS:SensorId", "XMP-drone-dji:SensorIndex"),
        capture=capture,
        flight=asked.text("XMP-MicaSense:FlightId", "XMP-Camera:FlightUUID"),
        bands=bands,
    )


def _bands(asked: Asked) -> tuple[Band, ...]:
    names = asked.texts("XMP-Camera:BandName")[:_MOST_BANDS]
    if not names:
        name, match = asked.text("XMP-drone-dji:BandName"), _FREQUENCY.match(asked.text("XMP-drone-dji:BandFreq"))
        if not name:
            return ()
        half = match[2] if match else None
        return (Band(name, float(match[1]) if match else None, 2 * float(half) if half else None),)
    centres, widths = asked.numbers("XMP-Camera:CentralWavelength"), asked.numbers("XMP-Camera:WavelengthFWHM")
    return tuple(Band(name, _nth(centres, k), _nth(widths, k)) for k, name in enumerate(names))


def _nth(values: tuple[float, ...], k: int) -> float | None:
    return values[k] if k < len(values) and values[k] > 0 else None


def target_of(asked: Asked) -> RangeTarget | None:
    """Find what a laser range finder pointed at; a distance of 0 is none."""
    if not asked.first("XMP-drone-dji:LRFTargetDistance", "XMP-drone-dji:LRFTargetLon", "XMP-drone-dji:LRFTargetLat"):
        return None
    distance = asked.number("XMP-drone-dji:LRFTargetDistance")
    lon, lat = asked.number("XMP-drone-dji:LRFTargetLon"), asked.number("XMP-drone-dji:LRFTargetLat")
    status = asked.text("XMP-drone-dji:LRFStatus")
    if not distance and not lon and not lat:
        return None
    place = LonLat(lon, lat) if lon is not None and lat is not None else None
    stated = (
        ("XMP-drone-dji:LRFTargetAbsAlt", Above.UNSTATED),
        ("XMP-drone-dji:LRFTargetAlt", Above.TAKE_OFF),
    )
    altitudes = tuple(
        Altitude(value, above, HeightSensor.RANGEFINDER, key)
        for key, above in stated
        if (value := asked.number(key)) is not None
    )
    return RangeTarget(distance or None, place if place and place.is_position else None, altitudes, status)


def speed_of(asked: Asked) -> tuple[float, ...]:
    """Find the aircraft's speed: north, east, down."""
    if "XMP-drone-dji:FlightXSpeed" not in asked.tags:
        return ()
    found = [asked.number(f"XMP-drone-dji:Flight{axis}Speed") for axis in "XYZ"]
    return tuple(each for each in found if each is not None) if None not in found else ()
