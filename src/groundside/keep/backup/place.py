"""Where a backup is: a folder or a bucket, with large objects by id and small files by name."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from groundside.errors import BadRequest, BadSetting, Conflict, NotFound, Refused, Tampered, WrongArchive
from groundside.keep.archive_folder import MARKER
from groundside.keep.canonical import canonical
from groundside.keep.durable import PART, disk_errors, make_folder, sync_folder, write_file
from groundside.keep.object_store import ObjectStore
from groundside.keep.small_files import MOST_BYTES, no_plain_file, read_small, too_large
from groundside.keep.store_disk import DiskStore
from groundside.settings import Settings

if TYPE_CHECKING:
    from groundside.keep.bucket import Bucket

OWNER = "groundside-backup.json"
"""File that says of which archive this is a backup."""
FORMAT_VERSION = 1
_S3 = "s3://"
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BEGUN = {"objects", "incoming", f"{OWNER}{PART}"}
"""What may be in the folder of a backup whose very first run was killed."""


class Files(Protocol):
    """Small files by name; names have slashes in them."""

    def create(self, name: str, content: bytes) -> None:
        """
        Keep a file, durably: all of it or nothing.

        Raises:
            Conflict: there is one of that name, which is not touched.
        """
        ...

    def read(self, name: str, most: int = MOST_BYTES) -> bytes:
        """
        Read a file of at most so many bytes: what is there was perhaps written by others.

        Raises:
            NotFound: there is none.
            Tampered: it is longer, or is a link.
        """
        ...

    def names(self, below: str) -> list[str]:
        """Name all files below a folder."""
        ...

    def delete(self, name: str) -> None:
        """Remove a file; no harm where it is gone already."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """
    A backup's place, opened.

    Args:
        shown: where it is, for people.
        files: its small files.
        store: its objects, as they lie in the archive's own store.
    """

    shown: str
    files: Files
    store: ObjectStore

    @property
    def archive(self) -> str | None:
        """
        Give the id of the archive whose backup it is; None where there is none yet.

        Raises:
            Tampered: what says so is damaged.
            WrongArchive: a newer program wrote it.
        """
        try:
            found = json.loads(self.files.read(OWNER))
            archive, version = str(found["archive"]), int(found["format"])
        except NotFound:
            return None
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            what = f"The backup's file {OWNER} is damaged."
            raise Tampered(what, try_this="put it back from a copy of the backup") from error
        if version > FORMAT_VERSION:
            what = "This backup was written by a newer Groundside."
            raise WrongArchive(what, try_this="install the newer version of groundside")
        return archive

    def belong_to(self, archive_id: str) -> None:
        """
        See that this is a backup of an archive, and make it one where there is nothing yet.

        Raises:
            WrongArchive: it is that of another archive, or something else is there.
        """
        if self.archive is None:
            self._refuse_other_things()
            with suppress(Conflict):  # another process was first; whose it is then, is looked at next
                self.files.create(OWNER, canonical({"archive": archive_id, "format": FORMAT_VERSION}).encode())
        if self.archive != archive_id:
            what = f"{self.shown} holds the backup of another archive."
            raise WrongArchive(what, try_this="give each archive a folder or a prefix of its own for its backup")

    def _refuse_other_things(self) -> None:
        if self.files.names("") or next(iter(self.store.ids()), None):
            what = f"{self.shown} holds other things: no backup was made in it."
            raise WrongArchive(what, try_this="give an empty folder or prefix, or the name of a new one")


class _FolderFiles:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str, content: bytes) -> None:
        """Keep a file."""
        target = self._folder / name
        with disk_errors():
            for each in reversed(target.relative_to(self._folder).parents):
                make_folder(self._folder / each)
            if target.exists():
                what = f"There is a file {name} in the backup already; it was not touched."
                raise Conflict(what, try_this="run the same command again")
            write_file(target, content)

    def read(self, name: str, most: int = MOST_BYTES) -> bytes:
        """Read a file."""
        target = self._folder / name
        with disk_errors():
            if not target.parent.resolve().is_relative_to(self._folder.resolve()):
                raise no_plain_file(name)
            try:
                return read_small(target, most)
            except FileNotFoundError:
                raise _absent(name) from None

    def names(self, below: str) -> list[str]:
        """Name all files below a folder."""
        found = (self._folder / below).rglob("*")
        return [str(each.relative_to(self._folder)) for each in found if each.is_file() and each.suffix != PART]

    def delete(self, name: str) -> None:
        """Remove a file, and its folder when that is empty."""
        path = self._folder / name
        with disk_errors(), suppress(FileNotFoundError):
            path.unlink()
            sync_folder(path.parent)
        with suppress(OSError):  # there are other files in it, or somebody else removed it
            path.parent.rmdir()


class _BucketFiles:
    """Files in a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def create(self, name: str, content: bytes) -> None:
        """Keep a file."""
        from groundside.keep.bucket import PIECE

        if len(content) <= PIECE:
            self._bucket.create(name, content)
        else:
            self._bucket.create_from(name, iter([content]), len(content))

    def read(self, name: str, most: int = MOST_BYTES) -> bytes:
        """Read a file."""
        size, content = self._bucket.get(name, _absent(name))
        if size > most:
            raise too_large(name, most)
        return b"".join(self._bucket.pieces(name, 0, size)) if content is None else bytes(content)

    def names(self, below: str) -> list[str]:
        """Name all files below a folder."""
        return [each.key for each in self._bucket.list(below)]

    def delete(self, name: str) -> None:
        """Remove a file."""
        self._bucket.delete(name)


