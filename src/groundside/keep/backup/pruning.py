"""Dropping older generations of a backup, and what nothing refers to then."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from groundside.keep.backup.manifest import Manifest, names_of, numbers, read_manifest
from groundside.keep.backup.place import Place


@dataclass(frozen=True, slots=True)
class Pruned:
    """
    What is left of a backup, and what went.

    Args:
        generations: numbers of those that are left, the oldest first.
        dropped: numbers of those that went.
        removed: how many objects went, also what runs that were killed had left.
        outdated: objects that the newest generation refers to no longer, and older ones still hold.
    """

    generations: tuple[int, ...]
    dropped: tuple[int, ...]
    removed: int
    outdated: int


def prune(place: Place, newest: Manifest, key: bytes, keep: int | None) -> Pruned:
    """
    Drop all generations but the newest ones. Killed at any moment, those that are left are whole.

    Args:
        newest: just made; the caller keeps others from adding to the backup.
        key: of the archive's backups.
        keep: how many to leave; None leaves all, and removes nothing.

    Raises:
        Tampered: the manifest of one that shall be left was altered; no object was removed then.
    """
    found = numbers(place)
    dropped = found[: max(0, len(found) - keep)] if keep is not None else []
    left = found[len(dropped) :]
    for number in dropped:
        for name in names_of(place, number):  # the manifest first: without it there is no such generation
            place.files.delete(name)
    copies, held = _referred(place, [each for each in left if each != newest.number], key)
    removed = _sweep(place, newest.objects.keys() | held | copies) if keep is not None else 0
    return Pruned(tuple(left), tuple(dropped), removed, len(held - newest.objects.keys()))


def _referred(place: Place, generations: Collection[int], key: bytes) -> tuple[set[str], set[str]]:
    """Name the catalogues of some generations, and the objects of them besides."""
    copies, held = set[str](), set[str]()
    for each in generations:
        manifest = read_manifest(place, each).proved(key)
        copies.add(manifest.catalogue.id)
        held |= manifest.objects.keys() - {manifest.catalogue.id}
    return copies, held


def _sweep(place: Place, referred: Collection[str]) -> int:
    doomed = [each for each in place.store.ids() if each not in referred]
    for each in doomed:
        place.store.discard(each)
    return len(doomed)
