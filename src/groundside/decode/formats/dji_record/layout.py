"""
Where the parts of a flight record lie: prefix, auxiliary blocks, details, records, pictures.

Sources: dji-sdk/FlightRecordParsingLib, `fr_protocol.h` and `flight_record_version13_decoder.cpp` (the
maker's own reader, version 13); lvauvillier/dji-log-parser, `layout/prefix.rs` and `layout/auxiliary.rs`
(all versions).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from groundside.decode.formats.dji_record.chain import Seen, find_chain
from groundside.decode.formats.dji_record.scramble import unscramble
from groundside.model.decoded import Problem

OLDEST, NEWEST = 1, 14
FIRST_SCRAMBLED = 7
FIRST_DETAILS_IN_FRONT = 12
FIRST_ENCRYPTED = 13
SHORT_PREFIX, LONG_PREFIX = 12, 100
FIRST_LONG_PREFIX = 6
DETAILS_IN_FRONT_BYTES = 436
END_MARK = struct.pack("<i", 12345)
"""Written after the last record, before the pictures: `detailInfoEndCheckSum` in `fr_protocol.h`."""

_PREFIX = struct.Struct("<QHB")
_BLOCK_HEAD = struct.Struct("<BH")
_INFO_BLOCK, _VERSION_BLOCK = 0, 1
_PICTURE_LENGTHS = struct.Struct("<8i")
_PICTURE_LENGTHS_AT = 147
_LARGEST_OFFSET = 1 << 48
_CHECK_AT = 87
FIRST_MS, LAST_MS = 1_262_304_000_000, 4_102_444_800_000
"""Plausible times: 2010 to 2100, in milliseconds since 1970."""
_LOOK_AHEAD = 1 << 18


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to before `end`."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """How many bytes."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The parts of one file; together with `framing` and `pictures`, `records` cover it without overlap.

    Args:
        version: of the format, 1 to 14.
        records: where records are, in order.
        framing: bytes of prefix, details and auxiliary blocks.
        details: the details block in plain, empty where there is none.
        pictures: bytes of the pictures after the records, and how many there are.
        category: version of the encryption scheme (3 or 4), None where the file does not say.
        department: which of the maker's applications wrote it, None where the file does not say.
        problems: what is wrong with the parts themselves.
    """

    version: int
    records: tuple[Span, ...]
    framing: int
    details: bytes
    pictures: tuple[int, int]
    category: int | None
    department: int | None
    problems: tuple[Problem, ...]

    @property
    def wide(self) -> bool:
        """Whether a record's length takes two bytes."""
        return self.version >= FIRST_ENCRYPTED

    @property
    def scrambled(self) -> bool:
        """Whether records are XORed with a key made of their own first byte."""
        return self.version >= FIRST_SCRAMBLED

    @property
    def encrypted(self) -> bool:
        """Whether records are encrypted under keys that only the maker can hand out."""
        return self.version >= FIRST_ENCRYPTED


@dataclass(frozen=True, slots=True)
class Prefix:
    """The first bytes of a file."""

    offset: int
    length: int
    version: int

    @property
    def size(self) -> int:
        """How many bytes the prefix takes."""
        return SHORT_PREFIX if self.version < FIRST_LONG_PREFIX else LONG_PREFIX


def prefix_of(head: bytes | memoryview) -> Prefix | None:
    """Read the prefix; None where these bytes cannot be one."""
    if len(head) < SHORT_PREFIX:
        return None
    prefix = Prefix(*_PREFIX.unpack_from(head))
    if not OLDEST <= prefix.version <= NEWEST or prefix.offset >= _LARGEST_OFFSET or len(head) < prefix.size:
        return None
    return prefix


def layout_of(data: memoryview) -> Layout | None:
    """Find the parts of a whole file; None where it does not begin like a flight record."""
    prefix = prefix_of(data)
    if prefix is None:
        return None
    if prefix.version >= FIRST_ENCRYPTED:
        return _with_auxiliary_blocks(data, prefix)
    if prefix.version == FIRST_DETAILS_IN_FRONT:
        return _with_details_in_front(data, prefix)
    return _with_details_behind(data, prefix)


def _with_details_behind(data: memoryview, prefix: Prefix) -> Layout:
    start, total = prefix.size, len(data)
    if not start <= prefix.offset < total:
        what = f"The record was not closed: its details should be at byte {prefix.offset}, which is not there."
        problem = Problem(0, 0, what)
        return _layout(prefix, (Span(start, total),), start, b"", (0, 0), (problem,))
    begin, problems = _details_start(data, prefix)
    stop = min(begin + prefix.length, total)
    details = bytes(data[begin:stop])
    pictures, count = _pictures(data, Span(start, begin), details)
    records = (Span(start, begin - pictures), Span(stop, total))
    return _layout(prefix, records, start + len(details), details, (pictures, count), problems)


def _details_start(data: memoryview, prefix: Prefix) -> tuple[int, tuple[Problem, ...]]:
    """
    Say where the details behind the records begin.

    Where bytes were lost or added before them they are not where the prefix says, and what is there instead are
    records or too little. They are known by the number `END_MARK` in them and the time behind it.
    """
    if _is_details(data, prefix.offset):
        return prefix.offset, ()
    low = max(prefix.size, len(data) - _LOOK_AHEAD)
    tail = bytes(data[low:])
    at = tail.find(END_MARK)
    while at >= 0:
        begin = low + at - _CHECK_AT
        if begin >= prefix.size and _is_details(data, begin):
            what = f"The details should be at byte {prefix.offset} and are at {begin}: bytes were lost or added."
            return begin, (Problem(0, 0, what),)
        at = tail.find(END_MARK, at + 1)
    return prefix.offset, ()


