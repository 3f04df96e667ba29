"""How long what was recorded is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundside.model.query import Area, Near


class Kept(StrEnum):
    """Which files a policy is about, but for those of one format, which are named by it."""

    EVERYTHING = "everything"
    FLIGHTS = "flights"
    """Files that tell of a flight."""
    OTHER = "other"
    """Files in which nothing flew, and those that nothing here understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """
    What is to be erased, and when.

    Args:
        name: no two are alike.
        days: that files are kept, counted from the start of their latest flight, else from their arrival.
        kind: a word of `Kept`, or the name of a format.
        near, inside: only files of a flight that came there; not both.
        why: the reason, which each erasure bears.
    """

    name: str
    days: int
    why: str
    kind: str = Kept.EVERYTHING
    near: Near | None = None
    inside: Area | None = None
