"""The records of a file, put by message and sender."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.decode.mavlink.definitions import layouts
from groundside.decode.mavlink.grouping import grouped
from groundside.decode.mavlink.unknown import Unknown, unknown_frames
from groundside.model.decoded import ByteAccount
from groundside.native.mavlink import sort, walk
from groundside.native.mavlink_plain import Sorted, Walk

Offsets = npt.NDArray[np.int64]
_MANY_TABLES, _FEW_ROWS = 512, 16
_FEW_FRAMES = 1 << 17
_NO_SENDER = ~0xFFFF


@dataclass(frozen=True, slots=True)
class Group:
    """
    Frames of one message and one sender.

    Args:
        definition: of the message, its place among `groundside.reference.mavlink.numbers`.
        sender: 256 x system + component; None where there are several.
        shared: other senders have a group of the same message.
        at: the start bytes, ascending.
        clock: the clock before each, microseconds; None where there is none.
        form: bytes of payload sent, 256 more in MAVLink 2.
    """

    definition: int
    sender: int | None
    shared: bool
    at: Offsets
    clock: Offsets | None
    form: npt.NDArray[np.uint16]

    def rows(self, chosen: slice | npt.NDArray[np.integer | np.bool_]) -> Group:
        """Keep some of the frames."""
        clock = None if self.clock is None else self.clock[chosen]
        return Group(self.definition, self.sender, self.shared, self.at[chosen], clock, self.form[chosen])


@dataclass(frozen=True, slots=True)
class Records:
    """
    All records of a file.

    Args:
        data: the file.
        lead: bytes of clock before each frame: 8, or 0.
        groups: frames of known messages, by definition and sender.
        unknown: frames of others.
        longer: for each definition the bytes that its frames have beyond what it describes.
        account: of every byte.
        at: start bytes of all frames, ascending; None where they are many, and put together when they are asked for.
    """

    data: memoryview
    lead: int
    groups: tuple[Group, ...]
    unknown: Unknown
    longer: Offsets
    account: ByteAccount
    at: Offsets | None = None

    def all_at(self) -> Offsets:
        """Give the start bytes of all frames, ascending."""
        if self.at is not None:
            return self.at
        at = np.concatenate([*(group.at for group in self.groups), self.unknown.at])
        at.sort()
        return at


def records_of(data: memoryview, lead: int) -> Records:
    """
    Find all records of a file.

    Args:
        data: the file.
        lead: bytes of clock before each frame: 8, or 0.
    """
    walked = walk(data, lead, layouts())
    unknown = unknown_frames(data, walked, lead)
    longer = int(walked.longer.sum())
    opaque = int((unknown.end - unknown.at + lead).sum()) + longer
    decoded = walked.covered - longer
    account = ByteAccount(len(data), decoded, len(data) - decoded, unknown=opaque)
    at = walked.at.copy() if len(walked.at) <= _FEW_FRAMES and not len(unknown) else None
    return Records(data, lead, _groups(data, walked, lead), unknown, walked.longer, account, at)


def _groups(data: memoryview, walked: Walk, lead: int) -> tuple[Group, ...]:
    """
    Put frames by message and sender; where there are more senders than make sense, by message alone.

    Few tables of many rows can be looked at, very many of a few rows cannot.
    """
    if not len(walked.at):
        return ()
    keys = walked.keys.astype(np.int64)
    if len(keys) > _MANY_TABLES and len(walked.at) < _FEW_ROWS * len(keys):
        keys &= _NO_SENDER
    tables, slot, senders = grouped(keys)
    sizes = np.bincount(slot, weights=walked.counts).astype(np.int64)
    frames = sort(data, walked, lead, slot, sizes)
    definitions = tables >> 16
    shared = np.bincount(definitions)[definitions] > 1
    whose = np.empty(len(tables), np.int64)
    whose[slot] = walked.keys & 0xFFFF
    whose[senders > 1] = -1
    ends = np.cumsum(sizes)
    columns = (definitions, whose, shared, ends - sizes, ends)
    return tuple(
        _group(frames, definition, sender, several, slice(start, end))
        for definition, sender, several, start, end in zip(*(column.tolist() for column in columns), strict=True)
    )


def _group(frames: Sorted, definition: int, sender: int, shared: bool, part: slice) -> Group:
    clock = None if frames.clock is None else frames.clock[part]
    return Group(definition, sender if sender >= 0 else None, shared, frames.at[part], clock, frames.form[part])
