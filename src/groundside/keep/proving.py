"""What can be proved of some flights and files to somebody who has neither this program nor this archive."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from groundside.keep import schema
from groundside.keep.connection import by_hundreds, within
from groundside.keep.custody_tables import ledger_checkpoint
from groundside.keep.events import BOUND, told
from groundside.keep.known_witnesses import known_witnesses
from groundside.keep.ledger import log, proofs
from groundside.keep.ledger.checkpoint import Checkpoint, arranged, open_checkpoint
from groundside.keep.ledger.entries import canonical_event
from groundside.keep.ledger.keys import VerifierKey
from groundside.keep.ledger.note import Note
from groundside.model.caller import Scope

_E, _C = schema.event, ledger_checkpoint


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event, the number of the entry that binds it, and the proof of that, with the event's salt."""

    entry: int
    seq: int
    said: dict[str, Any]
    proof: str


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry of the ledger, canonical JSON, and the proof that it is under the checkpoint."""

    seq: int
    leaf: bytes
    proof: str


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The newest checkpoint that witnesses cosigned, and the proof that the ledger only grew since."""

    note: str
    growth: str


@dataclass(frozen=True, slots=True)
class Proven:
    """
    What is proved.

    Args:
        key: of the ledger: name+hash+base64.
        checkpoint: the newest, signed by the ledger's key alone.
        entries: in order.
        events: in the order of their entries.
        cosigned: None where no witness cosigned any checkpoint.
        waiting: numbers of events that no entry binds yet, for what they are part of is still going on.
    """

    key: VerifierKey
    checkpoint: str
    entries: tuple[ProvenEntry, ...]
    events: tuple[ProvenEvent, ...]
    cosigned: Cosigned | None
    waiting: tuple[int, ...]

    def binds(self, original_id: str, sha256: str) -> bool:
        """Whether an event of the arrival of an original names these bytes."""
        found = (each.said for each in self.events)
        said = [
            json.loads(each["details"]) for each in found if (each["what"], each["about"]) == ("ingest", original_id)
        ]
        return any(each.get("sha256") == sha256 for each in said)


def proven(connection: Connection, about: Collection[str], scope: Scope, key: VerifierKey) -> Proven | None:
    """
    Prove what happened to some flights and files; None before the ledger has an entry.

    Events that were erased, and those about anything else, are left out.

    Args:
        connection: of a transaction, so that all is of one moment.
        about: ids of the flights and originals.
        scope: events of other cases are left out.
        key: of the ledger.

    Raises:
        Tampered: something does not hold: a signature, an entry, an event, or hashes that are needed.
    """
    raw = log.newest(connection)
    if raw is None:
        return None
    checkpoint = str(replace(note := arranged(Note.parse(raw)), signatures=note.signatures[:1]))
    size = Checkpoint.parse(note.text).size
    rows = sorted(_about(connection, about, scope), key=lambda row: row.seq)
    bound = [row for row in rows if row.entry is not None and row.entry < size]
    numbers = sorted({int(row.entry) for row in bound})
    found = Proven(
        key=key,
        checkpoint=checkpoint,
        entries=tuple(_entry(connection, number, size, checkpoint) for number in numbers),
        events=tuple(each for number in numbers for each in _events(connection, number, bound)),
        cosigned=_cosigned(connection, size, checkpoint),
        waiting=tuple(int(row.seq) for row in rows if row.entry is None),
    )
    _verify(connection, found)
    return found


def entry_proof(connection: Connection, seq: int) -> ProvenEntry:
    """
    Prove that entry `seq` is in the ledger of the newest checkpoint, with all of its signatures.

    Raises:
        NotFound: there is no such entry.
        Tampered: what is needed is missing or not of its form.
    """
    return _entry(connection, seq, log.size_of(connection), log.newest(connection) or "")


def growth_proof(connection: Connection, old: int) -> str:
    """
    Prove that the ledger of the newest checkpoint begins with that of `old` entries: what a witness asks for.

    Raises:
        NotFound: the ledger has no entries, or never had so many.
    """
    hashes = log.consistency(connection, old, log.size_of(connection))
    return proofs.growth(old, hashes, log.newest(connection) or "")


def _verify(connection: Connection, found: Proven) -> None:
    """Verify what is about to leave as whoever gets it will, so that damage is met here and not there."""
    entries = {each.seq: proofs.open_entry_proof(each.proof, each.leaf, found.key)[0] for each in found.entries}
    for each in found.events:
        proofs.open_event_proof(each.proof, entries[each.entry])
    if found.cosigned is not None:
        older = open_checkpoint(found.cosigned.note, found.key, known_witnesses(connection), least=1)
        proofs.open_growth(found.cosigned.growth, older, found.key)


def _about(connection: Connection, about: Iterable[str], scope: Scope) -> Iterable[Row[Any]]:
    for some in by_hundreds(dict.fromkeys(about)):
        mine = (_E.c.about.in_(some), _E.c.salt.is_not(None), within(_E.c.case_name, scope))
        yield from connection.execute(select(_E).where(*mine))


def _entry(connection: Connection, number: int, size: int, checkpoint: str) -> ProvenEntry:
    proof = proofs.entry_proof(number, log.inclusion(connection, number, size), checkpoint)
    [entry] = log.read(connection, number, 1)
    return ProvenEntry(number, entry.leaf, proof)


def _events(connection: Connection, number: int, rows: Iterable[Row[Any]]) -> Iterable[ProvenEvent]:
    query = select(_E.c.seq, _E.c.commitment).where(_E.c.entry == number).order_by(_E.c.seq)
    sealed = connection.execute(query).all()
    place = {int(row.seq): at for at, row in enumerate(sealed)}
    mine = {place[int(row.seq)]: row for row in rows if row.entry == number}
    said = {at: told({name: getattr(row, name) for name in BOUND}) for at, row in mine.items()}
    opened = {at: (bytes(row.salt), canonical_event(said[at])) for at, row in mine.items()}
    written = proofs.chosen_event_proofs(opened, [bytes(row.commitment) for row in sealed])
    return [ProvenEvent(number, int(row.seq), said[at], written[at]) for at, row in mine.items()]


def _cosigned(connection: Connection, size: int, checkpoint: str) -> Cosigned | None:
    newest = select(_C.c.size, _C.c.note).where(_C.c.witnessed).order_by(_C.c.size.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    if row is None:
        return None
    return Cosigned(row.note, proofs.growth(row.size, log.consistency(connection, row.size, size), checkpoint))
