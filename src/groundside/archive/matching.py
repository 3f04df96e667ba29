"""Which flight does a cut tell of: one that is there, or a new one?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from groundside.archive.compared import track_to_compare
from groundside.archive.composing import Composer, facts_of, fit_of
from groundside.archive.nearby import Nearby
from groundside.archive.store import Store
from groundside.keep.candidates import Told
from groundside.keep.catalogue import Writer
from groundside.keep.rows import Fit, KeptCut, ToldBy
from groundside.model.flight import Cut
from groundside.model.recording import TimeBasis
from groundside.produce.flight.same import Match, Telling, Verdict, compare

Found = list[tuple[Told, Match]]
"""Flights that a cut tells of, or may tell of, each with how it compares."""


def found_for(store: Store, nearby: Nearby, writer: Writer, kept: KeptCut, format_name: str) -> Found:
    """Find the flights that a cut tells of, or may tell of; not those that come of the same file."""
    near = nearby.possible(kept)
    if not near:
        return []
    telling = Telling(kept.summary, track_to_compare(store, kept.track_object), format_name)
    matches = _compared(store, writer, kept, near, telling)
    return [(flight, match) for flight, match in matches if match.verdict is not Verdict.DIFFERENT]


def settle_cut(composer: Composer, new: ToldBy, case: str, compared: Found) -> str:
    """
    Do with a cut what comparing it says: attach it, unite flights, offer them to a person, or make a new flight.

    Args:
        composer: of the commit.
        new: the cut, as a flight of it alone would hold it.
        case: of a new flight.
        compared: as `found_for` gave it.

    Returns:
        The flight's id.
    """
    store, writer, kept = composer.store, composer.writer, new.kept
    belongs = writer.attached([kept.ref], writer.caller.scope).get(kept.ref)
    others = [(f, m) for f, m in compared if not belongs or f.id != belongs.flight_id]
    found = [(f, _unless_parted(writer, belongs.flight_id, f, m) if belongs else m) for f, m in others]
    same = [(f, m) for f, m in found if m.verdict is Verdict.SAME]
    if belongs:
        flight_id = belongs.flight_id
        composer.recompose(flight_id)
    elif same:
        flight_id = _attach(composer, same[0], new)
        same = same[1:]
    else:
        flight_id = writer.add_flight(case, facts_of(kept), at_us=store.now_us())
        composer.recompose(flight_id, new)
    _unite(composer, flight_id, kept, same)
    offer(store, writer, kept, [(f, m) for f, m in found if m.verdict is Verdict.OFFER])
    return flight_id


def _unless_parted(writer: Writer, flight_id: str, other: Told, match: Match) -> Match:
    """Only offer what a person parted before: no reading anew may undo that."""
    pair = {flight_id, other.id}
    parted = [m for m in writer.merges(flight_id, writer.caller.scope) if {m.alias, m.into} == pair and m.undone_us]
    if not parted or match.verdict is not Verdict.SAME:
        return match
    return replace(match, verdict=Verdict.OFFER, why=f"{match.why}; but they were parted by hand")


def _attach(composer: Composer, found: tuple[Told, Match], new: ToldBy) -> str:
    flight, match = found
    fit = fit_of(match, new.kept.summary, flight.summary)
    if _clock_is_better(new.kept.summary, flight.summary):
        _refit(composer, flight, fit_of(match, flight.summary, new.kept.summary))
    composer.recompose(flight.id, replace(new, fit=fit))
    return flight.id


def _clock_is_better(new: Cut, there: Cut) -> bool:
    if new.time_basis is TimeBasis.UTC_GNSS and there.time_basis is TimeBasis.UTC_DEVICE:
        return True
    return new.time_basis.is_utc and not there.time_basis.is_utc


def _unite(composer: Composer, flight_id: str, kept: KeptCut, same: list[tuple[Told, Match]]) -> None:
    writer = composer.writer
    for other, match in same:
        if writer.resolve(other.id, writer.caller.scope) != flight_id:
            _refit(composer, other, fit_of(match, other.summary, kept.summary))
            at_us = composer.store.now_us()
            writer.merge_flights(flight_id, other.id, at_us=at_us, by_person=False, why=match.why)
            composer.forget()
            composer.recompose(flight_id)


def _refit(composer: Composer, flight: Told, fit: Fit) -> None:
    """Say anew how the sources of a flight fit, now that another clock is known."""
    writer = composer.writer
    for each in writer.attached_to(flight.id, writer.caller.scope):
        writer.attach_source(flight.id, each.ref, fit if each.fit.clock_offset_s is None else each.fit)
    composer.forget()


def offer(store: Store, writer: Writer, kept: KeptCut, offered: Found) -> None:
    """Offer flights to a person, as those that a cut may tell of."""
    evidence = {flight.id: json.dumps({"why": match.why}) for flight, match in offered}
    writer.add_offers(kept.ref, evidence, at_us=store.now_us())


def _compared(
    store: Store, writer: Writer, kept: KeptCut, near: list[str], telling: Telling
) -> Iterator[tuple[Told, Match]]:
    for flight in writer.told_of(near, writer.caller.scope):
        if kept.ref.original_id not in flight.originals:
            yield flight, compare(telling, _telling_of(store, flight))


def _telling_of(store: Store, flight: Told) -> Telling:
    """Load what all sources of a flight tell together, for comparison."""
    return Telling(flight.summary, track_to_compare(store, flight.track_object), flight.format)
