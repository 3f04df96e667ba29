"""A new generation of a backup: the catalogue in a file, sealed, and every object it refers to that was not there."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from groundside.errors import Conflict, Tampered
from groundside.keep import sqlite
from groundside.keep.archive_folder import MARKER, ArchiveFolder
from groundside.keep.backup.carrying import PIECE, Carried, Tell, carry, of_all
from groundside.keep.backup.manifest import (
    Copy,
    Kept,
    Manifest,
    about_copy,
    copy_key,
    digest_of,
    name_of,
    names_of,
    numbers,
    read_manifest,
)
from groundside.keep.backup.place import Place
from groundside.keep.catalogue import Catalogue, Reader
from groundside.keep.durable import disk_errors
from groundside.keep.keys import escrow
from groundside.keep.keys.key_file import pending
from groundside.keep.keys.keyring import Keyring
from groundside.keep.keys.ring import FILE as KEYRING
from groundside.keep.keys.wrapping import Wrapping
from groundside.keep.ledger.log import newest
from groundside.keep.object_id import new_id
from groundside.keep.object_store import ObjectStore
from groundside.keep.rows import KeptOriginal, Stored
from groundside.keep.sealing.keys import new_key
from groundside.keep.sealing.stream import seal, sealed_size
from groundside.keep.streams import Hashing
from groundside.keep.table_copy import leave
from groundside.keep.vault import Vault
from groundside.model.caller import EVERYTHING
from groundside.model.digest import Digest

SMALL = (Path(MARKER), KEYRING, escrow.FILE, pending(escrow.FILE), Path("keys") / "fingerprint.key")
"""Files of an archive's folder that belong to a backup, where they are there."""
_TRIES = 5
_COPY = "leaving.sqlite"


@dataclass(frozen=True, slots=True)
class Archived:
    """The parts of an archive that a backup is made of."""

    folder: ArchiveFolder
    catalogue: Catalogue
    vault: Vault
    objects: ObjectStore
    keyring: Keyring


@dataclass(frozen=True, slots=True)
class Made:
    """A new generation, and what of its objects was copied just now."""

    manifest: Manifest
    carried: Carried


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The catalogue at one moment: digests and sizes of contents by object, the checkpoint, the small files of then."""

    file: Path
    wanted: dict[str, Digest]
    sizes: dict[str, int]
    checkpoint: str
    small: dict[str, bytes]


@contextmanager
def alone(folder: ArchiveFolder) -> Generator[None]:
    """
    Keep out other backups of the same archive.

    Raises:
        Conflict: there is one under way.
    """
    with disk_errors():
        handle = os.open(folder.backups, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            what = "Another process is making a backup of this archive."
            raise Conflict(what, try_this="wait until it is done") from error
        yield
    finally:
        os.close(handle)


def make(archived: Archived, place: Place, at_us: int, tell: Tell) -> Made:
    """
    Add a generation to a backup; the manifest, without which there is none, comes last.

    Args:
        place: that belongs to the archive; see `alone`.
        at_us: now, UTC microseconds.
        tell: progress.

    Raises:
        Tampered: the newest manifest of the backup was altered.
        Conflict: what is kept changes faster than it can be copied.
    """
    known = _known(archived, place)
    whole = Carried()
    for _ in range(_TRIES):
        with _snapshot(archived) as taken:
            carried = _carry(archived, place, taken, known, tell)
            known |= carried.kept
            whole.add(carried)
            if _gone_meanwhile(archived, carried) or not taken.file.exists():  # an erasure takes copies, too
                continue
            copy, kept = _put_catalogue(archived, place, taken.file)
        held = {name: known[name] for name in taken.wanted if name in known}
        manifest = Manifest(
            archive=archived.folder.id,
            number=max(numbers(place), default=0) + 1,
            at_us=at_us,
            checkpoint=taken.checkpoint,
            catalogue=copy,
            files={name: digest_of(content) for name, content in taken.small.items()},
            objects={**held, copy.id: kept},
            faults={name: type(error).__name__ for name, error in carried.faults.items()},
        )
        _write(archived, place, manifest, taken.small)
        return Made(manifest, whole)
    what = "Files are removed from this archive faster than they can be copied."
    raise Conflict(what, try_this="wait until what is under way is done: groundside jobs")


def _known(archived: Archived, place: Place) -> dict[str, Kept]:
    """Give the objects of the newest generation that are there; also where the archive's own were damaged since."""
    found = numbers(place)
    if not found:
        return {}
    there = set(place.store.ids())
    newest_one = read_manifest(place, found[-1]).proved(archived.keyring.backup_key())
    return {name: kept for name, kept in newest_one.objects.items() if name in there}


