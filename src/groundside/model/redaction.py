"""What is made unrecognisable in a picture before others see it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Shown(StrEnum):
    """What a box hides."""

    FACE = "face"
    PLATE = "plate"
    OTHER = "other"


class Keep(StrEnum):
    """What a derivative may go on saying of itself, if its owner chooses so."""

    TIME = "time"
    CAMERA = "camera"
    """Make and model; never a serial or a name."""
    EXPOSURE = "exposure"
    POSITION = "position"


@dataclass(frozen=True, slots=True)
class Box:
    """
    A part of a picture that is to be hidden. All that is kept of a face is this.

    Args:
        x, y: of the upper left corner, in pixels of the picture as it is shown: upright, after EXIF's orientation.
        width, height: in pixels.
        shown: what it hides.
        score: how sure the detector was, 0 to 1; None where a person drew the box.
    """

    x: int
    y: int
    width: int
    height: int
    shown: Shown = Shown.FACE
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """
    What is to be hidden in one photo of an archive, as far as people have looked at it.

    Args:
        boxes: proposed by the detector and drawn by people.
        confirmed: a person has looked at the photo and said that these are the boxes.
        dismissed: proposed, and taken away by people: they hide nothing that need be hidden.
        code: name and settings of what proposed; empty where nobody asked the detector.
    """

    boxes: tuple[Box, ...] = ()
    confirmed: bool = False
    dismissed: tuple[Box, ...] = ()
    code: str = ""
