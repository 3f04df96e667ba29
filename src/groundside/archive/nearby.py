"""Which flights a cut may tell of, found without reading a track: by time, place, and outlines of where both went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from groundside.archive.compared import track_to_compare
from groundside.archive.lately import Lately
from groundside.archive.squares import Squares
from groundside.archive.store import Store
from groundside.keep.candidates import About, Candidate, touch
from groundside.keep.catalogue import Writer
from groundside.keep.paths import outlined, path_bytes
from groundside.keep.rows import Box, KeptCut
from groundside.native.outlines import Outline
from groundside.produce.flight.likely import Sketch, may_match

MARGIN_US = 120 * 1_000_000
"""Clocks of two sources of one flight may be this far apart and still be compared."""
ZONES_US = 14 * 3600 * 1_000_000
"""No time zone is further than this from UTC (IANA tz database: +14:00 in Kiribati, -12:00 at the least)."""
SAME_LENGTH_S = 2.0
MOST_COMPARED = 100
"""A log without any clock is compared with the latest so many flights at its place."""


_MOST_SKETCHED_BYTES = 64 << 20
"""What outlines of flights may take that are kept while a commit goes on."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a track; its outline is None where none can be made."""

    outline: Outline | None
    is_utc: bool


def _weight(known: _Known) -> int:
    return 200 if known.outline is None else 2 * known.outline.nbytes  # its layouts come later


_LATELY: Lately[_Known] = Lately(_weight)


class Nearby:
    """
    Questions of one commit about flights that cuts may tell of.

    Args:
        store: the archive.
        writer: of the commit.
    """

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store, self._writer = store, writer
        self._squares = Squares(writer)
        self._sketches: dict[str, Sketch] = {}
        self._sketched_bytes = 0

    @staticmethod
    def learn(object_id: str, path: bytes) -> None:
        """Take in the path of a track that was just made."""
        if (found := outlined(path)) is not None:
            _LATELY.put(object_id, _Known(*found))

    def flights_changed(self) -> None:
        """Forget what was found, for the flights are others now."""
        self._squares.forget()
        self._forget_sketches()

    def flights_added(self, flight_ids: Sequence[str]) -> None:
        """Take in flights that were added; no other was changed by that."""
        self._squares.added(flight_ids)

    def done(self) -> None:
        """Leave what was found to the next commit; this one asks no more."""
        self._squares.keep()

    def possible(self, kept: KeptCut) -> list[str]:
        """Name the flights of which comparing a cut with them may find anything but that they are others."""
        found = {each.id: each for each in self.candidates(kept)}
        return self._open(kept, list(found.values()))

    def meets_any(self, kept: KeptCut, others: Sequence[KeptCut]) -> bool:
        """Whether any of some cuts would be `possible` for one, were they flights."""
        return bool(self._open(kept, [_as_candidate(other) for other in others if _meet(kept, other)]))

    def candidates(self, kept: KeptCut) -> list[Candidate]:
        """List flights that may be the same: about the same time, or near where one of the two clocks is no UTC."""
        if kept.summary.bench:
            return []
        return [each for each in self._near(kept) if not each.bench]

    def _open(self, kept: KeptCut, others: Sequence[Candidate]) -> list[str]:
        if not others:
            return []
        if self._sketched_bytes > _MOST_SKETCHED_BYTES:
            self._forget_sketches()
        own = _as_candidate(kept)
        new = [each for each in others if each.id not in self._sketches]
        known = self._known([own.track_object, *(each.track_object for each in new)])
        self._sketches |= {each.id: _sketch(each, known) for each in new}
        self._sketched_bytes += sum(map(_weight, known.values()))
        said = may_match(_sketch(own, known), [self._sketches[each.id] for each in others])
        return [each.id for each, may in zip(others, said, strict=True) if may]

    def _forget_sketches(self) -> None:
        self._sketches.clear()
        self._sketched_bytes = 0

    def _known(self, object_ids: Sequence[str | None]) -> dict[str, _Known]:
        found: dict[str, _Known] = {}
        missing: list[str] = []
        for object_id in {each for each in object_ids if each is not None}:
            known = _LATELY.get(object_id)
            if known is None:
                missing.append(object_id)
            else:
                found[object_id] = known
        return found | self._loaded(missing)

    def _loaded(self, missing: Sequence[str]) -> dict[str, _Known]:
        """Load outlines from the catalogue, and where it has none, as of older code, from the tracks."""
        if not missing:
            return {}
        entered = self._writer.outlines_of(missing, self._writer.caller.scope)
        found = {name: _Known(*each) for name, each in entered.items()}
        for name in missing:
            if name not in found:
                found[name] = self._from_track(name)
            _LATELY.put(name, found[name])
        return found

    def _from_track(self, object_id: str) -> _Known:
        track = track_to_compare(self._store, object_id)
        made = None if track is None else outlined(path_bytes(track))
        return _Known(None, is_utc=False) if made is None else _Known(*made)

    def _near(self, kept: KeptCut) -> list[Candidate]:
        cut, scope = kept.summary, self._writer.caller.scope
        length_us = int((cut.recording_s or 0.0) * 1e6)
        if cut.recording_start_us is None:
            start = _local_us(cut.local_start)
            if start is None:
                return self._at_place(kept.box, without_utc=False)
            unclocked = self._at_place(kept.box, without_utc=True)
            near = None if kept.track_object is None else kept.box
            first, last = start - ZONES_US, start + length_us + ZONES_US
            return unclocked + self._writer.candidates_by_time(first, last, near, scope)
        start = cut.recording_start_us
        about = About(start, start + length_us, MARGIN_US, ZONES_US, cut.recording_s, SAME_LENGTH_S, kept.box)
        clips = self._at_place(kept.box, without_utc=True)
        allowed = [each for each in clips if _wall_allows(each, start, start + length_us)]
        return self._writer.candidates_about(about, scope) + allowed

    def _at_place(self, box: Box | None, *, without_utc: bool) -> list[Candidate]:
        """List the latest flights at a place."""
        return [] if box is None else self._squares.touching(box, without_utc=without_utc, most=MOST_COMPARED)


