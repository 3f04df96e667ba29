"""One file into the archive: its bytes durable first, then the rows and the event of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from groundside.archive.deriving import Derivation, derive
from groundside.archive.settling import settle
from groundside.archive.store import Store
from groundside.keep.catalogue import Duplicate, Writer
from groundside.keep.rows import KeptOriginal, Stored
from groundside.model.caller import GENERAL, Caller
from groundside.model.digest import Digest
from groundside.model.results import Received


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
    except BaseException:
        store.vault.discard(stored.object_id)
        raise
    if held:
        store.vault.discard(stored.object_id)
    with store.catalogue.read() as reader:
        return reader.original(original_id, caller.scope), held


def held_already(store: Store, caller: Caller, incoming: Incoming, chunks: Iterable[bytes]) -> KeptOriginal | None:
    """Say whether the very bytes are held, reading them without writing them."""
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
    if found and not known:
        with store.catalogue.commit(caller) as writer:
            _arrived(store, writer, found.id, incoming)
    return found


def read_kept(store: Store, caller: Caller, original: KeptOriginal) -> Received:
    """Read a kept original and settle what it tells into flights."""
    with store.catalogue.read() as reader:
        keys = reader.keychain(original.id, caller.scope)
    with store.vault.view(original.object_id) as data:
        derivation = derive(data, json.loads(keys) if keys else None, store.settings.max_decode_bytes)
    flights = settle(store, caller, original, derivation)
    return Received(
        file=original.file_name,
        state=derivation.state,
        flights=flights,
        problems=len(derivation.decoded.problems),
        message=message_of(derivation, len(flights)),
    )


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
        _arrived(store, writer, original_id, incoming)
    return original_id, held


def _arrived(store: Store, writer: Writer, original_id: str, incoming: Incoming) -> None:
    now = store.now_us()
    news = writer.add_arrival(
        original_id, file_name=incoming.name, origin=incoming.origin, at_us=now, job_id=incoming.job_id
    )
    if news:
        writer.event("ingest", about=original_id, at_us=now)
