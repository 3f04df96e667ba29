"""
zstd, by the system's own library where there is one, else by the one inside pyarrow.

The system's fills room that is used again, which saves a fifth of the time of unpacking a tile, and it is loaded in a
millisecond. What both make is the same format: RFC 8878.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Protocol, cast

LIBRARY = "libzstd.so.1"
"""The name under which it is known to the loader of every Linux; there is none of that name elsewhere."""


class Unpacker(Protocol):
    """Unpacks; one for each thread."""

    def unpack(self, packed: memoryview, room: bytearray) -> bytearray | memoryview:
        """
        Give what was packed; where that was done without copying, it stands in `room` until that is used again.

        Raises:
            ValueError, OSError: it is no zstd, is damaged, or does not fill the room to the last byte.
        """
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


class Packer(Protocol):
    """Packs; one for each thread."""

    def pack(self, data: memoryview) -> memoryview:
        """Give the packed bytes, to be handed back by `again` once they are written."""
        ...

    def again(self, packed: memoryview) -> None:
        """Take back the room of packed bytes; any thread may call it."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


def unpacker() -> Unpacker:
    """Make an unpacker."""
    library = _library()
    return _ArrowUnpacker() if library is None else _SystemUnpacker(library)


def packer(level: int) -> Packer:
    """Make a packer of a level of zstd."""
    library = _library()
    return _ArrowPacker(level) if library is None else _SystemPacker(library, level)


@cache
def _library() -> ctypes.CDLL | None:
    try:
        found = ctypes.CDLL(LIBRARY)
    except OSError:
        return None
    size, pointer = ctypes.c_size_t, ctypes.c_void_p
    for name, given, *taken in (
        ("ZSTD_createDCtx", pointer), ("ZSTD_freeDCtx", size, pointer), ("ZSTD_createCCtx", pointer),
        ("ZSTD_freeCCtx", size, pointer), ("ZSTD_isError", ctypes.c_uint, size), ("ZSTD_compressBound", size, size),
        ("ZSTD_decompressDCtx", size, pointer, pointer, size, pointer, size),
        ("ZSTD_compressCCtx", size, pointer, pointer, size, pointer, size, ctypes.c_int),
    ):  # fmt: skip
        function = getattr(found, name)
        function.restype, function.argtypes = given, taken
    return found


def _place(data: bytearray | memoryview) -> int:
    """Say where bytes that may be written to begin; whoever asks holds them while the place is used."""
    return ctypes.addressof(ctypes.c_char.from_buffer(cast("bytearray", data)))


class _SystemUnpacker:
    def __init__(self, library: ctypes.CDLL) -> None:
        self._library, self._state = library, library.ZSTD_createDCtx()
        if not self._state:
            raise MemoryError

    def unpack(self, packed: memoryview, room: bytearray) -> bytearray | memoryview:
        length = self._library.ZSTD_decompressDCtx(
            self._state, _place(room), len(room), _place(packed), len(packed)
        )  # fmt: skip
        if self._library.ZSTD_isError(length) or length != len(room):
            what = "not zstd, or of another length"
            raise ValueError(what)
        return room

    def close(self) -> None:
        self._library.ZSTD_freeDCtx(self._state)
        self._state = None


class _SystemPacker:
    def __init__(self, library: ctypes.CDLL, level: int) -> None:
        self._library, self._level, self._state = library, level, library.ZSTD_createCCtx()
        if not self._state:
            raise MemoryError
        self._rooms: list[bytearray] = []

    def pack(self, data: memoryview) -> memoryview:
        most = self._library.ZSTD_compressBound(data.nbytes)
        room = self._rooms.pop() if self._rooms else bytearray(most)
        if len(room) < most:
            room = bytearray(most)
        length = self._library.ZSTD_compressCCtx(
            self._state, _place(room), len(room), _place(data), data.nbytes, self._level
        )
        if self._library.ZSTD_isError(length):
            raise MemoryError  # the only cause that is left where there is room for any result
        return memoryview(room)[:length]

    def again(self, packed: memoryview) -> None:
        self._rooms.append(cast("bytearray", packed.obj))

    def close(self) -> None:
        self._library.ZSTD_freeCCtx(self._state)
        self._state = None


class _ArrowUnpacker:
    def __init__(self) -> None:
        from pyarrow import Codec

        self._codec = Codec("zstd")

    def unpack(self, packed: memoryview, room: bytearray) -> bytearray | memoryview:
        found = memoryview(self._codec.decompress(packed, len(room)))
        if found.nbytes != len(room):
            what = "of another length"
            raise ValueError(what)
        return found

    def close(self) -> None:
        """Nothing is held."""


class _ArrowPacker:
    def __init__(self, level: int) -> None:
        from pyarrow import Codec

        self._codec = Codec("zstd", compression_level=level)

    def pack(self, data: memoryview) -> memoryview:
        return memoryview(self._codec.compress(data))

    def again(self, packed: memoryview) -> None:
        """Nothing is used again."""

    def close(self) -> None:
        """Nothing is held."""
