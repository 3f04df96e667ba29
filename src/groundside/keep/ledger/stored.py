"""The ledger's rows as they lie in the database, whatever somebody made of them, in pages; and where they disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Select, cast, func, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType

from groundside.keep.custody_tables import ledger_checkpoint, ledger_entry, ledger_tile
from groundside.keep.ledger.merkle import HASH_BYTES, leaf_hashes, root_of
from groundside.keep.ledger.tiles import TILE, hashes_at, levels_of, width_of
from groundside.native.merkle import split

_TILES_AT_ONCE = 64
_E, _T, _C = ledger_entry, ledger_tile, ledger_checkpoint
_NO_HASH = b""
TileKey = tuple[int, int]
"""Level and number of a tile."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """
    A tile that does not agree with what is below it.

    Attributes:
        stored: its hashes; None where the row is missing or not as long as it must be.
        below: where it disagrees, and what is below there says: None where that is missing itself.
        missing: there is no such row.
    """

    stored: Sequence[bytes] | None
    below: Mapping[int, bytes | None]
    missing: bool = False


@dataclass(slots=True)
class Disagreements:
    """Where the rows of the ledger disagree, by tile; and the tiles at the right edge that are not whole."""

    suspects: dict[TileKey, Suspect] = field(default_factory=dict[TileKey, Suspect])
    edge: dict[TileKey, Suspect] = field(default_factory=dict[TileKey, Suspect])
    places: int = 0

    def note(self, key: TileKey, suspect: Suspect, most: int) -> None:
        """Keep a tile in mind that does not agree with what is below it, unless there are too many already."""
        if (suspect.below or suspect.stored is None) and self.places < most:
            self.suspects[key] = suspect
            self.places += max(1, len(suspect.below))


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A row of a checkpoint; `note` is None where it is no text."""

    size: int
    note: str | None
    witnessed: object


def checkpoints(connection: Connection) -> list[StoredCheckpoint]:
    """Give the rows of all checkpoints, the newest last."""
    sqlite = connection.dialect.name == "sqlite"  # where text may be no UTF-8, and raise when it is read as text
    note = cast(_C.c.note, LargeBinary) if sqlite else _C.c.note
    query = select(_C.c.size, type_coerce(note, NullType()), _raw(_C.c.witnessed)).order_by(_C.c.size)
    return [StoredCheckpoint(size, _text(raw), flag) for size, raw, flag in connection.execute(query)]


def counted(connection: Connection) -> int:
    """Say how many entries there seem to be where no checkpoint tells: rows, or hashes of them."""
    hashes = select(func.sum(func.length(_T.c.hashes))).where(_T.c.level == 0)
    rows = connection.scalar(select(func.count()).select_from(_E)) or 0
    return max(rows, int(connection.scalar(hashes) or 0) // HASH_BYTES)


def foreign_entries(connection: Connection, size: int, most: int) -> list[int]:
    """List the numbers of entries that a ledger of `size` entries does not have."""
    return list(connection.scalars(select(_E.c.seq).where((_E.c.seq < 0) | (_E.c.seq >= size)).limit(most)))


def foreign_tiles(connection: Connection, size: int, most: int) -> list[tuple[object, object]]:
    """List level and number of tiles that a ledger of `size` entries does not have."""
    levels = levels_of(size)
    foreign = (_T.c.level < 0) | (_T.c.level >= levels) | (_T.c.number < 0)
    for level in range(levels):
        foreign |= (_T.c.level == level) & (_T.c.number >= _tiles_at(size, level))
    query = select(_raw(_T.c.level), _raw(_T.c.number)).where(foreign).limit(most)
    return [(level, number) for level, number in connection.execute(query)]


def raw_tiles() -> Select[*tuple[Any, ...]]:
    """Ask for all tiles: level, number, hashes, each as the driver gives it."""
    return select(_raw(_T.c.level).label("level"), _raw(_T.c.number).label("number"), _raw(_T.c.hashes).label("hashes"))


def disagreements(connection: Connection, size: int, most: int) -> Disagreements:
    """Walk all rows once and compare each tile with what is below it; past `most` places no more are noted."""
    found = Disagreements()
    below: Callable[[int, int], list[bytes | None]] = _leaf_hashes(connection)
    for level in range(levels_of(size)):
        roots: list[bytes | None] = []
        for number, stored, values in _tiles(connection, size, level, below):
            suspect = _compared(stored, values, width_of(size, level, number))
            whole = len(values) == TILE
            if not whole:
                found.edge[level, number] = suspect
            found.note((level, number), suspect, most)
            if whole:
                roots.append(None if suspect.stored is None else root_of(suspect.stored))
        below = _slice_of(roots)
    return found


def _compared(raw: object, below: list[bytes | None], width: int) -> Suspect:
    if not (isinstance(raw, bytes) and len(raw) == width * HASH_BYTES):
        return Suspect(None, dict(enumerate(below)), missing=raw is None)
    stored = split(raw)
    differing = {} if stored == below else {at: each for at, each in enumerate(below) if each != stored[at]}
    return Suspect(stored, differing)


def _tiles(
    connection: Connection, size: int, level: int, below: Callable[[int, int], list[bytes | None]]
) -> Iterator[tuple[int, object, list[bytes | None]]]:
    """Give number, stored bytes (None: missing) and hashes from below of each tile of a level."""
    held = hashes_at(size, level)
    for first in range(0, _tiles_at(size, level), _TILES_AT_ONCE):
        end = min(first + _TILES_AT_ONCE, _tiles_at(size, level))
        here = (_T.c.level == level, _T.c.number >= first, _T.c.number < end)
        rows = {row[0]: row[1] for row in connection.execute(select(_T.c.number, _raw(_T.c.hashes)).where(*here))}
        values = below(first * TILE, min(end * TILE, held))
        for number in range(first, end):
            at = (number - first) * TILE
            yield number, rows.get(number), values[at : at + TILE]


def _leaf_hashes(connection: Connection) -> Callable[[int, int], list[bytes | None]]:
    def hashes(first: int, end: int) -> list[bytes | None]:
        here = select(_E.c.seq, _raw(_E.c.leaf)).where(_E.c.seq >= first, _E.c.seq < end).order_by(_E.c.seq)
        found: list[bytes | None] = [None] * (end - first)
        rows = connection.execute(here).all()
        hashed = iter(leaf_hashes(leaf for _, leaf in rows if isinstance(leaf, bytes)))
        for seq, leaf in rows:
            found[seq - first] = next(hashed) if isinstance(leaf, bytes) else _NO_HASH
        return found

    return hashes


def _slice_of(values: list[bytes | None]) -> Callable[[int, int], list[bytes | None]]:
    return lambda first, end: values[first:end]


def _tiles_at(size: int, level: int) -> int:
    return -(-hashes_at(size, level) // TILE)


def _raw(column: Column[object]) -> ColumnElement[object]:
    # What the driver gives, for SQLite keeps values of any kind in any column, and a type would raise at them.
    return type_coerce(column, NullType())


def _text(raw: object) -> str | None:
    try:
        return raw.decode() if isinstance(raw, bytes) else raw if isinstance(raw, str) else None
    except UnicodeDecodeError:
        return None