def _sketch(each: Candidate, known: Mapping[str, _Known]) -> Sketch:
    track = None if each.track_object is None else known[each.track_object]
    return Sketch(
        each.time_basis,
        None if each.start_us is None else each.start_us / 1e6,
        each.length_s,
        each.error_s,
        each.local_start,
        each.track_object is not None,
        track.outline if track else None,
        track is not None and track.is_utc,
    )


def _meet(one: KeptCut, other: KeptCut) -> bool:
    a, b = one.summary, other.summary
    if a.bench or b.bench:
        return False
    if a.recording_start_us is not None and b.recording_start_us is not None:
        return _timely(_as_candidate(other), a.recording_start_us, a.recording_s, one.box)
    if one.box is None or other.box is None or touch(one.box, other.box):
        return True
    if one.track_object is not None and other.track_object is not None:
        return False
    starts = [_local_us(c.local_start) if c.recording_start_us is None else c.recording_start_us for c in (a, b)]
    if starts[0] is None or starts[1] is None:
        return False
    return abs(starts[0] - starts[1]) <= ZONES_US + MARGIN_US + int(
        max(a.recording_s or 0.0, b.recording_s or 0.0) * 1e6
    )


def _as_candidate(kept: KeptCut) -> Candidate:
    cut = kept.summary
    when = (cut.recording_start_us, cut.recording_s, cut.bench, kept.box, cut.local_start)
    return Candidate(
        f"{kept.ref.original_id} {kept.ref.ordinal}", *when, cut.time_basis, cut.time_error_s, kept.track_object
    )


def _timely(there: Candidate, start: int, seconds: float | None, box: Box | None) -> bool:
    """Whether two recordings were going on at one time; or hours apart, as by a wrong zone, but as long and near."""
    begins, end = there.start_us or 0, start + int((seconds or 0.0) * 1e6)
    ends = begins + int((there.length_s or 0.0) * 1e6)
    if begins <= end + MARGIN_US and ends >= start - MARGIN_US:
        return True
    if seconds is None or there.length_s is None or abs(there.length_s - seconds) > SAME_LENGTH_S:
        return False
    near = box is None or there.box is None or touch(box, there.box)
    return near and begins <= end + ZONES_US and ends >= start - ZONES_US


def _wall_allows(clip: Candidate, start: int, end: int) -> bool:
    """Whether a wall clock, if the clip has one, can be that of this time in any zone."""
    wall = _local_us(clip.local_start)
    return wall is None or start - ZONES_US - MARGIN_US <= wall <= end + ZONES_US + MARGIN_US


def _local_us(text: str) -> int | None:
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1e6) if text else None
    except (ValueError, OverflowError):  # no calendar has such a day
        return None
