"""The contract of a mission format: a file's bytes to a mission, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from groundside.errors import BadRequest, NotUnderstood
from groundside.model.decoded import Problem
from groundside.model.mission import Mission
from groundside.model.source import Source

MOST_BYTES = 64 << 20
"""No mission file is larger."""
MOST_WAYPOINTS = 65_536
"""As many as MAVLink and WPML can number."""


@dataclass(frozen=True, slots=True)
class Written:
    """A mission as a file: its bytes, and what of the mission could not be told in it."""

    content: bytes
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class MissionFormat:
    """
    How to recognise, read and write one kind of mission file.

    Args:
        name: short and permanent: "qgc-plan".
        title: as people read it.
        suffixes: lower case with the dot, the usual one first; a file is written in the format of its suffix, and read
            by what is in it.
        recognises: shown all bytes of a file, says whether it is one; cheap; never raises.
        read: gives mission and problems; raises `NotUnderstood` where it is none, saying what is wrong and where.
        write: makes a file; the number is the time now, in ms since 1970, for formats that hold it; raises
            `BadRequest` where the file would mean another flight.
        loses: what a file of this kind cannot hold, one sentence each; told as a problem when it happens.
        source: where the format is described.
        media_type: as it is sent over the web.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], tuple[Mission, tuple[Problem, ...]]]
    write: Callable[[Mission, int], Written]
    loses: tuple[str, ...]
    source: Source
    media_type: str = "application/octet-stream"


class Said:
    """Problems as they are found, each once."""

    def __init__(self) -> None:
        self._said: dict[tuple[int | None, str], Problem] = {}

    def say(self, what: str, offset: int | None = None) -> None:
        """Note a problem, at a byte of the file where there is one."""
        self._said.setdefault((offset, what), Problem(offset, 0, what))

    @property
    def all(self) -> tuple[Problem, ...]:
        """What was said, in order."""
        return tuple(self._said.values())


def no_mission(
    kind: str, why: str, try_this: str = "open it in the program that wrote it, and save it again"
) -> NotUnderstood:
    """Say that a file is no mission, and why."""
    what = f"This is no {kind} that can be read: {why}."
    return NotUnderstood(what, try_this=try_this)


def not_held(kind: str, why: str, try_this: str) -> BadRequest:
    """Say that a format cannot hold a mission at all, and what to do about it."""
    what = f"{kind} cannot hold this mission: {why}."
    return BadRequest(what, try_this=try_this)
