"""People, assignments of flights, and what is stated of aircraft, batteries and components."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables; they begin empty."""
    _statements()
    _batches()
    _assignments()


def _statements() -> None:
    op.create_table(
        "statement",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("said", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", TEXT, nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index(op.f("ix_statement_kind"), "statement", ["kind", "subject"])


def _batches() -> None:
    op.create_table(
        "assignment_batch",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("said", TEXT, nullable=False),
        sa.Column("flights", sa.BigInteger(), nullable=False),
        sa.Column("undoes", TEXT, nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_batch")),
    )
    op.create_index(op.f("ix_assignment_batch_at_us"), "assignment_batch", ["at_us"])


def _assignments() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("flight_id", TEXT, nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_batch", TEXT, nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["flight_id"], ["flight.id"], name=op.f("fk_assignment_flight_id")),
        sa.ForeignKeyConstraint(["batch"], ["assignment_batch.id"], name=op.f("fk_assignment_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_flight_id"), "assignment", ["flight_id", "field"])
    op.create_index(op.f("ix_assignment_batch"), "assignment", ["batch"])
    op.create_index(op.f("ix_assignment_ended_batch"), "assignment", ["ended_batch"])
    present = sa.text("ended_us IS NULL")
    op.create_index(
        "ix_assignment_present", "assignment", ["field", "value"], sqlite_where=present, postgresql_where=present
    )
