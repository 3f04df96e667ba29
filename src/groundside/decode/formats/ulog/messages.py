"""
Messages: three bytes of header, and a body whose kind one letter tells.

Source: PX4 user guide, "ULog File Format" (docs.px4.io/main/en/dev_log/ulog_file_format).
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

from groundside.decode.formats.ulog.layout import Formats
from groundside.native.ulog import DATA, DATA_HEADER_BYTES, IDS
from groundside.native.ulog_rules import FILE_HEADER_BYTES, FLAG_BITS_BYTES, HEADER_BYTES, KINDS, RULES

__all__ = [
    "DATA",
    "DATA_HEADER_BYTES",
    "FILE_HEADER_BYTES",
    "FLAG_BITS_BYTES",
    "HEADER_BYTES",
    "KINDS",
    "MAGIC",
    "MAX_DEFINITIONS",
    "Definitions",
    "Subscription",
    "is_sound",
]

MAGIC = b"\x55\x4c\x6f\x67\x01\x12\x35"
MAX_DEFINITIONS = 16_384
"""So many formats, and so many subscriptions, are read; more are no log."""

_HEADER = struct.Struct("<HB")
_UNSUBSCRIPTION = ord("R")
_SHOWN = 64


class Subscription(NamedTuple):
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
        unsteady: ids whose data messages may not all state this size.
        timestamps: first byte of the timestamp in a data message of each id; 0 where it is unknown.
        redefined: offsets of formats that say otherwise than an earlier one.
        refused: definitions past the first `MAX_DEFINITIONS`.
        effort: bytes of text that were looked at, in messages and in what might have been one.
    """

    formats: Formats = field(default_factory=Formats)
    subscriptions: dict[int, list[Subscription]] = field(default_factory=dict[int, list[Subscription]])
    sizes: array[int] = field(default_factory=lambda: array("i", bytes(4 * IDS)))
    unsteady: set[int] = field(default_factory=set[int])
    timestamps: array[int] = field(default_factory=lambda: array("i", bytes(4 * IDS)))
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
        if self.sizes[one.msg_id] not in {0, size}:
            self.unsteady.add(one.msg_id)
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
    if end > limit:
        return 0
    rule = RULES.get(kind)
    if rule is not None:
        effort = rule(data, at, end)
        known.effort += max(effort, ~effort)
        return end if effort >= 0 else 0
    if kind == DATA:
        return end if _is_data(data, at, size, known) else 0
    return end if kind == _UNSUBSCRIPTION and size == 2 and _id(data, at) in known.subscriptions else 0


def _is_data(data: memoryview, at: int, size: int, known: Definitions) -> bool:
    if size <= 2:
        return False
    msg_id = _id(data, at)
    return known.sizes[msg_id] == size or (msg_id in known.subscriptions and known.settle(msg_id, size))


def _id(data: memoryview, at: int) -> int:
    return data[at + 3] | data[at + 4] << 8
