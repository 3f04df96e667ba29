"""What a photo says, as facts that can be kept with its reading."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.photo import Photo
from groundside.model.recording import Recording, TimeBasis
from groundside.model.track import Track

PHOTO = "photo"
"""Name of the fact that holds the fields of `groundside.model.photo.Photo`."""
_LONGEST_TEXT = 10_000
_DROPPED = frozenset({"subtitle", "samples"})
"""Of videos: what the flight decoders read again from the original, and what would make a fact of megabytes."""
_BARE = "A TIFF without camera, time and place: a map or an elevation model, and no photo."


def decoded(data: memoryview) -> Decoded:
    """
    Read a photo or video whole: no tables, and one fact with all that it says of itself.

    The image itself counts as read: its framing is, and it is shown from the original.
    """
    photo, _ = read_photo(Window.over(data))
    if not photo.format:
        what = photo.problems[0].what if photo.problems else "This is no photo or video that can be read."
        return Decoded({}, {}, (Problem(0, len(data), what),), ByteAccount(len(data), 0, len(data)))
    if _is_bare(photo):
        return Decoded({}, {}, (Problem(0, len(data), _BARE),), ByteAccount(len(data), 0, len(data)))
    problems = tuple(replace(each, offset=_inside(each.offset, len(data)), length=0) for each in photo.problems)
    facts: dict[str, Fact] = {PHOTO: _plain(photo), "inferences": [each.what for each in photo.quirks]}
    return Decoded({}, facts, problems, ByteAccount(len(data), len(data), 0))


def no_recording(decoded: Decoded) -> Recording:
    """Tell of no flight: an image is joined to one, and makes none."""
    del decoded
    return Recording(time_basis=TimeBasis.NONE)


def no_track(decoded: Decoded) -> Track | None:
    """Give no track."""
    del decoded


def _is_bare(photo: Photo) -> bool:
    told = (photo.camera.make, photo.camera.model, photo.time.local, photo.time.utc_us, photo.position)
    return photo.format == "tiff" and not any(told)


def _inside(offset: int | None, size: int) -> int | None:
    return None if offset is None else min(max(offset, 0), size)


def _plain(value: object) -> Any:  # noqa: ANN401 - any value of the model is what it takes
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name not in _DROPPED}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value[:_LONGEST_TEXT] if isinstance(value, str) else value


def said_by(facts: Mapping[str, Fact]) -> Mapping[str, Any] | None:
    """Find in the facts of a reading what its photo says; None where it is no photo or video."""
    found = facts.get(PHOTO)
    return found if isinstance(found, dict) else None


__all__ = ["PHOTO", "Photo", "decoded", "no_recording", "no_track", "said_by"]
