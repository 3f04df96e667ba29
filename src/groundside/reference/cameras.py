"""The camera library: what planning must know of a camera, each entry with the source it was read in."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.errors import NotFound
from groundside.model.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """
    A camera with its lens.

    Args:
        name: as people say it.
        sensor_width_mm, sensor_height_mm: of the part that makes the photo; the width is the long side.
        width_px, height_px: of a photo.
        focal_mm: true focal length, not its 35 mm equivalent.
        fastest_s: the shortest time between two photos; None where no source tells.
        source: where these figures were read; None for a camera that its owner described.
    """

    name: str
    sensor_width_mm: float
    sensor_height_mm: float
    width_px: int
    height_px: int
    focal_mm: float
    fastest_s: float | None = None
    source: Source | None = None


_QGC = Source(
    "QGroundControl, camera definitions of the survey planner",
    "https://github.com/mavlink/qgroundcontrol/blob/a306da0637a5ad5ccacfa68ff478a21d07af1775/src/Camera/CameraMetaData.json",
)
_NAVIGATE = Source(
    "Navigate: Matrice 300 RTK + P1 czy Phantom 4 RTK",
    "https://navigate.pl/blog/matrice-300-rtk-p1-czy-phantom-4-rtk-ktory-lepszy",
    "tab. 1",
)
_Row = tuple[str, float, float, int, int, float, float | None, Source]
_ROWS: tuple[_Row, ...] = (
    ("DJI Phantom 4 RTK", 13.2, 8.8, 5472, 3648, 8.8, 2.5, _NAVIGATE),
    ("DJI Zenmuse P1 24 mm", 36.0, 24.0, 8192, 5460, 24.0, 0.7, _NAVIGATE),
    ("DJI Zenmuse P1 35 mm", 36.0, 24.0, 8192, 5460, 35.0, 0.7, _NAVIGATE),
    ("DJI Zenmuse P1 50 mm", 36.0, 24.0, 8192, 5460, 50.0, 0.7, _NAVIGATE),
    ("Parrot Sequoia RGB", 6.17, 4.63, 4608, 3456, 4.9, 1.0, _QGC),
    ("Parrot Sequoia multispectral", 4.8, 3.6, 1280, 960, 4.0, 0.8, _QGC),
    ("MicaSense RedEdge", 4.8, 3.6, 1280, 960, 5.5, None, _QGC),
    ("Ricoh GR II", 23.7, 15.7, 4928, 3264, 18.3, None, _QGC),
    ("Sentera Double 4K", 6.2, 4.65, 4000, 3000, 5.4, 0.8, _QGC),
    ("Sentera 6X", 6.57, 4.93, 1904, 1428, 8.0, 0.2, _QGC),
    ("Sentera 65R", 29.9, 22.4, 9344, 7000, 27.4, 0.3, _QGC),
    ("Sony a6000 16 mm", 23.5, 15.6, 6000, 4000, 16.0, 1.0, _QGC),
    ("Sony a6000 35 mm", 23.5, 15.6, 6000, 4000, 35.0, 1.0, _QGC),
    ("Sony a7R II 28 mm", 35.814, 23.876, 7952, 5304, 28.0, 1.0, _QGC),
    ("Sony a7R IV 35 mm", 35.7, 23.8, 9504, 6336, 35.0, 1.0, _QGC),
    ("Sony RX1R II 35 mm", 35.9, 24.0, 7952, 5304, 35.0, 1.0, _QGC),
    ("Yuneec E90", 13.3056, 8.656, 5472, 3648, 8.29, 1.3, _QGC),
    ("FLIR Duo Pro R 19 mm", 10.88, 8.704, 640, 512, 19.0, 1.0, _QGC),
)
CAMERAS = tuple(
    Camera(
        name=name, sensor_width_mm=wide, sensor_height_mm=high, width_px=columns, height_px=rows, focal_mm=focal,
        fastest_s=fastest, source=source,
    )
    for name, wide, high, columns, rows, focal, fastest, source in _ROWS
)  # fmt: skip
"""Cameras whose figures were read in a source. Where a source gives 0 as the shortest time it means that it does not
know."""


def camera(name: str) -> Camera:
    """
    Find a camera by its name, large or small letters, spaces or none.

    Raises:
        NotFound: the library has no such camera; says which are near.
    """
    wanted = _plain(name)
    for each in CAMERAS:
        if _plain(each.name) == wanted:
            return each
    words = wanted and [each.name for each in CAMERAS if wanted in _plain(each.name)]
    what = f"no camera {name!r} in the library"
    known = ", ".join(words or [each.name for each in CAMERAS])
    raise NotFound(what, try_this=f"name one of: {known}; or describe yours by sensor, pixels and focal length")


def _plain(name: str) -> str:
    return "".join(name.casefold().split())
