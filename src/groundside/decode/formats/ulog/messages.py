"""
Messages: three bytes of header, and a body whose kind one letter tells.

Source: PX4 user guide, "ULog File Format" (docs.px4.io/main/en/dev_log/ulog_file_format).
"""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from groundside.decode.formats.ulog.layout import Formats

MAGIC = b"\x55\x4c\x6f\x67\x01\x12\x35"
FILE_HEADER_BYTES = 16
HEADER_BYTES = 3
DATA_HEADER_BYTES = 5
SYNC = b"\x2f\x73\x13\x20\x25\x0c\xbb\x12"
FLAG_BITS_BYTES = 40
DATA = ord("D")
IDS = 1 << 16
MAX_DEFINITIONS = 16_384
"""So many formats, and so many subscriptions, are read; more are no log."""

_HEADER = struct.Struct("<HB")
_NAME = rb"[A-Za-z0-9_\-/]"
_FORMAT = re.compile(
    _NAME + rb"{1,128}:(?:" + _NAME + rb"{1,128}+(?:\[[1-9]\d{0,4}\])?+ \w{1,128}+(?:;|\Z))++", re.ASCII
)
_END_OF_FIELD = ord(";")
_SUBSCRIPTION = re.compile(_NAME + rb"{1,128}\Z")
_KEY = re.compile(rb"(\w{1,128})(?:\[(\d{0,5})\])?+ (" + _NAME + rb"{1,128})\Z", re.ASCII)
_TEXT = re.compile(rb"[^\x00-\x06\x0e-\x1a\x1c-\x1f]*+")
_VALUES: Mapping[bytes, int] = {
    b"int8_t": 1, b"uint8_t": 1, b"int16_t": 2, b"uint16_t": 2, b"int32_t": 4, b"uint32_t": 4, b"int64_t": 8,
    b"uint64_t": 8, b"float": 4, b"double": 8, b"bool": 1, b"char": 1,
}  # fmt: skip
_PARAMETERS = (b"int32_t", b"float")
_LEVELS = frozenset(b"01234567")
_SHOWN = 64


@dataclass(frozen=True, slots=True)
class Subscription:
    """One A message: from `offset` on, data under `msg_id` is instance `multi_id` of a topic."""

    offset: int
    msg_id: int
    multi_id: int
    topic: str


@dataclass(slots=True)
class Definitions:
    """
    What has been defined so far.

    Args:
        formats: by name.
        subscriptions: by message id, in order of the file.
        sizes: size that a data message of each id states; 0 where it is unknown.
        timestamps: first byte of the timestamp in a data message of each id; 0 where it is unknown.
        redefined: offsets of formats that say otherwise than an earlier one.
        refused: definitions past the first `MAX_DEFINITIONS`.
        effort: bytes of text that were looked at, in messages and in what might have been one.
    """

    formats: Formats = field(default_factory=Formats)
    subscriptions: dict[int, list[Subscription]] = field(default_factory=dict[int, list[Subscription]])
    sizes: array[int] = field(default_factory=lambda: array("q", bytes(8 * IDS)))
    timestamps: array[int] = field(default_factory=lambda: array("q", bytes(8 * IDS)))
    redefined: list[int] = field(default_factory=list[int])
    refused: int = 0
    effort: int = 0

    def take(self, data: memoryview, at: int, end: int) -> None:
        """Learn from a format or subscription message that was found sound."""
        kind = data[at + 2]
        if kind == ord("F"):
            self._format(bytes(data[at + HEADER_BYTES : end]), at)
        elif kind == ord("A"):
            self._subscribe(data, at, end)

    def settle(self, msg_id: int, size: int) -> bool:
        """Expect data messages of one id to state this size, where one of its subscriptions may have it."""
        for one in reversed(self.subscriptions.get(msg_id, ())):
            sizes = self.formats.size(one.topic)
            if sizes is not None and sizes[0] + 2 <= size <= sizes[1] + 2:
                self._expect(one, size)
                return True
        return False

    def _format(self, text: bytes, at: int) -> None:
        if len(self.formats) >= MAX_DEFINITIONS:
            self.refused += 1
        elif not self.formats.add(text):
            self.redefined.append(at)

    def _subscribe(self, data: memoryview, at: int, end: int) -> None:
        msg_id = data[at + 4] | data[at + 5] << 8
        one = Subscription(at, msg_id, data[at + 3], bytes(data[at + 6 : end]).decode("ascii"))
        known = self.subscriptions.setdefault(msg_id, [])
        if any((k.topic, k.multi_id) == (one.topic, one.multi_id) for k in known[-_SHOWN:]):
            return
        if len(known) >= _SHOWN:
            self.refused += 1
            return
        known.append(one)
        sizes = self.formats.size(one.topic)
        if sizes is not None:
            self._expect(one, sizes[0] + 2)

    def _expect(self, one: Subscription, size: int) -> None:
        self.sizes[one.msg_id] = size
        at = self.formats.timestamp_at(one.topic)
        self.timestamps[one.msg_id] = 0 if at is None else DATA_HEADER_BYTES + at


