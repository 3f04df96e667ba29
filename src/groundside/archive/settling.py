"""What was made of originals becomes rows and flights: many files in one transaction, each with its events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from groundside.archive.assigning import ruled
from groundside.archive.brought import Arriving, Brought, Held, Incoming, Reread, objects_of
from groundside.archive.committing import Commit, Placed, add_alone, cut_rows, place_cuts
from groundside.archive.deriving import FAILED, TOO_LARGE
from groundside.archive.reporting import as_held, message_of
from groundside.archive.store import Store
from groundside.errors import GroundsideError, NoSpace, NotFound, Tampered
from groundside.keep.bulk import NewEvent, NewObject, NewOriginal
from groundside.keep.rows import CutRef, KeptOriginal, ReadingState, Stored
from groundside.model.caller import EVERYTHING, GENERAL, Caller
from groundside.model.results import Received


def settle(store: Store, caller: Caller, files: Sequence[Brought]) -> list[Received | None]:
    """
    Record what was made of files, and settle the flights in them: all in one commit, in the order given.

    What one of them brings about that nobody foresaw is said of that one; the others are committed without it.

    Returns:
        What became of each; None for one that must be read again, because its keys changed meanwhile.

    Raises:
        NoSpace: the disk is full; nothing of these files is kept.
    """
    spare = {stored.object_id for each in files for stored in objects_of(each)}
    try:
        results, kept, forgotten = _committed(store, caller, files)
    except Exception as error:
        if isinstance(error, NoSpace):
            discard_unreferred(store, spare)
            raise
        if len(files) > 1:
            return [result for each in files for result in settle(store, caller, [each])]
        return [_without_reading(store, caller, files[0], error)]
    except BaseException:
        discard_unreferred(store, spare)
        raise
    discard_unreferred(store, (spare - kept) | forgotten)
    return results


def _committed(
    store: Store, caller: Caller, files: Sequence[Brought]
) -> tuple[list[Received | None], set[str], set[str]]:
    """Commit files; give what became of each, the objects that are now referred to, and those no longer."""
    with store.catalogue.commit(caller) as writer:
        work = Commit(store, writer, store.now_us())
        _keep_new(work, files)
        _take_reread(work, files)
        _record(work)
        for number in sorted(work.placed):
            place_cuts(work, number)
        add_alone(work)
        for number in sorted(work.placed):
            _said(work, number)
        for number, (incoming, stored, original_id) in sorted(work.again.items()):
            _came_again(work, number, incoming, stored, original_id)
        writer.add_events([e for n in sorted(work.events) for e in work.events[n]], at_us=work.now_us)
        told = {flight for result in work.results.values() if result for flight in result.flights}
        ruled(writer, told, work.now_us, made_since_us=work.now_us)
        work.nearby.done()
    kept = {o.object_id for p in work.placed.values() for o in (*_products(p), *p.own)}
    return [work.results[number] for number in range(len(files))], kept, set(work.forgotten)


def _without_reading(store: Store, caller: Caller, file: Brought, error: Exception) -> Received:
    """Keep a file of which no reading could be recorded, and say why; the next ingest tries again."""
    name = file.original.file_name if isinstance(file, Reread) else file.incoming.name
    if isinstance(file, Arriving):
        with store.catalogue.commit(caller) as writer:
            work = Commit(store, writer, store.now_us())
            _keep_new(work, [file])
            writer.add_events([e for events in work.events.values() for e in events], at_us=work.now_us)
    discard_unreferred(store, [stored.object_id for stored in objects_of(file)])
    why = error.what if isinstance(error, GroundsideError) else f"{type(error).__name__}: {error}"
    return Received(file=name, state=FAILED, message=f"kept, but reading it failed: {why}")


def discard_unreferred(store: Store, object_ids: Iterable[str]) -> None:
    """Remove objects that no row refers to; asked of the catalogue, for an interrupt can come after a commit."""
    asked = list(object_ids)
    if not asked:
        return
    with store.catalogue.read() as reader:
        gone = [object_id for object_id in asked if not reader.refers_to(object_id, EVERYTHING)]
    for object_id in gone:
        store.vault.discard(object_id)


def arrival_details(came: Stored | KeptOriginal) -> str:
    """Say in an event which bytes came, so that the ledger binds them: their SHA-256 and how many they are."""
    return json.dumps({"sha256": came.digest.hex, "size": came.size})


def is_there(store: Store, original: KeptOriginal) -> bool:
    """Whether the bytes of an original are in the vault, as many as there should be."""
    try:
        return store.vault.size(original.object_id) == original.size
    except (NotFound, Tampered):
        return False


def _keep_new(work: Commit, files: Sequence[Brought]) -> None:
    """Write the originals that are new; set aside those whose bytes are held, or come twice here."""
    arriving = {n: f for n, f in enumerate(files) if isinstance(f, Arriving)}
    prints = {n: work.store.vault.fingerprint(f.stored.digest) for n, f in arriving.items()}
    known = work.writer.originals_of(set(prints.values()), GENERAL, EVERYTHING)
    first: dict[str, int] = {}
    for number, fingerprint in prints.items():
        first.setdefault(fingerprint, number)
    news = [n for n, fingerprint in prints.items() if fingerprint not in known and first[fingerprint] == n]
    ids = work.writer.add_originals([_new(arriving[n], prints[n]) for n in news], at_us=work.now_us)
    for number, original_id in zip(news, ids, strict=True):
        known[prints[number]] = original_id
        file = arriving[number]
        work.placed[number] = Placed(
            original_id,
            GENERAL,
            file.incoming.name,
            file.stored.digest,
            file.made,
            own=(file.stored,),
            fresh=True,
        )
        work.events[number] = [NewEvent("ingest", original_id, arrival_details(file.stored), GENERAL)]
    again = {n: (f.incoming, f.stored, known[prints[n]]) for n, f in arriving.items() if n not in work.placed}
    held = {n: (f.incoming, None, f.original_id) for n, f in enumerate(files) if isinstance(f, Held)}
    work.again = {**again, **held}


def _new(file: Arriving, fingerprint: str) -> NewOriginal:
    came = file.incoming
    return NewOriginal(
        stored=file.stored,
        fingerprint=fingerprint,
        case=GENERAL,
        file_name=came.name,
        origin=came.origin,
        job_id=came.job_id,
    )


def _came_again(work: Commit, number: int, incoming: Incoming, stored: Stored | None, original_id: str) -> None:
    original = work.writer.original(original_id, work.writer.caller.scope)
    if stored and not is_there(work.store, original):
        work.writer.point_original(original_id, stored)
        work.events.setdefault(number, []).append(NewEvent("healed", original_id, "{}", original.case))
    _arrived(work, number, original, incoming)
    held = as_held(work.writer, original, work.writer.caller.scope)
    work.results[number] = replace(held, file=incoming.name)


def _arrived(work: Commit, number: int, original: KeptOriginal, incoming: Incoming) -> None:
    news = work.writer.add_arrival(
        original.id, file_name=incoming.name, origin=incoming.origin, at_us=work.now_us, job_id=incoming.job_id
    )
    if news:
        work.events.setdefault(number, []).append(
            NewEvent("ingest", original.id, arrival_details(original), original.case)
        )


def _take_reread(work: Commit, files: Sequence[Brought]) -> None:
    """Say of each original read anew whether its reading is to be replaced."""
    scope = work.writer.caller.scope
    for number, file in enumerate(files):
        if not isinstance(file, Reread):
            continue
        original, held = file.original, file.again is not None
        if work.writer.keychain(original.id, scope) != file.made.keys:
            work.results[number] = None
            continue
        if file.again:
            _arrived(work, number, original, file.again)
        if earlier := _earlier(work, file):
            work.results[number] = earlier
        else:
            came = original.id, original.case, original.file_name, original.digest
            work.placed[number] = Placed(*came, file.made, held=held)


def _earlier(work: Commit, file: Reread) -> Received | None:
    """Keep what an earlier reading found where this one could not be done."""
    made, original, scope = file.made.prepared, file.original, work.writer.caller.scope
    if made.state not in {FAILED, TOO_LARGE}:
        return None
    reading = work.writer.reading(original.id, scope)
    if reading is None or reading.state not in {ReadingState.READ, ReadingState.LOCKED}:
        return None
    flights = tuple(dict.fromkeys(a.flight_id for a in work.writer.attached_from(original.id, scope)))
    message = f"{message_of(made, 0)}; what an earlier reading found stays"
    return Received(
        file=original.file_name, state=made.state, flights=flights, duplicate=file.again is not None, message=message
    )


def _record(work: Commit) -> None:
    """Write readings, cuts and objects of all files, in place of earlier ones."""
    placed = work.placed.values()
    work.forgotten = work.writer.forget_readings([p.original_id for p in placed if not p.fresh])
    readings = [{**p.made.prepared.reading, "original_id": p.original_id, "at_us": work.now_us} for p in placed]
    cuts = [columns for p in placed for columns in cut_rows(p)]
    objects = [
        NewObject(
            stored=p.made.objects[product.content],
            original_id=p.original_id,
            kind=product.kind,
            code=p.made.prepared.code,
        )
        for p in placed
        for product in p.made.prepared.products
    ]
    work.writer.add_readings(readings, cuts, objects)
    work.writer.add_photos(
        [
            {**p.made.prepared.photo, "original_id": p.original_id, "file_name": p.name}
            for p in placed
            if p.made.prepared.photo is not None
        ]
    )
    work.writer.add_paths(
        [
            (p.made.objects[product.content].object_id, path)
            for p in placed
            for product in p.made.prepared.products
            if (path := p.made.path(product)) is not None
        ]
    )


def _products(placed: Placed) -> list[Stored]:
    return [placed.made.objects[p.content] for p in placed.made.prepared.products]


def _said(work: Commit, number: int) -> None:
    placed, scope = work.placed[number], work.writer.caller.scope
    found = [work.flights.get(each, each) if isinstance(each, CutRef) else each for each in placed.flights]
    flights = tuple(
        dict.fromkeys(work.writer.resolve(str(each), scope) if work.united else str(each) for each in found)
    )
    made = placed.made.prepared
    details = json.dumps({"state": made.state, "code": made.code, "flights": len(flights)})
    work.events.setdefault(number, []).append(NewEvent("read", placed.original_id, details, placed.case))
    work.results[number] = Received(
        file=placed.name,
        state=made.state,
        flights=flights,
        duplicate=placed.held,
        problems=made.problems,
        message=message_of(made, len(flights)),
    )
