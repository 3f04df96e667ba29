"""Ledgers for tests: keys that are always the same, entries, and a ledger on an empty SQLite in memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import StaticPool

from groundside.keep.custody_tables import ledger_checkpoint, ledger_entry, ledger_tile
from groundside.keep.ledger import log
from groundside.keep.ledger.checkpoint import Checkpoint, arranged, sign
from groundside.keep.ledger.entries import NewEntry, canonical_event, commitment_of, manifest_of
from groundside.keep.ledger.keys import KeyKind, SigningKey
from groundside.keep.ledger.note import Note
from groundside.keep.schema import metadata

T0 = 1_700_000_000_000_000
NAME = "archive.example/ledger"
KEY = SigningKey(NAME, KeyKind.NOTE, b"1" * 32)
OTHER = SigningKey(NAME, KeyKind.NOTE, b"2" * 32)
WITNESS = SigningKey("witness.example/w1", KeyKind.COSIGNATURE, b"3" * 32)
SECOND = SigningKey("witness.example/w2", KeyKind.COSIGNATURE, b"4" * 32)
TABLES = [ledger_entry, ledger_tile, ledger_checkpoint]


def entries(count: int, verb: str = "ingest") -> list[NewEntry]:
    return [NewEntry(T0 + at, verb, 1, f"{at:064x}") for at in range(count)]


def events(count: int, seed: int = 1) -> tuple[list[tuple[bytes, bytes | None]], list[bytes]]:
    """Events as they are kept, salt and canonical JSON, and the commitments to them."""
    chance = random.Random(seed)
    told = [(chance.randbytes(32), canonical_event({"seq": at, "what": "read", "who": "Ö"})) for at in range(count)]
    return list(told), [commitment_of(salt, event) for salt, event in told]


def entry_of(commitments: list[bytes]) -> NewEntry:
    return NewEntry(T0, "read", len(commitments), manifest_of(commitments))


@contextmanager
def empty() -> Iterator[Connection]:
    """A database with the tables of the ledger and no rows."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine, tables=TABLES)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def ledger(count: int, key: SigningKey = KEY) -> Iterator[Connection]:
    """A ledger of some entries, added at once."""
    with empty() as connection:
        log.append(connection, entries(count), key)
        yield connection


def cosigned(note: str, witness: SigningKey = WITNESS, at_s: int = 1_700_000_000) -> str:
    return str(arranged(Note.parse(note).signed(witness, at_s)))


def signed(size: int, root: bytes, key: SigningKey = KEY) -> str:
    return sign(Checkpoint(key.name, size, root), key)


def flip(connection: Connection, table: str, column: str, where: str, bit: int) -> None:
    """Turn one bit over in a value of bytes or text, as a bad disk does; the bit is counted around its end."""
    raw = bytearray(connection.scalar(text(f"SELECT CAST({column} AS BLOB) FROM {table} WHERE {where}")))
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    kind = "TEXT" if column == "note" else "BLOB"
    connection.execute(text(f"UPDATE {table} SET {column} = CAST(:new AS {kind}) WHERE {where}"), {"new": bytes(raw)})
