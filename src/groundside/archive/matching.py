"""Which flight does a cut tell of: one that is there, or a new one?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from groundside.archive.composing import ONLY, facts_of, fit_of, recompose, track_of
from groundside.archive.lately import Lately
from groundside.archive.store import Store
from groundside.keep.candidates import Candidate, touch
from groundside.keep.catalogue import Writer
from groundside.keep.rows import Box, Fit, KeptCut
from groundside.model.flight import Cut, Flight
from groundside.model.recording import TimeBasis
from groundside.model.track import Track
from groundside.produce.flight.same import Match, Telling, Verdict, compare

MARGIN_US = 120 * 1_000_000
"""Clocks of two sources of one flight may be this far apart and still be compared."""
ZONES_US = 14 * 3600 * 1_000_000
"""No time zone is further than this from UTC (IANA tz database: +14:00 in Kiribati, -12:00 at the least)."""
SAME_LENGTH_S = 2.0
COMPARED = ("lon", "lat", "height_m", "altitude_m")
"""The columns of a track that tell whether two are of one flight."""
_LATELY = Lately()
MOST_COMPARED = 200
"""A log without any clock is compared with the latest so many flights at its place: each costs some ms."""
Found = list[tuple[Flight, Match]]
"""Flights that a cut tells of, or may tell of, each with how it compares."""


def found_for(store: Store, writer: Writer, kept: KeptCut, format_name: str) -> Found:
    """Find the flights that a cut tells of, or may tell of; not those that come of the same file."""
    near = [each.id for each in candidates(writer, kept)]
    if not near:
        return []
    telling = Telling(kept.summary, _track(store, kept.track_object), format_name)
    matches = _compared(store, writer, kept, near, telling)
    return [(flight, match) for flight, match in matches if match.verdict is not Verdict.DIFFERENT]


def settle_cut(store: Store, writer: Writer, kept: KeptCut, case: str, compared: Found) -> str:
    """
    Do with a cut what comparing it says: attach it, unite flights, offer them to a person, or make a new flight.

    Returns:
        The flight's id.
    """
    belongs = writer.attached([kept.ref], writer.caller.scope).get(kept.ref)
    others = [(f, m) for f, m in compared if not belongs or f.id != belongs.flight_id]
    found = [(f, _unless_parted(writer, belongs.flight_id, f, m) if belongs else m) for f, m in others]
    same = [(f, m) for f, m in found if m.verdict is Verdict.SAME]
    if belongs:
        flight_id = belongs.flight_id
    elif same:
        flight_id = _attach(writer, same[0], kept)
        same = same[1:]
    else:
        flight_id = writer.add_flight(case, facts_of(kept), at_us=store.now_us())
        writer.attach_source(flight_id, kept.ref, Fit(why=ONLY, chosen=True))
    recompose(store, writer, flight_id)
    _unite(store, writer, flight_id, kept, same)
    _offer(store, writer, kept, [(f, m) for f, m in found if m.verdict is Verdict.OFFER])
    return flight_id


def _unless_parted(writer: Writer, flight_id: str, other: Flight, match: Match) -> Match:
    """Only offer what a person parted before: no reading anew may undo that."""
    pair = {flight_id, other.id}
    parted = [m for m in writer.merges(flight_id, writer.caller.scope) if {m.alias, m.into} == pair and m.undone_us]
    if not parted or match.verdict is not Verdict.SAME:
        return match
    return replace(match, verdict=Verdict.OFFER, why=f"{match.why}; but they were parted by hand")


def _attach(writer: Writer, found: tuple[Flight, Match], kept: KeptCut) -> str:
    flight, match = found
    fit = fit_of(match, kept.summary, flight.summary)
    if _clock_is_better(kept.summary, flight.summary):
        _refit(writer, flight, fit_of(match, flight.summary, kept.summary))
    writer.attach_source(flight.id, kept.ref, fit)
    return flight.id


def _clock_is_better(new: Cut, there: Cut) -> bool:
    if new.time_basis is TimeBasis.UTC_GNSS and there.time_basis is TimeBasis.UTC_DEVICE:
        return True
    return new.time_basis.is_utc and not there.time_basis.is_utc


def _unite(store: Store, writer: Writer, flight_id: str, kept: KeptCut, same: list[tuple[Flight, Match]]) -> None:
    for other, match in same:
        if writer.resolve(other.id, writer.caller.scope) != flight_id:
            _refit(writer, other, fit_of(match, other.summary, kept.summary))
            writer.merge_flights(flight_id, other.id, at_us=store.now_us(), by_person=False, why=match.why)
            recompose(store, writer, flight_id)


def _refit(writer: Writer, flight: Flight, fit: Fit) -> None:
    """Say anew how the sources of a flight fit, now that another clock is known."""
    for each in writer.attached_to(flight.id, writer.caller.scope):
        writer.attach_source(flight.id, each.ref, fit if each.fit.clock_offset_s is None else each.fit)


def _offer(store: Store, writer: Writer, kept: KeptCut, offered: list[tuple[Flight, Match]]) -> None:
    for flight, match in offered:
        writer.add_offer(flight.id, kept.ref, json.dumps({"why": match.why}), at_us=store.now_us())


def _compared(
    store: Store, writer: Writer, kept: KeptCut, near: list[str], telling: Telling
) -> Iterator[tuple[Flight, Match]]:
    for flight in writer.flights_named(near, writer.caller.scope):
        own = any(s.recording_id == kept.ref.original_id for s in flight.sources)
        if not own:
            yield flight, compare(telling, _telling_of(store, flight))


def _telling_of(store: Store, flight: Flight) -> Telling:
    """Load what all sources of a flight tell together, for comparison."""
    chosen = next((s.format for s in flight.sources if s.chosen), "")
    return Telling(flight.summary, _track(store, flight.track_object), chosen)


def _track(store: Store, object_id: str | None) -> Track | None:
    return _LATELY.track(object_id, lambda: track_of(store, object_id, COMPARED))


def candidates(writer: Writer, kept: KeptCut) -> list[Candidate]:
    """List flights that may be the same: about the same time, or near where one of the two clocks is no UTC."""
    if kept.summary.bench:
        return []
    return [each for each in _near(writer, kept) if not each.bench]


def meet(one: KeptCut, other: KeptCut) -> bool:
    """Whether a cut could be among the `candidates` of another, were it a flight."""
    a, b = one.summary, other.summary
    if a.bench or b.bench:
        return False
    if a.recording_start_us is not None and b.recording_start_us is not None:
        return _timely(_as_candidate(other), a.recording_start_us, a.recording_s, one.box)
    if one.box is None or other.box is None or touch(one.box, other.box):
        return True
    starts = [_local_us(c.local_start) if c.recording_start_us is None else c.recording_start_us for c in (a, b)]
    if starts[0] is None or starts[1] is None:
        return False
    return abs(starts[0] - starts[1]) <= ZONES_US + MARGIN_US + int(
        max(a.recording_s or 0.0, b.recording_s or 0.0) * 1e6
    )


def _as_candidate(kept: KeptCut) -> Candidate:
    cut = kept.summary
    return Candidate("", cut.recording_start_us, cut.recording_s, cut.bench, kept.box, cut.local_start)


def _near(writer: Writer, kept: KeptCut) -> list[Candidate]:
    cut, scope = kept.summary, writer.caller.scope
    length_us = int((cut.recording_s or 0.0) * 1e6)
    if cut.recording_start_us is None:
        start = _local_us(cut.local_start)
        if start is None:
            return writer.candidates_by_place(kept.box, scope, without_utc=False, most=MOST_COMPARED)
        unclocked = writer.candidates_by_place(kept.box, scope, without_utc=True, most=MOST_COMPARED)
        return unclocked + writer.candidates_by_time(start - ZONES_US, start + length_us + ZONES_US, scope)
    start = cut.recording_start_us
    around = writer.candidates_by_time(start - ZONES_US, start + length_us + ZONES_US, scope)
    timely = [each for each in around if _timely(each, start, cut.recording_s, kept.box)]
    clips = writer.candidates_by_place(kept.box, scope, without_utc=True, most=MOST_COMPARED)
    return timely + [each for each in clips if _wall_allows(each, start, start + length_us)]


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
