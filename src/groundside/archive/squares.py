"""The latest flights at a place: asked of the catalogue once a square, and known until something else changes them."""

from __future__ import annotations

import math
import threading
from bisect import insort
from collections.abc import Sequence

from groundside.keep.candidates import Candidate, latest_first, touch
from groundside.keep.catalogue import Writer
from groundside.keep.rows import Box
from groundside.model.caller import Scope

MOST_AROUND = 200
"""So many flights are known of a square: some of those that touch it do not touch what is asked about."""
_SQUARE_DEG = 0.05
_MOST_SQUARES = 100
_Square = tuple[int, int, int, int, bool]
_Found = dict[_Square, list[Candidate]]


class _Last:
    """What the last commit knew, by the token that stands for the flights as it left them; one commit may take it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[int, Scope, _Found] | None = None

    def keep(self, revision: int, scope: Scope, found: _Found) -> None:
        with self._lock:
            self._kept = revision, scope, found

    def take(self, revision: int, scope: Scope) -> _Found:
        with self._lock:
            kept, self._kept = self._kept, None
        return kept[2] if kept is not None and kept[:2] == (revision, scope) else {}

    def forget(self) -> None:
        with self._lock:
            self._kept = None


_last = _Last()
forget_last = _last.forget
"""Leave nothing to the next commit, as after an erasure."""


class Squares:
    """
    Flights at places, for one commit.

    Args:
        writer: of the commit.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._found = _last.take(writer.flights_revision(), writer.caller.scope)

    def touching(self, box: Box, *, without_utc: bool, most: int) -> list[Candidate]:
        """List flights that touch some bounds, the latest first; only those of unknown UTC, or all."""
        west, south, east, north = (
            math.floor(each / _SQUARE_DEG) for each in (box.min_lon, box.min_lat, box.max_lon, box.max_lat)
        )
        square = (west, south, east + 1, north + 1, without_utc)
        if square not in self._found:
            if len(self._found) >= _MOST_SQUARES:
                self._found.clear()
            self._found[square] = self._writer.candidates_by_place(
                _bounds(square), self._writer.caller.scope, without_utc=without_utc, most=MOST_AROUND
            )
        there = self._found[square]
        return [each for each in there if each.box is None or touch(box, each.box)][:most]

    def added(self, flight_ids: Sequence[str]) -> None:
        """Take in flights that were added to the catalogue."""
        if not self._found:
            return
        added = self._writer.candidates_named(flight_ids, self._writer.caller.scope)
        for square, there in self._found.items():
            bounds, without_utc = _bounds(square), square[4]
            for new in added:
                if new.box is None or not touch(bounds, new.box) or (without_utc and new.start_us is not None):
                    continue
                insort(there, new, key=latest_first)
            del there[MOST_AROUND:]

    def forget(self) -> None:
        """Know nothing any more, for flights have changed."""
        self._found.clear()

    def keep(self) -> None:
        """
        Leave what is known to the next commit, once this one changes flights no more.

        Where this one is undone, nobody sees the token under which it is left.
        """
        _last.keep(self._writer.flights_revision(), self._writer.caller.scope, self._found)


def _bounds(square: _Square) -> Box:
    west, south, east, north = (side * _SQUARE_DEG for side in square[:4])
    return Box(west, south, east, north)
