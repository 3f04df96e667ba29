"""One flush for a whole file system, where the kernel can be trusted to say whether it succeeded."""

from __future__ import annotations

import ctypes
import os
import re
from contextlib import suppress
from pathlib import Path

_TRUSTED = {"ext3", "ext4", "xfs", "btrfs", "f2fs"}
"""Local file systems whose syncfs reaches the disk; over a network or in user space it may be a mere wish."""
_MOUNTS = Path("/proc/self/mountinfo")
_FIRST_KERNEL = (5, 8)
"""Older ones return success from syncfs whatever became of the data. Source: syncfs(2), "Versions"."""
_START_WRITING = 2  # SYNC_FILE_RANGE_WRITE of linux/fs.h
_LIBRARY = ctypes.CDLL(None, use_errno=True)


class Barrier:
    """
    Wait until everything that was written to a file system is durable.

    Made before the first write, for the kernel tells of failures since its handle was opened.

    Args:
        folder: any folder of that file system.

    Raises:
        OSError: the folder cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def wait(self) -> None:
        """
        Return when data and names are on the disk.

        Raises:
            OSError: some of it could not be written; which, nobody can tell.
        """
        if _LIBRARY.syncfs(self._handle):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))

    def close(self) -> None:
        """Let go of the file system."""
        os.close(self._handle)


def can_flush_at_once(folder: Path) -> bool:
    """Whether a `Barrier` on this folder's file system does what it says; where not, sync file by file."""
    return hasattr(_LIBRARY, "syncfs") and _kernel() >= _FIRST_KERNEL and _file_system(folder) in _TRUSTED


def start_writing(handle: int) -> None:
    """Let the disk begin with what was written to a file, so that there is less to wait for; a hint, no promise."""
    with suppress(AttributeError):
        _LIBRARY.sync_file_range(handle, ctypes.c_int64(0), ctypes.c_int64(0), _START_WRITING)


def _kernel() -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _file_system(folder: Path) -> str:
    """Name the type of the file system that a folder is on, as the kernel lists its mounts."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    at = folder.resolve()
    kinds: dict[Path, str] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        kinds[Path(_unescaped(before.split(" ")[4]))] = after.split(" ")[0]
    return next((kinds[each] for each in (at, *at.parents) if each in kinds), "")


def _unescaped(mount_point: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), mount_point)
