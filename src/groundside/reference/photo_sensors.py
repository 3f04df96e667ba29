"""
How large the sensors of drone cameras are, by the names that their photos carry.

Only widths are in the source. The whole sensor is 4 by 3, that of one inch 3 by 2.

Source: OpenSfM, `opensfm/data/sensor_data.json`, commit 0594db23d7d6, entries of DJI: what the focal length in EXIF
goes with, by its users' calibrations.
"""

from __future__ import annotations

_FOUR_BY_THREE, _THREE_BY_TWO = 3.0 / 4.0, 2.0 / 3.0
_WIDTH_MM = {
    "dji fc300s": 6.16, "dji fc300c": 6.31, "dji fc300x": 6.2, "dji fc350": 6.17, "dji fc350z": 6.17,
    "dji fc330": 6.25, "dji fc220": 6.17, "dji fc2103": 6.07,
}  # fmt: skip
_ONE_INCH = frozenset({"dji fc6310", "dji fc6310r", "dji fc6310s"})
_ONE_INCH_MM = 13.2


def sensor_mm(make: str, model: str) -> tuple[float, float] | None:
    """
    Give width and height of a camera's whole sensor in millimetres.

    Args:
        make, model: as EXIF states them; large or small letters.

    Returns:
        None where no source tells.
    """
    name = f"{make.strip()} {model.strip()}".lower()
    if name in _ONE_INCH:
        return _ONE_INCH_MM, _ONE_INCH_MM * _THREE_BY_TWO
    width = _WIDTH_MM.get(name)
    return None if width is None else (width, width * _FOUR_BY_THREE)
