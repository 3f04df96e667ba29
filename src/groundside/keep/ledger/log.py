"""
The ledger on the catalogue: entries are added with their hashes and a signed checkpoint, in the caller's transaction.

Whoever calls `append` holds the one turn to write of `Catalogue.commit`, so that entries are numbered without a gap;
they are acknowledged when that commit is durable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass

from sqlalchemy import Connection, delete, func, insert, select

from groundside.errors import NotFound, Tampered
from groundside.keep.custody_tables import ledger_checkpoint, ledger_entry
from groundside.keep.ledger import merkle
from groundside.keep.ledger.checkpoint import Checkpoint, open_checkpoint, sign
from groundside.keep.ledger.encoding import refuse
from groundside.keep.ledger.entries import Entry, NewEntry
from groundside.keep.ledger.keys import SigningKey, VerifierKey
from groundside.keep.ledger.note import Note
from groundside.keep.ledger.tiles import Tiles

_E, _C = ledger_entry, ledger_checkpoint
_SIZE = select(func.max(_C.c.size))


@dataclass(frozen=True, slots=True)
class Appended:
    """What was added: entries `first` to `size` - 1, and the signed checkpoint over all of them."""

    first: int
    size: int
    note: str


def append(connection: Connection, entries: Sequence[NewEntry], signer: SigningKey) -> Appended:
    """
    Add entries, their hashes and a checkpoint signed by the ledger's key.

    What is there is not walked, but its right edge must be what the last checkpoint signed: else a new signature would
    make good what somebody altered.

    Args:
        connection: of a transaction that may write.
        entries: one at least, in their order.
        signer: the ledger's key; its name is that of the ledger.

    Raises:
        Tampered: the end of the ledger is not as it was signed. Nothing was added.
        ValueError: no entries; a defect in the caller.
    """
    if not entries:
        what = "no entries to add"
        raise ValueError(what)
    tiles = Tiles(connection)
    size = _size_as_signed(connection, tiles, signer.verifier)
    new = [Entry(*astuple(each)[:4], seq=size + number) for number, each in enumerate(entries)]
    leaves = [each.leaf for each in new]
    connection.execute(insert(_E), [{"seq": e.seq, "leaf": leaf} for e, leaf in zip(new, leaves, strict=True)])
    grown = tiles.append(size, merkle.leaf_hashes(leaves))
    note = sign(Checkpoint(signer.name, grown, tiles.root_at(grown)), signer)
    connection.execute(delete(_C).where(_C.c.witnessed.is_(False)))
    connection.execute(insert(_C).values(size=grown, note=note, witnessed=False))
    return Appended(size, grown, note)


def newest(connection: Connection) -> str | None:
    """Give the newest checkpoint, a signed note; None before the first entry. It is not verified."""
    return connection.scalar(select(_C.c.note).order_by(_C.c.size.desc()).limit(1))


def newest_cosigned(connection: Connection) -> str | None:
    """Give the newest checkpoint that witnesses cosigned; None where there is none. It is not verified."""
    return connection.scalar(select(_C.c.note).where(_C.c.witnessed).order_by(_C.c.size.desc()).limit(1))


def size_of(connection: Connection) -> int:
    """Give the number of entries as the newest checkpoint has it; 0 before the first."""
    return connection.scalar(_SIZE) or 0


def read(connection: Connection, first: int, limit: int) -> list[Entry]:
    """
    Give up to `limit` entries in order, from number `first` on.

    Raises:
        Tampered: one of them is not of the form of an entry, or bears another number than its row.
    """
    query = select(_E.c.seq, _E.c.leaf).where(_E.c.seq >= first).order_by(_E.c.seq).limit(limit)
    found = [(row.seq, Entry.parse(row.leaf)) for row in connection.execute(query)]
    if wrong := [seq for seq, entry in found if seq != entry.seq]:
        what = f"Entry {wrong[0]} of the ledger bears another number."
        raise Tampered(what, try_this="groundside verify")
    return [entry for _, entry in found]


def inclusion(connection: Connection, seq: int, size: int) -> list[bytes]:
    """
    Prove that entry `seq` is in the ledger as it was with `size` entries; see `merkle.inclusion_proof`.

    Raises:
        NotFound: the ledger never had such a size, or no such entry then.
        Tampered: hashes that are needed are missing.
    """
    _refuse_unless(0 <= seq < size <= size_of(connection), f"The ledger of {size} entries has no entry {seq}.")
    return _proof(connection, lambda hash_of: merkle.inclusion_proof(seq, size, hash_of))


def consistency(connection: Connection, old: int, new: int) -> list[bytes]:
    """
    Prove that the ledger of `new` entries begins with that of `old`; see `merkle.consistency_proof`.

    Raises:
        NotFound: the ledger never had such sizes, in that order.
        Tampered: hashes that are needed are missing.
    """
    _refuse_unless(0 <= old <= new <= size_of(connection), f"The ledger never grew from {old} to {new} entries.")
    return _proof(connection, lambda hash_of: merkle.consistency_proof(old, new, hash_of))


def _proof(connection: Connection, walk: Callable[[merkle.HashOf], list[bytes]]) -> list[bytes]:
    tiles = Tiles(connection)
    tiles.foresee(walk)
    return walk(tiles.hash_of)


def keep_cosigned(connection: Connection, raw: str, key: VerifierKey, witnesses: Collection[VerifierKey]) -> Checkpoint:
    """
    Keep a checkpoint of this ledger that witnesses cosigned; it stays when newer ones are signed.

    Raises:
        Tampered: it is not whole, or not one of this ledger, or no witness signed it.
    """
    checkpoint = open_checkpoint(raw, key, witnesses, least=1).checkpoint
    size = checkpoint.size
    if not 0 < size <= size_of(connection) or merkle.root_at(size, Tiles(connection).hash_of) != checkpoint.root:
        refuse("The cosigned checkpoint is not one that this ledger signed.")
    connection.execute(delete(_C).where(_C.c.size == size))
    connection.execute(insert(_C).values(size=size, note=raw, witnessed=True))
    return checkpoint


def _size_as_signed(connection: Connection, tiles: Tiles, key: VerifierKey) -> int:
    last = connection.scalar(select(func.max(_E.c.seq)))
    raw = newest(connection)
    if raw is None:
        _refuse_altered(last is None)
        return 0
    note = Note.parse(raw)
    _refuse_altered(key in note.verified([key]))
    signed = Checkpoint.parse(note.text)
    _refuse_altered(signed.size > 0 and signed.size - 1 == last)
    _refuse_altered(signed.origin == key.name and tiles.root_at(signed.size) == signed.root)
    return signed.size


def _refuse_altered(as_signed: bool) -> None:
    if not as_signed:
        what = "The end of the ledger is not what its last checkpoint signed."
        raise Tampered(what, try_this="groundside verify")


def _refuse_unless(there: bool, what: str) -> None:
    if not there:
        raise NotFound(what, try_this="groundside verify")
