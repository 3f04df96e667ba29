"""Verbs about the ledger: its state, its entries, proofs, and checkpoints that witnesses cosigned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import NotFound, Refused
from groundside.keep.known_witnesses import COSIGNED, known_witnesses, told_of, witness_key
from groundside.keep.ledger import log
from groundside.keep.ledger.checkpoint import Checkpoint, Witnessed, open_checkpoint
from groundside.keep.ledger.entries import Entry
from groundside.keep.ledger.mending import mend
from groundside.keep.proving import ProvenEntry, entry_proof, growth_proof
from groundside.model.caller import Caller
from groundside.model.event import Event

__all__ = ["Checkpoint", "Entry", "EntryEvents", "LedgerState", "ProvenEntry"]
_NAMED = 100
"""So many rows that were mended are named in the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """
    The ledger as it was signed last.

    Args:
        key: that verifies its signatures: name+hash+base64.
        size: number of entries.
        root: hash over them, 32 bytes.
        checkpoint: the signed note.
        seen: names of witnesses that cosigned this very checkpoint, and when, POSIX seconds.
        cosigned: how many entries the newest checkpoint covers that witnesses cosigned; 0 where none did.
        cosigned_by: who did, and when, POSIX seconds.
        witnesses: keys of all witnesses that are known here.
    """

    key: str
    size: int
    root: bytes
    checkpoint: str
    seen: dict[str, int]
    cosigned: int
    cosigned_by: dict[str, int]
    witnesses: tuple[str, ...]


@verb(Effect.NEITHER)
def ledger(store: Store, caller: Caller) -> LedgerState:
    """
    Say how far the ledger has come.

    Raises:
        NotFound: it has no entry yet.
        Tampered: its last checkpoint is not what was signed.
    """
    key = store.custody.verifier()
    with store.catalogue.read() as reader:
        raw, witnesses = log.newest(reader.connection), known_witnesses(reader.connection)
        cosigned = log.newest_cosigned(reader.connection)
    if raw is None:
        what = "The ledger has no entry yet."
        raise NotFound(what, try_this="groundside ingest PATH")
    found: Witnessed = open_checkpoint(raw, key, witnesses)
    older = open_checkpoint(cosigned, key, witnesses) if cosigned else None
    return LedgerState(
        key=str(key),
        size=found.checkpoint.size,
        root=found.checkpoint.root,
        checkpoint=raw,
        seen=_named(found),
        cosigned=older.checkpoint.size if older else 0,
        cosigned_by=_named(older) if older else {},
        witnesses=tuple(map(str, witnesses)),
    )


def _named(opened: Witnessed) -> dict[str, int]:
    return {each.name: at_s for each, at_s in opened.seen.items()}


@verb(Effect.REVEALS)
def ledger_entries(store: Store, caller: Caller, first: int, limit: int) -> tuple[Entry, ...]:
    """
    Give up to `limit` entries from number `first` on: when, which verb, and how many events; not what these say.

    Raises:
        Refused: the caller may not see every case.
        Tampered: one of them was altered.
    """
    _see_everything(caller)
    with store.catalogue.read() as reader:
        return tuple(log.read(reader.connection, first, limit))


@dataclass(frozen=True, slots=True)
class EntryEvents:
    """What an entry of the ledger is about: its events in order, and how many of them were erased."""

    entry: Entry
    events: tuple[Event, ...]
    erased: int


@verb(Effect.REVEALS)
def ledger_events(store: Store, caller: Caller, seq: int, limit: int, after: int = 0) -> EntryEvents:
    """
    Say what an entry of the ledger is about: who did what, how, why, to what.

    Args:
        seq: number of the entry.
        limit: no more than so many events.
        after: only events of a greater number than this.

    Raises:
        NotFound: there is no such entry.
        Refused: the caller may not see every case.
        Tampered: it was altered.
    """
    _see_everything(caller)
    with store.catalogue.read() as reader:
        found = log.read(reader.connection, seq, 1)
        if not found or found[0].seq != seq:
            what = f"The ledger has no entry {seq}."
            raise NotFound(what, try_this="groundside ledger")
        events, erased = reader.events_of_entry(seq, after, limit, caller.scope)
    return EntryEvents(found[0], tuple(events), erased)


@verb(Effect.REVEALS)
def prove(store: Store, caller: Caller, seq: int) -> ProvenEntry:
    """
    Prove that an entry is in the ledger.

    Raises:
        NotFound: there is no such entry.
        Refused: the caller may not see every case.
    """
    _see_everything(caller)
    with store.catalogue.read() as reader:
        return entry_proof(reader.connection, seq)


@verb(Effect.NEITHER)
def consistency(store: Store, caller: Caller, old: int) -> str:
    """
    Prove that the ledger only grew since it had `old` entries: what a witness asks for, with the checkpoint.

    Raises:
        NotFound: it never had so many.
    """
    with store.catalogue.read() as reader:
        return growth_proof(reader.connection, old)


@verb(Effect.CHANGES)
def keep_checkpoint(store: Store, caller: Caller, note: str, witnesses: Sequence[str] = ()) -> Checkpoint:
    """
    Keep a checkpoint that witnesses cosigned.

    Args:
        note: the cosigned checkpoint.
        witnesses: keys of those that are not known here yet, and are from now on.

    Raises:
        Tampered: it is not one of this ledger, not whole, or no witness that is known signed it.
        Refused: the caller may not see every case.
    """
    _see_everything(caller)
    new = [witness_key(each) for each in witnesses]
    with store.catalogue.commit(caller) as writer:
        known = dict.fromkeys([*known_witnesses(writer.connection), *new])
        kept = log.keep_cosigned(writer.connection, note, store.custody.verifier(), list(known))
        writer.event(COSIGNED, details=told_of(kept.size, kept.root, new), at_us=store.now_us())
    return kept


@verb(Effect.CHANGES)
def mend_ledger(store: Store, caller: Caller) -> tuple[str, ...]:
    """
    Make hashes of the ledger anew that were damaged, where all its entries are those that were signed.

    Returns:
        Which rows were made anew or removed: "tile 0 3".

    Raises:
        Tampered: an entry or the newest checkpoint was altered; nothing was changed.
        Refused: the caller may not see every case.
    """
    _see_everything(caller)
    with store.catalogue.commit(caller) as writer:
        known = known_witnesses(writer.connection)
        mended = mend(writer.connection, store.custody.verifier(), known)
        named = tuple(f"tile {level} {number}" for level, number in mended)
        details = json.dumps({"tiles": len(named), "first": named[:_NAMED]})
        writer.event("ledger.mended", details=details, at_us=store.now_us())
    return named


def _see_everything(caller: Caller) -> None:
    if caller.scope.cases is not None:
        what = "The ledger is of every case, and this caller may not see every case."
        raise Refused(what, try_this="ask the owner of the archive")
