"""Where flights went and what they come to, so that neither a place nor a page of a million flights needs a walk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_SHOWN = ("recording_start_us", "aircraft_folded", "case_name", "bench", "merged_into")
_SUMMED = ("airborne_s", "distance_m", "max_height_m", "place_folded")
_LISTINGS = {
    "by_recording_start_us": ("recording_start_us",),
    "by_aircraft_folded": ("aircraft_folded",),
    "by_airborne_s": ("airborne_s",),
    "by_distance_m": ("distance_m",),
    "by_max_height_m": ("max_height_m",),
    "by_place_folded": ("place_folded",),
    "of_aircraft": ("aircraft_folded", "recording_start_us"),
}
_UNKNOWN_MONTH = -1_000_000_000
_MOST_S, _MOST_M = 1e8, 1e9


def upgrade() -> None:
    """Make the tables and fill the sums; places are entered when flights are next read, and till then tracks are."""
    _tables()
    op.add_column("flight", sa.Column("placed", sa.Integer(), nullable=True))
    unplaced = sa.text("placed IS NULL")
    op.create_index("ix_flight_unplaced", "flight", ["id"], sqlite_where=unplaced, postgresql_where=unplaced)
    op.execute("INSERT INTO flight_text (flight_id, search_text) SELECT id, search_text FROM flight")
    op.drop_column("flight", "search_text")
    _listings()
    _fill_sums()


def _tables() -> None:
    op.create_table(
        "flight_sum",
        sa.Column("case_name", TEXT, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("bench", sa.Boolean(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("aircraft_folded", TEXT, nullable=False),
        sa.Column("flights", sa.BigInteger(), nullable=False),
        sa.Column("airborne_us", sa.BigInteger(), nullable=False),
        sa.Column("distance_mm", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "case_name", "month", "bench", "simulated", "aircraft_folded", name=op.f("pk_flight_sum")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "track_path",
        sa.Column("track_object", TEXT, nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["track_object"],
            ["derived_object.object_id"],
            name=op.f("fk_track_path_track_object"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("track_object", name=op.f("pk_track_path")),
    )
    op.create_table(
        "change",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_change")),
    )
    op.create_table(
        "flight_cell",
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("start_us", sa.BigInteger(), nullable=False),
        sa.Column("flight_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["flight_id"], ["flight.id"], name=op.f("fk_flight_cell_flight_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cell", "start_us", "flight_id", name=op.f("pk_flight_cell")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_flight_cell_flight_id"), "flight_cell", ["flight_id"], unique=False)
    op.create_table(
        "flight_text",
        sa.Column("flight_id", TEXT, nullable=False),
        sa.Column("search_text", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["flight_id"], ["flight.id"], name=op.f("fk_flight_text_flight_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("flight_id", name=op.f("pk_flight_text")),
        sqlite_with_rowid=False,
    )


def _listings() -> None:
    """Put indexes that hold all that lists are filtered by in the place of those that do not."""
    held = sa.text("merged_into IS NULL")
    there = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("flight")}
    for old in sorted(name for name in there if name and name.startswith(("ix_flight_by_", "ix_flight_down_"))):
        op.drop_index(old, "flight")
    for name, first in _LISTINGS.items():
        more = _SHOWN + (_SUMMED if "recording_start_us" in first else ())
        columns = [*first, "id", *(each for each in more if each not in first)]
        op.create_index(f"ix_flight_{name}", "flight", columns, sqlite_where=held, postgresql_where=held)


def _fill_sums() -> None:
    names = "case_name, recording_start_us, bench, simulated, aircraft_folded, airborne_s, distance_m"
    rows = op.get_bind().execute(sa.text(f"SELECT {names} FROM flight WHERE merged_into IS NULL"))
    counts: Counter[tuple[object, ...]] = Counter()
    times: Counter[tuple[object, ...]] = Counter()
    lengths: Counter[tuple[object, ...]] = Counter()
    for case, start_us, bench, simulated, aircraft, airborne_s, distance_m in rows:
        key = (case, _month(start_us), bool(bench), bool(simulated), aircraft or "")
        counts[key] += 1
        times[key] += round(min(airborne_s or 0.0, _MOST_S) * 1e6)
        lengths[key] += round(min(distance_m or 0.0, _MOST_M) * 1e3)
    _insert((*key, counts[key], times[key], lengths[key]) for key in counts)


def _insert(rows: Iterable[tuple[Any, ...]]) -> None:
    columns = ["case_name", "month", "bench", "simulated", "aircraft_folded", "flights", "airborne_us", "distance_mm"]
    table = sa.table("flight_sum", *(sa.column(name) for name in columns))
    if filled := [dict(zip(columns, row, strict=True)) for row in rows]:
        op.get_bind().execute(sa.insert(table), filled)


def _month(start_us: int | None) -> int:
    return (
        _UNKNOWN_MONTH if start_us is None else int(np.datetime64(start_us, "us").astype("datetime64[M]").astype(int))
    )
