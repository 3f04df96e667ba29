"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make them, those referred to first."""
    _event()
    _job()
    _original()
    _arrival()
    _derived_object()
    _keychain()
    _cut()
    _flight()
    _reading()
    _flight_source()
    _merge()
    _note()
    _offer()


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("details", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_about"), "event", ["about"], unique=False)


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("started_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("parameters", TEXT, nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("heartbeat_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_started_us"), "job", ["started_us", "id"], unique=False)
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)


def _original() -> None:
    op.create_table(
        "original",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("object_id", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original")),
        sa.UniqueConstraint("fingerprint", "case_name", name=op.f("uq_original_fingerprint")),
        sa.UniqueConstraint("object_id", name=op.f("uq_original_object_id")),
    )
    op.create_index(op.f("ix_original_received_us"), "original", ["received_us", "id"], unique=False)
    op.create_index(op.f("ix_original_size"), "original", ["size"], unique=False)


def _arrival() -> None:
    op.create_table(
        "arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("original_id", TEXT, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("job_id", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_arrival_original_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
        sa.UniqueConstraint("original_id", "file_name", "origin", name=op.f("uq_arrival_original_id")),
    )


def _derived_object() -> None:
    op.create_table(
        "derived_object",
        sa.Column("object_id", TEXT, nullable=False),
        sa.Column("original_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("parameters", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_derived_object_original_id")),
        sa.PrimaryKeyConstraint("object_id", name=op.f("pk_derived_object")),
    )
    op.create_index(op.f("ix_derived_object_original_id"), "derived_object", ["original_id"], unique=False)


def _keychain() -> None:
    op.create_table(
        "keychain",
        sa.Column("original_id", TEXT, nullable=False),
        sa.Column("entries", TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_keychain_original_id")),
        sa.PrimaryKeyConstraint("original_id", name=op.f("pk_keychain")),
    )


def _cut() -> None:
    op.create_table(
        "cut",
        sa.Column("original_id", TEXT, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("parameters", TEXT, nullable=False),
        sa.Column("recording_start_us", sa.BigInteger(), nullable=True),
        sa.Column("recording_s", sa.Float(), nullable=True),
        sa.Column("airborne_s", sa.Float(), nullable=True),
        sa.Column("distance_m", sa.Float(), nullable=True),
        sa.Column("home_lon", sa.Float(), nullable=True),
        sa.Column("home_lat", sa.Float(), nullable=True),
        sa.Column("aircraft_serial", TEXT, nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("place", TEXT, nullable=True),
        sa.Column("box", TEXT, nullable=True),
        sa.Column("track_object", TEXT, nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_cut_original_id")),
        sa.ForeignKeyConstraint(
            ["track_object"],
            ["derived_object.object_id"],
            name=op.f("fk_cut_track_object"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("original_id", "ordinal", name=op.f("pk_cut")),
    )
    op.create_index(op.f("ix_cut_recording_start_us"), "cut", ["recording_start_us"], unique=False)
    op.create_index(op.f("ix_cut_track_object"), "cut", ["track_object"], unique=False)


def _flight() -> None:
    op.create_table(
        "flight",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("merged_into", TEXT, nullable=True),
        sa.Column("made_us", sa.BigInteger(), nullable=False),
        sa.Column("recording_start_us", sa.BigInteger(), nullable=True),
        sa.Column("recording_s", sa.Float(), nullable=True),
        sa.Column("takeoff_us", sa.BigInteger(), nullable=True),
        sa.Column("landing_us", sa.BigInteger(), nullable=True),
        sa.Column("airborne_s", sa.Float(), nullable=True),
        sa.Column("distance_m", sa.Float(), nullable=True),
        sa.Column("max_height_m", sa.Float(), nullable=True),
        sa.Column("place", TEXT, nullable=True),
        sa.Column("place_folded", TEXT, nullable=True),
        sa.Column("time_zone", TEXT, nullable=False),
        sa.Column("aircraft_folded", TEXT, nullable=True),
        sa.Column("search_text", TEXT, nullable=False),
        sa.Column("home_lon", sa.Float(), nullable=True),
        sa.Column("home_lat", sa.Float(), nullable=True),
        sa.Column("min_lon", sa.Float(), nullable=True),
        sa.Column("min_lat", sa.Float(), nullable=True),
        sa.Column("max_lon", sa.Float(), nullable=True),
        sa.Column("max_lat", sa.Float(), nullable=True),
        sa.Column("track_rows", sa.BigInteger(), nullable=False),
        sa.Column("track_locked", sa.Boolean(), nullable=False),
        sa.Column("bench", sa.Boolean(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("time_basis", TEXT, nullable=False),
        sa.Column("time_error_s", sa.Float(), nullable=True),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("chosen_original", TEXT, nullable=True),
        sa.Column("chosen_ordinal", sa.Integer(), nullable=True),
        sa.Column("track_object", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["chosen_original"], ["original.id"], name=op.f("fk_flight_chosen_original")),
        sa.ForeignKeyConstraint(["merged_into"], ["flight.id"], name=op.f("fk_flight_merged_into")),
        sa.ForeignKeyConstraint(
            ["track_object"],
            ["derived_object.object_id"],
            name=op.f("fk_flight_track_object"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flight")),
    )
    op.create_index("ix_flight_by_airborne_s", "flight", ["airborne_s", "id"], unique=False)
    op.create_index("ix_flight_by_aircraft_folded", "flight", ["aircraft_folded", "id"], unique=False)
    op.create_index("ix_flight_by_distance_m", "flight", ["distance_m", "id"], unique=False)
    op.create_index("ix_flight_by_max_height_m", "flight", ["max_height_m", "id"], unique=False)
    op.create_index("ix_flight_by_place_folded", "flight", ["place_folded", "id"], unique=False)
    op.create_index("ix_flight_by_recording_start_us", "flight", ["recording_start_us", "id"], unique=False)
    op.create_index(op.f("ix_flight_chosen_original"), "flight", ["chosen_original"], unique=False)
    op.create_index(
        op.f("ix_flight_merged_into"),
        "flight",
        ["merged_into"],
        unique=False,
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index("ix_flight_min_lat", "flight", ["min_lat", "max_lat", "min_lon", "max_lon"], unique=False)
    op.create_index("ix_flight_recording_s", "flight", ["recording_s"], unique=False)
    op.create_index(op.f("ix_flight_track_object"), "flight", ["track_object"], unique=False)


def _reading() -> None:
    op.create_table(
        "reading",
        sa.Column("original_id", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("format", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("parameters", TEXT, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("problems", TEXT, nullable=False),
        sa.Column("problem_count", sa.Integer(), nullable=False),
        sa.Column("account", TEXT, nullable=False),
        sa.Column("recording", TEXT, nullable=True),
        sa.Column("track_object", TEXT, nullable=True),
        sa.Column("track_rows", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_reading_original_id")),
        sa.ForeignKeyConstraint(
            ["track_object"],
            ["derived_object.object_id"],
            name=op.f("fk_reading_track_object"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("original_id", name=op.f("pk_reading")),
    )
    op.create_index(op.f("ix_reading_code"), "reading", ["code"], unique=False)
    op.create_index(op.f("ix_reading_track_object"), "reading", ["track_object"], unique=False)


def _flight_source() -> None:
    op.create_table(
        "flight_source",
        sa.Column("original_id", TEXT, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("flight_id", TEXT, nullable=False),
        sa.Column("clock_offset_s", sa.Float(), nullable=True),
        sa.Column("clock_error_s", sa.Float(), nullable=True),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("by_person", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["flight_id"], ["flight.id"], name=op.f("fk_flight_source_flight_id")),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_flight_source_original_id")),
        sa.PrimaryKeyConstraint("original_id", "ordinal", name=op.f("pk_flight_source")),
    )
    op.create_index(op.f("ix_flight_source_flight_id"), "flight_source", ["flight_id"], unique=False)


def _merge() -> None:
    op.create_table(
        "merge",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("alias", TEXT, nullable=False),
        sa.Column("into_flight", TEXT, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("by_person", sa.Boolean(), nullable=False),
        sa.Column("moved", TEXT, nullable=False),
        sa.Column("undone_us", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["alias"], ["flight.id"], name=op.f("fk_merge_alias")),
        sa.ForeignKeyConstraint(["into_flight"], ["flight.id"], name=op.f("fk_merge_into_flight")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index(op.f("ix_merge_alias"), "merge", ["alias"], unique=False)
    op.create_index(op.f("ix_merge_into_flight"), "merge", ["into_flight"], unique=False)


def _note() -> None:
    op.create_table(
        "note",
        sa.Column("flight_id", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["flight_id"], ["flight.id"], name=op.f("fk_note_flight_id")),
        sa.PrimaryKeyConstraint("flight_id", "key", name=op.f("pk_note")),
    )


def _offer() -> None:
    op.create_table(
        "offer",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("flight_id", TEXT, nullable=False),
        sa.Column("original_id", TEXT, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("evidence", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", TEXT, nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["flight_id"], ["flight.id"], name=op.f("fk_offer_flight_id")),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_offer_original_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("flight_id", "original_id", "ordinal", name=op.f("uq_offer_flight_id")),
    )
    op.create_index(op.f("ix_offer_original_id"), "offer", ["original_id"], unique=False)
