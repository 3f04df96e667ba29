"""Where things lie in the folder of an archive; whether a folder is one; the archive's own secrets."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from groundside.errors import Tampered, WrongArchive
from groundside.keep.canonical import canonical
from groundside.keep.durable import disk_errors, make_folder, write_file

FORMAT_VERSION = 2
"""Of 2 are archives whose marker says where their catalogue is; programs that know only 1 would make another."""
MARKER = "groundside-archive.json"
_CATALOGUE = "catalogue.sqlite"
_KEY = Path("keys") / "fingerprint.key"
_KEY_BYTES = 32
_FOLDERS = ("objects", "incoming", "keys", "backups", "cache")
_OURS = {*_FOLDERS, MARKER, f"{MARKER}.part"}


@dataclass(frozen=True, slots=True)
class ArchiveFolder:
    """
    An archive's folder, opened.

    Args:
        id: random and permanent.
        path: the folder; also what `Vault` takes.
        key: secret for fingerprints, 32 bytes.
        catalogue_place: which database server's database holds the catalogue; empty for a file in the folder.
    """

    id: str
    path: Path
    key: bytes = field(repr=False)
    catalogue_place: str = ""

    @property
    def catalogue_url(self) -> URL:
        """What `Catalogue.open` takes where the catalogue is a file in the folder."""
        return URL.create("sqlite", database=str(self.path / _CATALOGUE))

    @property
    def backups(self) -> Path:
        """Where copies of the catalogue go before it is migrated."""
        return self.path / "backups"

    @property
    def cache(self) -> Path:
        """Where things lie that can be made again at any time."""
        return self.path / "cache"


def open_folder(path: Path, create: bool) -> ArchiveFolder:
    """
    Open the folder of an archive.

    Any number of processes may do so at once, also while it is being made: they all get the same archive.

    Args:
        path: the folder.
        create: make an archive where there is no folder, an empty one, or one half made.

    Raises:
        WrongArchive: no archive, and not to be made one; or one of a newer program.
        Tampered: its marker or key is damaged or gone.
    """
    path = path.absolute()
    with disk_errors():
        if create and not (path / MARKER).is_file():
            _make(path)
        if not (path / MARKER).is_file():
            what = "This folder is not an archive."
            raise WrongArchive(what, try_this="give the folder of an archive with --archive")
        marker = _marker(path)
        elsewhere = str(marker.get("catalogue", ""))
        if not elsewhere:
            _refuse_without_catalogue(path)
        return ArchiveFolder(marker["id"], path, _key(path), elsewhere)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    make_folder(path)
    with _alone_in(path):
        if (path / MARKER).is_file():
            return
        if not {each.name for each in path.iterdir()} <= _OURS:
            what = "This folder holds other things: no archive was made in it."
            raise WrongArchive(what, try_this="give an empty folder, or the name of a new one, with --archive")
        path.chmod(0o700)
        for name in _FOLDERS:
            make_folder(path / name)
        if not (path / _KEY).exists():
            write_file(path / _KEY, secrets.token_bytes(_KEY_BYTES))
        # Last, for it says that all the rest is there.
        write_file(path / MARKER, canonical({"id": secrets.token_hex(16), "format": 1}).encode())


def has_catalogue_file(folder: ArchiveFolder) -> bool:
    """Whether there is a catalogue in the folder itself."""
    catalogue = folder.path / _CATALOGUE
    return catalogue.is_file() and catalogue.stat().st_size > 0


def record_catalogue_place(folder: ArchiveFolder, place: str) -> None:
    """Write into the marker of an archive which database holds its catalogue; no password must be in it."""
    with disk_errors():
        marker = _marker(folder.path) | {"format": FORMAT_VERSION, "catalogue": place}
        write_file(folder.path / MARKER, canonical(marker).encode())


@contextmanager
def alone_in(folder: ArchiveFolder) -> Generator[ArchiveFolder]:
    """Keep out other processes that would decide where the catalogue is; gives the folder as it is by now."""
    with _alone_in(folder.path):
        yield open_folder(folder.path, create=False)


def _refuse_without_catalogue(path: Path) -> None:
    # Never made anew beside objects: an empty catalogue would call every original a leftover.
    catalogue = path / _CATALOGUE
    if catalogue.is_file() and catalogue.stat().st_size:
        return
    if any((path / "objects").glob("??/*")):
        what = "This archive holds objects, but its catalogue is gone."
        raise Tampered(what, try_this=f"put back {_CATALOGUE} from a copy of the archive, or from its folder backups")


@contextmanager
def _alone_in(folder: Path) -> Generator[None]:
    with disk_errors():
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with disk_errors():
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _marker(path: Path) -> dict[str, Any]:
    try:
        marker = json.loads((path / MARKER).read_bytes())
        version, _ = int(marker["format"]), str(marker["id"])
    except (ValueError, TypeError, KeyError) as error:
        what = f"The archive's marker file {MARKER} is damaged."
        raise Tampered(what, try_this="put it back from a copy of the archive") from error
    if version > FORMAT_VERSION:
        what = f"This archive was written by a newer Groundside (its folder is of format {version})."
        raise WrongArchive(what, try_this="install the newer version of groundside")
    return marker


def _key(path: Path) -> bytes:
    # Never made anew for an archive that is there: with another key no duplicate would be found again.
    try:
        key = (path / _KEY).read_bytes()
    except FileNotFoundError:
        key = b""
    if len(key) != _KEY_BYTES:
        what = f"The archive's key {_KEY} is gone or damaged."
        raise Tampered(what, try_this="put it back from a copy of the archive")
    return key
