"""What goes to a worker and comes back: values that JSON can hold, and bytes. Never a pickle."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

_COUNTS = struct.Struct("<cIQ")
_LENGTH = struct.Struct("<Q")
DONE, BEGAN, DIED = b"D", b"B", b"X"
MOST_BLOBS = 1 << 20
_MOST_JSON = 1 << 30
_SMALL = 1 << 16
"""Blobs up to this size are put together before they are written: waking the other side costs more than copying."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """
    Work to be done, or what came of it.

    Args:
        values: what JSON can hold.
        blobs: bytes that belong to it.
    """

    values: Any
    blobs: Sequence[bytes | memoryview] = ()

    @property
    def size(self) -> int:
        """Bytes of the blobs."""
        return sum(len(blob) for blob in self.blobs)


@dataclass(frozen=True, slots=True)
class Died:
    """
    A worker did not survive its work.

    Args:
        at: number of the item it was at, as it said itself; None where it had begun none.
        why: one sentence, after "its worker".
        late: it took too long, and would again.
    """

    at: int | None
    why: str
    late: bool = False


Outcome = Parcel | Died
Began = Callable[[int], None]
"""Told by the work which of its items it begins; each has the whole time limit."""
Work = Callable[[Parcel, Began], Parcel]
"""A function of a module, so that another process finds it by its name."""


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one worker may take.

    Args:
        memory_bytes: that it may write to, besides what it takes to start; mapped files do not count.
        seconds: for one item of a parcel.
    """

    memory_bytes: int
    seconds: float


def name_of(work: Work) -> str:
    """Say where another process finds a function."""
    return f"{work.__module__}:{work.__qualname__}"  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]


def write_frames(handle: int, kind: bytes, parcel: Parcel) -> None:
    """
    Write a parcel: kind, length of the JSON, number of blobs; the JSON; each blob after its length.

    Raises:
        OSError: the other side is gone.
    """
    text = json.dumps(parcel.values, separators=(",", ":")).encode()
    small = bytearray(_COUNTS.pack(kind, len(text), len(parcel.blobs)) + text)
    for blob in parcel.blobs:
        small += _LENGTH.pack(len(blob))
        if len(blob) <= _SMALL and len(small) <= _SMALL:
            small += blob
            continue
        _write(handle, small)
        _write(handle, blob)
        small.clear()
    _write(handle, small)


def _write(handle: int, data: bytes | bytearray | memoryview) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def read_frames(read: Callable[[int], bytes]) -> tuple[bytes, Parcel]:
    """
    Read what `write_frames` wrote.

    Args:
        read: gives exactly so many bytes, or raises `EOFError`.

    Raises:
        EOFError: the other side is gone.
        ValueError: what came is no parcel.
    """
    kind, length, count = _COUNTS.unpack(read(_COUNTS.size))
    if kind not in {DONE, BEGAN, DIED} or length > _MOST_JSON or count > MOST_BLOBS:
        what = "what came from a worker is no parcel"
        raise ValueError(what)
    values = json.loads(read(length))
    blobs = [read(_LENGTH.unpack(read(_LENGTH.size))[0]) for _ in range(count)]
    return kind, Parcel(values, blobs)
