"""What the containers of photos and videos give: tags by name, and what is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass, field

from groundside.model.decoded import Problem
from groundside.model.photo import Video

Value = str | int | float | bytes | tuple[int | float, ...] | tuple[str, ...] | None
"""
A tag's value as it is written: text, a number, several, or bytes that have no form known here; None where it is long.

A fraction of 0/0 is NaN and n/0 is infinite. Numbers of XMP are text.
"""
Tags = dict[str, Value]
"""By "group:tag", as ExifTool names both: "IFD0:Make", "GPS:GPSLatitude", "XMP-drone-dji:RtkFlag"."""


@dataclass(slots=True)
class Found:
    """
    What one file says, not yet brought into one shape.

    Args:
        format: "jpeg", "tiff", "dng", "mp4", "mov"; empty where it is none of them.
        tags: of all directories and packets.
        width_px, height_px: of the image as it is stored.
        frames: full images in the file.
        thermal: kind of temperatures in it.
        notes: names of quirks of the container, and what was made of them.
        problems: what could not be read.
        video: of moving pictures.
    """

    format: str = ""
    tags: Tags = field(default_factory=dict[str, Value])
    width_px: int | None = None
    height_px: int | None = None
    frames: int = 1
    thermal: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    problems: list[Problem] = field(default_factory=list[Problem])
    video: Video | None = None
