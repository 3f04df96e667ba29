"""MAVLink frames: found by checksum, followed along their chain, and laid out for gathering."""

from __future__ import annotations

import os
from functools import cache

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _mavlink, mavlink_frames, mavlink_plain
from groundside.native.mavlink_frames import IDS, Layouts
from groundside.native.mavlink_plain import EARLIEST_US, LATEST_US, NEAR_US, Sorted, Walk, linked

Offsets = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
_NEEDS_CLOCKS = 3
_ERRORS = {1: "no memory", 2: "a frame that is not in the data"}
_SMALLEST = 8
_SEED = int.from_bytes(os.urandom(8))
"""Where groups of frames stand in the kernel's table: no file can be made so that they collide."""
_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
_AT_ONCE = 1 << 16


def walk(data: memoryview, lead: int, known: Layouts) -> Walk:
    """
    Follow the records of a file.

    Args:
        data: the file.
        lead: bytes of clock before each frame: 8, or 0.
        known: the messages.
    """
    if native.PLAIN or not len(data):
        return mavlink_plain.walk(_view(data), lead, known)
    walked = _walked(data, lead, known, (0, 0, 0)) or _walked(data, lead, known, _near(data, lead, known))
    assert walked is not None, "a walk that knows all clocks does not ask for them"
    return walked


def _view(data: memoryview) -> npt.NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8) if len(data) else np.zeros(0, np.uint8)


@cache
def _compiled(known: Layouts) -> _mavlink.Definitions:
    return _mavlink.Definitions(known.first, known.count, known.extra, known.whole, known.base)


def _walked(data: memoryview, lead: int, known: Layouts, near: tuple[int, int, int]) -> Walk | None:
    """Walk once; None where that needs to be known which clocks are near those that can be trusted."""
    room = len(data) // (_SMALLEST + lead) + 1
    at, group, longer = np.empty(room, np.int64), np.empty(room, np.int32), np.zeros(len(known.extra), np.int64)
    clocks = np.array([EARLIEST_US, LATEST_US - 1, *near], np.int64)
    status, n, covered, keys, counts, others = _mavlink.walk(
        data, lead, _compiled(known), clocks, _SEED, at, group, longer
    )
    if status == _NEEDS_CLOCKS:
        return None
    _check(status)
    return Walk(
        at[:n], group[:n], np.frombuffer(keys, np.int32), np.frombuffer(counts, np.int64), covered, longer,
        np.frombuffer(others, np.int64).reshape(-1, 7),
    )  # fmt: skip


def _check(status: int) -> None:
    if status == 1:
        raise MemoryError
    if status:
        raise ValueError(_ERRORS.get(status, str(status)))


def _near(data: memoryview, lead: int, known: Layouts) -> tuple[int, int, int]:
    """Give the first and the last clock that is near those of linked frames, and that this is known."""
    at, ends = find(data, known)
    at, ends = at[at >= lead], ends[at >= lead]
    trusted = mavlink_frames.clocks_before(_view(data), at[linked(at - lead, ends)])
    if not len(trusted):
        return 1, 0, 1
    middle = int(np.median(trusted))
    return max(middle - NEAR_US + 1, _LOWEST), min(middle + NEAR_US - 1, _HIGHEST), 1


def find(data: memoryview, known: Layouts) -> tuple[Offsets, Offsets]:
    """
    Try every start byte of a file.

    Returns:
        Start and end of the frames whose checksum is right for a message known here; they may overlap.
    """
    if native.PLAIN or not len(data):
        good, _ = mavlink_frames.find(_view(data), known)
        return good.at, good.end
    starts, ends, following = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    while following < len(data):
        at, end = np.empty(_AT_ONCE, np.int64), np.empty(_AT_ONCE, np.int64)
        found, following = _mavlink.find(data, following, _compiled(known), at, end)
        starts.append(at[:found])
        ends.append(end[:found])
    return np.concatenate(starts), np.concatenate(ends)


