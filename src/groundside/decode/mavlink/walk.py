"""
The chain of records: each begins where the one before it ends.

A record is a frame, in a telemetry log with 8 bytes of clock before it. Where the chain breaks it is taken up again
at the next frame that its checksum and its clock (or, without one, its length) let be believed.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from groundside.decode.mavlink.checksum import Bytes, Offsets
from groundside.decode.mavlink.frames import (
    CHECKSUM_BYTES,
    V1,
    V2,
    Flags,
    Frames,
    base_sizes,
    defined,
    find,
    joined,
    sizes,
)

CLOCK_BYTES = 8
"""Microseconds since 1970, big-endian, before each frame of a telemetry log (pymavlink's mavutil.py, `mavlogfile`)."""
EARLIEST_US, LATEST_US = 1_000_000_000_000_000, 4_102_444_800_000_000
"""September 2001 to the end of 2099: clocks that are believed without a neighbour that agrees."""
_NEAR_US = 30 * 86_400_000_000
"""A clock outside of that range (a device that was never set) is believed this near to the median of the others."""
_SAME_EXTRA = 3


@dataclass(frozen=True, slots=True)
class Walk:
    """
    Where the records of a file are.

    Args:
        lead: bytes of clock before each frame: `CLOCK_BYTES`, or 0.
        frames: those on the chain, ascending, unknown messages among them.
        gap_starts, gap_ends: what lies between the records, ascending.
    """

    lead: int
    frames: Frames
    gap_starts: Offsets
    gap_ends: Offsets

    @property
    def starts(self) -> Offsets:
        """Where the records begin: at their clock, or at the start byte where there is none."""
        return self.frames.at - self.lead


def clocks(data: Bytes, at: Offsets) -> Offsets:
    """Read the clocks that stand before some start bytes; what is beyond 63 bits is negative."""
    eight = data[(at - CLOCK_BYTES)[:, None] + np.arange(CLOCK_BYTES)]
    return np.ascontiguousarray(eight).view(">u8")[:, 0].astype(np.uint64).view(np.int64)


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


def walk(data: Bytes, lead: int) -> Walk:
    """
    Find all records of a file.

    Args:
        data: the file.
        lead: bytes of clock before each frame: `CLOCK_BYTES`, or 0.
    """
    good, other = (frames.where(frames.at >= lead) for frames in find(data))
    known = _taken(_unsigned_where_cut(good.where(_believable(data, good, lead)), lead), lead)
    if len(known) and len(other):
        known = joined([known, _undefined(data, other, known, lead)])
    starts, ends = _gaps(known, lead, len(data))
    return Walk(lead, known, starts, ends)


def _unsigned_where_cut(frames: Frames, lead: int) -> Frames:
    """End a signed frame early where no record begins at its end, but one does in its signature: that was cut off."""
    starts = frames.at - lead
    later = np.append(starts, np.iinfo(np.int64).max)
    begins = later[np.searchsorted(starts, frames.payload + frames.length + CHECKSUM_BYTES)]
    cut = (begins < frames.end) & (later[np.searchsorted(starts, frames.end)] != frames.end)
    return replace(frames, end=np.where(cut, begins, frames.end))


def _taken(frames: Frames, lead: int) -> Frames:
    starts = frames.at - lead
    following = np.maximum(np.searchsorted(starts, frames.end), np.arange(1, len(starts) + 1))
    if len(starts) and (following[:-1] == np.arange(1, len(starts))).all():
        return frames
    return frames.where(np.frombuffer(chain(starts.tolist(), following.tolist()), np.int64).copy())


def _gaps(frames: Frames, lead: int, size: int) -> tuple[Offsets, Offsets]:
    starts = np.concatenate([[0], frames.end])
    ends = np.concatenate([frames.at - lead, [size]])
    apart = starts < ends
    return starts[apart], ends[apart]


def _believable(data: Bytes, frames: Frames, lead: int) -> Flags:
    """
    Say which frames with a right checksum are no accident.

    One of 65,536 wrong ones has the right checksum by chance. So one counts only where a record ends just before it,
    or, after damage, where its clock (without one, the length of its payload) is as it should be.
    """
    starts = frames.at - lead
    after = np.searchsorted(starts, frames.end)
    meets = np.append(starts, -1)[after] == frames.end
    linked = starts == 0
    linked[after[meets]] = True
    if not lead:
        return linked | meets | _usual_length(data, frames)
    times = clocks(data, frames.at)
    return linked | plausible(times, times[linked])


def _usual_length(data: Bytes, frames: Frames) -> Flags:
    """Whether the payload is as long as MAVLink 1 makes it, or cut as MAVLink 2 does: no zero at the end."""
    whole, base = sizes()[frames.definition], base_sizes()[frames.definition]
    fixed = (frames.length == base) | (frames.length == whole)
    cut = (frames.length <= 1) | (data[frames.payload + np.maximum(frames.length, 1) - 1] != 0)
    return np.where(data[frames.at] == V1, fixed, (frames.length <= whole) & (cut | fixed))


def plausible(times: Offsets, trusted: Offsets) -> Flags:
    """Say which clocks could be one: of this century, or near the median of those that are trusted."""
    good = (times >= EARLIEST_US) & (times < LATEST_US)
    if len(trusted):
        middle = int(np.median(trusted))
        good |= (times > middle - _NEAR_US) & (times < middle + _NEAR_US)
    return good


def _undefined(data: Bytes, frames: Frames, known: Frames, lead: int) -> Frames:
    """
    Take frames that follow no definition known here, of which CRC_EXTRA is not known.

    One is taken where it fits between the known ones and is followed by a start byte where there should be one, has
    a plausible clock (without clocks: begins where a record ends), and has the CRC_EXTRA that most of its message
    have. Where the message is known, but by another definition, a damaged frame looks the same: then at least
    `_SAME_EXTRA` must agree.
    """
    left = np.concatenate([[0], known.end])
    right = np.concatenate([known.at - lead, [len(data)]])
    gap = np.searchsorted(left, frames.at - lead, side="right") - 1
    after = frames.end + lead
    follower = data[np.minimum(after, len(data) - 1)]
    followed = (after < len(data)) & ((follower == V1) | (follower == V2))
    fits = (frames.end <= right[gap]) & (followed | (frames.end == right[gap]))
    frames, gap = frames.where(fits), gap[fits]
    if lead:
        trusted = clocks(data, known.at[:: max(1, len(known) // 1000)])
        chosen = plausible(clocks(data, frames.at), trusted)
    else:
        chosen = _on_chain(frames.at, frames.end, left[gap])
    frames = frames.where(chosen)
    return _taken(frames.where(_agreeing(frames)), lead)


def _on_chain(starts: Offsets, ends: Offsets, gap_starts: Offsets) -> Flags:
    """Mark those that a chain of candidates leads to from the end of the known frame before them."""
    reached = starts == gap_starts
    places = {start: index for index, start in enumerate(starts.tolist())}
    for index, end in enumerate(ends.tolist()):
        if reached[index] and end in places:
            reached[places[end]] = True
    return reached


def _agreeing(frames: Frames) -> Flags:
    """Mark those with the CRC_EXTRA that is the most frequent one of their message."""
    pairs, which, counts = np.unique(
        frames.id.astype(np.int64) << 8 | frames.extra, return_inverse=True, return_counts=True
    )
    order = np.lexsort((counts, pairs >> 8))
    last = np.diff(pairs[order] >> 8, append=np.int64(-1)) != 0
    most = np.zeros(len(pairs), np.bool_)
    most[order[last]] = True
    enough = counts >= np.where(defined(pairs >> 8), _SAME_EXTRA, 1)
    return (most & enough)[which]
