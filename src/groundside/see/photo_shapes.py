"""Photos and videos as JSON: the fields of `groundside.model.photo`, by their names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from groundside.model.footprint import Footprint, NoFootprint
from groundside.model.photo import Photo
from groundside.model.place import LonLat
from groundside.see.exports.photos.shapes import footprint_shape
from groundside.see.text import iso, shown_text

if TYPE_CHECKING:
    from groundside.archive.photographs import PhotoRead

_DROPPED = frozenset({"subtitle"})
NO_FOOTPRINT = "no footprint was worked out"


def photo_shape(
    read: PhotoRead, footprint: Footprint | NoFootprint | None = None, *, with_tags: bool = False
) -> dict[str, Any]:
    """
    One file as JSON: what it says, or why it says nothing.

    Args:
        read: the file.
        footprint: what it shows of the ground; None where that was not worked out.
        with_tags: also every tag as it is written; bytes are given as their number.
    """
    file = shown_text(str(read.path))
    if read.photo is None:
        return {"file": file, "photo": None, "why": shown_text(read.why)}
    shape: dict[str, Any] = {"file": file, **said_shape(read.photo)}
    shape |= _footprint(footprint)
    return {**shape, "tags": _tags(read.tags)} if with_tags else shape


def said_shape(photo: Photo) -> dict[str, Any]:
    """Give what a photo or video says of itself, by the names of its fields."""
    shape = _plain(photo)
    shape["time"]["utc"] = iso(photo.time.utc_us)
    return shape


def _footprint(footprint: Footprint | NoFootprint | None) -> dict[str, Any]:
    if isinstance(footprint, Footprint):
        return {"footprint": footprint_shape(footprint), "footprint_why": None}
    return {"footprint": None, "footprint_why": NO_FOOTPRINT if footprint is None else footprint.why}


def _plain(value: Any) -> Any:  # noqa: ANN401  # any value of the model is what it takes
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, LonLat):
        return [_plain(value.lon), _plain(value.lat)]
    if names := _names(type(value)):
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, str):
        return shown_text(value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Give the names of the fields of a noun that are shown; none of what is no noun."""
    return tuple(each.name for each in fields(kind) if each.name not in _DROPPED) if is_dataclass(kind) else ()


def _tags(tags: Mapping[str, Any]) -> dict[str, Any]:
    return {
        shown_text(key): f"{len(each)} bytes" if isinstance(each, bytes) else _plain(each) for key, each in tags.items()
    }
