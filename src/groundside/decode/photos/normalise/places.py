"""
Where the camera was.

Sources: Exif 2.32 (CIPA DC-008-2019), 4.6.6; DJI's, Skydio's and Autel's XMP tags as ExifTool and OpenAthena list them.
"""

from __future__ import annotations

import math
import re

from groundside.decode.photos.normalise.values import Asked
from groundside.model.photo import PhotoPosition
from groundside.model.place import LonLat

_LAT, _LON = ("GPS:GPSLatitude", "GPS:GPSLatitudeRef"), ("GPS:GPSLongitude", "GPS:GPSLongitudeRef")
_DECIMAL = (
    ("XMP-drone-dji:GPSLatitude", ("XMP-drone-dji:GPSLongitude", "XMP-drone-dji:GPSLongtitude")),
    ("XMP-drone-dji:Latitude", ("XMP-drone-dji:Longitude", "XMP-drone-dji:Longtitude")),
    ("XMP-drone-skydio:Latitude", ("XMP-drone-skydio:Longitude",)),
    ("XMP-drone:GpsLatitude", ("XMP-drone:GpsLongitude", "XMP-drone:GpsLongtitude")),
)
_XMP = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])")
_BELOW = (1.0, 60.0, 3600.0)
_APART_M = 50.0
_DEGREE_M = 111_195.0


def position_of(asked: Asked) -> PhotoPosition | None:
    """Find the position; where two places are stated, the one in decimal degrees, for it has more digits."""
    if asked.text("GPS:GPSStatus").upper() == "V":
        asked.quirk("gps-void", "The receiver said that its measurement is void: its position and height do not count.")
        return None
    exif = _usable(asked, _from_exif(asked), "GPS:GPSLatitude")
    other, tag = _from_xmp(asked)
    other = _usable(asked, other, tag)
    if exif is None and other is None:
        return None
    if exif is not None and other is not None and metres_between(exif, other) > _APART_M:
        apart = metres_between(exif, other)
        asked.quirk("two-positions", f"EXIF and XMP state places {apart:,.0f} m apart: EXIF's is taken.")
        other = None
    place = other if other is not None else exif
    assert place is not None
    error = asked.number("GPS:GPSHPositioningError", "XMP-Camera:GPSXYAccuracy")
    dilution = asked.number("GPS:GPSDOP")
    return PhotoPosition(
        place,
        tag if other is not None else "GPS:GPSLatitude",
        error if error and error > 0 else None,
        dilution if dilution and dilution > 0 else None,
    )


def metres_between(one: LonLat, other: LonLat) -> float:
    """Give the distance of two near places, on a plane."""
    north = (one.lat - other.lat) * _DEGREE_M
    east = (one.lon - other.lon) * _DEGREE_M * math.cos(math.radians(one.lat))
    return math.hypot(north, east)


def _usable(asked: Asked, place: LonLat | None, tag: str) -> LonLat | None:
    if place is None:
        return None
    if place.lon == 0.0 and place.lat == 0.0:
        asked.quirk("zero-position", f"{tag} says 0, 0, which is what receivers write without a fix: no position.")
        return None
    if not (math.isfinite(place.lon) and math.isfinite(place.lat) and place.is_position):
        asked.quirk("impossible-position", f"{tag} is no place on Earth: no position.")
        return None
    return place


def _from_exif(asked: Asked) -> LonLat | None:
    lat, lon = _degrees(asked, *_LAT, "NS"), _degrees(asked, *_LON, "EW")
    if lat is None or lon is None:
        return None
    return LonLat(lon, lat)


def _degrees(asked: Asked, tag: str, ref: str, letters: str) -> float | None:
    degrees = _unsigned(asked, tag)
    if degrees is None:
        return None
    letter = asked.text(ref).upper()[:1]
    if letter not in letters or not letter:
        asked.quirk("gps-ref-missing", f"{ref} is missing: {letters[0]} is assumed.")
    return -abs(degrees) if letter == letters[1] else degrees


def _unsigned(asked: Asked, tag: str) -> float | None:
    value = asked.tags.get(tag)
    if value is None:
        return None
    parts = value if isinstance(value, tuple) else (value,)
    numbers = [part for part in parts if isinstance(part, (int, float))]  # a union would take ten times as long
    if len(numbers) != len(parts) or not numbers:
        return None
    degrees = sum([number / below for number, below in zip(numbers, _BELOW, strict=False)])
    if math.isfinite(degrees):
        return degrees
    if not math.isfinite(numbers[0]):
        asked.quirk("zero-over-zero", f"{tag} has a fraction with 0 below: no position.")
        return None
    asked.quirk("zero-over-zero", f"{tag} has minutes or seconds with 0 below the line, which count as 0.")
    return sum([number / below for number, below in zip(numbers, _BELOW, strict=False) if math.isfinite(number)])


def _from_xmp(asked: Asked) -> tuple[LonLat | None, str]:
    for lat_key, lon_keys in _DECIMAL:
        if lat_key not in asked.tags:
            continue
        lat, lon = asked.number(lat_key), asked.number(*lon_keys)
        if lat is not None and lon is not None:
            used = next(key for key in lon_keys if asked.number(key) is not None)
            if "Longtitude" in used:
                asked.quirk("misspelt-longitude", f"The longitude stands under the misspelt name {used}.")
            return LonLat(lon, lat), lat_key
    for key in ("Keys:GPSCoordinates", "UserData:GPSCoordinates"):
        if key in asked.tags and len(parts := asked.numbers(key)) >= 2:
            return LonLat(parts[1], parts[0]), key
    if "XMP-exif:GPSLatitude" not in asked.tags:
        return None, ""
    lat, lon = (_written(asked.text(f"XMP-exif:GPS{name}")) for name in ("Latitude", "Longitude"))
    return (LonLat(lon, lat), "XMP-exif:GPSLatitude") if lat is not None and lon is not None else (None, "")


def _written(text: str) -> float | None:
    """Read degrees as XMP writes those of EXIF: "46,50.556425N" or "46,50,33N" (XMP part 2, GPSCoordinate)."""
    match = _XMP.fullmatch(text)
    if match is None:
        return None
    degrees = int(match[1]) + float(match[2]) / 60 + float(match[3] or 0) / 3600
    return -degrees if match[4] in "SW" else degrees
