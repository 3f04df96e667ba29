"""A source among the others of its flight; what is worked out of its track is kept in memory, for it is asked again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundside.archive.compared import track_of, track_to_compare
from groundside.archive.lately import Lately
from groundside.archive.store import Store
from groundside.errors import NotFound, Tampered
from groundside.keep.rows import CutRef, Fit, KeptCut
from groundside.model.flight import Cut
from groundside.model.track import Track
from groundside.produce.flight.choose import Merit, merit_of
from groundside.produce.flight.same import Match, Telling, compare
from groundside.produce.flight.telling import on_fitted_clock

_Clock = tuple[float | None, float | None]
"""What of a fit says which clock a source is put on: see `Fit`."""
_ABOUT_BYTES, _MOST_BYTES = 4000, 32 << 20
"""What one summary takes in memory, about; and what is kept of each kind."""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    A source on the clock of its flight.

    Args:
        telling: its summary; without its track, which is large.
        merit: what speaks for its track.
    """

    telling: Telling
    merit: Merit


_STANDINGS: Lately[tuple[Cut, Standing]] = Lately(lambda _: 2 * _ABOUT_BYTES, _MOST_BYTES)
_MATCHES: Lately[tuple[Cut, Cut, Match]] = Lately(lambda _: 2 * _ABOUT_BYTES, _MOST_BYTES)


class Source:
    """
    One source of a flight.

    Args:
        store: the archive.
        kept: the cut of it that tells of the flight.
        format_name: of its file.
    """

    def __init__(self, store: Store, kept: KeptCut, format_name: str) -> None:
        self._store, self.kept, self._format = store, kept, format_name
        self._standings: dict[_Clock, Standing] = {}
        self._matches: dict[tuple[str, _Clock], Match] = {}
        self._is_lost = False
        self._name = f"{kept.ref.original_id} {kept.ref.ordinal} {kept.track_object} {format_name}"

    @property
    def ref(self) -> CutRef:
        """Name its cut."""
        return self.kept.ref

    def telling(self, fit: Fit) -> Telling:
        """Give what it tells on the clock of its flight, its track with what tracks are compared by."""
        return _on_the_flights_clock(self._raw(self._positions()), fit)

    def has_lost_its_track(self) -> bool:
        """See whether the object of its track is gone; if so, it is from now on a source without one."""
        if self._is_lost or self.kept.track_object is None:
            return False
        try:
            self._store.vault.size(self.kept.track_object)
        except (NotFound, Tampered):
            self._is_lost = True
            self._standings.clear()
            self._matches.clear()
        return self._is_lost

    def standing(self, fit: Fit) -> Standing:
        """Say how it stands on the clock of its flight."""
        clock = _clock(fit)
        if clock not in self._standings:
            self._standings[clock] = self._stood(fit, f"{self._name} {clock}")
        return self._standings[clock]

    def match(self, other: Source, fit: Fit) -> Match:
        """Compare it, on its own clock, with another source on the clock of the flight."""
        asked = other._name, _clock(fit)
        if asked not in self._matches:
            self._matches[asked] = self._matched(other, fit, f"{self._name} {asked}")
        return self._matches[asked]

    def _stood(self, fit: Fit, key: str) -> Standing:
        known = None if self._is_lost else _STANDINGS.get(key)
        if known is not None and known[0] == self.kept.summary:
            return known[1]
        track = None if self._is_lost else track_of(self._store, self.kept.track_object)
        full = _on_the_flights_clock(self._raw(track), fit)
        standing = Standing(replace(full, track=None), merit_of(full))
        if self._is_there(track):
            _STANDINGS.put(key, (self.kept.summary, standing))
        return standing

    def _matched(self, other: Source, fit: Fit, key: str) -> Match:
        to = other.standing(fit).telling.cut
        known = None if self._is_lost or other._is_lost else _MATCHES.get(key)
        if known is not None and known[:2] == (self.kept.summary, to):
            return known[2]
        mine, theirs = self._raw(self._positions()), other.telling(fit)
        match = compare(mine, theirs)
        if self._is_there(mine.track) and other._is_there(theirs.track):
            _MATCHES.put(key, (self.kept.summary, to, match))
        return match

    def _positions(self) -> Track | None:
        return None if self._is_lost else track_to_compare(self._store, self.kept.track_object)

    def _raw(self, track: Track | None) -> Telling:
        return Telling(self.kept.summary, track, self._format)

    def _is_there(self, track: Track | None) -> bool:
        """Whether a track is what it will be: one whose object is lost comes back with a rebuild."""
        return (track is None) == (self.kept.track_object is None)


def _clock(fit: Fit) -> _Clock:
    return fit.clock_offset_s, fit.clock_error_s


def _on_the_flights_clock(telling: Telling, fit: Fit) -> Telling:
    if fit.clock_offset_s is None:
        return telling
    return on_fitted_clock(telling, fit.clock_offset_s, fit.clock_error_s or 0.0)
