"""The pages of a memory map that were read and are not needed just now."""

from __future__ import annotations

import mmap

import numpy as np
import numpy.typing as npt

WINDOW_BYTES = 1 << 21
"""So much of a mapped file is read before its pages are let go."""


def let_go(data: memoryview | npt.NDArray[np.uint8]) -> None:
    """
    Take the pages of a file out of this process's memory, where it is read through a map that nobody can write to.

    They stay in the system's cache as long as there is room, and come back when they are read again: some
    microseconds for each 64 KiB. Without this a whole file counts as memory of the process that read it once.
    Nothing is done to bytes that are no such map.
    """
    holder = _holder(data)
    if holder is not None:
        holder.madvise(mmap.MADV_DONTNEED)


def is_mapped(data: memoryview | npt.NDArray[np.uint8]) -> bool:
    """Whether these bytes are read through a map whose pages can be let go."""
    return _holder(data) is not None


def _holder(data: object) -> mmap.mmap | None:
    """Find the map that bytes lie in; None where they lie in none, or in one that can be written to."""
    while isinstance(data, np.ndarray | memoryview):
        writable = data.flags.writeable if isinstance(data, np.ndarray) else not data.readonly
        if writable:
            return None
        data = data.base if isinstance(data, np.ndarray) else data.obj
    return data if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED") else None
