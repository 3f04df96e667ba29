"""Frames of messages that follow no definition known here, of which CRC_EXTRA is not known."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from groundside.decode.mavlink.definitions import layouts
from groundside.decode.mavlink.grouping import grouped
from groundside.native.mavlink import clocks_before
from groundside.native.mavlink_frames import IDS
from groundside.native.mavlink_plain import Walk, plausible, taken

Offsets = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
_SAME_EXTRA = 3
_TRUSTED = 1000


@dataclass(frozen=True, slots=True)
class Unknown:
    """
    Frames of unknown messages, in order of the file.

    Args:
        at, end: of each frame.
        payload, length: where its payload begins, and its bytes.
        id: message number.
        extra: the CRC_EXTRA with which the checksum is right.
    """

    at: Offsets
    end: Offsets
    payload: Offsets
    length: Numbers
    id: Numbers
    extra: Numbers

    def __len__(self) -> int:
        return len(self.at)

    def where(self, chosen: Flags | Offsets) -> Unknown:
        """Keep some of them."""
        return Unknown(*(getattr(self, field.name)[chosen] for field in fields(Unknown)))


_NO_PLACE, _NO_NUMBER = np.zeros(0, np.int64), np.zeros(0, np.int32)
_NONE = Unknown(_NO_PLACE, _NO_PLACE, _NO_PLACE, _NO_NUMBER, _NO_NUMBER, _NO_NUMBER)


def unknown_frames(data: memoryview, walked: Walk, lead: int) -> Unknown:
    """
    Take frames of unknown messages between the known ones.

    One is taken where it fits between the known ones and is followed by a start byte where there should be one, has
    a plausible clock (without clocks: begins where a record ends), and has the CRC_EXTRA that most of its message
    have. Where the message is known, but by another definition, a damaged frame looks the same: then at least
    `_SAME_EXTRA` must agree.
    """
    others = walked.others if len(walked.at) else walked.others[:0]
    if not len(others):
        return _NONE
    *places, gap = np.ascontiguousarray(others.T)
    frames = Unknown(*places[:3], *(column.astype(np.int32) for column in places[3:]))
    if lead:
        step = max(1, len(walked.at) // _TRUSTED)
        trusted = clocks_before(data, np.ascontiguousarray(walked.at[::step]))
        chosen = plausible(clocks_before(data, frames.at), trusted)
    else:
        chosen = _on_chain(frames.at, frames.end, gap)
    frames = frames.where(chosen)
    frames = frames.where(_agreeing(frames))
    return frames.where(taken(frames.at - lead, frames.end))


def _on_chain(starts: Offsets, ends: Offsets, gap_starts: Offsets) -> Flags:
    """Mark those that a chain of candidates leads to from the end of the known frame before them."""
    reached = starts == gap_starts
    places = {start: index for index, start in enumerate(starts.tolist())}
    for index, end in enumerate(ends.tolist()):
        if reached[index] and end in places:
            reached[places[end]] = True
    return reached


def _agreeing(frames: Unknown) -> Flags:
    """Mark those with the CRC_EXTRA that is the most frequent one of their message."""
    pairs, which, counts = grouped(frames.id.astype(np.int64) << 8 | frames.extra)
    order = np.lexsort((counts, pairs >> 8))
    last = np.diff(pairs[order] >> 8, append=np.int64(-1)) != 0
    most = np.zeros(len(pairs), np.bool_)
    most[order[last]] = True
    enough = counts >= np.where(_defined(pairs >> 8), _SAME_EXTRA, 1)
    return (most & enough)[which]


def _defined(numbers: Offsets) -> Flags:
    return (numbers < IDS) & (layouts().count[numbers % IDS] > 0)
