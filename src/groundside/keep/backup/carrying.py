"""Copying objects as they lie from one store to another, many at once, each vouched for before it is durable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from groundside.errors import GroundsideError, NotFound, Tampered, Unreadable
from groundside.keep.backup.manifest import Kept
from groundside.keep.durable import disk_errors
from groundside.keep.object_store import ObjectStore, StoreBatch
from groundside.keep.streams import Hashing

PIECE = 1 << 20
_OBJECTS_AT_ONCE, _BYTES_AT_ONCE = 256, 64 << 20
Vouch = Callable[[str, Kept], None]
"""Raises Tampered, NotFound or Unreadable where an object is not what it should be."""
Tell = Callable[[int, int, int, int], None]
"""Told how many objects were looked at, of how many; and how many bytes were read, of how many."""
Told = Callable[[int, int, int], None]
"""The same, where how many bytes there are is known to whoever is told."""


def of_all(tell: Tell, size: int) -> Told:
    """Let somebody be told of progress who also wants to know of how many bytes."""
    return lambda done, total, read: tell(done, total, min(read, size), size)


@dataclass(slots=True)
class Carried:
    """
    What was copied.

    Attributes:
        kept: every object that is whole, as it lies.
        faults: why another is not, by id.
        copied, size: how many objects were not there before, and their bytes.
    """

    kept: dict[str, Kept] = field(default_factory=dict[str, Kept])
    faults: dict[str, GroundsideError] = field(default_factory=dict[str, GroundsideError])
    copied: int = 0
    size: int = 0

    def add(self, other: Carried) -> None:
        """Count what was copied besides; the newer faults are the ones that hold."""
        self.kept |= other.kept
        self.faults = other.faults
        self.copied += other.copied
        self.size += other.size


def carry(
    source: ObjectStore,
    target: ObjectStore,
    object_ids: Collection[str],
    vouch: Vouch,
    tell: Told,
    sizes: Mapping[str, int] | None = None,
) -> Carried:
    """
    Copy objects; durable when this returns.

    Interrupted at any moment, what was copied so far is whole, and the same call copies only the rest.

    Args:
        object_ids: which.
        vouch: asked of each before it is made durable; one that it refuses is not kept.
        tell: progress. What the target has already is read from the source, and not written again.
        sizes: bytes of each as it should lie, where that is known: another is not even begun to be read.
    """
    done, there = Carried(), set(target.ids())
    read = waiting = 0
    with target.batch() as batch:
        for number, object_id in enumerate(object_ids, 1):
            try:
                _refuse_other_size(source, object_id, sizes)
                kept = _carried(source, batch, object_id, vouch, new=object_id not in there)
            except (NotFound, Tampered, Unreadable) as error:
                done.faults[object_id] = error
                continue
            done.kept[object_id] = kept
            read += kept.size
            if object_id not in there:
                done.copied, done.size, waiting = done.copied + 1, done.size + kept.size, waiting + kept.size
            if waiting >= _BYTES_AT_ONCE or done.copied % _OBJECTS_AT_ONCE == 0:
                batch.flush()
                waiting = 0
            tell(number, len(object_ids), read)
    return done


def _carried(source: ObjectStore, batch: StoreBatch, object_id: str, vouch: Vouch, *, new: bool) -> Kept:
    size = source.size(object_id)
    passing = Hashing(_pieces(source, object_id), None)
    if new:
        batch.put(object_id, passing, size)
    else:
        for _ in passing:
            pass
    kept = Kept(passing.size, passing.digest.hex)
    try:
        vouch(object_id, kept)
    except BaseException:
        batch.discard(object_id)
        raise
    return kept


def _refuse_other_size(source: ObjectStore, object_id: str, sizes: Mapping[str, int] | None) -> None:
    if sizes is not None and (found := source.size(object_id)) != sizes[object_id]:
        what = f"Object {object_id} is not what was backed up: it has {found:,} bytes, not {sizes[object_id]:,}."
        raise Tampered(what, try_this="restore from another copy of the backup")


def _pieces(source: ObjectStore, object_id: str) -> Iterator[bytes]:
    with source.open(object_id) as file:
        while True:
            with disk_errors():
                piece = file.read(PIECE)
            if not piece:
                return
            yield piece
