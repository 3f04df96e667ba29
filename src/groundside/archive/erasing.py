"""Verbs that take away: `erase`, what it would take, and legal holds that forbid it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from groundside.archive.composing import Composer
from groundside.archive.discarding import discard_doomed, note_doomed
from groundside.archive.lately import forget_all
from groundside.archive.squares import forget_last
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, Conflict, NotFound, Refused
from groundside.keep.catalogue import Reader, Writer
from groundside.keep.erasing import Doomed
from groundside.keep.holds import Hold
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Caller, Scope
from groundside.model.flight import Flight

__all__ = ["Erased", "Erasure", "Hold", "erase", "erasure", "finish_erasure", "hold", "holds", "lift_hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """
    What an erasure would take.

    Args:
        files: names of the files, as they came.
        size: bytes of them.
        objects: how many objects of the vault: these files, and what was made of them.
        flights: ids of the flights that would be gone, with those that were merged into them.
        named: these flights, each once.
        others: ids of the flights that other files tell of too, and that stay.
        held: why it is forbidden; empty where it is not.
    """

    files: tuple[str, ...]
    size: int
    objects: int
    flights: tuple[str, ...]
    named: tuple[Flight, ...]
    others: tuple[str, ...]
    held: tuple[Hold, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """
    What an erasure took.

    Args:
        files, objects, flights: how many.
        events: how many events say nothing any more; that they were is still proved by the ledger.
        finished: nothing is left in the files of the archive. False where another process held the catalogue: then
            the keys are gone, and `finish_erasure` does the rest.
    """

    files: int
    objects: int
    flights: int
    events: int
    finished: bool


@verb(Effect.REVEALS)
def erasure(store: Store, caller: Caller, flights: Sequence[str], files: Sequence[str] = ()) -> Erasure:
    """
    Say what erasing some flights and files would take; nothing is changed. As `erase`.

    Raises:
        NotFound: no such flight in the caller's scope.
    """
    with store.catalogue.read() as reader:
        doomed = _doomed(reader, caller, flights, files)
        names = tuple(reader.original(each, caller.scope).file_name for each in doomed.originals)
        gone = tuple(reader.flight(each, caller.scope) for each in doomed.flights)
        held = tuple(held_by(reader, doomed, caller.scope))
    return Erasure(
        files=names,
        size=doomed.size,
        objects=len(doomed.objects),
        flights=doomed.flights,
        named=tuple({each.id: each for each in gone}.values()),
        others=doomed.others,
        held=held,
    )


@verb(Effect.CHANGES)
def erase(store: Store, caller: Caller, flights: Sequence[str], why: str, files: Sequence[str] = ()) -> Erased:
    """
    Erase flights for good, with every file that tells of them: keys, bytes, rows, and what events said of them.

    The keys go first and in one commit, so that also the copies of the bytes in backups say nothing any more once the
    backups of the catalogue are gone. The ledger goes on to prove that something was there, and that it was erased.

    Args:
        flights: their ids.
        why: the reason, which stays.
        files: SHA-256 of further files, or the first characters of it: also of those in which nothing flew.

    Raises:
        NotFound: no such flight or file in the caller's scope.
        BadRequest: no reason was given.
        Refused: a legal hold forbids it.
    """
    if not why.strip():
        what = "An erasure needs a reason."
        raise BadRequest(what, try_this="groundside erase FLIGHT --why 'retention of 90 days is over'")
    with store.catalogue.commit(caller) as writer:
        doomed = _doomed(writer, caller, flights, files)
        emptied = taken(store, writer, doomed, why)
    return erased(doomed, emptied, finished=done_with(store, caller))


def taken(store: Store, writer: Writer, doomed: Doomed, why: str) -> int:
    """
    Take from the catalogue what is doomed, with its keys; gives how many events say nothing any more.

    Raises:
        Refused: a legal hold forbids it.
    """
    writer.prove_holds(doomed.case)
    _refuse_held(held_by(writer, doomed, writer.caller.scope))
    emptied = writer.erase(doomed)
    note_doomed(writer, doomed.objects, at_us=store.now_us())
    for each in doomed.others:
        Composer(store, writer).recompose(each)
    details = json.dumps({**_counts(doomed), "why": why})
    writer.event("erase", details=details, at_us=store.now_us(), case=doomed.case)
    return emptied


def erased(doomed: Doomed, emptied: int, *, finished: bool) -> Erased:
    """Say what was taken."""
    return Erased(**_counts(doomed), events=emptied, finished=finished)


def done_with(store: Store, caller: Caller) -> bool:
    """
    Remove the bytes of what was taken from the catalogue, and leave nothing of it in the archive's files.

    Returns:
        Whether nothing is left; see `Erased`.
    """
    store.custody.forget()
    forget_all()
    forget_last()
    discard_doomed(store, caller)
    return _finish(store)


def held_by(reader: Reader, doomed: Doomed, scope: Scope) -> list[Hold]:
    """List the legal holds that forbid to take what is doomed."""
    return reader.holding(doomed.case, {*doomed.flights, *doomed.others, *doomed.tied}, scope)


def _counts(doomed: Doomed) -> dict[str, int]:
    return {"files": len(doomed.originals), "objects": len(doomed.objects), "flights": len(doomed.flights)}


@verb(Effect.CHANGES)
def finish_erasure(store: Store, caller: Caller) -> int:
    """
    Leave nothing of what was erased in the archive's files: write the catalogue anew, empty caches and old copies.

    Returns:
        How many objects were removed whose rows had gone before, in an erasure that was killed or could not reach
        its store.

    Raises:
        Conflict: another process is using the archive.
    """
    removed = discard_doomed(store, caller)
    _scrub(store)
    with store.catalogue.commit(caller) as writer:
        writer.event("erase.finished", at_us=store.now_us())
    return removed


@verb(Effect.CHANGES)
def hold(store: Store, caller: Caller, why: str, *, flight: str | None = None, case: str | None = None) -> Hold:
    """
    Keep a flight, or all of a case, from being erased, until two people lift the hold.

    Raises:
        BadRequest: no reason, or neither or both of flight and case.
        NotFound: no such flight in the caller's scope.
    """
    if not why.strip() or (flight is None) == (case is None):
        what = "A legal hold needs a reason, and either a flight or a case."
        raise BadRequest(what, try_this="groundside holds place --flight ID --why 'claim 4711'")
    with store.catalogue.commit(caller) as writer:
        held = writer.flight(flight, caller.scope) if flight is not None else None
        where = held.case if held else str(case)
        if held is None and not (caller.scope.holds(where) and writer.has_case(where)):
            what = f"Nothing in this archive belongs to a case {where[:40]!r}."
            raise NotFound(what, try_this="groundside keys, which lists the cases")
        placed = writer.place_hold(where, held.id if held else None, why, at_us=store.now_us())
        writer.event("hold", about=placed.id, details=json.dumps({"why": why}), at_us=store.now_us(), case=where)
        return placed


@verb(Effect.CHANGES)
def lift_hold(store: Store, caller: Caller, hold_id: str) -> Hold:
    """
    Say that a hold may go. The first person who says so asks for it; a second one, somebody else, lifts it.

    Raises:
        NotFound: no such hold.
        Refused: the same person asked before.
        Conflict: it was lifted already.
    """
    with store.catalogue.commit(caller) as writer:
        lifted = writer.lift_hold(hold_id, at_us=store.now_us())
        what = "hold.asked" if lifted.lifted_us is None else "hold.lifted"
        writer.event(what, about=lifted.id, at_us=store.now_us(), case=lifted.case)
        return lifted


@verb(Effect.REVEALS)
def holds(store: Store, caller: Caller) -> tuple[Hold, ...]:
    """List all legal holds, also those that were lifted, the newest first."""
    with store.catalogue.read() as reader:
        return tuple(reader.holds(caller.scope))


def _doomed(reader: Reader, caller: Caller, flights: Sequence[str], files: Sequence[str]) -> Doomed:
    found = [reader.flight(each, caller.scope) for each in flights]
    named = [_file(reader, caller, each) for each in files]
    cases = {each.case for each in (*found, *named)}
    if len(cases) != 1:
        what = "What belongs to several cases is erased case by case." if cases else "No flight and no file was named."
        raise BadRequest(what, try_this="groundside erase FLIGHT --why REASON")
    told = [source.recording_id for each in found for source in each.sources]
    return reader.doomed(dict.fromkeys([*told, *(each.id for each in named)]), cases.pop(), caller.scope)


def _file(reader: Reader, caller: Caller, beginning: str) -> KeptOriginal:
    wanted = beginning.strip().lower()
    found = [each for each in reader.originals(caller.scope) if wanted and each.digest.hex.startswith(wanted)]
    if len(found) != 1:
        what = f"{'No file has' if not found else 'Several files have'} a SHA-256 that begins with {beginning[:64]!r}."
        raise NotFound(what, try_this="groundside files --json")
    return found[0]


def _refuse_held(held: Sequence[Hold]) -> None:
    if held:
        what = f"A legal hold forbids it: {held[0].why} (placed by {held[0].placed_by})."
        raise Refused(what, try_this=f"groundside holds lift {held[0].id[:8]}, by two people")


def _finish(store: Store) -> bool:
    try:
        _scrub(store)
    except Conflict:
        return False
    return True


def _scrub(store: Store) -> None:
    for folder in (store.folder.cache, store.folder.backups):
        for each in folder.iterdir():
            with suppress(FileNotFoundError):
                shutil.rmtree(each) if each.is_dir() else each.unlink()
    store.catalogue.scrub()
