"""
Photograph a simulated flight as a DJI camera does: JPEG files with EXIF and the maker's XMP.

The camera looks straight down and has no distortion; so what the tags say and what the pixels show agree to the width
of a pixel. The properties are those that real files of the Mavic 3 hold.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.ground import Ground
from groundside.simulate.truth import Truth
from groundside.simulate.writers import mrk

FOCAL_MM, SENSOR_MM, EQUIVALENT_MM = 12.29, 17.3, 24
NADIR_DEG = -89.0
METRES_A_DEGREE = 111_319.49
_DESCRIPTION, _MAKE, _MODEL, _SOFTWARE, _EXIF, _GPS = 0x010E, 0x010F, 0x0110, 0x0131, 0x8769, 0x8825
_TAKEN, _ZONE, _FOCAL, _EQUIVALENT, _WIDTH, _HEIGHT = 0x9003, 0x9011, 0x920A, 0xA405, 0xA002, 0xA003
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="{mark}" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" {said}/>'
    "</rdf:RDF></x:xmpmeta>"
)


@dataclass(frozen=True, slots=True)
class Photographing:
    """
    How to photograph.

    Args:
        spacing_m: path over ground from one photo to the next.
        width_px, height_px: of each photo.
        first: number of the first file.
    """

    spacing_m: float = 30.0
    width_px: int = 1000
    height_px: int = 750
    first: int = 1

    @property
    def focal_px(self) -> float:
        """The focal length in pixels."""
        return FOCAL_MM / SENSOR_MM * self.width_px


@dataclass(frozen=True, slots=True)
class Photo:
    """A file, and the truth about it: UTC, degrees, metres above take-off and above mean sea level."""

    name: str
    content: bytes
    time_us: int
    lon: float
    lat: float
    height_m: float
    altitude_m: float
    yaw_deg: float


def write(truth: Truth, seed: int = 0, options: Photographing | None = None) -> Iterator[Photo]:
    """
    Give the photos of a flight, one after another, where the camera looked down and the receiver had a fix.

    Args:
        truth: what happened.
        seed: draws the ground and the moments; the same seed gives the same bytes.
        options: how to photograph.
    """
    chosen = options or Photographing()
    taken = mrk.exposures(truth, seed, mrk.Camera(spacing_m=chosen.spacing_m))
    time_us = taken.time_us[np.isfinite(taken.lon)]
    pitch = np.interp(time_us, truth.time_us, truth.gimbal_pitch_deg)
    yaw = np.interp(time_us, truth.time_us, np.unwrap(truth.gimbal_yaw_deg, period=360.0))
    said = (truth.lon, truth.lat, truth.height_m, truth.altitude_m)
    lon, lat, height, altitude = (np.interp(time_us, truth.time_us, each) for each in said)
    ground, number = Ground(seed), chosen.first
    for i in np.flatnonzero(pitch <= NADIR_DEG).tolist():
        pose = Photo(
            f"DJI_{number:04}.JPG", b"", int(time_us[i]), round(float(lon[i]), 9), round(float(lat[i]), 9),
            round(float(height[i]), 2), round(float(altitude[i]), 2), round(float(yaw[i]) % 360.0, 2),
        )  # fmt: skip
        yield _developed(pose, picture(pose, truth, ground, chosen), truth.field.zone, chosen)
        number += 1


def picture(pose: Photo, truth: Truth, ground: Ground, chosen: Photographing) -> NDArray[np.uint8]:
    """Look from a pose at the ground, which is flat and as high as the take-off point."""
    right = (np.arange(chosen.width_px, dtype=np.float32) + 0.5 - chosen.width_px / 2) / chosen.focal_px * pose.height_m
    ahead = (chosen.height_px / 2 - np.arange(chosen.height_px, dtype=np.float32) - 0.5) / chosen.focal_px
    ahead = (ahead * pose.height_m)[:, None]
    sine, cosine = np.sin(np.radians(pose.yaw_deg)), np.cos(np.radians(pose.yaw_deg))
    east_m = (pose.lon - truth.home.lon) * METRES_A_DEGREE * np.cos(np.radians(truth.home.lat))
    north_m = (pose.lat - truth.home.lat) * METRES_A_DEGREE
    east = (east_m + right * cosine + ahead * sine).astype(np.float32)
    north = (north_m - right * sine + ahead * cosine).astype(np.float32)
    return ground.seen(east, north)


def _developed(pose: Photo, pixels: NDArray[np.uint8], zone: str, chosen: Photographing) -> Photo:
    from PIL import Image, ImageDraw

    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    draw.text((14, chosen.height_px - 34), MARK, fill=(255, 255, 255), stroke_width=2, stroke_fill=(0, 0, 0))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, exif=_exif(pose, zone, chosen), xmp=_xmp(pose, chosen))
    return Photo(
        pose.name, out.getvalue(), pose.time_us, pose.lon, pose.lat, pose.height_m, pose.altitude_m, pose.yaw_deg
    )


def _exif(pose: Photo, zone: str, chosen: Photographing) -> bytes:
    from PIL.Image import Exif
    from PIL.TiffImagePlugin import IFDRational

    wall = datetime.fromtimestamp(pose.time_us / 1e6, ZoneInfo(zone))
    tags = Exif()
    tags.update({_DESCRIPTION: MARK, _MAKE: "DJI", _MODEL: "L2D-20c", _SOFTWARE: MARK})
    shift = f"{wall:%z}"
    tags.get_ifd(_EXIF).update({
        _TAKEN: f"{wall:%Y:%m:%d %H:%M:%S}", _ZONE: f"{shift[:3]}:{shift[3:5]}", _FOCAL: IFDRational(1229, 100),
        _EQUIVALENT: EQUIVALENT_MM, _WIDTH: chosen.width_px, _HEIGHT: chosen.height_px,
        0x9291: f"{wall.microsecond // 1000:03}",
    })  # fmt: skip
    tags.get_ifd(_GPS).update({
        1: "N" if pose.lat >= 0 else "S", 2: _sexagesimal(pose.lat), 3: "E" if pose.lon >= 0 else "W",
        4: _sexagesimal(pose.lon), 5: b"\0", 6: IFDRational(round(pose.altitude_m * 100), 100),
    })  # fmt: skip
    return tags.tobytes()


def _sexagesimal(degrees: float) -> tuple[object, ...]:
    from PIL.TiffImagePlugin import IFDRational

    whole, rest = divmod(round(abs(degrees) * 3600 * 10_000), 3600 * 10_000)
    minutes, seconds = divmod(rest, 60 * 10_000)
    return IFDRational(whole, 1), IFDRational(minutes, 1), IFDRational(seconds, 10_000)


def _xmp(pose: Photo, chosen: Photographing) -> bytes:
    yaw = pose.yaw_deg - 360.0 if pose.yaw_deg > 180.0 else pose.yaw_deg
    values = {
        "GpsLatitude": f"{pose.lat:+.9f}", "GpsLongitude": f"{pose.lon:+.9f}",
        "AbsoluteAltitude": f"{pose.altitude_m:+.2f}", "RelativeAltitude": f"{pose.height_m:+.2f}",
        "GimbalRollDegree": "+0.00", "GimbalYawDegree": f"{yaw:+.2f}", "GimbalPitchDegree": "-90.00",
        "FlightRollDegree": "+0.00", "FlightYawDegree": f"{yaw:+.2f}", "FlightPitchDegree": "+0.00",
        "CalibratedFocalLength": f"{chosen.focal_px:.6f}", "CalibratedOpticalCenterX": f"{chosen.width_px / 2:.6f}",
        "CalibratedOpticalCenterY": f"{chosen.height_px / 2:.6f}",
    }  # fmt: skip
    said = " ".join(f'drone-dji:{name}="{value}"' for name, value in values.items())
    return _XMP.format(mark=MARK, said=said).encode()
