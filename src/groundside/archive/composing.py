"""A flight is computed from its sources: which track is best, and what each source knows best."""

from __future__ import annotations

from dataclasses import replace

from groundside.archive.store import Store
from groundside.keep.catalogue import Writer
from groundside.keep.rows import Attached, Box, CutRef, Fit, FlightFacts, KeptCut
from groundside.keep.tracks import get_track
from groundside.model.flight import Flight, Place
from groundside.model.place import LonLat
from groundside.model.track import Track
from groundside.produce.flight.choose import choose, combine
from groundside.produce.flight.same import Telling
from groundside.produce.flight.telling import on_fitted_clock
from groundside.reference.places import place_of


def telling_of_cut(store: Store, kept: KeptCut, format_name: str) -> Telling:
    """Load what one source tells of a flight."""
    return Telling(kept.summary, track_of(store, kept.track_object), format_name)


def telling_of_flight(store: Store, flight: Flight) -> Telling:
    """Load what all sources of a flight tell together."""
    chosen = next((s.format for s in flight.sources if s.chosen), "")
    return Telling(flight.summary, track_of(store, flight.track_object), chosen)


def track_of(store: Store, object_id: str | None) -> Track | None:
    """Load a track, if there is one."""
    return get_track(store.vault, object_id) if object_id else None


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
    attached = {each.ref: each for each in writer.attached_to(flight_id, scope)}
    if len(cuts) == 1:
        _settle(writer, flight_id, facts_of(cuts[0]), cuts, attached)
        return
    formats = {s.recording_id: s.format for s in writer.flight(flight_id, scope).sources}
    tellings = [
        _on_the_flights_clock(telling_of_cut(store, c, formats.get(c.ref.original_id, "")), attached[c.ref].fit)
        for c in cuts
    ]
    index, why = choose(tellings)
    chosen, summary = cuts[index], combine(tellings, index)
    facts = replace(
        facts_of(chosen),
        summary=replace(summary, inferences=(*summary.inferences, f"Track: {why}")),
        place=place_at(summary.home) or chosen.place,
        simulated=any(c.simulated for c in cuts),
    )
    _settle(writer, flight_id, facts, cuts, attached)


def _settle(
    writer: Writer, flight_id: str, facts: FlightFacts, cuts: list[KeptCut], attached: dict[CutRef, Attached]
) -> None:
    for kept in cuts:
        fit = attached[kept.ref].fit
        if fit.chosen != (kept.ref == facts.chosen):
            writer.attach_source(flight_id, kept.ref, replace(fit, chosen=not fit.chosen))
    writer.update_flight(flight_id, facts)


def _on_the_flights_clock(telling: Telling, fit: Fit) -> Telling:
    if fit.clock_offset_s is None:
        return telling
    return on_fitted_clock(telling, fit.clock_offset_s, fit.clock_error_s or 0.0)


def place_at(home: LonLat | None) -> Place | None:
    """Name the place of a home point, if it is one."""
    return place_of(home) if home and home.is_position else None


def box_of(track: Track | None) -> Box | None:
    """Bound a track; None where it has no position."""
    if track is None:
        return None
    lon, lat = track.floats("lon"), track.floats("lat")
    known = lon == lon
    if not known.any():
        return None
    return Box(float(lon[known].min()), float(lat[known].min()), float(lon[known].max()), float(lat[known].max()))
