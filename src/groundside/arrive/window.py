"""A file on a disk, of which only parts are read."""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from groundside.errors import TooLarge, Unreadable

Parts = tuple[int, Callable[[int, int], bytes], Callable[[], bytes | memoryview]]
"""The size of the file; what gives bytes from a place on, fewer where the file ends; and what gives them all."""
_MAPPED_FROM_BYTES = 1 << 20


@contextmanager
def parts_of(path: Path, limit: int) -> Generator[Parts]:
    """
    Open a file to read parts of it.

    Args:
        path: a regular file. A large one that is asked for as a whole is read through a memory map, and must not be
            cut short meanwhile.
        limit: larger files are refused.

    Raises:
        Unreadable: it is no regular file, or the operating system refuses.
        TooLarge: it is past the limit.
    """
    descriptor = -1
    try:
        # O_NONBLOCK: a pipe put in the file's place meanwhile must not hang us.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        size = _regular(path, os.fstat(descriptor))
        if size > limit:
            what = f"{path.name} has {size:,} bytes, more than the limit of {limit:,}."
            raise TooLarge(what, try_this="set max_decode_bytes to more")
        yield size, _reading(descriptor), lambda: _whole(descriptor, size)
    except OSError as error:
        what = f"{path.name} cannot be read: {error.strerror or error}."
        raise Unreadable(what, try_this="check its permissions and the medium") from error
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _regular(path: Path, status: os.stat_result) -> int:
    if not stat.S_ISREG(status.st_mode):
        what = f"{path.name} is no regular file."
        raise Unreadable(what, try_this="name a file, or a folder of them")
    return status.st_size


def _reading(descriptor: int) -> Callable[[int, int], bytes]:
    return lambda at, count: os.pread(descriptor, count, at)


def _whole(descriptor: int, size: int) -> bytes | memoryview:
    if size < _MAPPED_FROM_BYTES:
        return os.pread(descriptor, size, 0)
    return memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
