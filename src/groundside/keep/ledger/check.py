"""Look through all of the ledger and name what was altered, exactly and without ever raising."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from groundside.errors import Tampered
from groundside.keep.ledger import merkle, stored
from groundside.keep.ledger.checkpoint import Checkpoint, Witnessed, open_checkpoint
from groundside.keep.ledger.keys import VerifierKey
from groundside.keep.ledger.locating import Locator
from groundside.keep.ledger.stored import StoredCheckpoint
from groundside.keep.ledger.tiles import Tiles

MOST_FAULTS = 10_000
"""How many faults are named, and rows that disagree kept in memory; more are said to be more."""

_NO_ROOT = ", as far as can be told: the newest checkpoint, which would say what is right, cannot be read"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """
    Something wrong in the ledger.

    Attributes:
        part: "entry", "tile", "checkpoint" or "ledger".
        key: which one: (number,), (level, number), (size,), or () of the ledger as a whole.
        what: what is wrong with it.
    """

    part: str
    key: tuple[int, ...]
    what: str

    @property
    def about(self) -> str:
        """Name what is wrong: "entry 7", "tile 0 3"."""
        return " ".join([self.part, *map(str, self.key)])

    def __str__(self) -> str:
        return " ".join([f"{self.part} {', '.join(map(str, self.key))}".strip(), self.what])


def check(
    connection: Connection, key: VerifierKey, witnesses: Collection[VerifierKey] = (), most: int = MOST_FAULTS
) -> list[Fault]:
    """
    Verify every row of the ledger.

    Memory is bounded by the number of faults; an undamaged ledger needs about half a byte for an entry.

    Args:
        connection: of a transaction, so that all is of one moment.
        key: of the ledger.
        witnesses: keys of those whose cosignatures may be there; one of anybody else is a fault.
        most: how many faults of a kind to name.

    Returns:
        What is wrong, sorted; empty where all is as it was signed. Rows are named as altered, missing, or not part of
        the ledger. A ledger that was rewritten or rolled back as a whole, with the key, looks right: that is what
        witnesses are for.
    """
    try:
        return sorted(_faults(connection, key, witnesses, most))
    except DBAPIError as error:
        return [Fault("ledger", (), f"cannot be read: {error.orig}")]


def _faults(connection: Connection, key: VerifierKey, witnesses: Collection[VerifierKey], most: int) -> Iterator[Fault]:
    rows = stored.checkpoints(connection)
    opened = [_opened(row, key, witnesses) for row in rows]
    yield from (each for each in opened if isinstance(each, Fault))
    signed = [each.checkpoint for each in opened if isinstance(each, Witnessed)]
    newest = _newest(rows, opened)
    for row, each in zip(rows, opened, strict=True):
        if isinstance(each, Witnessed):
            yield from _row_faults(row, each, newest=each.checkpoint is newest)
    size = newest.size if newest else stored.counted(connection)
    if size and not rows:
        yield Fault("ledger", (), "has no signed checkpoint")
    within = list(_tree_faults(connection, size, newest.root if newest else None, most))
    yield from within or _forks(connection, signed, size)


def _opened(row: StoredCheckpoint, key: VerifierKey, witnesses: Collection[VerifierKey]) -> Witnessed | Fault:
    try:
        return open_checkpoint(row.note or "", key, witnesses)
    except Tampered as error:
        return Fault("checkpoint", (row.size,), f"was altered: {error.what}")


def _newest(rows: Sequence[StoredCheckpoint], opened: Sequence[Witnessed | Fault]) -> Checkpoint | None:
    """Give the newest checkpoint that is signed; None where one that cannot be read may be newer."""
    signed = [each.checkpoint for each in opened if isinstance(each, Witnessed)]
    newest = max(signed, key=lambda each: each.size, default=None)
    lost = [row.size for row, each in zip(rows, opened, strict=True) if isinstance(each, Fault)]
    if newest and all(size < newest.size for size in lost):
        return newest
    return None


def _row_faults(row: StoredCheckpoint, opened: Witnessed, *, newest: bool) -> Iterator[Fault]:
    if opened.checkpoint.size != row.size:
        yield Fault("checkpoint", (row.size,), f"was altered: it is one of {opened.checkpoint.size} entries")
    if row.witnessed not in {0, 1} or bool(row.witnessed) != bool(opened.seen):
        yield Fault("checkpoint", (row.size,), "was altered: it is wrong about whether witnesses cosigned it")
    elif not (newest or row.witnessed):
        yield Fault("checkpoint", (row.size,), "is not part of the ledger: it is neither the newest nor cosigned")


def _where(*key: object) -> tuple[int, ...]:
    return tuple(each if isinstance(each, int) else -1 for each in key)


def _tree_faults(connection: Connection, size: int, root: bytes | None, most: int) -> Iterator[Fault]:
    for seq in stored.foreign_entries(connection, size, most):
        yield Fault("entry", (seq,), "is not part of the ledger: no checkpoint covers it")
    for level, number in stored.foreign_tiles(connection, size, most):
        yield Fault("tile", _where(level, number), "is not part of the ledger")
    differing = stored.disagreements(connection, size, most)
    locator = Locator(differing, root)
    locator.locate()
    unsure = "" if root else _NO_ROOT
    for (part, *where), how in locator.found.items():
        yield Fault(part, tuple(where[:1] if part == "entry" else where), how + unsure)
    if locator.rewritten:
        yield Fault("ledger", (), "does not have the root that its checkpoint signed")
    if differing.places >= most:
        yield Fault("ledger", (), f"is wrong in more than {most} places; not all are named")


def _forks(connection: Connection, signed: Sequence[Checkpoint], size: int) -> Iterator[Fault]:
    """Find older checkpoints that are signed rightly, but by another past than this one."""
    tiles = Tiles(connection)
    for each in signed:
        if each.size > size or merkle.root_at(each.size, tiles.hash_of) != each.root:
            yield Fault(
                "checkpoint", (each.size,), "was signed over other entries than are here: the ledger was rewritten"
            )
