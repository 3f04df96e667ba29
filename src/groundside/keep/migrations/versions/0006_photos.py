"""Photos and videos, which flight each was taken in, and the squares that their footprints touch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables; they are filled as photos are read."""
    _photos()
    op.create_table(
        "photo_cell",
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("original_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["original_id"], ["original.id"], name=op.f("fk_photo_cell_original_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cell", "original_id", name=op.f("pk_photo_cell")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_photo_cell_original_id"), "photo_cell", ["original_id"])


def _photos() -> None:
    op.create_table(
        "photo",
        sa.Column("original_id", TEXT, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("kind", "format", "file_name")),
        sa.Column("taken_us", sa.BigInteger(), nullable=True),
        sa.Column("clock_us", sa.BigInteger(), nullable=True),
        sa.Column("clock_is_utc", sa.Boolean(), nullable=False),
        sa.Column("order_us", sa.BigInteger(), nullable=True),
        sa.Column("placed_by", TEXT, nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("camera", "camera_folded", "camera_serial")),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("off_nadir_deg", sa.Float(), nullable=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("footprint", "why_no_footprint")),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("west", "south", "east", "north")),
        sa.Column("flight_id", TEXT, nullable=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("join_how", "join_why")),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("clock_offset_s", "clock_error_s", "away_m")),
        sa.Column("joined_us", sa.BigInteger(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_photo_original_id")),
        sa.ForeignKeyConstraint(["flight_id"], ["flight.id"], name=op.f("fk_photo_flight_id")),
        sa.PrimaryKeyConstraint("original_id", name=op.f("pk_photo")),
    )
    for name, columns in (
        ("order_us", ["order_us", "original_id"]),
        ("clock_us", ["clock_us"]),
        ("flight_id", ["flight_id", "order_us"]),
        ("lat", ["lat", "lon"]),
        ("joined_us", ["joined_us"]),
        ("south", ["south", "north", "west", "east"]),
    ):
        op.create_index(op.f(f"ix_photo_{name}"), "photo", columns)
