"""What a format tells the scanner, and what the scanner tells the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol


class Reader(Protocol):
    """What takes in the elements of a document, in order."""

    def begin(self, name: str, attributes: Mapping[str, str], offset: int) -> None:
        """Take in the start of an element: name with its prefix, and the byte at which it starts."""
        ...

    def finish(self, name: str, text: str, offset: int) -> None:
        """Take in the end of an element, with the text since the last start or end before it."""
        ...

    def torn(self, name: str, text: str, lost: bytes) -> None:
        """
        Forget what is open: the document broke.

        Args:
            name: of the innermost open element; empty where none is open.
            text: in it so far.
            lost: the first bytes that are passed over, up to some thousands.
        """
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """
    How a format is built.

    Args:
        resume: local name of each element at which reading may be taken up again, to the elements around it.
        records: local names of elements that never hold one another: where one starts in another, that one broke.
        lists: local names of elements that hold one long list with white space between its items, to the elements
            around them; after damage in one reading goes on behind the next white space.
    """

    resume: Mapping[str, tuple[str, ...]]
    records: frozenset[str]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that could not be read: `start` to before `end`, and why; of length 0 where only the end is missing."""

    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Scan:
    """
    How far a document could be read.

    Args:
        gaps: in order, not overlapping.
        notes: what is strange though all was read.
        encoding: as declared; "utf-8" where nothing is.
    """

    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    encoding: str


@lru_cache(4096)
def local_name(name: str) -> str:
    """Give a name without its prefix."""
    return name.rpartition(":")[2]
