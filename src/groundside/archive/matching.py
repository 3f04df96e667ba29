"""Which flight does a cut tell of: one that is there, or a new one?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from groundside.archive.composing import ONLY, facts_of, fit_of, recompose, telling_of_cut, telling_of_flight
from groundside.archive.store import Store
from groundside.keep.catalogue import Writer
from groundside.keep.rows import Fit, KeptCut
from groundside.model.flight import Cut, Flight
from groundside.model.recording import TimeBasis
from groundside.produce.flight.same import Match, Telling, Verdict, compare

MARGIN_US = 120 * 1_000_000
"""Clocks of two sources of one flight may be this far apart and still be compared."""
ZONES_US = 14 * 3600 * 1_000_000
"""No time zone is further than this from UTC (IANA tz database: +14:00 in Kiribati, -12:00 at the least)."""
SAME_LENGTH_S = 2.0
MOST_COMPARED = 200
"""A log without any clock is compared with the latest so many flights at its place: each costs some tens of ms."""


def place_cut(store: Store, writer: Writer, kept: KeptCut, case: str, format_name: str) -> str:
    """
    Attach a cut to the flight that it tells of, or make a new flight.

    Returns:
        The flight's id.
    """
    scope = writer.caller.scope
    belongs = writer.attached([kept.ref], scope).get(kept.ref)
    telling = telling_of_cut(store, kept, format_name)
    others = [(f, m) for f, m in _compared(store, writer, kept, telling) if not belongs or f.id != belongs.flight_id]
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


def _compared(store: Store, writer: Writer, kept: KeptCut, telling: Telling) -> Iterator[tuple[Flight, Match]]:
    if kept.summary.bench:
        return
    for flight in _candidates(writer, kept):
        own = any(s.recording_id == kept.ref.original_id for s in flight.sources)
        if not own and not flight.summary.bench:
            yield flight, compare(telling, telling_of_flight(store, flight))


def _candidates(writer: Writer, kept: KeptCut) -> list[Flight]:
    """List flights that may be the same: about the same time, or near where one of the two clocks is no UTC."""
    cut, scope = kept.summary, writer.caller.scope
    length_us = int((cut.recording_s or 0.0) * 1e6)
    if cut.recording_start_us is None:
        start = _local_us(cut.local_start)
        if start is None:
            return writer.flights_touching(kept.box, scope, without_utc=False, most=MOST_COMPARED)
        unclocked = writer.flights_touching(kept.box, scope, without_utc=True, most=MOST_COMPARED)
        return unclocked + writer.flights_overlapping(start, start + length_us, ZONES_US, scope)
    start = cut.recording_start_us
    around = writer.flights_overlapping(start, start + length_us, ZONES_US, scope)
    timely = [f for f in around if _overlap(f, start, start + length_us) or _as_long(f, cut.recording_s)]
    clips = writer.flights_touching(kept.box, scope, without_utc=True, most=MOST_COMPARED)
    return timely + [f for f in clips if _wall_allows(f, start, start + length_us)]


def _overlap(flight: Flight, start: int, end: int) -> bool:
    begins = flight.summary.recording_start_us or 0
    ends = begins + int((flight.summary.recording_s or 0.0) * 1e6)
    return begins <= end + MARGIN_US and ends >= start - MARGIN_US


def _as_long(flight: Flight, seconds: float | None) -> bool:
    theirs = flight.summary.recording_s
    return seconds is not None and theirs is not None and abs(theirs - seconds) <= SAME_LENGTH_S


def _wall_allows(clip: Flight, start: int, end: int) -> bool:
    """Whether a wall clock, if the clip has one, can be that of this time in any zone."""
    wall = _local_us(clip.summary.local_start)
    return wall is None or start - ZONES_US - MARGIN_US <= wall <= end + ZONES_US + MARGIN_US


def _local_us(text: str) -> int | None:
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1e6) if text else None
    except (ValueError, OverflowError):  # no calendar has such a day
        return None
