"""The tables of the catalogue. Change them only together with a new file in `migrations/versions`."""

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
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from groundside.keep.stored_text import Text

HEAD = "0006"
"""The revision that this program reads and writes; the newest file in `migrations/versions`."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def partial(name: str | None, *columns: str, where: str) -> Index:
    """
    Make an index of some rows only.

    In PostgreSQL it is partial too, as the migrations make it; said here, every process would load its dialect.
    """
    return Index(name, *columns, sqlite_where=text(where))


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _us(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _float(name: str) -> Column[float]:
    return Column(name, Float, nullable=True)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _seal() -> Column[bytes]:
    # See `row_seals`.
    return Column("seal", LargeBinary, nullable=True)


def _original() -> Column[str]:
    return Column("original_id", Text, ForeignKey("original.id"), nullable=False)


def _track() -> Column[str]:
    # Dropping the object empties the reference, so that no row ever names an object that is gone.
    target = ForeignKey("derived_object.object_id", ondelete="SET NULL")
    return Column("track_object", Text, target, nullable=True)


LISTINGS = {
    "by_recording_start_us": ("recording_start_us",),
    "by_aircraft_folded": ("aircraft_folded",),
    "by_airborne_s": ("airborne_s",),
    "by_distance_m": ("distance_m",),
    "by_max_height_m": ("max_height_m",),
    "by_place_folded": ("place_folded",),
    "of_aircraft": ("aircraft_folded", "recording_start_us"),
}
"""Indexes of flights, and what lists in their order are sorted or found by."""
_SHOWN = ("recording_start_us", "aircraft_folded", "case_name", "bench", "merged_into")
_SUMMED = ("airborne_s", "distance_m", "max_height_m", "place_folded")


def _listing(index: str, names: tuple[str, ...]) -> Index:
    more = _SHOWN + (_SUMMED if "recording_start_us" in names else ())
    columns = (*names, "id", *(each for each in more if each not in names))
    return partial(f"ix_flight_{index}", *columns, where="merged_into IS NULL")


archive = Table(
    "archive",
    metadata,
    # One row: of which archive this is the catalogue.
    Column("id", Text, primary_key=True),
    _us("since_us"),
)

original = Table(
    "original",
    metadata,
    Column("id", Text, primary_key=True),
    _text("case_name"),
    Column("object_id", Text, nullable=False, unique=True),
    _text("digest"),
    Column("size", BigInteger, nullable=False),
    _text("fingerprint"),
    _us("received_us"),
    _seal(),
    UniqueConstraint("fingerprint", "case_name"),
    Index(None, "received_us", "id"),
    Index(None, "size"),
)

arrival = Table(
    "arrival",
    metadata,
    Column("id", Integer, primary_key=True),
    _original(),
    _text("file_name"),
    _text("origin"),
    _us("at_us"),
    Column("job_id", Text, nullable=True),
    _seal(),
    UniqueConstraint("original_id", "file_name", "origin"),
)

keychain = Table(
    "keychain",
    metadata,
    Column("original_id", Text, ForeignKey("original.id"), primary_key=True),
    _text("entries"),
    _us("at_us"),
    _seal(),
)

derived_object = Table(
    "derived_object",
    metadata,
    Column("object_id", Text, primary_key=True),
    _original(),
    _text("kind"),
    _text("code"),
    _text("parameters"),
    _text("digest"),
    Column("size", BigInteger, nullable=False),
    _seal(),
    Index(None, "original_id"),
)

reading = Table(
    "reading",
    metadata,
    Column("original_id", Text, ForeignKey("original.id"), primary_key=True),
    _text("state"),
    _text("format"),
    _text("code"),
    _text("parameters"),
    _text("facts"),
    _text("problems"),
    Column("problem_count", Integer, nullable=False),
    _text("account"),
    Column("recording", Text, nullable=True),
    _track(),
    Column("track_rows", BigInteger, nullable=False),
    _us("at_us"),
    _seal(),
    Index(None, "code"),
    Index(None, "track_object"),
)

cut = Table(
    "cut",
    metadata,
    _original(),
    Column("ordinal", Integer, nullable=False),
    _text("code"),
    _text("parameters"),
    _us("recording_start_us", nullable=True),
    _float("recording_s"),
    _float("airborne_s"),
    _float("distance_m"),
    _float("home_lon"),
    _float("home_lat"),
    _text("aircraft_serial"),
    _text("summary"),
    Column("place", Text, nullable=True),
    Column("box", Text, nullable=True),
    _track(),
    _flag("simulated"),
    _seal(),
    PrimaryKeyConstraint("original_id", "ordinal"),
    Index(None, "recording_start_us"),
    Index(None, "track_object"),
)

flight = Table(
    "flight",
    metadata,
    Column("id", Text, primary_key=True),
    _text("case_name"),
    Column("merged_into", Text, ForeignKey("flight.id"), nullable=True),
    _us("made_us"),
    _us("recording_start_us", nullable=True),
    _float("recording_s"),
    _us("takeoff_us", nullable=True),
    _us("landing_us", nullable=True),
    _float("airborne_s"),
    _float("distance_m"),
    _float("max_height_m"),
    Column("place", Text, nullable=True),
    Column("place_folded", Text, nullable=True),
    _text("time_zone"),
    Column("aircraft_folded", Text, nullable=True),
    _float("home_lon"),
    _float("home_lat"),
    _float("min_lon"),
    _float("min_lat"),
    _float("max_lon"),
    _float("max_lat"),
    Column("track_rows", BigInteger, nullable=False),
    _flag("track_locked"),
    _flag("bench"),
    _flag("simulated"),
    _text("time_basis"),
    _float("time_error_s"),
    _text("summary"),
    Column("chosen_original", Text, ForeignKey("original.id"), nullable=True),
    Column("chosen_ordinal", Integer, nullable=True),
    _track(),
    # Which version of the code entered it in `flight_cell`; null where it still has to be looked for in its track.
    Column("placed", Integer, nullable=True),
    _seal(),
    Index(None, "track_object"),
    Index(None, "chosen_original"),
    partial("ix_flight_unplaced", "id", where="placed IS NULL"),
    # Partial, or the planner would take it for "merged_into IS NULL" and then sort every flight.
    partial(None, "merged_into", where="merged_into IS NOT NULL"),
    Index("ix_flight_recording_s", "recording_s"),
    Index("ix_flight_min_lat", "min_lat", "max_lat", "min_lon", "max_lon"),
    # Each holds all that lists are filtered by (also `merged_into`, though it is null in all of them: SQLite reads it),
    # so that only the rows of the page shown are read.
    *(_listing(index, names) for index, names in LISTINGS.items()),
)

flight_sum = Table(
    "flight_sum",
    metadata,
    # What flights come to, kept up with every change of one; see `flight_sums`.
    _text("case_name"),
    Column("month", Integer, nullable=False),
    _flag("bench"),
    _flag("simulated"),
    _text("aircraft_folded"),
    Column("flights", BigInteger, nullable=False),
    Column("airborne_us", BigInteger, nullable=False),
    Column("distance_mm", BigInteger, nullable=False),
    PrimaryKeyConstraint("case_name", "month", "bench", "simulated", "aircraft_folded"),
    sqlite_with_rowid=False,
)

track_path = Table(
    "track_path",
    metadata,
    # The positions of a track, and the cells it touches; goes with the track.
    Column("track_object", Text, ForeignKey("derived_object.object_id", ondelete="CASCADE"), primary_key=True),
    Column("path", LargeBinary, nullable=False),
)

flight_text = Table(
    "flight_text",
    metadata,
    # What a flight is found by, apart from its row, so that looking through all of them reads little.
    Column("flight_id", Text, ForeignKey("flight.id", ondelete="CASCADE"), primary_key=True),
    _text("search_text"),
    sqlite_with_rowid=False,
)

change = Table(
    "change",
    metadata,
    # A token by name, replaced whenever something changes: what was found before holds while it is the same.
    Column("name", Text, primary_key=True),
    Column("token", BigInteger, nullable=False),
)

flight_cell = Table(
    "flight_cell",
    metadata,
    Column("cell", BigInteger, nullable=False),
    _us("start_us"),
    Column("flight_id", Text, ForeignKey("flight.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("cell", "start_us", "flight_id"),
    Index(None, "flight_id"),
    sqlite_with_rowid=False,
)

flight_source = Table(
    "flight_source",
    metadata,
    # Not a reference to `cut`: which flight a cut belongs to must survive the rebuilding of the cuts.
    _original(),
    Column("ordinal", Integer, nullable=False),
    Column("flight_id", Text, ForeignKey("flight.id"), nullable=False),
    _float("clock_offset_s"),
    _float("clock_error_s"),
    _text("why"),
    _flag("chosen"),
    _flag("by_person"),
    _seal(),
    PrimaryKeyConstraint("original_id", "ordinal"),
    Index(None, "flight_id"),
)

merge = Table(
    "merge",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alias", Text, ForeignKey("flight.id"), nullable=False),
    Column("into_flight", Text, ForeignKey("flight.id"), nullable=False),
    _text("who"),
    _us("at_us"),
    _text("why"),
    _flag("by_person"),
    _text("moved"),
    _us("undone_us", nullable=True),
    Column("undone_by", Text, nullable=True),
    _seal(),
    Index(None, "alias"),
    Index(None, "into_flight"),
)

note = Table(
    "note",
    metadata,
    Column("flight_id", Text, ForeignKey("flight.id"), nullable=False),
    _text("key"),
    _text("text"),
    _text("author"),
    _us("at_us"),
    _seal(),
    PrimaryKeyConstraint("flight_id", "key"),
)

offer = Table(
    "offer",
    metadata,
    Column("id", Text, primary_key=True),
    Column("flight_id", Text, ForeignKey("flight.id"), nullable=False),
    _original(),
    Column("ordinal", Integer, nullable=False),
    _text("evidence"),
    _text("state"),
    _us("at_us"),
    _text("decided_by"),
    _us("decided_us", nullable=True),
    UniqueConstraint("flight_id", "original_id", "ordinal"),
    Index(None, "original_id"),
)

job = Table(
    "job",
    metadata,
    Column("id", Text, primary_key=True),
    _text("case_name"),
    _text("kind"),
    _text("state"),
    _text("who"),
    _us("started_us"),
    _us("ended_us", nullable=True),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=True),
    _text("unit"),
    _text("note"),
    _text("parameters"),
    _flag("cancel_asked"),
    _text("owner"),
    _us("heartbeat_us"),
    Index(None, "started_us", "id"),
    Index(None, "state"),
)

event = Table(
    "event",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    _text("case_name"),
    _us("at_us"),
    _text("what"),
    _text("who"),
    _text("how"),
    _text("why"),
    _text("about"),
    _text("details"),
    # Of which action it is part, what it is hidden by in the ledger, and the ledger's entry that holds it.
    Column("action", Text, nullable=False, server_default=""),
    Column("salt", LargeBinary, nullable=True),
    Column("commitment", LargeBinary, nullable=True),
    Column("entry", BigInteger, nullable=True),
    _seal(),
    Index(None, "about"),
    Index(None, "entry"),
    partial("ix_event_unsealed", "action", where="entry IS NULL"),
)
