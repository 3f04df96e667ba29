"""Sealed objects as pyarrow's datasets read them: decrypted in memory, and only where they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, NoReturn, cast

import pyarrow as pa
from pyarrow.fs import FileInfo, FileSystem, FileSystemHandler, FileType, PyFileSystem

from groundside.errors import NotFound
from groundside.keep.sealing.stream import CHUNK

_KIND = "groundside-sealed"


def sealed_file_system(opened: Callable[[str], BinaryIO]) -> FileSystem:
    """
    Give pyarrow a file system in which every name ends in an object's id; nothing can be listed or written.

    Args:
        opened: opens the content of an object.
    """
    return PyFileSystem(_Handler(opened))


class _Handler(FileSystemHandler):
    """What pyarrow asks of a file system; what is not there is a FileNotFoundError, as of any file system."""

    def __init__(self, opened: Callable[[str], BinaryIO]) -> None:
        self._opened = opened

    def get_type_name(self) -> str:
        return _KIND

    def normalize_path(self, path: str) -> str:
        return path

    def get_file_info(self, paths: str | list[str]) -> list[FileInfo]:
        return [self._info(path) for path in ([paths] if isinstance(paths, str) else paths)]

    def open_input_file(self, path: str) -> pa.NativeFile:
        file = self._open(path)
        if file.seek(0, 2) > CHUNK:
            file.seek(0)
            return pa.PythonFile(cast("Any", file), mode="r")
        with file:  # one chunk is decrypted as a whole in any case
            file.seek(0)
            return pa.BufferReader(file.read())

    def open_input_stream(self, path: str) -> pa.NativeFile:
        return self.open_input_file(path)

    def _open(self, path: str) -> BinaryIO:
        try:
            return self._opened(path.rpartition("/")[2])
        except NotFound as error:
            raise FileNotFoundError(error.what) from None

    def _info(self, path: str) -> FileInfo:
        try:
            with self._open(path) as file:
                return FileInfo(path, FileType.File, size=file.seek(0, 2))
        except FileNotFoundError:
            return FileInfo(path, FileType.NotFound)

    def get_file_info_selector(self, selector: object) -> list[FileInfo]:
        self._refuse()

    def create_dir(self, path: str, recursive: bool) -> None:
        self._refuse()

    def delete_dir(self, path: str) -> None:
        self._refuse()

    def delete_dir_contents(self, path: str, missing_dir_ok: bool = False) -> None:
        self._refuse()

    def delete_root_dir_contents(self) -> None:
        self._refuse()

    def delete_file(self, path: str) -> None:
        self._refuse()

    def move(self, src: str, dest: str) -> None:
        self._refuse()

    def copy_file(self, src: str, dest: str) -> None:
        self._refuse()

    def open_output_stream(self, path: str, metadata: object) -> pa.NativeFile:
        self._refuse()

    def open_append_stream(self, path: str, metadata: object) -> pa.NativeFile:
        self._refuse()

    def _refuse(self) -> NoReturn:
        what = "sealed objects are only read"
        raise NotImplementedError(what)
