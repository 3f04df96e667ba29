"""Which numbers of a photo describe its lens: the best that it states, in the pixels of the image as stored."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from groundside.model.footprint import LensSource
from groundside.model.photo import Optics, Photo
from groundside.reference.camera_model import Lens

FILM_DIAGONAL_MM = math.hypot(36.0, 24.0)
FOCAL_ERROR = {
    LensSource.DEWARP: 0.005,
    LensSource.LENS_MODEL: 0.005,
    LensSource.CALIBRATED: 0.02,
    LensSource.TABLE: 0.03,
    LensSource.FILM_35MM: 0.10,
}
"""
One standard deviation of the focal length as a share of it, assumed. Seen: a `DewarpData` 0.3 % off what a bundle
adjustment found; a 35 mm figure, read by the diagonal, 9.5 % under the data sheet on an image cropped to 16:9.
"""

_Centred = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ChosenLens:
    """
    The lens of a photo.

    Args:
        lens: in pixels of the image as stored.
        source: where its numbers are from.
        focal_error: one standard deviation, as a share of the focal length.
        notes: what was assumed, in sentences.
    """

    lens: Lens
    source: LensSource
    focal_error: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """Numbers for an image of some size: focal lengths, the axis from the middle of it, distortion."""

    size_px: tuple[float, float]
    focal_px: tuple[float, float]
    off_middle_px: _Centred = (0.0, 0.0)
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)
    note: str = ""


SensorOf = Callable[[str, str], tuple[float, float] | None]
"""Gives width and height of a model's sensor in millimetres, from its make and its model as EXIF writes them."""


def lens_of(photo: Photo, sensor_of: SensorOf) -> ChosenLens | str:
    """
    Choose the lens of a photo: calibration of this camera, the maker's focal length, camera table, 35 mm figure last.

    A calibration is for the whole sensor. Where the image is smaller it was scaled, or its longer side was kept and the
    other cropped to the middle; both are followed.

    Args:
        photo: what the file says.
        sensor_of: the camera table.

    Returns:
        The lens, or in one sentence why there is none.
    """
    if not photo.width_px or not photo.height_px:
        return "The size of the image is not known."
    if photo.panorama:
        return f"A panorama ({photo.panorama}) has no one lens."
    model = photo.optics.lens_model
    if model is not None and model.kind == "fisheye":
        return "The lens is a fisheye, which is not supported yet."
    for source, found in _known(photo, sensor_of):
        if all(math.isfinite(f) and f > 0.0 for f in (*found.focal_px, *found.size_px)):
            return _fitted(photo, source, found)
    return "The file does not say what its focal length is, and the camera is not in the table."


def _known(photo: Photo, sensor_of: SensorOf) -> Iterator[tuple[LensSource, _Found]]:
    """Go through what is stated, best first."""
    stored = float(photo.width_px or 0), float(photo.height_px or 0)
    optics = photo.optics
    whole = _calibrated_size(optics, stored)
    if (found := _dewarp(optics, whole)) is not None:
        yield LensSource.DEWARP, found
    if (found := _pix4d(optics, stored)) is not None:
        yield LensSource.LENS_MODEL, found
    if optics.calibrated_focal_px:
        focal = optics.calibrated_focal_px
        centre = optics.calibrated_centre_px
        off = (centre[0] - whole[0] / 2.0, centre[1] - whole[1] / 2.0) if len(centre) == 2 else (0.0, 0.0)
        yield LensSource.CALIBRATED, _Found(whole, (focal, focal), off)
    if (found := _by_sensor(photo, stored, sensor_of)) is not None:
        yield LensSource.TABLE, found
    if optics.focal_35mm:
        focal = optics.focal_35mm * math.hypot(*stored) / FILM_DIAGONAL_MM
        note = "The focal length is the 35 mm figure, taken by the diagonal; makers count it in more than one way."
        yield LensSource.FILM_35MM, _Found(stored, (focal, focal), note=note)


def _calibrated_size(optics: Optics, stored: tuple[float, float]) -> tuple[float, float]:
    size = optics.calibrated_for_px
    return (float(size[0]), float(size[1])) if len(size) == 2 and min(size) > 0 else stored


def _dewarp(optics: Optics, whole: tuple[float, float]) -> _Found | None:
    """
    Take DJI's calibration, unless the image was corrected with it already.

    Source: DJI 2023, "Mavic 3E/3T User Manual", list of photo fields: `DewarpFlag` 0 is not dewarped; cx and cy are
    from the centre of the photo.
    """
    data = optics.dewarp
    if data is None or optics.dewarped:
        return None
    note = "" if optics.dewarped is False else "The file does not say whether it was dewarped; it was taken not to be."
    terms = (data.k1, data.k2, data.p1, data.p2, data.k3)
    return _Found(whole, (data.fx_px, data.fy_px), (data.cx_px, data.cy_px), terms, note)


def _pix4d(optics: Optics, stored: tuple[float, float]) -> _Found | None:
    """Take the perspective calibration in Pix4D's tags, which is in millimetres: it needs the distance of pixels."""
    model, pitch = optics.lens_model, optics.pixel_pitch_um
    if model is None or not model.focal_mm or len(pitch) != 2 or min(pitch) <= 0.0:
        return None
    pitch_mm = pitch[0] / 1000.0, pitch[1] / 1000.0
    point = model.principal_point_mm
    off = (point[0] / pitch_mm[0] - stored[0] / 2.0, point[1] / pitch_mm[1] - stored[1] / 2.0) if point else (0.0, 0.0)
    k1, k2, k3, p1, p2 = (*model.distortion, *([0.0] * 5))[:5]
    focal = model.focal_mm / pitch_mm[0], model.focal_mm / pitch_mm[1]
    return _Found(stored, focal, off, (k1, k2, p1, p2, k3))


def _by_sensor(photo: Photo, stored: tuple[float, float], sensor_of: SensorOf) -> _Found | None:
    """Divide the focal length by the distance of pixels: as the file has it, else as the sensor's width gives it."""
    focal_mm = photo.optics.focal_mm
    if not focal_mm:
        return None
    pitch = photo.optics.pixel_pitch_um
    if len(pitch) == 2 and min(pitch) > 0.0:
        return _Found(stored, (focal_mm * 1000.0 / pitch[0], focal_mm * 1000.0 / pitch[1]))
    sensor = sensor_of(photo.camera.make, photo.camera.model)
    if sensor is None:
        return None
    # The sensor in millimetres is the whole image; what was stored of it is fitted as any crop is.
    return _Found(sensor, (focal_mm, focal_mm))


def _fitted(photo: Photo, source: LensSource, found: _Found) -> ChosenLens:
    """Bring the numbers to the image as stored."""
    width, height = float(photo.width_px or 0), float(photo.height_px or 0)
    scale = max(width / found.size_px[0], height / found.size_px[1])
    notes = [found.note] if found.note else []
    zoom = photo.optics.digital_zoom or 1.0
    if zoom > 1.0:
        scale *= zoom
        notes.append(f"The image is enlarged {zoom:g} times by digital zoom, which was taken to be about its middle.")
    lens = Lens(
        width,
        height,
        (found.focal_px[0] * scale, found.focal_px[1] * scale),
        (width / 2.0 + found.off_middle_px[0] * scale, height / 2.0 + found.off_middle_px[1] * scale),
        found.distortion,
    )
    return ChosenLens(lens, source, FOCAL_ERROR[source], tuple(notes))
