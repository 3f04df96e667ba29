"""What the tags of several makers have in common."""

from __future__ import annotations

from groundside.decode.captures.tags import Tags
from groundside.model.capture import Plane

HIGHEST_POWER = 20
_MM_OF_UNIT = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}
_NAMES = {
    "blue": "blue", "green": "green", "red": "red", "nir": "nir", "red edge": "red edge", "rededge": "red edge",
    "lwir": "lwir", "near infrared": "nir", "re": "red edge", "r": "red", "g": "green", "b": "blue",
}  # fmt: skip


def band_name(said: str) -> str:
    """Give a band one name whatever its maker calls it; an unknown one keeps its own, in small letters."""
    plain = said.strip().lower().replace("_", " ").replace("-", " ")
    return _NAMES.get(plain, plain)


def position(tags: Tags) -> tuple[float, float] | None:
    """Give lon, lat in degrees; None where the camera had no fix ("Measurement Void") or wrote none."""
    lat, lon = _degrees(tags.gps_numbers("GPSLatitude")), _degrees(tags.gps_numbers("GPSLongitude"))
    if lat is None or lon is None or not (abs(lat) <= 90 and abs(lon) <= 180) or (lat == 0 and lon == 0):
        return None
    south = tags.gps_text("GPSLatitudeRef").upper().startswith("S")
    west = tags.gps_text("GPSLongitudeRef").upper().startswith("W")
    return (-lon if west else lon), (-lat if south else lat)


def _degrees(parts: tuple[float, ...]) -> float | None:
    if not parts:
        return None
    return sum(part / 60**place for place, part in enumerate(parts[:3]))


def pixels_per_mm(tags: Tags) -> tuple[float, float] | None:
    """Give the pixels on a millimetre of the sensor, along x and y."""
    x, y = tags.exif_number("FocalPlaneXResolution"), tags.exif_number("FocalPlaneYResolution")
    unit = tags.exif_number("FocalPlaneResolutionUnit")
    per_unit = _MM_OF_UNIT.get(int(unit)) if unit is not None else None
    if not x or not y or per_unit is None:
        return None
    return x / per_unit, y / per_unit


def mean_black_level(tags: Tags) -> float | None:
    """Give the mean of the black levels of the sensor's cells; None where there is none."""
    levels = tags.exif_numbers("BlackLevel")
    return sum(levels) / len(levels) if levels else None


def triple(numbers: tuple[float, ...]) -> tuple[float, float, float] | None:
    """Give the first three numbers, None where there are fewer."""
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) >= 3 else None


def plane(tags: Tags) -> Plane | None:
    """Read vignetting as a polynomial in x and y, as Sequoia and the newer MicaSense cameras write it."""
    names = tags.numbers("Camera:VignettingPolynomial2DName")
    coefficients = tags.numbers("Camera:VignettingPolynomial2D")
    if not coefficients or len(names) != 2 * len(coefficients) or max(names) > HIGHEST_POWER or min(names) < 0:
        return None
    powers = tuple((int(x), int(y)) for x, y in zip(names[0::2], names[1::2], strict=True))
    return Plane(powers, coefficients)
