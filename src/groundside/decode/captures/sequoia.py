"""
Bands of Parrot Sequoia.

Source: Parrot 2017, application notes SEQ-AN-01 and SEQ-AN-02, as Parrot's staff set them out in the Parrot developer
forum, threads 5261 (sunshine sensor) and 5597 (reflectance), https://forum.developer.parrot.com/t/5597.
"""

from __future__ import annotations

import base64
import binascii
import struct

from groundside.decode.captures import common
from groundside.decode.captures.moments import moment_us
from groundside.decode.captures.tags import Tags
from groundside.model.capture import Band, Exposure, Light

MAKER = "sequoia"
_RECORD = struct.Struct("<Q4H3f")
"""Microseconds, counts of channels 0 and 1, gain index, milliseconds of integration, yaw, pitch, roll."""
_FULL_COUNT = 65535.0


def recognises(tags: Tags) -> bool:
    """Say whether it is one band of a Sequoia, and not its colour image."""
    return tags.exif_text("Model").lower() == "sequoia" and tags.has("Camera:SensorModel")


def band_of(tags: Tags, file: str) -> Band:
    """Read one band; what the file does not say is None. The lens is a fisheye, which is not undistorted here."""
    where = common.position(tags)
    quirks = ("experimental: the fisheye lens is not undistorted, and bands are not aligned",)
    return Band(
        file=file,
        maker=MAKER,
        model=tags.exif_text("Model"),
        name=common.band_name(tags.text("Camera:BandName")),
        index=int(tags.number("Camera:RigCameraIndex") or 0),
        capture=tags.text("Camera:CaptureUUID"),
        size=tags.size,
        exposure=_exposure(tags),
        wavelength_nm=tags.number("Camera:CentralWavelength"),
        width_nm=tags.number("Camera:WavelengthFWHM"),
        taken_us=moment_us(tags.exif_text("DateTimeOriginal"), tags.exif_text("SubSecTime")),
        position=where,
        vignetting=common.plane(tags),
        light=_light(tags),
        firmware=tags.exif_text("Software"),
        quirks=quirks if where else (*quirks, "GPS measurement void: the image has no position"),
    )


def _exposure(tags: Tags) -> Exposure | None:
    model = tags.numbers("Camera:SensorModel")
    time_s, iso = tags.exif_number("ExposureTime"), tags.exif_number("ISO")
    f_number = tags.exif_number("FNumber")
    if len(model) < 3 or not time_s or not iso or not f_number:
        return None
    return Exposure(time_s, iso / 100.0, model[1], tags.bits, model[:3], f_number)


def _light(tags: Tags) -> Light | None:
    """Give the sunshine sensor's last count, by its gain and integration time: proportional to irradiance."""
    records = _records(tags.text("Camera:IrradianceList"))
    gains = _relative_gains(tags)
    for _us, count, _other, gain, time_ms, *_pose in reversed(records):
        if 0 < count < _FULL_COUNT and time_ms and gain in gains:
            return Light(count / (gains[gain] * time_ms), absolute=False)
    return None


def _records(text: str) -> list[tuple[int, int, int, int, int, float, float, float]]:
    try:
        raw = base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        return []
    return [] if len(raw) % _RECORD.size else list(_RECORD.iter_unpack(raw))


def _relative_gains(tags: Tags) -> dict[int, float]:
    """
    Give the gain of each index against index 1, from rows of index, milliseconds and two counts.

    All rows were taken in one light; a full count says nothing.
    """
    numbers = tags.numbers("Camera:IrradianceCalibrationMeasurement")
    rows = [numbers[at : at + 4] for at in range(0, len(numbers) - 3, 4)]
    counts = {int(row[0]): row[2] / row[1] for row in rows if row[1] > 0 and 0 < row[2] < _FULL_COUNT}
    return {index: count / counts[1] for index, count in counts.items()} if 1 in counts else {}
