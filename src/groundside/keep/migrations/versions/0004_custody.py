"""Keys of objects, and the ledger of what happened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEALED = (
    "original",
    "arrival",
    "keychain",
    "derived_object",
    "reading",
    "cut",
    "flight",
    "flight_source",
    "merge",
    "note",
)
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; rows of before get their seals when the archive is next opened, events with the next that is."""
    for table in SEALED:
        op.add_column(table, sa.Column("seal", sa.LargeBinary(), nullable=True))
    _keys()
    _holds()
    _ledger()
    _events()


def _keys() -> None:
    op.create_table(
        "case_key",
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_name", "version", name=op.f("pk_case_key")),
    )
    op.create_table(
        "object_key",
        sa.Column("object_id", TEXT, nullable=False),
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("object_id", name=op.f("pk_object_key")),
    )
    op.create_index(op.f("ix_object_key_case_name"), "object_key", ["case_name", "case_version"])


def _holds() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("flight_id", TEXT, nullable=True),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("placed_by", TEXT, nullable=False),
        sa.Column("placed_us", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", TEXT, nullable=True),
        sa.Column("asked_us", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", TEXT, nullable=True),
        sa.Column("lifted_us", sa.BigInteger(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )


def _ledger() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("seq", SEQ, autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_entry")),
    )
    op.create_table(
        "ledger_tile",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_ledger_tile")),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", SEQ, autoincrement=False, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("witnessed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoint")),
    )


def _events() -> None:
    op.add_column("event", sa.Column("action", TEXT, nullable=False, server_default=""))
    op.add_column("event", sa.Column("salt", sa.LargeBinary(), nullable=True))
    op.add_column("event", sa.Column("commitment", sa.LargeBinary(), nullable=True))
    op.add_column("event", sa.Column("entry", sa.BigInteger(), nullable=True))
    op.add_column("event", sa.Column("seal", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_event_entry"), "event", ["entry"])
    unsealed = sa.text("entry IS NULL")
    op.create_index("ix_event_unsealed", "event", ["action"], sqlite_where=unsealed, postgresql_where=unsealed)
