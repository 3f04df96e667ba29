"""Which mission formats are known, and which of them a file is."""

from __future__ import annotations

from functools import cache

from groundside.errors import BadRequest
from groundside.plan.missions.format import MissionFormat
from groundside.plugins import found


@cache
def formats() -> tuple[MissionFormat, ...]:
    """Give every known format, in order of module name; loaded on first use."""
    return found("groundside.plan.missions.formats", "FORMAT", MissionFormat)


def recognise(data: bytes) -> MissionFormat | None:
    """Say what kind of mission file this is, by content alone; None where it is none."""
    return next((each for each in formats() if each.recognises(data)), None)


def for_suffix(name: str) -> MissionFormat:
    """
    Choose the format to write a file of this name in.

    Raises:
        BadRequest: no format has its suffix.
    """
    chosen = next((each for each in formats() if name.lower().endswith(each.suffixes)), None)
    if chosen is None:
        known = " ".join(each.suffixes[0] for each in formats())
        what = f"{name[-80:]!r} has the suffix of no mission format."
        raise BadRequest(what, try_this=f"end its name in one of: {known}")
    return chosen
