"""
Mending the tiles of a ledger whose entries are whole: the hashes are made anew, and must give the root that was signed.

Nothing is signed here, and no entry is touched: what the signature does not cover cannot be mended.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select

from groundside.errors import Tampered
from groundside.keep.custody_tables import ledger_entry, ledger_tile
from groundside.keep.ledger import log, stored
from groundside.keep.ledger.checkpoint import Checkpoint, open_checkpoint
from groundside.keep.ledger.keys import VerifierKey
from groundside.keep.ledger.merkle import HASH_BYTES
from groundside.keep.ledger.tiles import TILE
from groundside.native import merkle as kernel

_E, _T = ledger_entry, ledger_tile
_AT_ONCE = 256 * TILE
_TILE_BYTES = TILE * HASH_BYTES
TileKey = tuple[int, int]


def mend(connection: Connection, key: VerifierKey, witnesses: Collection[VerifierKey] = ()) -> list[TileKey]:
    """
    Make the tiles of the ledger anew from its entries, where they are not what they should be.

    Args:
        connection: of a transaction that may write.
        key: of the ledger.
        witnesses: keys of those who may have cosigned its newest checkpoint.

    Returns:
        Level and number of each tile that was altered, missing, or not part of the ledger.

    Raises:
        Tampered: the newest checkpoint or an entry was altered, so that nobody can tell what the tiles should be.
            Nothing was changed.
    """
    if log.newest(connection) is None and not stored.counted(connection):
        return []
    signed = _signed(connection, key, witnesses)
    whole = _tiles_of(_leaf_hashes(connection, signed.size))
    if _root_of(whole) != signed.root or stored.foreign_entries(connection, signed.size, 1):
        what = "Entries of the ledger are not those that its newest checkpoint signed."
        raise Tampered(what, try_this="groundside verify, then restore a backup: docs/how-to/backup.md")
    there = {(row.level, row.number): row.hashes for row in connection.execute(stored.raw_tiles())}
    wrong = [tile for tile in there.keys() | whole.keys() if there.get(tile) != whole.get(tile)]
    for level, number in wrong:
        connection.execute(delete(_T).where(_T.c.level == level, _T.c.number == number))
    mended = [{"level": at[0], "number": at[1], "hashes": whole[at]} for at in wrong if at in whole]
    if mended:
        connection.execute(insert(_T), mended)
    return sorted(wrong)


def _signed(connection: Connection, key: VerifierKey, witnesses: Collection[VerifierKey]) -> Checkpoint:
    try:
        return open_checkpoint(log.newest(connection) or "", key, witnesses).checkpoint
    except Tampered as error:
        what = f"The newest checkpoint of the ledger was altered, so nothing can be mended by it: {error.what}"
        raise Tampered(what, try_this="groundside restore --from PLACE --to FOLDER") from error


def _leaf_hashes(connection: Connection, size: int) -> bytes:
    """Give the hashes of all entries in order, one behind the other; a missing or altered one shifts or spoils them."""
    found: list[bytes] = []
    for first in range(0, size, _AT_ONCE):
        here = select(_E.c.leaf).where(_E.c.seq >= first, _E.c.seq < min(first + _AT_ONCE, size)).order_by(_E.c.seq)
        leaves = [each if isinstance(each, bytes) else b"" for each in connection.scalars(here)]
        found.append(kernel.leaf_hashes(leaves))
    return b"".join(found)


def _tiles_of(hashes: bytes) -> dict[TileKey, bytes]:
    """Cut the hashes of leaves into tiles, and make those of all levels above."""
    tiles: dict[TileKey, bytes] = {}
    level = 0
    while hashes:
        row = [hashes[at : at + _TILE_BYTES] for at in range(0, len(hashes), _TILE_BYTES)]
        tiles |= {(level, number): each for number, each in enumerate(row)}
        hashes = b"".join(kernel.root(each) for each in row if len(each) == _TILE_BYTES)
        level += 1
    return tiles


def _root_of(tiles: dict[TileKey, bytes]) -> bytes:
    lowest = sorted(number for level, number in tiles if level == 0)
    return kernel.root(b"".join(tiles[0, number] for number in lowest))
