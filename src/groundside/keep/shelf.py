"""The two folders of a store on a disk: "incoming" for what is not whole, "objects" for what is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from groundside.keep.appending import GROWING, is_being_written
from groundside.keep.barrier import can_flush_at_once, start_writing
from groundside.keep.durable import FILE_MODE, FOLDER_MODE, PART, disk_errors, make_folder, sync_folder, write_all
from groundside.keep.object_id import is_id, place_of
from groundside.keep.object_store import Chunks

_START_AFTER = 8 << 20
"""Bytes after which the disk is told to begin writing, while more of the file still comes."""


class Shelf:
    """
    Where objects lie and come to lie.

    Args:
        folder: where "objects" and "incoming" are, or are to be made; on one file system.
    """

    def __init__(self, folder: Path) -> None:
        self.objects = folder / "objects"
        self.incoming = folder / "incoming"
        self._synced: set[Path] = set()
        with disk_errors():
            make_folder(self.objects)
            make_folder(self.incoming)

    @cached_property
    def flushes_at_once(self) -> bool:
        """Whether one flush for all that was written can be trusted here."""
        return can_flush_at_once(self.objects)

    def path(self, object_id: str) -> Path:
        """Say where an object lies; NotFound where none can have that name."""
        return self.objects / place_of(object_id)

    def part(self, object_id: str) -> Path:
        """Say where an object's bytes lie until all are there."""
        return self.incoming / f"{object_id}{PART}"

    def write(self, object_id: str, chunks: Chunks, *, sync: bool) -> None:
        """Write a part; nothing is left of it where that fails. Durable only with `sync`."""
        part = self.part(object_id)
        with disk_errors():
            handle = _begun(part)
        try:
            _write(handle, chunks)
            if sync:
                with disk_errors():
                    os.fsync(handle)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)

    def reveal(self, part: Path, object_id: str) -> None:
        """Make a durable part an object, durably."""
        target = self.path(object_id)
        self._make_durable(target.parent)
        part.rename(target)
        try:
            sync_folder(target.parent)
        except OSError:
            target.unlink(missing_ok=True)
            raise

    def rename_all(self, object_ids: Iterable[str]) -> set[Path]:
        """Make durable parts objects, whose names are not durable yet; give the folders whose names changed."""
        changed: dict[str, Path] = {}
        objects, incoming = str(self.objects), str(self.incoming)  # making paths of them costs more than the renaming
        for object_id in object_ids:
            place = place_of(object_id)
            name = place.partition("/")[0]
            if name not in changed:
                changed[name] = self.objects / name
                if not changed[name].is_dir():
                    changed[name].mkdir(mode=FOLDER_MODE, exist_ok=True)
            os.rename(f"{incoming}/{object_id}{PART}", f"{objects}/{place}")  # noqa: PTH104 - see above
        return set(changed.values())

    def sync_names(self, folders: Iterable[Path]) -> None:
        """Make durable what `rename_all` did, folder by folder."""
        for folder in folders:
            self._make_durable(folder)
            sync_folder(folder)

    def forget(self, object_ids: Iterable[str]) -> None:
        """Remove parts, and objects that were not acknowledged, as far as the disk lets us."""
        for object_id in object_ids:
            for path in (self.part(object_id), self.path(object_id)):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def sweep(self, keep: Callable[[str], bool] | None, older_than_s: float) -> int:
        """Remove what crashes left; as `Vault.sweep`."""
        before = time.time() - older_than_s
        doomed = [p for p in self.objects.glob("??/*") if not keep(p.name)] if keep else []
        return sum(_remove_old(path, before) for path in doomed) + sweep_incoming(self.incoming, keep, before)

    def ids(self) -> Iterable[str]:
        """Name every object."""
        return (path.name for path in self.objects.glob("??/*") if is_id(path.name))

    def _make_durable(self, folder: Path) -> None:
        if folder in self._synced:
            return
        make_folder(folder)
        sync_folder(self.objects)  # also where another process made it and has not come to this yet
        self._synced.add(folder)


def sweep_incoming(incoming: Path, keep: Callable[[str], bool] | None, before: float) -> int:
    """Remove parts, and growing objects that nobody refers to, last written before a time in seconds since 1970."""
    doomed = [p for p in incoming.iterdir() if p.suffix == PART or (keep and not keep(p.stem))]
    return sum(_remove_old(path, before) for path in doomed)


def _begun(part: Path) -> int:
    """
    Begin a part, in place of one that a killed run left.

    Ids are random: only a backup asks for one again, and it keeps other backups out.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(part, flags, FILE_MODE)
    except FileExistsError:
        part.unlink(missing_ok=True)
        return os.open(part, flags, FILE_MODE)


def _write(handle: int, chunks: Chunks) -> None:
    waiting = 0
    for chunk in chunks:
        with disk_errors():
            write_all(handle, chunk)
        waiting += len(chunk)
        if waiting >= _START_AFTER:
            start_writing(handle)
            waiting = 0


def _remove_old(path: Path, before: float) -> bool:
    try:
        if path.stat().st_mtime > before or (path.suffix == GROWING and is_being_written(path)):
            return False
        path.unlink()
    except FileNotFoundError:  # another process finished or removed it meanwhile
        return False
    return True
