"""The tables of custody: keys of objects, the ledger. Changed only together with a file in `migrations/versions`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table

from groundside.keep.schema import metadata
from groundside.keep.stored_text import Text

case_key = Table(
    "case_key",
    metadata,
    # The key of a case, wrapped by the root key; `version` grows when it is replaced by a new one.
    Column("case_name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    PrimaryKeyConstraint("case_name", "version"),
)

object_key = Table(
    "object_key",
    metadata,
    # The data key of an object, wrapped by a key of its case. Without this row the object's bytes say nothing.
    Column("object_id", Text, primary_key=True),
    Column("case_name", Text, nullable=False),
    Column("case_version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Index(None, "case_name", "case_version"),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    # Leaves of the Merkle tree, from 0 without a gap; canonical JSON that says nothing of what may be erased.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
)

ledger_tile = Table(
    "ledger_tile",
    metadata,
    # Up to 256 hashes of one level of the tree, 32 bytes each; the last of a level grows.
    Column("level", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "number"),
)

ledger_checkpoint = Table(
    "ledger_checkpoint",
    metadata,
    # The newest signed checkpoint, and those that a witness signed too.
    Column("size", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("witnessed", Boolean, nullable=False),
)

legal_hold = Table(
    "legal_hold",
    metadata,
    # What must not be erased: one flight, or all of a case; lifted by two people, one after the other.
    Column("id", Text, primary_key=True),
    Column("case_name", Text, nullable=False),
    Column("flight_id", Text, nullable=True),
    Column("why", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("placed_us", BigInteger, nullable=False),
    Column("asked_by", Text, nullable=True),
    Column("asked_us", BigInteger, nullable=True),
    Column("lifted_by", Text, nullable=True),
    Column("lifted_us", BigInteger, nullable=True),
    Column("seal", LargeBinary, nullable=True),
)