def sort(data: memoryview, walked: Walk, lead: int, slot: Numbers, sizes: Offsets) -> Sorted:
    """
    Put the frames of a walk by tables, in order of the file in each.

    Args:
        data: the file.
        walked: the frames.
        lead: bytes of clock before each frame: 8, or 0.
        slot: the table of each group.
        sizes: how many frames each table has.
    """
    if native.PLAIN:
        return mavlink_plain.sort(_view(data), walked, lead, slot)
    n = len(walked.at)
    clock = np.empty(n, np.int64) if lead else None
    to = Sorted(np.empty(n, np.int64), clock, np.empty(n, np.uint16))
    following = np.cumsum(sizes) - sizes
    _check(_mavlink.sort(data, walked.at, walked.group, slot, following, to.at, to.clock, to.form))
    return to


def lay_out(at: Offsets, form: npt.NDArray[np.uint16]) -> tuple[Offsets, Numbers, int]:
    """Say of some frames where the payload begins, how many bytes of it were sent, and the least of those."""
    if native.PLAIN:
        return mavlink_plain.lay_out(at, form)
    payload, length = np.empty(len(at), np.int64), np.empty(len(at), np.int32)
    return payload, length, _mavlink.lay_out(at, form, payload, length)


def clocks_before(data: memoryview, at: Offsets) -> Offsets:
    """Read the 8 bytes of clock before some frames, microseconds; what is beyond 63 bits is negative."""
    if native.PLAIN:
        return mavlink_frames.clocks_before(_view(data), at)
    clock = np.empty(len(at), np.int64)
    _check(_mavlink.clocks(data, at, clock))
    return clock


def pack(data: memoryview, payload: Offsets, length: Numbers) -> tuple[npt.NDArray[np.uint8], Offsets]:
    """Copy payloads one after the other: the bytes, and where each begins, and the last one ends."""
    if native.PLAIN:
        parts = [bytes(data[a : a + n]) for a, n in zip(payload.tolist(), length.tolist(), strict=True)]
        return np.frombuffer(b"".join(parts), np.uint8), np.cumsum([0, *length.tolist()], dtype=np.int64)
    packed, ends = np.empty(int(length.sum()), np.uint8), np.empty(len(payload) + 1, np.int64)
    _check(_mavlink.pack(data, payload, length, packed, ends))
    return packed, ends


def gaps(data: memoryview, lead: int, at: Offsets) -> Offsets:
    """
    Say what lies between the records of some frames: start and end of each gap, shape (gaps, 2).

    A frame whose signature was cut off ends where the next record begins.
    """
    if native.PLAIN:
        return mavlink_plain.gaps(_view(data), lead, at)
    found = _mavlink.gaps(data, lead, at, None)
    _check(2 if found < 0 else 0)
    to = np.empty((found, 2), np.int64)
    _mavlink.gaps(data, lead, at, to.reshape(-1))
    return to


def part(data: memoryview, at: Offsets, form: npt.NDArray[np.uint16], first: int, width: int) -> npt.NDArray[np.uint8]:
    """
    Copy a part of the payloads of some frames, shape (frames, width).

    Args:
        data: the file.
        at: the start bytes.
        form: as in `Sorted`.
        first: where in the payload the part begins, 255 at most.
        width: its bytes; what was not sent is zero.
    """
    if native.PLAIN:
        return mavlink_plain.part(_view(data), at, form, first, width)
    to = np.empty((len(at), width), np.uint8)
    _check(_mavlink.rows(data, at, form, first, to))
    return to


def count(data: memoryview, at: Offsets) -> tuple[Offsets, Offsets, Offsets, tuple[int, int]]:
    """
    Count the frames of each sender, in order of the file.

    Returns:
        The senders (256 x system + component), ascending; the frames, and frames lost by their sequence numbers, of
        each; and how many frames are MAVLink 2, and signed.
    """
    if native.PLAIN:
        return mavlink_plain.count(_view(data), at)
    whose, frames, lost = (np.empty(min(len(at), IDS), np.int64) for _ in range(3))
    status, senders, two, signed = _mavlink.count(data, at, whose, frames, lost)
    _check(status)
    order = np.argsort(whose[:senders], kind="stable")
    return whose[order], frames[order], lost[order], (two, signed)