def open_place(text: str, settings: Settings, local: Path) -> Place:
    """
    Open where a backup is, or is to be.

    Args:
        text: a folder, or "s3://BUCKET/PREFIX" on the server that the settings of storage name.
        settings: how that server is reached.
        local: folder on this machine for what a bucket needs to keep here for a moment.

    Raises:
        BadRequest: it is an address of something else.
        BadSetting, Refused, Unreachable: the bucket cannot be used.
        Refused: an archive lies there.
    """
    _refuse_other_addresses(text)
    place = _bucket_place(text, settings, local) if text.startswith(_S3) else _folder_place(Path(text).expanduser())
    with suppress(NotFound):
        place.files.read(MARKER)
        what = f"{place.shown} is where an archive lies, not a place for backups."
        raise Refused(what, try_this="give another folder or prefix")
    return place


def existing(text: str, settings: Settings, local: Path) -> Place:
    """
    Open a backup that must be there; makes nothing.

    Raises:
        NotFound: there is no backup.
        BadRequest: it is the address of something else.
    """
    _refuse_other_addresses(text)
    if text.startswith(_S3) or (Path(text).expanduser() / OWNER).is_file():
        place = open_place(text, settings, local)
        if place.archive is not None:
            return place
    what = f"There is no backup in {text}."
    raise NotFound(what, try_this="give the folder or prefix that was given to groundside backup --to PLACE")


def refuse_inside(text: str, folder: Path) -> None:
    """
    Refuse a backup in the folder of the archive itself.

    Raises:
        Refused: whatever takes the one would take the other.
        BadRequest: it is the address of something else.
    """
    _refuse_other_addresses(text)
    if not text.startswith(_S3) and Path(text).expanduser().absolute().resolve().is_relative_to(folder.resolve()):
        what = "The backup would lie in the archive's own folder: whatever takes the one takes the other."
        raise Refused(what, try_this="give a folder on another disk")


def _refuse_other_addresses(text: str) -> None:
    if _ADDRESS.match(text) and not text.startswith(_S3):
        what = f"{text.partition('://')[0]}:// is nowhere that a backup goes to: it goes to a folder, or to a bucket."
        raise BadRequest(what, try_this="groundside backup --to FOLDER, or --to s3://BUCKET/PREFIX")


def _folder_place(folder: Path) -> Place:
    path = folder.absolute()
    if (path / MARKER).exists():
        return Place(str(folder), _FolderFiles(path), DiskStore(path))
    with disk_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        make_folder(path)
        if not (path / OWNER).exists() and not {each.name for each in path.iterdir()} <= _BEGUN:
            what = f"{folder} holds other things: no backup was made in it."
            raise WrongArchive(what, try_this="give an empty folder, or the name of a new one")
    return Place(str(folder), _FolderFiles(path), DiskStore(path))


def _bucket_place(text: str, settings: Settings, local: Path) -> Place:
    try:
        from groundside.keep.bucket import Bucket  # needs a library that is an extra
        from groundside.keep.bucket_address import address_of
        from groundside.keep.store_s3 import BucketStore
    except ImportError as error:
        what = "The backup is to be in a bucket, and what speaks to buckets is not installed."
        raise BadSetting(what, try_this="pip install 'groundside[s3]'") from error
    bucket = Bucket(address_of(replace(settings, storage=text)))
    return Place(bucket.address.place, _BucketFiles(bucket), BucketStore(local, bucket))


def _absent(name: str) -> NotFound:
    return NotFound(f"There is no file {name} in the backup.")
