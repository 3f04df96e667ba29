"""
The chain of MAVLink records, in NumPy: what `groundside.native.mavlink` does, defined.

A record is a frame, in a telemetry log with 8 bytes of clock before it; records follow each other, and where their
chain breaks it is taken up again at the next candidate that can be believed.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from groundside.native.mavlink_checksum import Bytes, Offsets
from groundside.native.mavlink_frames import (
    CHECKSUM_BYTES,
    HEAD_V1,
    HEAD_V2,
    SIGNED,
    V1,
    V2,
    Flags,
    Frames,
    Layouts,
    Numbers,
    clocks_before,
    ends_of,
    find,
    senders,
    sequences,
)

EARLIEST_US, LATEST_US = 1_000_000_000_000_000, 4_102_444_800_000_000
"""September 2001 to the end of 2099: clocks that are believed without a neighbour that agrees."""
NEAR_US = 30 * 86_400_000_000
"""A clock outside of that range (a device that was never set) is believed this near to the median of the others."""
LATE = 128
"""A sequence number that went on by more than half its range is taken for one that came late, not for frames lost."""
TWO = 256
"""Added to the length of a payload in the form of a frame of MAVLink 2."""


@dataclass(frozen=True, slots=True)
class Walk:
    """
    The records of a file whose message is known, and what may be others.

    Args:
        at: start bytes, ascending.
        group: of each, index into `keys`.
        keys: 65536 x definition + 256 x system + component, in order of first appearance.
        counts: how many frames each has.
        covered: bytes that the records take.
        longer: for each definition the bytes that its frames have beyond what it describes.
        others: frames between the known ones that would be right with another CRC_EXTRA, and after which another one
            begins or the file ends. Columns: start byte, end, start and length of the payload, message number,
            CRC_EXTRA, and where the gap between known frames begins in which it is.
    """

    at: Offsets
    group: Numbers
    keys: Numbers
    counts: Offsets
    covered: int
    longer: Offsets
    others: Offsets


@dataclass(frozen=True, slots=True)
class Sorted:
    """
    Frames put by tables.

    Args:
        at: start bytes.
        clock: the clock before each, microseconds; None where there is none.
        form: bytes of payload sent, `TWO` more in MAVLink 2.
    """

    at: Offsets
    clock: Offsets | None
    form: npt.NDArray[np.uint16]


def walk(data: Bytes, lead: int, known: Layouts) -> Walk:
    """
    Follow the records of a file.

    Args:
        data: the file.
        lead: bytes of clock before each frame: `CLOCK_BYTES`, or 0.
        known: the messages.
    """
    good, other = (frames.where(frames.at >= lead) for frames in find(data, known))
    believed = good.where(_believable(data, good, lead, known))
    believed = _unsigned_where_cut(believed, lead)
    chosen = believed.where(taken(believed.at - lead, believed.end))
    keys, first, group, counts = np.unique(
        chosen.definition.astype(np.int64) << 16 | senders(data, chosen.at),
        return_index=True, return_inverse=True, return_counts=True,
    )  # fmt: skip
    order = np.argsort(first)
    more = np.maximum(chosen.length - known.whole[chosen.definition].astype(np.int64), 0)
    longer = np.bincount(chosen.definition, weights=more, minlength=len(known.whole)).astype(np.int64)
    return Walk(
        chosen.at,
        np.argsort(order)[group].astype(np.int32),
        keys[order].astype(np.int32),
        counts[order],
        int((chosen.end - chosen.at + lead).sum()),
        longer,
        _others(data, other, chosen, lead),
    )


def linked(starts: Offsets, ends: Offsets) -> Flags:
    """Say which candidates begin where another one ends, or the file begins."""
    return (starts == 0) | np.isin(starts, ends)


def _believable(data: Bytes, frames: Frames, lead: int, known: Layouts) -> Flags:
    """
    Say which frames with a right checksum are no accident.

    One of 65,536 wrong ones has the right checksum by chance. So one counts only where a record ends just before it,
    or, after damage, where its clock (without one, the length of its payload) is as it should be.
    """
    starts = frames.at - lead
    chained = linked(starts, frames.end)
    if not lead:
        return chained | np.isin(frames.end, starts) | _usual_length(data, frames, known)
    times = clocks_before(data, frames.at)
    return chained | plausible(times, times[chained])


def _usual_length(data: Bytes, frames: Frames, known: Layouts) -> Flags:
    """Whether the payload is as long as MAVLink 1 makes it, or cut as MAVLink 2 does: no zero at the end."""
    whole, base = known.whole[frames.definition], known.base[frames.definition]
    fixed = (frames.length == base) | (frames.length == whole)
    cut = (frames.length <= 1) | (data[frames.payload + np.maximum(frames.length, 1) - 1] != 0)
    return np.where(data[frames.at] == V1, fixed, (frames.length <= whole) & (cut | fixed))


def plausible(times: Offsets, trusted: Offsets) -> Flags:
    """Say which clocks could be one: of this century, or near the median of those that are trusted."""
    good = (times >= EARLIEST_US) & (times < LATEST_US)
    if len(trusted):
        middle = int(np.median(trusted))
        good |= (times > middle - NEAR_US) & (times < middle + NEAR_US)
    return good


def _unsigned_where_cut(frames: Frames, lead: int) -> Frames:
    """End a signed frame early where no record begins at its end, but one does in its signature: that was cut off."""
    starts = frames.at - lead
    later = np.append(starts, np.iinfo(np.int64).max)
    begins = later[np.searchsorted(starts, frames.payload + frames.length + CHECKSUM_BYTES)]
    cut = (begins < frames.end) & (later[np.searchsorted(starts, frames.end)] != frames.end)
    return replace(frames, end=np.where(cut, begins, frames.end))


def taken(starts: Offsets, ends: Offsets) -> Offsets:
    """Choose the first of some candidates, then always the first that does not begin before the last one's end."""
    every = np.arange(len(starts))
    following = np.maximum(np.searchsorted(starts, ends), every + 1)
    if (following == every + 1).all():
        return every
    return np.frombuffer(chain(starts.tolist(), following.tolist()), np.int64).copy()


