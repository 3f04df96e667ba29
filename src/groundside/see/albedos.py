"""Reflectance of a panel and its corners, as people write them: in the command, in JSON or in CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from groundside.errors import BadRequest
from groundside.see.files import small_text

_NAMES = {
    "blue": "blue", "b": "blue", "green": "green", "g": "green", "red": "red", "r": "red", "nir": "nir", "n": "nir",
    "rededge": "red edge", "re": "red edge",
}  # fmt: skip
HOW = "--panel-albedo blue=0.64,green=0.65,red=0.65,nir=0.60,rededge=0.64, or a JSON or CSV file of band and value"
HOW_CORNERS = "--panel-corners green=579,358,663,363,659,450,575,444, or a JSON file of band to four pairs"


def albedos_of(text: str) -> dict[str, float]:
    """
    Read a panel's reflectance by band, 0 to 1.

    Args:
        text: `blue=0.64,green=0.65`, or the name of a JSON or CSV file that says as much.

    Raises:
        BadRequest: it is neither, or a value is no reflectance.
        NotFound, TooLarge: the file is not there, or is no small text.
    """
    if not text:
        return {}
    pairs = [part.partition("=")[::2] for part in text.split(",")] if "=" in text else _pairs(Path(text))
    return dict(_albedo(name, value) for name, value in pairs)


def _pairs(path: Path) -> list[tuple[str, str]]:
    said = small_text(path)
    if path.suffix.lower() == ".json":
        return [(name, str(value)) for name, value in _mapping(said, path, HOW).items()]
    rows = [row for row in csv.reader(said.splitlines()) if len(row) >= 2]
    return [(row[0], row[1]) for row in rows if _is_number(row[1])]


def _mapping(said: str, path: Path, how: str) -> Mapping[str, Any]:
    try:
        value = json.loads(said)
    except (ValueError, RecursionError) as error:
        what = f"{path.name} is no JSON that can be read."
        raise BadRequest(what, try_this=how) from error
    if not isinstance(value, dict):
        what = f"{path.name} names no bands."
        raise BadRequest(what, try_this=how)
    return cast(Mapping[str, Any], value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _albedo(name: str, value: str) -> tuple[str, float]:
    if not _is_number(value) or not 0 < float(value) <= 1:
        what = f"{value.strip()!r} is no reflectance of a panel: it lies between 0 and 1."
        raise BadRequest(what, try_this=HOW)
    return band_named(name, HOW), float(value)


def band_named(text: str, how: str) -> str:
    """
    Give a band its one name.

    Raises:
        BadRequest: there is no such band.
    """
    plain = "".join(letter for letter in text.lower() if letter.isalpha())
    if plain not in _NAMES:
        what = f"{text.strip()!r} is no band."
        raise BadRequest(what, try_this=how)
    return _NAMES[plain]


def corners_of(texts: Sequence[str]) -> dict[str, tuple[tuple[float, float], ...]]:
    """
    Read the corners of a panel by band.

    Args:
        texts: each `BAND=x,y,x,y,x,y,x,y`, or the name of a JSON file: band to four pairs.

    Raises:
        BadRequest: not four corners, or no such band.
        NotFound, TooLarge: the file is not there, or is no small text.
    """
    out: dict[str, tuple[tuple[float, float], ...]] = {}
    for text in texts:
        if "=" in text:
            name, _, said = text.partition("=")
            out[band_named(name, HOW_CORNERS)] = _corners(said.split(","))
            continue
        for name, said in _mapping(small_text(Path(text)), Path(text), HOW_CORNERS).items():
            flat = [number for pair in said for number in pair] if isinstance(said, list) else []
            out[band_named(name, HOW_CORNERS)] = _corners([str(number) for number in flat])
    return out


def _corners(said: Sequence[str]) -> tuple[tuple[float, float], ...]:
    if len(said) != 8 or not all(_is_number(part) for part in said):
        what = "A panel has four corners, each of an x and a y in pixels."
        raise BadRequest(what, try_this=HOW_CORNERS)
    numbers = [float(part) for part in said]
    return tuple(zip(numbers[0::2], numbers[1::2], strict=True))