def _carry(archived: Archived, place: Place, taken: _Snapshot, known: Mapping[str, Kept], tell: Tell) -> Carried:
    missing = [name for name in taken.wanted if name not in known]

    def vouch(object_id: str, _: Kept) -> None:
        if archived.vault.digest(object_id) != taken.wanted[object_id]:
            what = f"Object {object_id} is not what was kept."
            raise Tampered(what, try_this="groundside verify")

    size = sum(taken.sizes[name] for name in missing)
    return carry(archived.objects, place.store, missing, vouch, of_all(tell, size))


def _gone_meanwhile(archived: Archived, carried: Carried) -> bool:
    """Whether objects are gone because nothing refers to them any more, so that the copy of the catalogue is old."""
    with archived.catalogue.read() as reader:
        return not all(reader.refers_to(name, EVERYTHING) for name in carried.faults)


@contextmanager
def _snapshot(archived: Archived) -> Generator[_Snapshot]:
    file = archived.folder.backups / _COPY
    try:
        for _ in range(_TRIES):
            small = _small_files(archived.folder.path)
            with archived.catalogue.read() as reader:
                leave(reader.connection, file)
            if small == _small_files(archived.folder.path):  # else keys were replaced, and may not fit the copy
                break
        else:
            what = "The keys of this archive are being replaced."
            raise Conflict(what, try_this="wait until groundside keys rotate is done")
        with _reading(file) as reader:
            wanted = _wanted(reader)
            digests = {name: each.digest for name, each in wanted.items()}
            sizes = {name: each.size for name, each in wanted.items()}
            yield _Snapshot(file, digests, sizes, newest(reader.connection) or "", small)
    finally:
        for each in archived.folder.backups.glob(f"{_COPY}*"):
            each.unlink(missing_ok=True)


@contextmanager
def _reading(file: Path) -> Generator[Reader]:
    engine = sqlite.open_engine(URL.create("sqlite", database=str(file)))
    try:
        with sqlite.database_errors(), sqlite.reading(engine) as connection:
            yield Reader(connection)
    finally:
        engine.dispose()


def _wanted(reader: Reader) -> dict[str, KeptOriginal | Stored]:
    made = (each.stored for each in reader.derived_objects(EVERYTHING))
    return {each.object_id: each for each in (*reader.originals(EVERYTHING), *made)}


def _small_files(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for each in SMALL:
        with disk_errors(), suppress(FileNotFoundError):
            found[str(each)] = (folder / each).read_bytes()
    return found


def _put_catalogue(archived: Archived, place: Place, file: Path) -> tuple[Copy, Kept]:
    object_id, key = new_id(), new_key()
    archive = archived.folder.id
    with disk_errors(), file.open("rb") as content:
        pieces = iter(lambda: content.read(PIECE), b"")
        passing = Hashing(seal(pieces, key, object_id), None)
        place.store.put(object_id, passing, sealed_size(file.stat().st_size))
    wrapped = Wrapping(copy_key(archived.keyring.backup_key(), archive)).wrap(key, about_copy(archive, object_id))
    return Copy(object_id, wrapped), Kept(passing.size, passing.digest.hex)


def _write(archived: Archived, place: Place, manifest: Manifest, small: Mapping[str, bytes]) -> None:
    number = manifest.number
    for name in names_of(place, number):  # of a run that was killed before its manifest
        place.files.delete(name)
    for name, content in small.items():
        place.files.create(name_of(number, name), content)
    place.files.create(name_of(number), manifest.written(archived.keyring.backup_key()))