def is_sound(data: memoryview, at: int, limit: int, known: Definitions) -> int:
    """
    Say where a message ends, by all that its kind demands of it.

    Returns:
        Its end; 0 where no message begins here, it runs past `limit`, or its kind is unknown.
    """
    if at + HEADER_BYTES > limit:
        return 0
    size, kind = _HEADER.unpack_from(data, at)
    end = at + HEADER_BYTES + size
    test = _TESTS.get(kind)
    return end if test is not None and end <= limit and test(data, at, end, known) else 0


def _is_data(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    size = end - at - HEADER_BYTES
    if size <= 2:
        return False
    msg_id = data[at + 3] | data[at + 4] << 8
    return known.sizes[msg_id] == size or (msg_id in known.subscriptions and known.settle(msg_id, size))


def _is_format(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    return _fills(_FORMAT, data, at + HEADER_BYTES, end, known) and (
        data[end - 1] == _END_OF_FIELD or _leads(data, end)
    )


def _leads(data: memoryview, end: int) -> bool:
    """Whether a message ends where the file does or another begins: an unfinished format may be two, run into one."""
    return end + HEADER_BYTES > len(data) or data[end + HEADER_BYTES - 1] in _TESTS


def _is_subscription(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    del known
    return _SUBSCRIPTION.match(data, at + HEADER_BYTES + 3, end) is not None


def _is_unsubscription(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    return end - at == HEADER_BYTES + 2 and data[at + 3] | data[at + 4] << 8 in known.subscriptions


def _is_information(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    return _is_pair(data, at + HEADER_BYTES, end, known)


def _is_multi_information(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    return end > at + HEADER_BYTES and data[at + HEADER_BYTES] <= 1 and _is_pair(data, at + 4, end, known)


def _is_parameter(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    return _is_pair(data, at + HEADER_BYTES, end, known, _PARAMETERS)


def _is_default(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    first = at + HEADER_BYTES
    return end > first and data[first] > 0 and _is_pair(data, first + 1, end, known, _PARAMETERS)


def _is_pair(data: memoryview, at: int, end: int, known: Definitions, types: tuple[bytes, ...] = ()) -> bool:
    """Whether a length, a key "type name" of it, and a value of that type fill a message."""
    if at >= end or at + 1 + data[at] > end:
        return False
    value_at = at + 1 + data[at]
    match = _KEY.match(data, at + 1, value_at)
    if match is None or (types and (match[1] not in types or match[2] is not None)):
        return False
    size = _VALUES.get(match[1])
    if size is not None and end - value_at != size * int(match[2] or 1):
        return False
    return match[1] != b"char" or _fills(_TEXT, data, value_at, end, known)


def _is_text(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    return data[at + HEADER_BYTES] in _LEVELS and _fills(_TEXT, data, at + HEADER_BYTES + 9, end, known)


def _is_tagged_text(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    return data[at + HEADER_BYTES] in _LEVELS and _fills(_TEXT, data, at + HEADER_BYTES + 11, end, known)


def _fills(pattern: re.Pattern[bytes], data: memoryview, at: int, end: int, known: Definitions) -> bool:
    match = pattern.match(data, at, end) if at <= end else None
    known.effort += match.end() - at if match else 0
    return match is not None and match.end() == end


def _is_sync(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    del known
    return bytes(data[at + HEADER_BYTES : end]) == SYNC


def _is_dropout(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    del data, known
    return end - at == HEADER_BYTES + 2


def _is_flag_bits(data: memoryview, at: int, end: int, known: Definitions) -> bool:
    del data, known
    return at == FILE_HEADER_BYTES and end - at >= HEADER_BYTES + FLAG_BITS_BYTES


_TESTS = {
    DATA: _is_data,
    ord("A"): _is_subscription,
    ord("B"): _is_flag_bits,
    ord("C"): _is_tagged_text,
    ord("F"): _is_format,
    ord("I"): _is_information,
    ord("L"): _is_text,
    ord("M"): _is_multi_information,
    ord("O"): _is_dropout,
    ord("P"): _is_parameter,
    ord("Q"): _is_default,
    ord("R"): _is_unsubscription,
    ord("S"): _is_sync,
}
KINDS = bytes(_TESTS)
