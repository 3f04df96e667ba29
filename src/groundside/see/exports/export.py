"""The contract of an export plug-in: a track, written in a format that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from groundside.model.flight import Flight
from groundside.model.track import Track


@dataclass(frozen=True, slots=True)
class Export:
    """
    How to write one kind of file.

    Args:
        name: short and permanent, as people type it: "gpx".
        title: as people read it.
        suffix: of the file, with the dot.
        media_type: as it is sent over the web.
        write: writes flight and track to an open binary stream, from where it stands, and leaves it open. A
            track without positions gives a valid file without points. A simulated flight says so in it.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    write: Callable[[Flight, Track, BinaryIO], None]
