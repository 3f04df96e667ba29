"""Where things lie in the folder of an archive; whether a folder is one; the archive's own secrets."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groundside.errors import Tampered, WrongArchive
from groundside.keep.canonical import canonical
from groundside.keep.durable import disk_errors, make_folder, write_file
from groundside.keep.object_id import is_id
from groundside.keep.small_files import read_small

if TYPE_CHECKING:
    from sqlalchemy import URL

FORMAT_VERSION = 3
"""
The newest format of an archive's folder.

Of 2 are archives whose marker says where their catalogue is: programs that know only 1 would make another. Of 3 are
sealed archives: older programs would take what is encrypted for the originals themselves.
"""
ELSEWHERE = 2
"""The format of a folder whose marker says where the catalogue is."""
MARKER = "groundside-archive.json"
_CATALOGUE = "catalogue.sqlite"
_KEY = Path("keys") / "fingerprint.key"
_KEY_BYTES = 32
_FOLDERS = ("objects", "incoming", "keys", "backups", "cache")
_OURS = {*_FOLDERS, MARKER, f"{MARKER}.part"}

Seal = Callable[[Path, str], str]
"""
Makes the keys of a new sealed archive, given its folder and an id for it.

Gives the archive's id: another one where keys were made already by a process that came no further.
"""


@dataclass(frozen=True, slots=True)
class ArchiveFolder:
    """
    An archive's folder, opened.

    Args:
        id: random and permanent.
        path: the folder; also what `Vault` takes.
        plain_key: what `key` gives; empty in a sealed archive.
        catalogue_place: which database server's database holds the catalogue; empty for a file in the folder.
        sealed: whether objects are encrypted, each with its own key.
        has_keyring: whether it must have one.
    """

    id: str
    path: Path
    plain_key: bytes = field(repr=False)
    catalogue_place: str = ""
    sealed: bool = False
    has_keyring: bool = False

    @property
    def key(self) -> bytes:
        """
        Give the secret for fingerprints, 32 bytes, of an archive that is not sealed.

        Raises:
            RuntimeError: it is sealed, and its keyring has that key; a defect in the caller.
        """
        if self.sealed:
            what = "the key for fingerprints of a sealed archive is in its keyring"
            raise RuntimeError(what)
        return self.plain_key

    @property
    def catalogue_url(self) -> URL:
        """What `Catalogue.open` takes where the catalogue is a file in the folder."""
        from sqlalchemy import URL  # late: workers open the folder and no database

        return URL.create("sqlite", database=str(self.path / _CATALOGUE))

    @property
    def backups(self) -> Path:
        """Where copies of the catalogue go before it is migrated."""
        return self.path / "backups"

    @property
    def cache(self) -> Path:
        """Where things lie that can be made again at any time."""
        return self.path / "cache"


def open_folder(path: Path, create: bool, seal: Seal | None = None) -> ArchiveFolder:
    """
    Open the folder of an archive.

    Any number of processes may do so at once, also while it is being made: they all get the same archive.

    Args:
        path: the folder.
        create: make an archive where there is no folder, an empty one, or one half made.
        seal: makes the keys of one that is made now; None makes one that is not sealed.

    Raises:
        WrongArchive: no archive, and not to be made one; or one of a newer program.
        Tampered: its marker or key is damaged or gone.
    """
    path = path.absolute()
    with disk_errors():
        if create and not (path / MARKER).is_file():
            _make(path, seal)
        if not (path / MARKER).is_file():
            what = "This folder is not an archive."
            make = "or make one: groundside ingest LOGS --archive DIR"
            raise WrongArchive(what, try_this=f"give the folder of an archive with --archive, {make}")
        marker = _marker(path)
        elsewhere = str(marker.get("catalogue", ""))
        if not elsewhere:
            _refuse_without_catalogue(path)
        sealed = marker.get("sealed") is True
        keyring = sealed or marker.get("keyring") is True
        return ArchiveFolder(marker["id"], path, b"" if sealed else _key(path), elsewhere, sealed, keyring)


def _make(path: Path, seal: Seal | None) -> None:
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
        # The marker is last, for it says that all the rest is there.
        write_file(path / MARKER, canonical(_sealed(path, seal) if seal else _plain(path)).encode())


def _sealed(path: Path, seal: Seal) -> dict[str, object]:
    return {"id": seal(path, secrets.token_hex(16)), "format": FORMAT_VERSION, "sealed": True}


def _plain(path: Path) -> dict[str, object]:
    if not (path / _KEY).exists():
        write_file(path / _KEY, secrets.token_bytes(_KEY_BYTES))
    return {"id": secrets.token_hex(16), "format": 1}


def has_catalogue_file(folder: ArchiveFolder) -> bool:
    """Whether there is a catalogue in the folder itself."""
    catalogue = folder.path / _CATALOGUE
    return catalogue.is_file() and catalogue.stat().st_size > 0


def record_catalogue_place(folder: ArchiveFolder, place: str) -> None:
    """Write into the marker of an archive which database holds its catalogue; no password must be in it."""
    _mark(folder, {"catalogue": place}, ELSEWHERE)


def record_keyring(folder: ArchiveFolder) -> None:
    """Write into the marker of an archive that it has a keyring, which is never made anew from then on."""
    _mark(folder, {"keyring": True}, 1)


def _mark(folder: ArchiveFolder, said: dict[str, object], at_least: int) -> None:
    with disk_errors():
        marker = _marker(folder.path)
        marker |= {"format": max(at_least, int(marker["format"])), **said}
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
        marker = json.loads(read_small(path / MARKER))
        version, _ = int(marker["format"]), _checked_id(marker["id"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        what = f"The archive's marker file {MARKER} is damaged."
        raise Tampered(what, try_this="put it back from a copy of the archive") from error
    if version > FORMAT_VERSION:
        what = f"This archive was written by a newer Groundside (its folder is of format {version})."
        raise WrongArchive(what, try_this="install the newer version of groundside")
    return marker


def _checked_id(archive_id: object) -> str:
    # It becomes part of a path: that of the file with the root key.
    if not isinstance(archive_id, str) or not is_id(archive_id):
        raise ValueError
    return archive_id


def _key(path: Path) -> bytes:
    # Never made anew for an archive that is there: with another key no duplicate would be found again.
    try:
        key = read_small(path / _KEY)
    except FileNotFoundError:
        key = b""
    if len(key) != _KEY_BYTES:
        what = f"The archive's key {_KEY} is gone or damaged."
        raise Tampered(what, try_this="put it back from a copy of the archive")
    return key