def _is_details(data: memoryview, begin: int) -> bool:
    check, time_at = begin + _CHECK_AT, begin + _CHECK_AT + len(END_MARK)
    stated = int.from_bytes(data[time_at : time_at + 8], "little")
    return bytes(data[check:time_at]) == END_MARK and FIRST_MS <= stated < LAST_MS


def _with_details_in_front(data: memoryview, prefix: Prefix) -> Layout:
    start = min(LONG_PREFIX + DETAILS_IN_FRONT_BYTES, len(data))
    details = bytes(data[LONG_PREFIX:start])
    pictures, count = _pictures(data, Span(start, len(data)), details)
    return _layout(prefix, (Span(start, len(data) - pictures),), start, details, (pictures, count), ())


def _with_auxiliary_blocks(data: memoryview, prefix: Prefix) -> Layout:
    total = len(data)
    info, at = _block(data, LONG_PREFIX, _INFO_BLOCK)
    extension, at = _block(data, at, _VERSION_BLOCK)
    details = _details_in(info)
    problems: list[Problem] = []
    if not details:
        problems.append(Problem(LONG_PREFIX, 0, "The block that holds the details is damaged or missing."))
    start, problem = _records_start(data, prefix.offset, at)
    problems += [problem] if problem is not None else []
    pictures, count = _pictures(data, Span(start, total), details)
    category, department = _version_extension(extension)
    framing, records = min(at, start), (Span(start, total - pictures),)
    return _layout(prefix, records, framing, details, (pictures, count), tuple(problems), category, department)


def _records_start(data: memoryview, stated: int, walked: int) -> tuple[int, Problem | None]:
    """Choose between where the prefix says that records begin and where the blocks before them end."""
    if stated == walked:
        return stated, None
    if stated == 0:
        what = f"The record was not closed: its records were found at byte {walked} by walking the blocks."
        return walked, Problem(0, 0, what)
    follows = LONG_PREFIX <= stated < len(data) and _begins(data, stated)
    if walked < stated <= len(data) and (follows or not _begins(data, walked)):
        return stated, Problem(walked, stated - walked, "Bytes between the blocks and the records belong to neither.")
    if follows:
        return stated, Problem(LONG_PREFIX, 0, "A block before the records reaches into them: it is damaged.")
    what = f"The records should be at byte {stated}, which cannot be; they are looked for from byte {walked}."
    return walked, Problem(0, 0, what)


def _begins(data: memoryview, at: int) -> bool:
    """Whether records follow each other from there."""
    return find_chain(data, at, min(at + _LOOK_AHEAD, len(data)), Seen(wide=True)) == at


def _layout(  # noqa: PLR0913
    prefix: Prefix,
    records: tuple[Span, ...],
    framing: int,
    details: bytes,
    pictures: tuple[int, int],
    problems: tuple[Problem, ...],
    category: int | None = None,
    department: int | None = None,
) -> Layout:
    there = tuple(span for span in records if span.size > 0)
    return Layout(prefix.version, there, framing, details, pictures, category, department, problems)


def _block(data: memoryview, at: int, kind: int) -> tuple[bytes, int]:
    """Give an auxiliary block of that kind and where it ends; nothing and `at` where it is not there."""
    if at + _BLOCK_HEAD.size > len(data):
        return b"", at
    found, length = _BLOCK_HEAD.unpack_from(data, at)
    body, end = at + _BLOCK_HEAD.size, at + _BLOCK_HEAD.size + length
    if found != kind or end > len(data) or length == 0:
        return b"", at
    return bytes(data[body:end]), end


def _details_in(block: bytes) -> bytes:
    """Unscramble the information block: version u8, length u16, details, length u16, signature."""
    plain = unscramble(block, _INFO_BLOCK)
    if len(plain) < 3:
        return b""
    length = int.from_bytes(plain[1:3], "little")
    return plain[3 : 3 + length]


def _version_extension(block: bytes) -> tuple[int | None, int | None]:
    if len(block) < 3:
        return None, None
    return int.from_bytes(block[:2], "little"), block[2]


def _pictures(data: memoryview, within: Span, details: bytes) -> tuple[int, int]:
    """Say how many bytes at the end of `within` are pictures, the end mark before them included."""
    if len(details) < _PICTURE_LENGTHS_AT + _PICTURE_LENGTHS.size:
        return 0, 0
    lengths = [n for n in _PICTURE_LENGTHS.unpack_from(details, _PICTURE_LENGTHS_AT) if n != 0]
    size = sum(lengths)
    start = within.end - size
    marked = start - len(END_MARK) >= within.start and bytes(data[start - len(END_MARK) : start]) == END_MARK
    if min(lengths, default=0) < 0 or start < within.start or not (marked or _all_jpeg(data, start, lengths)):
        return 0, 0
    return size + (len(END_MARK) if marked else 0), len(lengths)


def _all_jpeg(data: memoryview, at: int, lengths: list[int]) -> bool:
    for length in lengths:
        if bytes(data[at : at + 2]) != b"\xff\xd8" or bytes(data[at + length - 2 : at + length]) != b"\xff\xd9":
            return False
        at += length
    return bool(lengths)
