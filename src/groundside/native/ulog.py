"""ULog: the chain of messages, and its data sorted by message id."""

from __future__ import annotations

import re
import struct
from array import array
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _ulog
from groundside.native.ulog_rules import HEADER_BYTES, RULES

Offsets = npt.NDArray[np.int64]
Ids = npt.NDArray[np.uint16]

IDS = 1 << 16
DATA = ord("D")
DATA_HEADER_BYTES = HEADER_BYTES + 2
_SUBSCRIPTION = ord("A")
_ROOM = 1 << 12
_OUTSIDE = "a message lies outside the data"
_HEADER = struct.Struct("<HB")
_TEXT = re.compile(rb"[^\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]*\Z")


class Chain(NamedTuple):
    """
    How far a chain of messages was followed.

    Args:
        at: the first place at which no message was taken.
        last: where the last message taken begins; -1 where none was.
        effort: bytes of text that were looked at in those taken.
        more: the chain goes on from `at`, once the subscriptions among those taken are heeded.
    """

    at: int
    last: int
    effort: int
    more: bool


class DataMessages:
    """
    Data messages in order of the file: where each begins, and its id.

    Args:
        room: for how many there is room at first.
    """

    __slots__ = ("_count", "_ids", "_offsets")

    def __init__(self, room: int = _ROOM) -> None:
        self._offsets, self._ids = np.empty(room, np.int64), np.empty(room, np.uint16)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def offsets(self) -> Offsets:
        """Where each begins; no copy."""
        return self._offsets[: self._count]

    @property
    def ids(self) -> Ids:
        """The id of each; no copy."""
        return self._ids[: self._count]

    @property
    def last(self) -> int | None:
        """Where the last begins; None where there is none."""
        return int(self._offsets[self._count - 1]) if self._count else None

    def append(self, offset: int, msg_id: int) -> None:
        """Add one."""
        offsets, ids = self.spare()
        offsets[0], ids[0] = offset, msg_id
        self.take(1)

    def pop(self) -> int:
        """Take the last away; gives where it begins."""
        self._count -= 1
        return int(self._offsets[self._count])

    def spare(self) -> tuple[Offsets, Ids]:
        """Give room for at least one more."""
        if self._count == len(self._offsets):
            more = max(self._count // 2, _ROOM)
            self._offsets = np.concatenate([self._offsets, np.empty(more, np.int64)])
            self._ids = np.concatenate([self._ids, np.empty(more, np.uint16)])
        return self._offsets[self._count :], self._ids[self._count :]

    def take(self, count: int) -> None:
        """Add as many as were written into the room that was spare."""
        self._count += count


def follow(
    data: memoryview, start: int, stop: int, sizes: array[int], taken: DataMessages, others: array[int]
) -> Chain:
    """
    Follow the chain of messages: each begins where the one before it ends.

    Data is taken where it states the size that its id has; any other message where it is all that its kind demands by
    itself (`ulog_rules`). What that cannot tell (an unsubscription, data of another size) ends the chain; so does data
    behind a subscription, which may change sizes.

    Args:
        data: the file.
        start: where a message is expected.
        stop: no message ends after it.
        sizes: 65,536 sizes by id, as int32, as the messages state them; 0 for an id that is not known.
        taken: data messages are added to it.
        others: offsets of all other messages are added to it, as int64.
    """
    if native.PLAIN:
        return follow_plainly(data, start, stop, sizes, taken, others)
    spare = np.empty(_ROOM // 4, np.int64)
    at, last, of_data, of_others, effort, more = _ulog.follow(data, start, stop, sizes, *taken.spare(), spare)
    taken.take(of_data)
    others.frombytes(spare[:of_others].data.cast("B"))
    return Chain(at, last, effort, bool(more))


def follow_plainly(
    data: memoryview, start: int, stop: int, sizes: array[int], taken: DataMessages, others: array[int]
) -> Chain:
    """Do the same as `follow`, in Python: its definition."""
    at, last, effort, stop, subscribed = start, -1, 0, min(stop, len(data)), False
    while at + HEADER_BYTES <= stop:
        size, kind = _HEADER.unpack_from(data, at)
        end = at + HEADER_BYTES + size
        if end > stop:
            break
        if kind == DATA:
            if subscribed:
                return Chain(at, last, effort, more=True)
            if not size or at + DATA_HEADER_BYTES > stop or sizes[data[at + 3] | data[at + 4] << 8] != size:
                break
            taken.append(at, data[at + 3] | data[at + 4] << 8)
        else:
            rule = RULES.get(kind)
            looked_at = rule(data, at, end) if rule else -1
            if looked_at < 0:
                break
            effort += looked_at
            others.append(at)
        subscribed |= kind == _SUBSCRIPTION
        last, at = at, end
    return Chain(at, last, effort, more=False)


@dataclass(frozen=True, slots=True)
class ById:
    """
    Data messages, sorted by their id.

    Args:
        present: ids that there are, ascending.
        ends: where the messages of each of these end in `places`, and those of the next begin.
        places: first byte behind the id of each message, those of one id in their order.
    """

    present: list[int]
    ends: list[int]
    places: Offsets


def by_id(offsets: Offsets, ids: Ids) -> ById:
    """
    Sort data messages by their id.

    Args:
        offsets: where each message begins; contiguous, at least one.
        ids: of each.
    """
    if native.PLAIN:
        return by_id_plainly(offsets, ids)
    ends, places = np.zeros(IDS, np.int64), np.empty(len(offsets), np.int64)
    greatest = _ulog.sort(offsets, ids, ends, places)
    present = np.flatnonzero(np.diff(ends[: greatest + 1], prepend=0))
    return ById(present.tolist(), ends[present].tolist(), places)


def by_id_plainly(offsets: Offsets, ids: Ids) -> ById:
    """Do the same as `by_id`, in NumPy: its definition."""
    present, counts = np.unique(ids, return_counts=True)
    places = offsets[np.argsort(ids, kind="stable")] + DATA_HEADER_BYTES
    return ById(present.tolist(), np.cumsum(counts).tolist(), places)


def is_text(data: memoryview, places: Offsets, at: int, width: int) -> bool:
    """
    Say whether a field is text in all records: UTF-8 up to its first NUL, of the controls only tab to CR and ESC.

    Args:
        data: the file.
        places: first byte of each record.
        at: first byte of the field in a record.
        width: its bytes.

    Raises:
        ValueError: a field lies outside the data; a defect in the caller.
    """
    if native.PLAIN:
        return is_text_plainly(data, places, at, width)
    found = _ulog.is_text(data, places, at, width)
    if found < 0:
        raise ValueError(_OUTSIDE)
    return bool(found)


def is_text_plainly(data: memoryview, places: Offsets, at: int, width: int) -> bool:
    """Do the same as `is_text`, by a regular expression: its definition."""
    if len(places) and (places.min() < 0 or places.max() + at + width > len(data)):
        raise ValueError(_OUTSIDE)
    return all(_is_text(bytes(data[place + at : place + at + width])) for place in places.tolist())


def _is_text(field: bytes) -> bool:
    word = field.split(b"\0", 1)[0]
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _TEXT.match(word) is not None
