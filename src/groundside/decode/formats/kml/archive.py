"""
The KML document in a KMZ file, without a file being written or a path being used.

Entries are found by their own headers, in order, so that an archive without its directory is read too. Source: PKWARE,
APPNOTE.TXT 6.3.10, 4.3.7 (local file header), 4.4.4 (flags), 4.3.9 (data descriptor).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

LOCAL = b"PK\x03\x04"
_HEADER = struct.Struct("<4sHHHHHIIIHH")
_DIRECTORY, _DESCRIPTOR = b"PK\x01\x02", b"PK\x07\x08"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZE_BEHIND = 1, 8
_LONGEST_NAME = 1024
_MOST_ENTRIES = 10_000
_STEP = 1 << 16
MOST_RATIO = 200
"""A text that is more than so many times as large as its file is a bomb; KML of a track is about ten times."""
_ALWAYS = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One entry of an archive.

    Args:
        name: as it stands.
        start: where its header is.
        body: where its bytes begin.
        size: of its bytes in the archive; None where only a descriptor behind them says it.
        crc: of what it holds; None where that stands behind it.
        method, encrypted: how it is packed.
    """

    name: str
    start: int
    body: int
    size: int | None
    crc: int | None
    method: int
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Unpacked:
    """
    What an entry holds.

    Args:
        content: its bytes; empty where it cannot be trusted.
        end: where its bytes in the archive end.
        cut: whether the archive ends inside it.
        why: what is wrong with it; empty where nothing is.
    """

    content: bytes
    end: int
    cut: bool
    why: str


def entries_of(data: memoryview) -> Iterator[Entry]:
    """Go through the entries of an archive by their headers, from the first byte on."""
    at = 0
    for _ in range(_MOST_ENTRIES):
        entry = _entry_at(data, at)
        if entry is None:
            return
        yield entry
        at = entry.body + entry.size if entry.size is not None else _after(data, entry)


def _entry_at(data: memoryview, at: int) -> Entry | None:
    if at < 0 or at + _HEADER.size > len(data):
        return None
    signature, _, flags, method, _, _, crc, size, _, name_size, extra = _HEADER.unpack_from(data, at)
    if signature != LOCAL or name_size > _LONGEST_NAME:
        return None
    name_at = at + _HEADER.size
    body = name_at + name_size + extra
    if body > len(data):
        return None
    name = bytes(data[name_at : name_at + name_size]).decode("utf-8", "replace")
    behind = bool(flags & _SIZE_BEHIND)
    known = None if behind or size == 0xFFFFFFFF else size
    return Entry(name, at, body, known, None if behind else crc, method, bool(flags & _ENCRYPTED))


def _after(data: memoryview, entry: Entry) -> int:
    """Say where the next header is, behind an entry whose size is not in its header; -1 where none is found."""
    for at in range(entry.body, len(data), _STEP):
        window = bytes(data[at : at + _STEP + len(LOCAL)])
        found = window.find(LOCAL)
        if found >= 0:
            return at + found
    return -1


def unpack(data: memoryview, entry: Entry, most: int | None = None) -> Unpacked:
    """
    Unpack an entry.

    Args:
        data: the archive.
        entry: of it.
        most: stop after so many bytes, and check nothing.
    """
    if entry.encrypted:
        return Unpacked(b"", entry.body, cut=False, why="it is encrypted")
    if entry.method == _STORED and entry.size is not None:
        end = min(entry.body + entry.size, len(data))
        content = bytes(data[entry.body : end if most is None else min(end, entry.body + most)])
        return _checked(entry, content, end, cut=entry.body + entry.size > len(data), crc=entry.crc, partial=most)
    if entry.method != _DEFLATED:
        return Unpacked(b"", entry.body, cut=False, why=f"it is packed in a way not read here (method {entry.method})")
    return _inflate(data, entry, most)


def _inflate(data: memoryview, entry: Entry, most: int | None) -> Unpacked:
    stop = len(data) if entry.size is None else min(entry.body + entry.size, len(data))
    limit = most if most is not None else max(_ALWAYS, MOST_RATIO * (stop - entry.body))
    parts: list[bytes] = []
    got, at, engine = 0, entry.body, zlib.decompressobj(-zlib.MAX_WBITS)
    pending: bytes | memoryview = b""
    try:
        while not engine.eof and got < limit and (pending or at < stop):
            if not pending:
                pending, at = data[at : min(at + _STEP, stop)], min(at + _STEP, stop)
            part = engine.decompress(pending, min(limit - got, _ALWAYS))
            parts.append(part)
            got, pending = got + len(part), engine.unconsumed_tail
    except zlib.error:
        return Unpacked(b"", stop, cut=False, why="its packed bytes are damaged")
    if most is not None:
        return Unpacked(b"".join(parts), at, cut=False, why="")
    if not engine.eof and got >= limit:
        return Unpacked(b"", stop, cut=False, why=f"it unpacks to more than {MOST_RATIO} times its size")
    end = at - len(engine.unused_data)
    crc = entry.crc if entry.crc is not None else _crc_behind(data, end)
    return _checked(entry, b"".join(parts), end, cut=not engine.eof, crc=crc, partial=None)


def _crc_behind(data: memoryview, at: int) -> int | None:
    at += len(_DESCRIPTOR) if bytes(data[at : at + len(_DESCRIPTOR)]) == _DESCRIPTOR else 0
    crc = bytes(data[at : at + 4])
    return int.from_bytes(crc, "little") if len(crc) == 4 else None


def _checked(entry: Entry, content: bytes, end: int, *, cut: bool, crc: int | None, partial: int | None) -> Unpacked:
    """Believe a text that was cut short, as its packed bytes are sound so far; but none whose checksum is wrong."""
    if partial is not None or cut:
        return Unpacked(content, end, cut=cut, why="the archive ends inside it" if cut else "")
    if crc is not None and zlib.crc32(content) != crc:
        return Unpacked(b"", end, cut=False, why="its checksum is wrong, so that no part of it can be trusted")
    return Unpacked(content, end, cut=False, why="" if crc is not None else "its checksum is missing")


def document_of(data: memoryview) -> Entry | None:
    """
    Choose the document of a KMZ file: `doc.kml`, else the first `.kml`; None where there is none, or a DJI mission.

    Source: OGC 12-007r2, KML 2.3, annex C (KMZ files).
    """
    first: Entry | None = None
    for entry in entries_of(data):
        name = entry.name.lower()
        if name.startswith("wpmz/") or name.endswith(".wpml"):
            return None
        if name == "doc.kml":
            return entry
        if name.endswith(".kml") and first is None:
            first = entry
    return first
