"""
The hashes of the tree on the catalogue, in tiles of 256, as C2SP tlog-tiles lays them out.

Level L of tiles holds the hashes of complete subtrees of 256**L leaves; what lies between two levels is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from groundside.errors import Tampered
from groundside.keep.custody_tables import ledger_tile
from groundside.keep.ledger.merkle import HASH_BYTES, HashOf, folded, root_of, subtrees
from groundside.native import merkle as kernel
from groundside.native.merkle import split

TILE = 256
"""Hashes of a whole tile."""
_TILE_BYTES = TILE * HASH_BYTES
_T = ledger_tile
# Built once: building a statement takes longer than SQLite takes to answer it.
_AT_ONCE = 8
_SOME_TILES = select(_T.c.level, _T.c.number, _T.c.hashes).where(
    or_(
        *(
            and_(_T.c.level == bindparam(f"level{at}"), _T.c.number == bindparam(f"number{at}"))
            for at in range(_AT_ONCE)
        )
    )
)
_ONE_TILE = select(_T.c.hashes).where(_T.c.level == bindparam("level"), _T.c.number == bindparam("number"))


def levels_of(size: int) -> int:
    """Say how many levels of tiles a tree of `size` leaves has."""
    return (max(size.bit_length(), 1) + 7) // 8 if size else 0


def hashes_at(size: int, level: int) -> int:
    """Say how many hashes a tree of `size` leaves has on a level of tiles."""
    return size >> (8 * level)


def width_of(size: int, level: int, number: int) -> int:
    """Say how many hashes a tile holds in a tree of `size` leaves; 0 where it has no such tile."""
    return max(0, min(TILE, hashes_at(size, level) - number * TILE))


def frontier(size: int) -> list[tuple[int, int, int]]:
    """List the tiles that are not whole, from the highest level down, as (level, number, hashes)."""
    tiles = [(level, *divmod(hashes_at(size, level), TILE)) for level in reversed(range(levels_of(size)))]
    return [tile for tile in tiles if tile[2]]


def peaks(part: Sequence[bytes]) -> list[bytes]:
    """Give the roots of the complete subtrees over the hashes of a tile that is not whole, the largest first."""
    return [root_of(part[index << level : (index + 1) << level]) for level, index in subtrees(0, len(part))]


class Tiles:
    """
    The tiles of one transaction, each read once.

    Raises:
        Tampered: a tile that is needed is missing or too short.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[tuple[int, int], bytes] = {}

    def foresee(self, walk: Callable[[HashOf], object]) -> None:
        """Read all tiles that a walk over the tree will ask for, in one question and not in one for each."""
        wanted = dict[tuple[int, int], None]()

        def note(level: int, index: int) -> bytes:
            wanted[level // 8, (index << level % 8) // TILE] = None
            return bytes(HASH_BYTES)

        walk(note)
        unread = [each for each in wanted if each not in self._read]
        for at in range(0, len(unread), _AT_ONCE):
            self._fetch(unread[at : at + _AT_ONCE])

    def _fetch(self, some: Sequence[tuple[int, int]]) -> None:
        filled = [*some, *([some[-1]] * (_AT_ONCE - len(some)))]
        told = {f"level{at}": level for at, (level, _) in enumerate(filled)}
        told |= {f"number{at}": number for at, (_, number) in enumerate(filled)}
        for row in self._connection.execute(_SOME_TILES, told):
            self._read[row.level, row.number] = row.hashes

    def hash_of(self, level: int, index: int) -> bytes:
        """Give the hash of a complete subtree; see `merkle.HashOf`."""
        tile_level, height = divmod(level, 8)
        number, first = divmod(index << height, TILE)
        end = first + (1 << height)
        return kernel.root(self.tile(tile_level, number, end)[first * HASH_BYTES : end * HASH_BYTES])

    def tile(self, level: int, number: int, least: int) -> bytes:
        """Give the hashes of a tile, one behind the other, of which at least `least` must be there: one or more."""
        found = self._read.get((level, number))
        if found is None:
            kept = self._connection.scalar(_ONE_TILE, {"level": level, "number": number})
            found = self._read[level, number] = kept or b""
        if len(found) < least * HASH_BYTES or len(found) % HASH_BYTES:
            what = f"Tile {number} of level {level} of the ledger is missing or too short."
            raise Tampered(what, try_this="groundside verify")
        return found

    def root_at(self, size: int) -> bytes:
        """Give the root of a tree with some leaves in it from the tiles at its right edge alone."""
        edge = [self.tile(level, number, width)[: width * HASH_BYTES] for level, number, width in frontier(size)]
        return folded([peak for part in edge for peak in peaks(split(part))])

    def append(self, size: int, leaf_hashes: Sequence[bytes]) -> int:
        """Add leaves to a tree of `size`; gives the new size. Nothing is read but the tiles that grow."""
        new, level = b"".join(leaf_hashes), 0
        while new:
            new = self._grow(level, hashes_at(size, level), new)
            level += 1
        return size + len(leaf_hashes)

    def _grow(self, level: int, held: int, new: bytes) -> bytes:
        """Add hashes to a level; gives the roots of the tiles that became whole."""
        number, width = divmod(held, TILE)
        there = self.tile(level, number, width)[: width * HASH_BYTES] if width else b""
        hashes, whole, rows = there + new, list[bytes](), list[dict[str, object]]()
        for at in range(0, len(hashes), _TILE_BYTES):
            tile = hashes[at : at + _TILE_BYTES]
            here = number + at // _TILE_BYTES
            self._read[level, here] = tile
            whole += [kernel.root(tile)] * (len(tile) == _TILE_BYTES)
            rows.append({"level": level, "number": here, "hashes": tile})
        if width:
            self._replace(rows.pop(0))
        if rows:
            self._connection.execute(insert(_T), rows)
        return b"".join(whole)

    def _replace(self, row: dict[str, object]) -> None:
        here = (_T.c.level == row["level"], _T.c.number == row["number"])
        self._connection.execute(update(_T).where(*here).values(hashes=row["hashes"]))
