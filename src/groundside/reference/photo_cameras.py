"""
What is known of cameras and is not in their files: how long a rolling shutter takes.

Source: the readout times that users measured with OpenDroneMap's rolling shutter calibration
(https://github.com/OpenDroneMap/RSCalibration), as published in ODM, opendm/rollingshutter.py. They differ with the
mode of the camera, so each is an estimate for full-size photos with the electronic shutter.
"""

from __future__ import annotations

_READOUT_MS = {
    "dji phantom vision fc200": 74.0, "dji fc300s": 33.0, "dji fc300c": 33.0, "dji fc300x": 33.0, "dji fc330": 33.0,
    "dji fc6310": 33.0, "dji fc7203": 20.0, "dji fc3170": 27.0, "dji fc3411": 32.0, "dji fc350": 30.0,
    "yuneec e90": 44.0,
}  # fmt: skip
_BY_PIXELS = {
    "hasselblad l1d-20c": (17e6, 47.0, 56.0),
    "dji fc3582": (48e6, 26.0, 60.0),
}
"""Pixels from which the second time holds, the time below that, and the time from there on."""


def rolling_shutter_ms(make: str, model: str, pixels: int | None) -> float | None:
    """
    Give the time from the first line of an image to its last, in milliseconds.

    Args:
        make, model: as EXIF states them; large or small letters.
        pixels: width times height, for cameras whose modes differ; None where unknown.

    Returns:
        None where no source tells.
    """
    name = f"{make.strip()} {model.strip()}".lower()
    if name in _BY_PIXELS and pixels is not None:
        limit, below, above = _BY_PIXELS[name]
        return below if pixels < limit else above
    return _READOUT_MS.get(name)
