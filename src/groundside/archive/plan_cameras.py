"""Cameras of the owner's own, each described in a small TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import cast

from groundside.errors import BadRequest, Unreadable
from groundside.reference.cameras import Camera, camera

MOST_BYTES = 1 << 16
KEYS = ("name", "sensor_mm", "pixels", "focal_mm", "fastest_s")
EXAMPLE = 'name = "Mine", sensor_mm = [13.2, 8.8], pixels = [5472, 3648], focal_mm = 8.8, one line each'
_Table = Mapping[str, object]


def camera_from(text: str) -> Camera:
    """
    Find a camera: of the library by its name, or of the owner's own by the name of its `.toml` file.

    Raises:
        NotFound: the library has none of that name.
        Unreadable, BadRequest: the file cannot be read, or describes no camera.
    """
    return _described(Path(text)) if text.lower().endswith(".toml") else camera(text)


def _described(path: Path) -> Camera:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES)
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}."
        raise Unreadable(what, try_this="check the spelling and the permissions") from error
    try:
        table = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(path, f"is no TOML: {error}") from error
    for key in table:
        if key not in KEYS:
            raise _wrong(path, f"says {key!r}, which is none of {', '.join(KEYS)}")
    sensor, pixels = _pair(path, table, "sensor_mm"), _pair(path, table, "pixels")
    name = table.get("name", path.stem)
    return Camera(
        name=name if isinstance(name, str) and name else path.stem, sensor_width_mm=max(sensor),
        sensor_height_mm=min(sensor), width_px=round(max(pixels)), height_px=round(min(pixels)),
        focal_mm=_number(path, "focal_mm", table.get("focal_mm")),
        fastest_s=_number(path, "fastest_s", table["fastest_s"]) if "fastest_s" in table else None,
    )  # fmt: skip


def _pair(path: Path, table: _Table, key: str) -> tuple[float, float]:
    given = table.get(key)
    values = cast("list[object]", given) if isinstance(given, list) else []
    if len(values) != 2:
        raise _wrong(path, f"does not say {key} as two numbers")
    return _number(path, key, values[0]), _number(path, key, values[1])


def _number(path: Path, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < 1e6 or not isfinite(value):
        raise _wrong(path, f"does not say {key} as a number above 0")
    return float(value)


def _wrong(path: Path, what: str) -> BadRequest:
    return BadRequest(f"{path.name} {what}.", try_this=f"write {EXAMPLE}")
