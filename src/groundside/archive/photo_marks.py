"""Photos that lie beside the exposure file of an RTK aircraft (.MRK) are placed by their marks. Experimental."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from groundside.arrive.window import parts_of
from groundside.decode.format import Options
from groundside.decode.formats.ppk_mrk import FORMAT
from groundside.errors import GroundsideError
from groundside.model.photo import Above, Altitude, HeightSensor, Photo, PhotoPosition, Quirk, Rtk
from groundside.model.place import LonLat
from groundside.produce.imagery.marks import Mark, Shot, matched

QUIRK = "placed-by-mark"
MOST_BYTES = 1 << 26
"""Of one file: half a million exposures. A longer one is passed over."""
_STATES = {0: "none", 16: "single", 50: "fixed"}
_FLOAT = range(32, 50)


def marks_in(data: bytes) -> list[Mark]:
    """Read the exposures that have a place; none where the bytes are of no such file."""
    if not FORMAT.recognises(data[:65536]):
        return []
    rows = FORMAT.decode(memoryview(data), Options()).tables["exposures"].to_pylist()
    return [_mark(row) for row in rows if row["longitude"] or row["latitude"]]


def _mark(row: Mapping[str, Any]) -> Mark:
    return Mark(
        sequence=int(row["sequence"]),
        utc_us=row["utc_us"],
        place=LonLat(row["longitude"], row["latitude"]),
        ellipsoid_m=row["ellipsoid_height_m"],
        std_m=(row["north_std_m"], row["east_std_m"], row["vertical_std_m"]),
        arm_m=(row["camera_north_of_antenna_m"], row["camera_east_of_antenna_m"], row["camera_below_antenna_m"]),
        quality=int(row["quality"]),
    )


def marked_by(files: Sequence[Path], photos: Mapping[Path, Photo]) -> dict[Path, Photo]:
    """
    Place the photos of one folder by the marks that lie in it.

    Args:
        files: of marks; one that cannot be read is passed over.
        photos: of that folder, by their paths; videos are left alone.

    Returns:
        Those that a mark was found for, as it places them; where two files of marks would place one, neither does.
    """
    paths = [path for path, photo in photos.items() if photo.kind == "photo"]
    shots = [_shot(path, photos[path]) for path in paths]
    found: dict[int, list[Photo]] = {}
    for file in files:
        for row, mark in matched(shots, _marks_of(file)).items():
            found.setdefault(row, []).append(placed_by(photos[paths[row]], mark, file.name))
    return {paths[row]: several[0] for row, several in found.items() if len(several) == 1}


def _marks_of(file: Path) -> list[Mark]:
    try:
        with parts_of(file, MOST_BYTES) as (_, _, whole):
            return marks_in(bytes(whole()))
    except GroundsideError:
        return []


def _shot(path: Path, photo: Photo) -> Shot:
    return Shot(path.name, photo.time.utc_us, None if photo.position is None else photo.position.place)


def placed_by(photo: Photo, mark: Mark, file: str) -> Photo:
    """
    Put a photo where its mark says that the camera was, and say so.

    The height above take-off stays the photo's, for marks tell heights above the ellipsoid only.
    """
    north, east, up = mark.std_m
    tag = f"MRK:{mark.sequence}"
    what = (
        f"Placed by mark {mark.sequence} of {file} ({_state(mark.quality)}): standard deviations {north:.3f} m north, "
        f"{east:.3f} m east, {up:.3f} m up. The offset from antenna to camera ({_arm(mark.arm_m)}) is contained in it. "
        "Experimental."
    )
    height = Altitude(mark.ellipsoid_m, Above.ELLIPSOID, HeightSensor.RTK, tag)
    quirks = sorted((*photo.quirks, Quirk(QUIRK, what)), key=lambda each: each.name)
    return replace(
        photo,
        position=PhotoPosition(mark.place, tag, math.hypot(north, east) / math.sqrt(2.0)),
        altitude=photo.altitude or height,
        altitudes=(*photo.altitudes, height),
        rtk=Rtk(mark.quality, _state(mark.quality), east, north, up),
        quirks=tuple(quirks),
    )


def _state(quality: int) -> str:
    return "float" if quality in _FLOAT else _STATES.get(quality, "unknown")


def _arm(arm_m: Sequence[float]) -> str:
    north, east, down = (round(each * 1000) for each in arm_m)
    return f"{north} mm north, {east} mm east, {down} mm down"