def chain(starts: Sequence[int], following: Sequence[int]) -> array[int]:
    """
    Go from each record to the first one that begins at or after its end.

    Args:
        starts: of candidates, ascending; only their number counts.
        following: for each candidate, the index of the first one that does not begin inside it.

    Returns:
        Indexes of those on the chain.
    """
    taken: array[int] = array("q")
    take = taken.append
    count, at = len(starts), 0
    while at < count:
        take(at)
        at = following[at]
    return taken


def _others(data: Bytes, frames: Frames, known: Frames, lead: int) -> Offsets:
    left = np.concatenate([[0], known.end])
    right = np.concatenate([known.at - lead, [len(data)]])
    gap = np.searchsorted(left, frames.at - lead, side="right") - 1
    after = frames.end + lead
    follower = data[np.minimum(after, len(data) - 1)]
    followed = (after < len(data)) & ((follower == V1) | (follower == V2))
    fits = (frames.end <= right[gap]) & (followed | (frames.end == right[gap]))
    found = (frames.at, frames.end, frames.payload, frames.length, frames.id, frames.extra, left[gap])
    return np.stack([column.astype(np.int64) for column in found], axis=1)[fits]


def gaps(data: Bytes, lead: int, at: Offsets) -> Offsets:
    """Say what lies between the records of some frames; a cut signature ends where the next record begins."""
    starts = np.concatenate([[0], ends_of(data, at)])
    ends = np.append(at - lead, len(data))
    apart = starts < ends
    return np.stack([starts[apart], ends[apart]], axis=1).astype(np.int64)


def sort(data: Bytes, walked: Walk, lead: int, slot: Numbers) -> Sorted:
    """Put the frames of a walk by the table of their group, in order of the file in each."""
    at = walked.at[np.argsort(slot[walked.group], kind="stable")]
    form = data[at + 1].astype(np.uint16) + np.where(data[at] == V2, TWO, 0).astype(np.uint16)
    return Sorted(at, clocks_before(data, at) if lead else None, form)


def lay_out(at: Offsets, form: npt.NDArray[np.uint16]) -> tuple[Offsets, Numbers, int]:
    """Say of some frames where the payload begins, how many bytes of it were sent, and the least of those."""
    length = (form % TWO).astype(np.int32)
    return at + np.where(form >= TWO, HEAD_V2, HEAD_V1), length, int(length.min(initial=255))


def part(data: Bytes, at: Offsets, form: npt.NDArray[np.uint16], first: int, width: int) -> Bytes:
    """Copy a part of payloads; what was not sent is zero."""
    payload, length, _ = lay_out(at, form)
    to = np.zeros((len(at), width), np.uint8)
    for row, start, sent in zip(to, payload.tolist(), length.tolist(), strict=True):
        found = data[start : start + sent][first : first + width]
        row[: len(found)] = found
    return to


def count(data: Bytes, at: Offsets) -> tuple[Offsets, Offsets, Offsets, tuple[int, int]]:
    """Count frames and losses of each sender there is; frames of MAVLink 2 and signed ones."""
    whose = senders(data, at)
    order = np.argsort(whose, kind="stable")
    steps = np.diff(sequences(data, at)[order].astype(np.int64), prepend=np.int64(0)) % 256
    steps[np.flatnonzero(np.diff(whose[order], prepend=np.int64(-1)))] = 1
    missing = np.where((steps > 1) & (steps < LATE), steps - 1, 0)
    there, which, frames = np.unique(whose, return_inverse=True, return_counts=True)
    lost = np.bincount(which[order], weights=missing, minlength=len(there)).astype(np.int64)
    two = at[data[at] == V2]
    return there, frames.astype(np.int64), lost, (len(two), int((data[two + 2] == SIGNED).sum()))
