"""Verbs that change what is known of flights: notes, merging, keys."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from pathlib import Path

from groundside.archive.brought import Incoming
from groundside.archive.composing import Composer
from groundside.archive.reading import options_for
from groundside.archive.store import Store
from groundside.archive.taking import keep, read_kept
from groundside.archive.verb import Effect, verb
from groundside.arrive.folder import Arrival, contents, shown
from groundside.decode.format import HEAD_BYTES
from groundside.decode.known import recognise
from groundside.errors import BadRequest, NotFound, Refused
from groundside.keep.catalogue import Writer
from groundside.keep.rows import Attached, KeptOriginal
from groundside.model.caller import Caller
from groundside.model.flight import Flight
from groundside.model.results import Note, Received

LONGEST_NOTE = 10_000


@verb(Effect.CHANGES)
def annotate(store: Store, caller: Caller, flight_id: str, text: str) -> Note:
    """
    Write a note on a flight; it stays with the flight whatever is merged or computed anew.

    Raises:
        NotFound: no such flight in the caller's scope.
        BadRequest: there is nothing in the text, or more than 10,000 characters.
    """
    if not text.strip() or len(text) > LONGEST_NOTE:
        what = f"A note has 1 to {LONGEST_NOTE:,} characters, not {len(text.strip()):,}."
        raise BadRequest(what)
    key, now = secrets.token_hex(8), store.now_us()
    with store.catalogue.commit(caller) as writer:
        flight = writer.flight(flight_id, caller.scope)
        writer.set_note(flight.id, key, text, at_us=now)
        writer.event("note", about=flight.id, at_us=now, case=flight.case)
    return Note(id=key, text=text, author=caller.who, at_us=now)


@verb(Effect.CHANGES)
def merge(store: Store, caller: Caller, keep_id: str, other_id: str) -> Flight:
    """
    Say that two flights are one: `other_id` becomes an alias of `keep_id`. Undone by `unmerge`.

    Raises:
        NotFound: no such flight in the caller's scope.
        BadRequest: they are one already.
    """
    with store.catalogue.commit(caller) as writer:
        why, now = f"merged by {caller.who}", store.now_us()
        target = writer.resolve(keep_id, caller.scope)
        alias = writer.resolve(other_id, caller.scope)
        moved = writer.attached_to(alias, caller.scope)
        writer.merge_flights(target, alias, at_us=now, why=why, by_person=True)
        _hold(writer, target, moved, why)
        Composer(store, writer).recompose(target)
        writer.event("merge", about=target, details=json.dumps({"alias": alias}), at_us=now)
        return writer.flight(target, caller.scope)


@verb(Effect.CHANGES)
def unmerge(store: Store, caller: Caller, alias: str) -> Flight:
    """
    Undo a merge: the alias is a flight again, with the sources it had.

    Raises:
        NotFound: it is no alias.
        Refused: a legal hold is on the flight, which would then be on one of two.
    """
    with store.catalogue.commit(caller) as writer:
        alias_id = _alias(writer, alias, caller)
        _refuse_held(writer, writer.resolve(alias_id, caller.scope), alias_id)
        undone = writer.unmerge(alias_id, at_us=store.now_us())
        for flight_id in (writer.resolve(undone.into, caller.scope), alias_id):
            Composer(store, writer).recompose(flight_id)
        writer.event("unmerge", about=alias_id, details=json.dumps({"from": undone.into}), at_us=store.now_us())
        return writer.flight(alias_id, caller.scope)


@verb(Effect.CHANGES)
def add_keys(store: Store, caller: Caller, file: Path, answer: object) -> Received:
    """
    Keep the keys of an encrypted original beside it, and read it again with them.

    Args:
        file: the record; taken in first if it is not held. Or the name under which it was taken in.
        answer: the key service's answer, as parsed from its JSON.

    Raises:
        NotFound: there is no such file, here or in the archive.
        BadRequest: the answer is not one, or its keys do not open this file.
    """
    original = _original(store, caller, file)
    _try_keys(store, caller, original, answer)
    with store.catalogue.commit(caller) as writer:
        now = store.now_us()
        writer.set_keychain(original.id, json.dumps(answer), at_us=now)
        writer.event("keys", about=original.id, at_us=now, case=original.case)
    return read_kept(store, caller, original)


def _try_keys(store: Store, caller: Caller, original: KeptOriginal, answer: object) -> None:
    """Refuse keys that open nothing, or less than those that are held."""
    name = original.file_name
    with store.catalogue.read() as reader:
        reading = reader.reading(original.id, caller.scope)
    with store.vault.view(original.object_id) as data:
        kind = recognise(bytes(data[:HEAD_BYTES]))
        if kind is None or kind.keys_from_answer is None:
            what = f"{name} is not of a format that has keys."
            raise BadRequest(what, try_this=f"groundside decode {name}")
        decoded = kind.decode(data, options_for(kind, answer))
        locked = kind.recording(decoded).track_locked
    if locked or (reading is not None and decoded.account.locked > reading.account.locked):
        what = f"These keys do not open {name}." if locked else f"These keys open less of {name} than those held."
        raise BadRequest(what, try_this=f"groundside keychain request {name}, and ask again for this very file")


def _hold(writer: Writer, flight_id: str, moved: list[Attached], why: str) -> None:
    for each in moved:
        writer.attach_source(flight_id, each.ref, replace(each.fit, why=why, by_person=True))


def _alias(writer: Writer, beginning: str, caller: Caller) -> str:
    found = writer.flights_beginning(beginning.strip().lower(), caller.scope)
    if len(found) != 1:
        what = f"There is no flight {beginning[:40]!r} that was merged into another."
        raise NotFound(what, try_this="groundside flight ID shows what was merged into it")
    return found[0]


def _original(store: Store, caller: Caller, file: Path) -> KeptOriginal:
    if file.is_file():
        arrival = Arrival(file, shown(Path(file.name)), 0)
        incoming = Incoming(arrival.name, shown(file.parent.absolute()))
        limit = store.settings.max_file_bytes
        return keep(store, caller, incoming, contents(arrival, limit), limit)[0]
    with store.catalogue.read() as reader:
        named = [o for o in reader.originals(caller.scope) if o.file_name == shown(Path(file.name))]
    if len(named) != 1:
        what = f"There is no file {shown(file)}, and the archive holds {len(named)} of that name."
        raise NotFound(what, try_this="groundside files")
    return named[0]


def _refuse_held(writer: Writer, *flight_ids: str) -> None:
    case = writer.flight(flight_ids[0], writer.caller.scope).case
    if held := [each for each in writer.holding(case, flight_ids, writer.caller.scope) if each.flight is not None]:
        what = f"A legal hold is on this flight: {held[0].why} (placed by {held[0].placed_by})."
        raise Refused(what, try_this="groundside holds")
