"""
The chain of messages: each begins where the one before it ends, and nothing marks where one begins.

Where the chain breaks it is taken up again at the first place where a message stands that can be believed: by what its
kind demands of it, and for data by the id, the size that this id has, and a time near that of the data before it.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from groundside.decode.formats.ulog.messages import (
    DATA,
    DATA_HEADER_BYTES,
    FILE_HEADER_BYTES,
    HEADER_BYTES,
    MAGIC,
    Definitions,
    is_sound,
)
from groundside.decode.formats.ulog.search import HOPS, LEAST_DATA, Search
from groundside.native.ulog import DataMessages, follow

MAX_BREAKS = 50_000
"""After so many breaks the rest of a file is skipped: it is no log, and must not cost hours."""
_DATA_HEADER = struct.Struct("<HBH")
_HEADER = struct.Struct("<HB")
_DEFINING = b"FA"
_USUAL_BYTES = 40
"""Of a data message."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes from `start` to `end` that belong to no message."""

    start: int
    end: int


@dataclass(slots=True)
class Walk:
    """
    Where the messages of a file are.

    Args:
        data: data messages, in order of the file, also of ids that nothing subscribed.
        others: offsets of all others that are understood, in order of the file.
        unknown: offsets of well-formed messages other than data that nothing here says how to read.
        gaps: what belongs to none, in order of the file.
        known: formats and subscriptions of the file.
        lax: of the others, some are not as strict as their kind demands.
        gave_up: the last gap was not searched to its end.
    """

    data: DataMessages = field(default_factory=DataMessages)
    others: array[int] = field(default_factory=lambda: array("q"))
    unknown: array[int] = field(default_factory=lambda: array("q"))
    gaps: list[Gap] = field(default_factory=list[Gap])
    known: Definitions = field(default_factory=Definitions)
    lax: bool = False
    gave_up: bool = False


def walk(data: memoryview, stops: Sequence[int] = ()) -> Walk:
    """
    Find all messages of a file.

    Args:
        data: the file.
        stops: where data was appended: the message before each may be cut short. Those at which no message begins are
            passed over.
    """
    steps = _Steps(data)
    for stop in (*sorted(s for s in stops if s < len(data)), len(data)):
        steps.until(stop)
    return steps.walk


