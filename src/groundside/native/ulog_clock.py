"""ULog: the times of its data messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _ulog
from groundside.native.ulog import Ids, Offsets

_OUTSIDE = "a message lies outside the data"
_NEAR = 8


@dataclass(frozen=True, slots=True)
class Stamped:
    """
    Data messages with where their times are.

    Args:
        data: the file.
        offsets: where each message begins, in order of the file; contiguous, at least one.
        ids: of each.
        place: for each of 65,536 ids the first byte of the time (64 bits) in a message.
    """

    data: memoryview
    offsets: Offsets
    ids: Ids
    place: npt.NDArray[np.int32]

    def times(self, some: slice = slice(None)) -> Offsets:
        """Give the times of some messages; in NumPy."""
        place = self.place[self.ids[some]]
        view, at = np.frombuffer(self.data, np.uint8), self.offsets[some] + place
        if np.any(place <= 0) or np.any(at < 0) or np.any(at + 8 > len(view)):
            raise ValueError(_OUTSIDE)
        return np.ascontiguousarray(view[at[:, None] + np.arange(8)]).view("<i8").reshape(-1)


class Clocked(NamedTuple):
    """
    The times of data messages, summed up.

    Args:
        first: the least above 0; 0 where there is none.
        last: the greatest.
        is_sound: none is negative, greater than the most allowed, or `ahead`.
    """

    first: int
    last: int
    is_sound: bool


def clocked(messages: Stamped, most: int, jump: int) -> Clocked:
    """
    Sum the times of data messages up.

    Args:
        messages: with their times.
        most: greatest time that is allowed.
        jump: by how much a time may be ahead of those around it.

    Raises:
        ValueError: a time lies outside the data; a defect in the caller.
    """
    if native.PLAIN:
        return clocked_plainly(messages, most, jump)
    status, *found = _ulog.clock(messages.data, messages.offsets, messages.ids, messages.place, most, jump)
    if status >= 0:
        raise ValueError(_OUTSIDE)
    first, last, bad, is_ahead = found
    return Clocked(first, last, not (bad or is_ahead))


def clocked_plainly(messages: Stamped, most: int, jump: int) -> Clocked:
    """Do the same as `clocked`, in NumPy: its definition."""
    times = messages.times()
    above = times[times > 0]
    is_sound = not ((times < 0) | (times > most)).any() and not ahead(times, jump).any()
    return Clocked(int(above.min()) if len(above) else 0, int(times.max()), is_sound)


def ahead(times: Offsets, jump: int) -> npt.NDArray[np.bool_]:
    """
    Mark times that are later than the median of the 17 around them by more than a jump; in NumPy.

    Looked at is only where a time differs from the one before or behind by more than that, and only if any rises so.
    """
    if len(times) < 3 or (np.diff(times) <= jump).all():
        return np.zeros(len(times), np.bool_)
    far = np.flatnonzero(np.abs(np.diff(times)) > jump)
    marks = np.zeros(len(times), np.bool_)
    near = np.arange(-_NEAR, _NEAR + 1)
    for places in np.array_split(np.unique(np.concatenate([far, far + 1])), 1 + len(far) // 65_536):
        around = times[np.clip(places[:, np.newaxis] + near, 0, len(times) - 1)]
        marks[places] = times[places] - np.partition(around, _NEAR, axis=1)[:, _NEAR] > jump
    return marks


def latest(messages: Stamped, asked: Offsets, recent: int) -> Offsets:
    """
    Give the latest time of the `recent` data messages before each of some offsets; -1 where there is none.

    Args:
        messages: with their times; their offsets ascend.
        asked: the offsets.
        recent: how many messages before each are looked at.

    Raises:
        ValueError: a time lies outside the data; a defect in the caller.
    """
    if native.PLAIN:
        return latest_plainly(messages, asked, recent)
    times = np.empty(len(asked), np.int64)
    place = messages.place
    if _ulog.latest(messages.data, messages.offsets, messages.ids, place, recent, asked, times) >= 0:
        raise ValueError(_OUTSIDE)
    return times


def latest_plainly(messages: Stamped, asked: Offsets, recent: int) -> Offsets:
    """Do the same as `latest`, in NumPy: its definition."""
    ends = np.searchsorted(messages.offsets, asked).tolist()
    found = [messages.times(slice(max(0, end - recent), end)).max(initial=-1) for end in ends]
    return np.array(found, np.int64)
