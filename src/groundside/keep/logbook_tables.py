"""
The tables of logbook and fleet: what people stated, and what flights were assigned to.

Changed only together with a file in `migrations/versions`. Nothing in them is overwritten: what is stated anew ends
what was stated before.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table

from groundside.keep.schema import metadata, partial
from groundside.keep.stored_text import Text

statement = Table(
    "statement",
    metadata,
    # What a person stated of one subject: a pilot, a certificate, an aircraft, a battery. `said` is a noun as JSON.
    Column("id", Text, primary_key=True),
    Column("case_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger, nullable=True),
    Column("ended_by", Text, nullable=True),
    Column("seal", LargeBinary, nullable=True),
    Index(None, "kind", "subject"),
)

assignment_batch = Table(
    "assignment_batch",
    metadata,
    # One change of assignments, of one flight or of thousands; `undoes` names the one that it takes back.
    Column("id", Text, primary_key=True),
    Column("case_name", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
    Column("flights", BigInteger, nullable=False),
    Column("undoes", Text, nullable=True),
    Column("seal", LargeBinary, nullable=True),
    Index(None, "at_us"),
)

assignment = Table(
    "assignment",
    metadata,
    # What one field of a flight is, and was: "pic", "purpose" and so on.
    Column("id", Text, primary_key=True),
    Column("flight_id", Text, ForeignKey("flight.id"), nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("batch", Text, ForeignKey("assignment_batch.id"), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger, nullable=True),
    Column("ended_batch", Text, nullable=True),
    Column("seal", LargeBinary, nullable=True),
    Index(None, "flight_id", "field"),
    Index(None, "batch"),
    Index(None, "ended_batch"),
    partial("ix_assignment_present", "field", "value", where="ended_us IS NULL"),
)
