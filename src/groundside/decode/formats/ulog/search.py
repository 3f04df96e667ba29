"""Where a broken chain of messages may be taken up again: the first place at which a message can be believed."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from groundside.decode.formats.ulog.messages import (
    DATA,
    DATA_HEADER_BYTES,
    HEADER_BYTES,
    KINDS,
    Definitions,
    is_sound,
)

Offsets = npt.NDArray[np.int64]

MAX_JUMP_US = 600 * 1_000_000
"""Data further from the time of the data before it is believed only where another message follows it."""
HOPS = 5
"""Data messages of unknown ids that must follow each other, to be believed."""
LEAST_DATA = 2 + 8
"""An id and a timestamp."""
_FIRST_WINDOW, _LAST_WINDOW = 1 << 9, 1 << 16
_CHECK, _EFFORT, _SPARE = 64, 16, 1 << 20
"""What a check of one place costs, in bytes of text; how much a byte of the file may cost in all; and some to spare."""
_TELLING = b"FIMPQS"
"""Kinds whose content leaves no doubt."""
_TIME = struct.Struct("<Q")
_IS_KIND = np.isin(np.arange(256), list(KINDS))


class Search:
    """
    A search for messages in a file.

    Args:
        data: the file.
        known: what has been defined so far.
    """

    def __init__(self, data: memoryview, known: Definitions) -> None:
        self.gave_up = False
        self._data = data
        self._known = known
        self._bytes = np.frombuffer(data, np.uint8)
        self._sizes = np.frombuffer(known.sizes, np.int32)

    def resume(self, start: int, stop: int, before: int | None) -> int:
        """
        Find the first place from `start` on where a message can be believed.

        Args:
            start: where to begin.
            stop: no message ends after it.
            before: offset of the data message before; None where there is none.

        Returns:
            The place; `stop` where there is none, or once `gave_up`.
        """
        window = _FIRST_WINDOW
        while start < stop and not self.gave_up:
            end = min(start + window, stop)
            for candidate, chained in self._candidates(start, end, stop):
                if self._alone(candidate, stop) if chained else self._believable(candidate, stop, before):
                    return candidate
            start, window = end, min(window * 4, _LAST_WINDOW)
        return stop

    def _candidates(self, start: int, end: int, stop: int) -> Iterator[tuple[int, bool]]:
        """
        Find where in a window a header may stand, and whether several more headers of data follow it.

        A header is of a known kind; of data it states the size that its id has, or, where nothing says what the id is,
        others follow it.
        """
        end = min(end, stop - DATA_HEADER_BYTES + 1)
        if start >= end:
            return iter(())
        view = self._bytes
        found = np.flatnonzero(_IS_KIND[view[start + 2 : end + 2]]) + start
        size = self._u16(found)
        expected = self._sizes[self._u16(found + 3)]
        is_data = view[found + 2] == DATA
        good = (found + HEADER_BYTES + size <= stop) & (size >= 2) & (~is_data | (expected == size))
        chained = is_data & (expected == 0)
        if chained.any():
            chained[chained] = self._lead_on(found[chained], stop)
        kept = good | chained
        return zip(found[kept].tolist(), chained[kept].tolist(), strict=True)

    def _lead_on(self, at: Offsets, stop: int) -> npt.NDArray[np.bool_]:
        """Whether data messages of unknown ids follow each other from each of some places."""
        good = np.ones(len(at), np.bool_)
        for _ in range(HOPS):
            good &= at <= stop - DATA_HEADER_BYTES
            if not good.any():
                break
            at = np.where(good, at, 0)
            size = self._u16(at)
            # To land on a message of a known id says nothing: one in forty places does.
            good &= (self._bytes[at + 2] == DATA) & (size >= LEAST_DATA) & (self._sizes[self._u16(at + 3)] == 0)
            at = at + HEADER_BYTES + size
        return good & (at <= stop)

    def _alone(self, at: int, stop: int) -> bool:
        """Whether nothing that leaves no doubt stands inside a message of an unknown id: its size may be wrong."""
        end = at + HEADER_BYTES + int.from_bytes(self._data[at : at + 2], "little")
        self._spend(end - at)
        inside = self._candidates(at + 1, end, stop)
        return not any(
            self._data[place + 2] in _TELLING and is_sound(self._data, place, end, self._known)
            for place, chained in inside
            if not chained
        )

    def _u16(self, at: Offsets) -> Offsets:
        return self._bytes[at].astype(np.int64) | self._bytes[at + 1].astype(np.int64) << 8

    def _believable(self, at: int, stop: int, before: int | None) -> bool:
        self._spend(_CHECK)
        end = is_sound(self._data, at, stop, self._known)
        if not end:
            return False
        kind = self._data[at + 2]
        if kind == DATA and self._is_timely(at, before):
            return True
        if kind in _TELLING:
            return True
        return end == stop or is_sound(self._data, end, stop, self._known) > 0

    def _spend(self, effort: int) -> None:
        self._known.effort += effort
        self.gave_up |= self._known.effort > _EFFORT * len(self._bytes) + _SPARE

    def _is_timely(self, at: int, before: int | None) -> bool:
        """Whether data states a time near that of the data before it."""
        time = self._time(at)
        earlier = None if before is None else self._time(before)
        return time is not None and earlier is not None and abs(time - earlier) < MAX_JUMP_US

    def _time(self, at: int) -> int | None:
        place = self._known.timestamps[self._data[at + 3] | self._data[at + 4] << 8]
        if not place or at + place + _TIME.size > len(self._data):
            return None
        return _TIME.unpack_from(self._data, at + place)[0]
