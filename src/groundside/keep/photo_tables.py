"""
The tables of photos and videos: when and where each was taken, what it shows, and which flight it belongs to.

Changed only together with a file in `migrations/versions`. All of it is made again from the originals and the flights.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
)

from groundside.keep.schema import metadata
from groundside.keep.stored_text import Text

photo = Table(
    "photo",
    metadata,
    Column("original_id", Text, ForeignKey("original.id"), primary_key=True),
    # "photo" or "video"; and the name that it came under.
    Column("kind", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    # UTC as well as it is known; and the camera's clock, which counts as if it were UTC where its zone is unknown.
    Column("taken_us", BigInteger, nullable=True),
    Column("clock_us", BigInteger, nullable=True),
    Column("clock_is_utc", Boolean, nullable=False),
    # What lists are sorted and filtered by: the first of the two that is known.
    Column("order_us", BigInteger, nullable=True),
    # Where the camera was: "file", "track", or empty where it is not known.
    Column("placed_by", Text, nullable=False),
    Column("lon", Float, nullable=True),
    Column("lat", Float, nullable=True),
    Column("camera", Text, nullable=False),
    Column("camera_folded", Text, nullable=False),
    Column("camera_serial", Text, nullable=False),
    Column("width_px", Integer, nullable=True),
    Column("height_px", Integer, nullable=True),
    Column("off_nadir_deg", Float, nullable=True),
    # The noun as JSON, empty where there is none; and then why.
    Column("footprint", Text, nullable=False),
    Column("why_no_footprint", Text, nullable=False),
    # Bounds of the footprint, past 180 or -180 where it crosses that meridian.
    Column("west", Float, nullable=True),
    Column("south", Float, nullable=True),
    Column("east", Float, nullable=True),
    Column("north", Float, nullable=True),
    # Which flight it was taken in, and how that is known; null of `joined_us`: not looked for yet.
    Column("flight_id", Text, ForeignKey("flight.id"), nullable=True),
    Column("join_how", Text, nullable=False),
    Column("join_why", Text, nullable=False),
    Column("clock_offset_s", Float, nullable=True),
    Column("clock_error_s", Float, nullable=True),
    Column("away_m", Float, nullable=True),
    Column("joined_us", BigInteger, nullable=True),
    Column("seal", LargeBinary, nullable=True),
    Index(None, "order_us", "original_id"),
    Index(None, "clock_us"),
    Index(None, "flight_id", "order_us"),
    Index(None, "lat", "lon"),
    Index(None, "joined_us"),
    Index(None, "south", "north", "west", "east"),
)

photo_cell = Table(
    "photo_cell",
    metadata,
    # The squares that the bounds of a footprint touch; see `photo_cells`.
    Column("cell", BigInteger, nullable=False),
    Column("original_id", Text, ForeignKey("original.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("cell", "original_id"),
    Index(None, "original_id"),
    sqlite_with_rowid=False,
)
