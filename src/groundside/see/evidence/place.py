"""Where the files of a package go: a folder or a ZIP, which appear under their name whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

from groundside.errors import Conflict, NoSpace, Refused
from groundside.see.files import written_whole

ZIP = ".zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o600


class Place(Protocol):
    """Where files can be written, by relative paths with slashes; each once."""

    def create(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a new file for writing."""
        ...


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def create(self, path: str) -> Generator[BinaryIO]:
        target = self._root.joinpath(*PurePosixPath(path).parts)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(handle)


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, top: str) -> None:
        self._archive, self._top = archive, top

    @contextmanager
    def create(self, path: str) -> Generator[BinaryIO]:
        # No clock and no account of this machine: the same content gives the same bytes.
        info = zipfile.ZipInfo(f"{self._top}/{path}", _EPOCH)
        info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, _MODE << 16, 3
        with self._archive.open(info, "w", force_zip64=True) as stream:
            yield cast("BinaryIO", stream)


def refuse_place(target: Path, archive: Path) -> None:
    """
    Refuse a place where no package could be written, or should.

    Args:
        target: where it is to go.
        archive: folder of the archive that it is from.

    Raises:
        Refused: inside that folder: what an archive holds would lie there unsealed, and be taken for a part of it.
        Conflict: something is there already.
        NoSpace: there is no folder that could hold it, or nobody may write there.
    """
    at = target.expanduser().absolute()
    if at.resolve().is_relative_to(archive.resolve()):
        what = "The package would lie in the archive's own folder, where nothing but the archive belongs."
        raise Refused(what, try_this="give another folder with --to")
    _refuse_taken(target)
    if not at.parent.is_dir() or not os.access(at.parent, os.W_OK | os.X_OK):
        what = f"{target} cannot be written: {at.parent} is no folder that can be written to."
        raise NoSpace(what, try_this="choose another folder with --to")


@contextmanager
def placed(target: Path, top: str) -> Generator[Place]:
    """
    Give a place whose files appear under `target` when the block ends without an error.

    A process that is killed leaves at the most something hidden, whose name begins with ".groundside-".

    Args:
        target: a folder that is not there yet, or a file that ends in ".zip" and is not there yet.
        top: name of the folder in a ZIP.

    Raises:
        Conflict: something is there already.
        NoSpace: the disk cannot take it, or the folder cannot be written.
    """
    _refuse_taken(target)
    if target.suffix.lower() == ZIP:
        with written_whole(target) as stream, zipfile.ZipFile(stream, "w") as archive:
            yield _Zip(archive, top)
        return
    with _appearing(target) as root:
        yield _Folder(root)


def _refuse_taken(target: Path) -> None:
    if os.path.lexists(target):
        what = f"{target} is there already; a package never replaces anything."
        raise Conflict(what, try_this="give another name")


@contextmanager
def _appearing(target: Path) -> Generator[Path]:
    try:
        root = Path(tempfile.mkdtemp(prefix=".groundside-", dir=target.parent))
    except OSError as error:
        what = f"{target} cannot be written: {error.strerror}."
        raise NoSpace(what, try_this="choose another folder with --to") from error
    try:
        yield root
        root.rename(target)
    except OSError as error:
        what = f"{target} cannot be written: {error.strerror}."
        raise NoSpace(what, try_this="make room, or choose another folder with --to") from error
    finally:
        shutil.rmtree(root, ignore_errors=True)