class _Steps:
    """A walk under way."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.walk = Walk(DataMessages(len(data) // _USUAL_BYTES + 1))
        self.known = self.walk.known
        self.search = Search(data, self.known)
        self.at = FILE_HEADER_BYTES if bytes(data[: len(MAGIC)]) == MAGIC else 0
        self.last = -1

    def until(self, stop: int) -> None:
        """Walk on to `stop`, which is the end of the file or a place where appended data begins."""
        if self.at > stop or (stop < len(self.data) and not is_sound(self.data, stop, len(self.data), self.known)):
            return
        while self.at < stop:
            seen = len(self.walk.others)
            chain = follow(self.data, self.at, stop, self.known.sizes, self.walk.data, self.walk.others)
            if chain.last >= 0:
                self.last, self.at = chain.last, chain.at
            self.known.effort += chain.effort
            self._learn(self.walk.others[seen:])
            if not chain.more and self.at < stop and not self._take(stop):
                self._leap(stop)

    def _learn(self, offsets: Iterable[int]) -> None:
        """Learn from the definitions among some messages."""
        for at in offsets:
            if self.data[at + 2] in _DEFINING:
                self.known.take(self.data, at, at + HEADER_BYTES + (self.data[at] | self.data[at + 1] << 8))

    def _take(self, stop: int) -> bool:
        """Take one message of whatever kind, if it is sound."""
        end = is_sound(self.data, self.at, stop, self.known) or self._is_void(stop)
        if not end:
            return False
        if self.data[self.at + 2] == DATA:
            self._add_data(self.at)
        else:
            self.walk.others.append(self.at)
            self.known.take(self.data, self.at, end)
        self.last, self.at = self.at, end
        return True

    def _is_void(self, stop: int) -> int:
        """Say where a data message of no size ends that is followed by an id that is not known; else 0."""
        if self.at + DATA_HEADER_BYTES > stop:
            return 0
        size, kind, msg_id = _DATA_HEADER.unpack_from(self.data, self.at)
        return self.at + HEADER_BYTES if kind == DATA and not size and not self.known.sizes[msg_id] else 0

    def _add_data(self, at: int) -> None:
        size, _, msg_id = _DATA_HEADER.unpack_from(self.data, at)
        self.walk.data.append(at, msg_id)
        if not size or size != self.known.sizes[msg_id]:
            self.known.unsteady.add(msg_id)

    def _leap(self, stop: int) -> None:
        """Get over a break."""
        broken = self.at
        if self._pass_run(stop):
            return
        # Where no header confirms the end of the last message, another may begin inside it.
        search = broken + 1 if self.last < 0 or self._is_cut(broken, stop) else self.last + HEADER_BYTES
        found = self._resume(search, stop)
        if found == broken:
            # What a message there was expected to be has changed since it was refused.
            found = self._resume(broken + 1, stop)
        if found < broken:
            broken = self._drop()
        elif self._pass_unknown(broken, found, stop):
            return
        if self.walk.gaps and self.walk.gaps[-1].end == broken:
            broken = self.walk.gaps.pop().start
        self.walk.gaps.append(Gap(broken, found))
        self.at, self.last = found, -1

    def _is_cut(self, at: int, stop: int) -> bool:
        """Whether a data message of a known id begins here and runs past the end."""
        if at + DATA_HEADER_BYTES > stop:
            return False
        size, kind, msg_id = _DATA_HEADER.unpack_from(self.data, at)
        return kind == DATA and size == self.known.sizes[msg_id] > 0 and at + HEADER_BYTES + size > stop

    def _drop(self) -> int:
        """Take the last message back."""
        walk = self.walk
        if walk.data.last == self.last:
            return walk.data.pop()
        for offsets in (walk.others, walk.unknown):
            if offsets and offsets[-1] == self.last:
                return offsets.pop()
        return self.last

    def _pass_unknown(self, start: int, found: int, stop: int) -> bool:
        """Pass over well-formed messages that are not understood, where they lead exactly to the next that is."""
        offsets: list[int] = []
        at = start
        while at < found and at + HEADER_BYTES <= stop:
            size, kind = _HEADER.unpack_from(self.data, at)
            if not size or not kind:
                break
            offsets.append(at)
            at += HEADER_BYTES + size
        if at != found:
            return False
        for offset in offsets:
            self._note_unknown(offset)
        self.last, self.at = offsets[-1], found
        return True

    def _pass_run(self, stop: int) -> bool:
        """Pass over data messages of unknown ids, where several follow each other or lead to one that is known."""
        run: list[int] = []
        at = self.at
        while at + DATA_HEADER_BYTES <= stop:
            size, kind, msg_id = _DATA_HEADER.unpack_from(self.data, at)
            end = at + HEADER_BYTES + size
            if kind != DATA or self.known.sizes[msg_id] or size < LEAST_DATA or end > stop:
                break
            run.append(at)
            at = end
        if len(run) < HOPS:
            return False
        if at < stop and not is_sound(self.data, at, stop, self.known):
            # Nothing confirms where the last of them ends.
            run = run[:-1]
        for offset in run:
            self._note_unknown(offset)
        self.last = run[-1]
        self.at = self.last + HEADER_BYTES + _HEADER.unpack_from(self.data, self.last)[0]
        return True

    def _note_unknown(self, at: int) -> None:
        size, kind = _HEADER.unpack_from(self.data, at)
        if kind in b"IMLC":
            # Of a known kind, if not as strict as it should be.
            self.walk.others.append(at)
            self.walk.lax = True
        elif kind == DATA and size > 2:
            # Its size is remembered, so that the next of its kind costs nothing.
            msg_id = self.data[at + 3] | self.data[at + 4] << 8
            self.known.sizes[msg_id] = self.known.sizes[msg_id] or size
            self._add_data(at)
        else:
            self.walk.unknown.append(at)

    def _resume(self, start: int, stop: int) -> int:
        self.search.gave_up |= len(self.walk.gaps) >= MAX_BREAKS
        found = self.search.resume(start, stop, self.walk.data.last)
        self.walk.gave_up = self.search.gave_up
        return found
