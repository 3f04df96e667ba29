"""A flight is computed from its sources: which track is best, and what each source knows best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from groundside.archive.located import place_at
from groundside.archive.store import Store
from groundside.errors import NotFound, Tampered
from groundside.keep.catalogue import Writer
from groundside.keep.rows import CutRef, Fit, FlightFacts, KeptCut
from groundside.keep.tracks import get_track
from groundside.model.flight import Cut
from groundside.model.recording import TimeBasis
from groundside.model.track import Track
from groundside.produce.flight.choose import choose, combine
from groundside.produce.flight.same import Match, Telling, Verdict, compare
from groundside.produce.flight.telling import on_fitted_clock

ONLY = "the only file that tells of this flight"


def telling_of_cut(store: Store, kept: KeptCut, format_name: str) -> Telling:
    """Load what one source tells of a flight."""
    return Telling(kept.summary, track_of(store, kept.track_object), format_name)


def track_of(store: Store, object_id: str | None, columns: Sequence[str] | None = None) -> Track | None:
    """Load a track, if there is one; None where its object is lost, for a rebuild makes it again."""
    if object_id is None:
        return None
    try:
        return get_track(store.vault, object_id, columns)
    except (NotFound, Tampered):
        return None


def facts_of(kept: KeptCut) -> FlightFacts:
    """Say what a flight of one source shows."""
    return FlightFacts(
        summary=kept.summary,
        place=kept.place,
        box=kept.box,
        track_object=kept.track_object,
        chosen=kept.ref,
        simulated=kept.simulated,
    )


def recompose(store: Store, writer: Writer, flight_id: str) -> None:
    """Compute a flight anew from its sources; one that nothing tells of any more goes, unless somebody wrote on it."""
    scope = writer.caller.scope
    cuts = writer.cuts_of_flight(flight_id, scope)
    if not cuts:
        writer.drop_flight(flight_id)
        return
    fits = {each.ref: each.fit for each in writer.attached_to(flight_id, scope)}
    if len(cuts) == 1:
        _write(writer, flight_id, facts_of(cuts[0]), fits, {cuts[0].ref: Fit(why=ONLY)})
        return
    sources = {s.recording_id: s for s in writer.flight(flight_id, scope).sources}
    # By content, so that the result does not depend on which file came first.
    cuts.sort(key=lambda c: (sources[c.ref.original_id].sha256, c.ref.ordinal))
    told = {c.ref: telling_of_cut(store, c, sources[c.ref.original_id].format) for c in cuts}
    facts, again = _composed(cuts, told, fits)
    _write(writer, flight_id, facts, fits, again)


def _composed(
    cuts: list[KeptCut], told: dict[CutRef, Telling], fits: dict[CutRef, Fit]
) -> tuple[FlightFacts, dict[CutRef, Fit]]:
    on_clock = [_on_the_flights_clock(told[c.ref], fits[c.ref]) for c in cuts]
    index, why = choose(on_clock)
    again = {c.ref: _refitted(told[c.ref], fits[c.ref], on_clock[index]) for c in cuts}
    again[cuts[index].ref] = replace(again[cuts[index].ref], why=f"its track is the flight's: {why}")
    summary = combine([_on_the_flights_clock(told[c.ref], again[c.ref]) for c in cuts], index)
    facts = replace(
        facts_of(cuts[index]),
        summary=replace(summary, inferences=(*summary.inferences, f"Track: {why}")),
        place=place_at(summary.home) or cuts[index].place,
        simulated=any(c.simulated for c in cuts),
    )
    return facts, again


def _refitted(telling: Telling, fit: Fit, chosen: Telling) -> Fit:
    """Say how a source fits the one that was chosen, whichever it was first compared with."""
    if fit.by_person:
        return fit
    match = compare(telling, chosen)
    if match.verdict is not Verdict.SAME or (fit.clock_offset_s is not None and match.clock_offset_s is None):
        return fit
    return replace(fit_of(match, telling.cut, chosen.cut), chosen=fit.chosen)


def fit_of(match: Match, of: Cut, to: Cut) -> Fit:
    """Say how a telling fits another: the offset found is that of the clock that is trusted less."""
    if match.clock_offset_s is None or match.verdict is not Verdict.SAME or not _moves(of, to):
        return Fit(why=match.why)
    error_s = (match.clock_error_s or 0.0) + (to.time_error_s or 0.0)
    return Fit(why=match.why, clock_offset_s=match.clock_offset_s, clock_error_s=error_s)


def _moves(of: Cut, to: Cut) -> bool:
    """Whether of two clocks that differ the first is the one to move."""
    if not of.time_basis.is_utc:
        return True
    return of.time_basis is TimeBasis.UTC_DEVICE and to.time_basis.is_utc


def _write(
    writer: Writer, flight_id: str, facts: FlightFacts, fits: dict[CutRef, Fit], again: dict[CutRef, Fit]
) -> None:
    for ref, fit in again.items():
        wanted = replace(fit, chosen=ref == facts.chosen)
        if wanted != fits[ref]:
            writer.attach_source(flight_id, ref, wanted)
    writer.update_flight(flight_id, facts)


def _on_the_flights_clock(telling: Telling, fit: Fit) -> Telling:
    if fit.clock_offset_s is None:
        return telling
    return on_fitted_clock(telling, fit.clock_offset_s, fit.clock_error_s or 0.0)
