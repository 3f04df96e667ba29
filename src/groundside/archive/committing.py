"""One commit of many files: what it holds, and how the flights in them find their place."""

from __future__ import annotations

from dataclasses import dataclass, field

from groundside.archive.brought import Incoming, Made
from groundside.archive.compared import learn
from groundside.archive.composing import ONLY, Composer, facts_of
from groundside.archive.matching import found_for, offer, settle_cut
from groundside.archive.nearby import Nearby
from groundside.archive.preparing import TRACK
from groundside.archive.store import Store
from groundside.keep.bulk import NewEvent
from groundside.keep.bulk_flights import NewFlight
from groundside.keep.catalogue import Writer
from groundside.keep.prepared_rows import cut_of_columns
from groundside.keep.rows import CutRef, Fit, KeptCut, Stored, ToldBy
from groundside.model.digest import Digest
from groundside.model.results import Received
from groundside.produce.flight.same import Verdict


@dataclass(slots=True)
class Placed:
    """One file on its way through the commit."""

    original_id: str
    case: str
    name: str
    sha256: Digest
    made: Made
    own: tuple[Stored, ...] = ()
    fresh: bool = False
    held: bool = False
    flights: list[str | CutRef] = field(default_factory=list["str | CutRef"])
    """Ids, or cuts whose flights are added together later."""


Again = tuple[Incoming, Stored | None, str]
"""How a file came whose bytes are held: where its own copy is, and as which original it is held."""


@dataclass(slots=True)
class Commit:
    """One transaction: what it holds, and what it leaves to be removed."""

    store: Store
    writer: Writer
    now_us: int
    results: dict[int, Received | None] = field(default_factory=dict[int, Received | None])
    placed: dict[int, Placed] = field(default_factory=dict[int, Placed])
    events: dict[int, list[NewEvent]] = field(default_factory=dict[int, list[NewEvent]])
    again: dict[int, Again] = field(default_factory=dict[int, "Again"])
    forgotten: list[str] = field(default_factory=list[str])
    alone: list[tuple[KeptCut, int]] = field(default_factory=list[tuple[KeptCut, int]])
    flights: dict[CutRef, str] = field(default_factory=dict[CutRef, str])
    united: bool = False
    """Whether flights may have become parts of others."""
    nearby: Nearby = field(init=False)
    composer: Composer = field(init=False)

    def __post_init__(self) -> None:
        """Begin to ask about flights, and to compute them."""
        self.nearby = Nearby(self.store, self.writer)
        self.composer = Composer(self.store, self.writer)


def cut_rows(placed: Placed) -> list[dict[str, object]]:
    """Give the rows of the cuts of a file, complete."""
    made = placed.made
    tracks = {p.ordinal: made.objects[p.content].object_id for p in made.prepared.products if p.kind == TRACK}
    return [
        {**columns, "original_id": placed.original_id, "track_object": tracks.get(columns["ordinal"])}
        for columns in made.prepared.cuts
    ]


def place_cuts(work: Commit, number: int) -> None:
    """Find the flight that each cut tells of; those that no other can be the same as wait to be added together."""
    placed = work.placed[number]
    _learn(work.nearby, placed.made)
    kept = [cut_of_columns(columns) for columns in cut_rows(placed)]
    if not placed.fresh:
        _detach_others(work, placed.original_id, kept)
    for each in kept:
        _place(work, number, each)


def _place(work: Commit, number: int, kept: KeptCut) -> None:
    store, writer, placed = work.store, work.writer, work.placed[number]
    if not placed.fresh or work.nearby.meets_any(kept, [other for other, of in work.alone if of != number]):
        add_alone(work)  # so that it can be compared with them
    found = found_for(store, work.nearby, writer, kept, placed.made.prepared.format)
    if placed.fresh and all(match.verdict is Verdict.OFFER for _, match in found):
        offer(store, writer, kept, found)
        work.alone.append((kept, number))
        placed.flights.append(kept.ref)
    else:
        alone = Fit(why=ONLY, chosen=True)
        new = ToldBy(kept, alone, placed.made.prepared.format, placed.sha256)
        placed.flights.append(settle_cut(work.composer, new, placed.case, found))
        work.nearby.flights_changed()
        work.united = True


def _learn(nearby: Nearby, made: Made) -> None:
    """Keep in memory what flights are compared by, of tracks that were just made."""
    for product in made.prepared.products:
        path, positions = made.path(product), made.positions(product)
        if path is not None:
            nearby.learn(made.objects[product.content].object_id, path)
        if positions is not None:
            learn(made.objects[product.content].object_id, positions)


def _detach_others(work: Commit, original_id: str, kept: list[KeptCut]) -> None:
    """Let go of the flights that an earlier reading found and this one does not."""
    here = {each.ref for each in kept}
    for was in work.writer.attached_from(original_id, work.writer.caller.scope):
        if was.ref not in here:
            work.writer.detach_source(was.ref)
            work.composer.forget()
            work.composer.recompose(was.flight_id)
            work.nearby.flights_changed()


def add_alone(work: Commit) -> None:
    """Add the flights that wait; each is told of by one file."""
    waiting, work.alone = work.alone, []
    new = [_new_flight(work.placed[number], kept) for kept, number in waiting]
    ids = work.writer.add_flights(new, at_us=work.now_us)
    for (kept, _), flight_id in zip(waiting, ids, strict=True):
        work.flights[kept.ref] = flight_id
    work.nearby.flights_added(ids)


def _new_flight(placed: Placed, kept: KeptCut) -> NewFlight:
    made = placed.made
    path = next((made.path(p) for p in made.prepared.products if p.ordinal == kept.ref.ordinal), None)
    return NewFlight(case=placed.case, facts=facts_of(kept), file_name=placed.name, path=path, why=ONLY)
