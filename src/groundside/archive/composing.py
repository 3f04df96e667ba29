"""A flight is computed from its sources: which track is best, and what each source knows best."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundside.archive.located import place_at
from groundside.archive.standing import Source
from groundside.archive.store import Store
from groundside.keep.catalogue import Writer
from groundside.keep.rows import CutRef, Fit, FlightFacts, KeptCut, ToldBy
from groundside.model.digest import Digest
from groundside.model.flight import Cut, Place
from groundside.model.recording import TimeBasis
from groundside.produce.flight.choose import choose, combine
from groundside.produce.flight.same import Match, Verdict

ONLY = "the only file that tells of this flight"


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


class Composer:
    """
    Computes flights of their sources; what a flight has of them is read once, and then known as it is added to.

    Args:
        store: the archive.
        writer: of one commit.
    """

    def __init__(self, store: Store, writer: Writer) -> None:
        self.store, self.writer = store, writer
        self._known: dict[str, dict[CutRef, _Part]] = {}

    def forget(self) -> None:
        """Read anew which sources flights have, for they changed."""
        self._known.clear()

    def recompose(self, flight_id: str, new: ToldBy | None = None) -> None:
        """
        Compute a flight anew; one that nothing tells of any more goes, unless somebody wrote on it.

        Args:
            flight_id: the flight.
            new: a cut that tells of it from now on, and belonged to no flight.
        """
        parts = self._known.get(flight_id)
        if parts is None:
            found = self.writer.told_by(flight_id, self.writer.caller.scope)
            parts = self._known[flight_id] = {each.kept.ref: self._part(each) for each in found}
        if new is not None:
            parts[new.kept.ref] = self._part(new)
        if not parts:
            self.writer.drop_flight(flight_id)
            return
        facts, again = _composed(parts)
        for ref, fit in again.items():
            wanted = replace(fit, chosen=ref == facts.chosen)
            if wanted != parts[ref].fit or (new is not None and ref == new.kept.ref):
                self.writer.attach_source(flight_id, ref, wanted)
                parts[ref] = replace(parts[ref], fit=wanted)
        self.writer.update_flight(flight_id, facts)

    def _part(self, told: ToldBy) -> _Part:
        return _Part(Source(self.store, told.kept, told.format), told.fit, told.sha256)


@dataclass(frozen=True, slots=True)
class _Part:
    source: Source
    fit: Fit
    sha256: Digest


def _composed(parts: dict[CutRef, _Part]) -> tuple[FlightFacts, dict[CutRef, Fit]]:
    if len(parts) == 1:
        [(ref, part)] = parts.items()
        return facts_of(part.source.kept), {ref: Fit(why=ONLY)}
    # By content, so that the result does not depend on which file came first.
    ordered = sorted(parts.values(), key=lambda part: (part.sha256, part.source.ref.ordinal))
    standings = [part.source.standing(part.fit) for part in ordered]
    index, why = choose([standing.telling for standing in standings], [standing.merit for standing in standings])
    chosen = ordered[index].source
    if chosen.has_lost_its_track():  # what is remembered of it is of no use to who wants to see it
        return _composed(parts)
    again = {part.source.ref: _refitted(part, ordered[index]) for part in ordered}
    again[chosen.ref] = replace(again[chosen.ref], why=f"its track is the flight's: {why}")
    tellings = [part.source.standing(again[part.source.ref]).telling for part in ordered]
    tellings[index] = chosen.telling(again[chosen.ref])
    summary = combine(tellings, index)
    facts = replace(
        facts_of(chosen.kept),
        summary=replace(summary, inferences=(*summary.inferences, f"Track: {why}")),
        place=_place(summary, chosen.kept),
        simulated=any(part.source.kept.simulated for part in ordered),
    )
    return facts, again


def _place(summary: Cut, chosen: KeptCut) -> Place | None:
    if summary.home == chosen.summary.home:  # which is named already
        return chosen.place
    return place_at(summary.home) or chosen.place


def _refitted(part: _Part, chosen: _Part) -> Fit:
    """Say how a source fits the one that was chosen, whichever it was first compared with."""
    fit = part.fit
    if fit.by_person:
        return fit
    match = part.source.match(chosen.source, chosen.fit)
    if match.verdict is not Verdict.SAME or (fit.clock_offset_s is not None and match.clock_offset_s is None):
        return fit
    to = chosen.source.standing(chosen.fit).telling.cut
    return replace(fit_of(match, part.source.kept.summary, to), chosen=fit.chosen)


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
