"""One file into the archive: its bytes durable first, then the rows and the event of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from groundside.archive.deriving import FAILED, TOO_LARGE, Derivation, derive
from groundside.archive.settling import KeysChanged, settle
from groundside.archive.store import Store
from groundside.errors import Conflict, GroundsideError, NoSpace, NotFound
from groundside.keep.catalogue import Duplicate, Writer
from groundside.keep.rows import KeptOriginal, ReadingState, Stored
from groundside.model.caller import EVERYTHING, GENERAL, Caller
from groundside.model.digest import Digest
from groundside.model.results import Received

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Incoming:
    """
    A file about to be kept.

    Args:
        name: for people.
        origin: a note on where it came from.
        job_id: of the job that brings it; None where there is none.
    """

    name: str
    origin: str
    job_id: str | None = None


def keep(
    store: Store, caller: Caller, incoming: Incoming, chunks: Iterable[bytes], limit: int
) -> tuple[KeptOriginal, bool]:
    """
    Keep the bytes of one file.

    Returns:
        The original, and whether it was held before.

    Raises:
        TooLarge: past the limit; nothing is kept of it.
        NoSpace: the disk is full; nothing is kept of it.
    """
    stored = store.vault.put(chunks, limit=limit)
    try:
        original_id, held = _catalogued(store, caller, incoming, stored)
    finally:
        _discard_unless_referred(store, stored.object_id)
    with store.catalogue.read() as reader:
        return reader.original(original_id, caller.scope), held


def held_already(store: Store, caller: Caller, incoming: Incoming, chunks: Iterable[bytes]) -> KeptOriginal | None:
    """Say whether the very bytes are held and still there, reading them without writing them."""
    running = hashlib.sha256()
    for chunk in chunks:
        running.update(chunk)
    fingerprint = store.vault.fingerprint(Digest.of_bytes(running.digest()))
    with store.catalogue.read() as reader:
        found = reader.find_original(fingerprint, caller.scope)
        known = found and any(
            a.file_name == incoming.name and a.origin == incoming.origin
            for a in reader.arrivals(found.id, caller.scope)
        )
    if not found or not _is_there(store, found):
        return None
    if not known:
        with store.catalogue.commit(caller) as writer:
            _arrived(store, writer, found.id, incoming)
    return found


def read_kept(store: Store, caller: Caller, original: KeptOriginal) -> Received:
    """
    Read a kept original and settle what it tells into flights.

    Raises:
        NotFound: its bytes are gone from the vault.
    """
    for _ in range(ATTEMPTS):
        with store.catalogue.read() as reader:
            keys = reader.keychain(original.id, caller.scope)
        with store.vault.view(original.object_id) as data:
            derivation = derive(data, json.loads(keys) if keys else None, store.settings.max_decode_bytes)
        if derivation.state in {FAILED, TOO_LARGE} and (earlier := _earlier(store, caller, original, derivation)):
            return earlier
        with suppress(KeysChanged):
            flights = settle(store, caller, original, derivation, keys)
            return Received(
                file=original.file_name,
                state=derivation.state,
                flights=flights,
                problems=len(derivation.decoded.problems),
                message=message_of(derivation, len(flights)),
            )
    what = f"The keys of {original.file_name} kept changing while it was read."
    raise Conflict(what, try_this="groundside ingest, again")


def read_or_say(store: Store, caller: Caller, original: KeptOriginal) -> Received:
    """
    Read a kept original; what goes wrong with it is said in the result, and the rest of a batch goes on.

    Raises:
        NoSpace: the disk is full, which is no matter of this file.
    """
    try:
        return read_kept(store, caller, original)
    except NoSpace:
        raise
    except Exception as error:  # whatever one file brings about, the others are still to be read
        why = error.what if isinstance(error, GroundsideError) else f"{type(error).__name__}: {error}"
        return Received(file=original.file_name, state=FAILED, message=f"kept, but reading it failed: {why}")


def as_held(store: Store, caller: Caller, original: KeptOriginal) -> Received:
    """Describe a file that was held before."""
    with store.catalogue.read() as reader:
        flights = tuple(a.flight_id for a in reader.attached_from(original.id, caller.scope))
        reading = reader.reading(original.id, caller.scope)
    return Received(
        file=original.file_name,
        state=original.state.value,
        flights=tuple(dict.fromkeys(flights)),
        duplicate=True,
        problems=reading.problem_count if reading else 0,
        message="the same bytes are held already; nothing changed",
    )


def message_of(derivation: Derivation, flights: int) -> str:
    """Say in one sentence what became of a file."""
    if derivation.state == "locked":
        return f"{derivation.format}: logbook row complete, track locked"
    problems = derivation.decoded.problems
    counted = f"{derivation.format}: {flights} {'flight' if flights == 1 else 'flights'}"
    if not flights:
        counted = f"{derivation.format}: no flight, for it states neither when something was nor how long it took"
    said = counted if derivation.state == "read" else f"kept, but {derivation.state.replace('-', ' ')}"
    if not problems:
        return said
    return f"{said}; {problems[0].what}" + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else "")


def _catalogued(store: Store, caller: Caller, incoming: Incoming, stored: Stored) -> tuple[str, bool]:
    with store.catalogue.commit(caller) as writer:
        fingerprint, held = store.vault.fingerprint(stored.digest), False
        try:
            original_id = writer.add_original(stored, fingerprint=fingerprint, case=GENERAL, received_us=store.now_us())
        except Duplicate as duplicate:
            original_id, held = duplicate.original_id, True
            _heal(store, writer, original_id, stored)
        _arrived(store, writer, original_id, incoming)
    return original_id, held


def _heal(store: Store, writer: Writer, original_id: str, stored: Stored) -> None:
    """Take the bytes that came again in place of those that were lost."""
    original = writer.original(original_id, writer.caller.scope)
    if not _is_there(store, original):
        writer.point_original(original_id, stored)
        writer.event("healed", about=original_id, at_us=store.now_us(), case=original.case)


def _is_there(store: Store, original: KeptOriginal) -> bool:
    try:
        return store.vault.size(original.object_id) == original.size
    except NotFound:
        return False


def _discard_unless_referred(store: Store, object_id: str) -> None:
    """Remove an object that no row refers to; asked of the catalogue, for an interrupt can come after a commit."""
    with store.catalogue.read() as reader:
        referred = reader.refers_to(object_id, EVERYTHING)
    if not referred:
        store.vault.discard(object_id)


def _earlier(store: Store, caller: Caller, original: KeptOriginal, derivation: Derivation) -> Received | None:
    """Keep what an earlier reading found where this one could not be done."""
    with store.catalogue.read() as reader:
        reading = reader.reading(original.id, caller.scope)
        flights = tuple(dict.fromkeys(a.flight_id for a in reader.attached_from(original.id, caller.scope)))
    if reading is None or reading.state not in {ReadingState.READ, ReadingState.LOCKED}:
        return None
    message = f"{message_of(derivation, 0)}; what an earlier reading found stays"
    return Received(file=original.file_name, state=derivation.state, flights=flights, message=message)


def _arrived(store: Store, writer: Writer, original_id: str, incoming: Incoming) -> None:
    now = store.now_us()
    news = writer.add_arrival(
        original_id, file_name=incoming.name, origin=incoming.origin, at_us=now, job_id=incoming.job_id
    )
    if news:
        writer.event("ingest", about=original_id, at_us=now)
