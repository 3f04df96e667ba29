"""Files on a disk, a card or a share, one after the other, whatever state they are in."""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from groundside.errors import Conflict, TooLarge, Unreadable

CHUNK_BYTES = 1 << 20
MAPPED_FROM_BYTES = 1 << 24
"""Files of this size and more are read through a memory map."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    A regular file found.

    Args:
        path: where it is, as the operating system names it.
        name: its name as text that can be stored and shown; bytes that are no UTF-8 become U+FFFD.
        size: in bytes when it was found.
    """

    path: Path
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Something found that is no readable regular file, and why."""

    name: str
    why: str


def shown(path: Path) -> str:
    """Give a name as text that can be stored and shown, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "replace")


def walk(paths: Iterable[Path], passed_over: Callable[[Path], bool] = lambda _: False) -> Iterator[Arrival | NotTaken]:
    """
    Find every file below some paths, in order of name; links are followed, but no folder is entered twice.

    Args:
        paths: files and folders.
        passed_over: says which folders not to enter (the archive itself).
    """
    entered: set[tuple[int, int]] = set()
    for path in paths:
        yield from _found(path, entered, passed_over)


def _found(
    path: Path, entered: set[tuple[int, int]], passed_over: Callable[[Path], bool]
) -> Iterator[Arrival | NotTaken]:
    name = shown(path)
    try:
        status = path.stat()
    except OSError as error:
        yield NotTaken(name, _reason(error))
        return
    if stat.S_ISDIR(status.st_mode):
        if (status.st_dev, status.st_ino) in entered or passed_over(path):
            return
        entered.add((status.st_dev, status.st_ino))
        yield from _inside(path, entered, passed_over)
    elif stat.S_ISREG(status.st_mode):
        yield Arrival(path, shown(Path(path.name)), status.st_size)
    else:
        yield NotTaken(name, "not a regular file (a device, socket or pipe)")


def _inside(
    folder: Path, entered: set[tuple[int, int]], passed_over: Callable[[Path], bool]
) -> Iterator[Arrival | NotTaken]:
    try:
        names = sorted(os.listdir(os.fsencode(folder)))  # noqa: PTH208 - names that are not UTF-8 sort as bytes
    except OSError as error:
        yield NotTaken(shown(folder), _reason(error))
        return
    for name in names:
        yield from _found(folder / os.fsdecode(name), entered, passed_over)


def contents(arrival: Arrival, limit: int, first_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
    """
    Give the bytes of a file in pieces of a mebibyte, and at the end make sure that it did not change meanwhile.

    Args:
        arrival: the file.
        limit: most bytes that it may have.
        first_bytes: of the first piece; with more than the file has, it comes in one, unless it has grown since.

    Raises:
        Unreadable: the operating system refuses, or the medium fails in the middle.
        TooLarge: it is past the limit.
        Conflict: its size or time changed between opening and the last byte.
    """
    try:
        with _opened(arrival.path) as stream:
            before = os.fstat(stream.fileno())
            _refuse_past(limit, arrival, before.st_size)
            piece = stream.read(first_bytes)
            while piece:
                yield piece
                piece = stream.read(CHUNK_BYTES)
            after = os.fstat(stream.fileno())
    except OSError as error:
        what = f"{arrival.name} cannot be read: {_reason(error)}."
        raise Unreadable(what, try_this="check its permissions and the medium, then ingest again") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        what = f"{arrival.name} changed while it was read."
        raise Conflict(what, try_this="ingest again when it is no longer written to")


def whole(arrival: Arrival, limit: int) -> memoryview:
    """
    Give the bytes of a file at once; those of a large one through a memory map, so that only what is touched is read.

    Raises:
        Unreadable, TooLarge, Conflict: as of `contents`.
    """
    if arrival.size < MAPPED_FROM_BYTES:
        return memoryview(b"".join(contents(arrival, limit, arrival.size + 1)))
    try:
        with _opened(arrival.path) as stream:
            _refuse_past(limit, arrival, os.fstat(stream.fileno()).st_size)
            return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        what = f"{arrival.name} cannot be read: {_reason(error) if isinstance(error, OSError) else error}."
        raise Unreadable(what, try_this="check its permissions and the medium, then try again") from error


def head(arrival: Arrival, count: int) -> bytes:
    """
    Give the first bytes of a file.

    Raises:
        Unreadable: the operating system refuses.
    """
    try:
        with _opened(arrival.path) as stream:
            return stream.read(count)
    except OSError as error:
        what = f"{arrival.name} cannot be read: {_reason(error)}."
        raise Unreadable(what, try_this="check the spelling and the permissions") from error


def _refuse_past(limit: int, arrival: Arrival, size: int) -> None:
    if size > limit:
        what = f"{arrival.name} has {size:,} bytes, more than the limit of {limit:,}."
        raise TooLarge(what, try_this=f"groundside ingest --max-bytes {size}; for decode, the setting max_decode_bytes")


def _opened(path: Path) -> BinaryIO:
    # O_NONBLOCK: a pipe put in the file's place meanwhile must not hang us.
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb", buffering=0)  # pyright: ignore[reportReturnType]


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
