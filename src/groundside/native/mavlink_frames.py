"""
Which places of a file hold a MAVLink frame, in NumPy: part of what `groundside.native.mavlink` does, defined.

A frame begins with a start byte, but start bytes also stand inside payloads; so every one is tried, and what has the
right checksum for a message known here is a candidate. Source of the layout: MAVLink guide, "Packet Serialization"
(https://mavlink.io/en/guide/serialization.html).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from groundside.native.mavlink_checksum import Bytes, Offsets, Sums, checksums, missing_byte

V1, V2 = 0xFE, 0xFD
HEAD_V1, HEAD_V2 = 6, 10
CHECKSUM_BYTES, SIGNATURE_BYTES, CLOCK_BYTES = 2, 13, 8
SIGNED = 0x01
"""The one incompatibility flag there is; a frame with any other cannot be understood (guide, same page)."""
UNKNOWN = -1
IDS = 1 << 16
"""Message numbers from here on have no definition."""
_WINDOW = 1 << 18
Numbers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Layouts:
    """
    What is known of messages; definitions of one message number stand one after the other.

    Args:
        first: for each of `IDS` numbers its first definition, `UNKNOWN` where there is none.
        count: for each of `IDS` numbers how many there are.
        extra: CRC_EXTRA of each definition.
        whole: bytes of the payload of each, with all extensions.
        base: the same without extensions, as MAVLink 1 sends it.
    """

    first: npt.NDArray[np.int16]
    count: npt.NDArray[np.uint8]
    extra: npt.NDArray[np.uint8]
    whole: npt.NDArray[np.uint8]
    base: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frames:
    """
    Frames of a file, in order; one array each, of equal length.

    Args:
        at: offset of the start byte.
        end: offset of the first byte after it.
        payload: offset of the payload.
        length: bytes of the payload, as sent.
        id: message number.
        definition: `UNKNOWN` where none fits.
        extra: the CRC_EXTRA with which the checksum is right.
    """

    at: Offsets
    end: Offsets
    payload: Offsets
    length: Numbers
    id: Numbers
    definition: Numbers
    extra: Numbers

    def __len__(self) -> int:
        return len(self.at)

    def where(self, chosen: Flags | Offsets) -> Frames:
        """Keep some of them."""
        return Frames(*(getattr(self, field.name)[chosen] for field in fields(Frames)))


def clocks_before(data: Bytes, at: Offsets) -> Offsets:
    """Read the clocks that stand before some start bytes; what is beyond 63 bits is negative."""
    eight = data[(at - CLOCK_BYTES)[:, None] + np.arange(CLOCK_BYTES)]
    return np.ascontiguousarray(eight).view(">u8")[:, 0].astype(np.uint64).view(np.int64)


def senders(data: Bytes, at: Offsets) -> npt.NDArray[np.int64]:
    """Give system and component of each frame as one number: 256 x system + component."""
    there = at + np.where(data[at] == V2, 5, 3)
    return data[there].astype(np.int64) << 8 | data[there + 1]


def sequences(data: Bytes, at: Offsets) -> npt.NDArray[np.uint8]:
    """Give the sequence number of each frame."""
    return data[at + np.where(data[at] == V2, 4, 2)]


def ends_of(data: Bytes, at: Offsets) -> Offsets:
    """Say where some frames end, by their headers."""
    two = data[at] == V2
    signed = two & (data[np.minimum(at + 2, len(data) - 1)] == SIGNED)
    head = np.where(two, HEAD_V2, HEAD_V1) + np.where(signed, SIGNATURE_BYTES, 0)
    return at + head + data[at + 1] + CHECKSUM_BYTES


def find(data: Bytes, known: Layouts) -> tuple[Frames, Frames]:
    """
    Try every start byte of a file.

    Returns:
        Those whose checksum is right for a message known here; and those whose checksum is right for some other
        definition of theirs, which by chance is one of 256. Both may overlap.
    """
    good: list[Frames] = []
    other: list[Frames] = []
    for start in range(0, max(1, len(data)), _WINDOW):
        starts = np.flatnonzero((data[start : start + _WINDOW] - np.uint8(V2)) <= V1 - V2) + start
        right, wrong = _checked(data, _laid_out(data, starts, known), known)
        good.append(right)
        other.append(wrong)
    return _joined(good), _joined(other)


def _joined(parts: list[Frames]) -> Frames:
    return Frames(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Frames)))


def _laid_out(data: Bytes, at: Offsets, known: Layouts) -> Frames:
    """Read the headers at some places; without those that run past the end or have flags nobody knows."""
    at = at[at + HEAD_V1 + CHECKSUM_BYTES <= len(data)]
    at = at[(data[at] != V2) | (at + HEAD_V2 + CHECKSUM_BYTES <= len(data))]
    two = data[at] == V2
    length = data[at + 1].astype(np.int32)
    flags = np.where(two, data[at + 2], 0)
    payload = at + np.where(two, HEAD_V2, HEAD_V1)
    number = data[payload - np.where(two, 3, 1)].astype(np.int32)
    number[two] |= (data[at[two] + 8].astype(np.int32) << 8) | (data[at[two] + 9].astype(np.int32) << 16)
    end = payload + length + CHECKSUM_BYTES + np.where(flags == SIGNED, SIGNATURE_BYTES, 0)
    definition = np.where(number < IDS, known.first[np.minimum(number, IDS - 1)], UNKNOWN).astype(np.int32)
    # Only MAVLink 2 lets a newer definition send more than is known here.
    definition[~two & (length > known.whole[definition])] = UNKNOWN
    whole = (end <= len(data)) & (flags <= SIGNED)
    return Frames(at, end, payload, length, number, definition, definition).where(whole)


def _checked(data: Bytes, frames: Frames, known: Layouts) -> tuple[Frames, Frames]:
    """Find the CRC_EXTRA of each, and so which definition of its message it follows, if any."""
    covered = frames.payload + frames.length - frames.at - 1
    stated_at = frames.payload + frames.length
    stated: Sums = data[stated_at + 1].astype(np.uint16) << np.uint16(8)
    stated |= data[stated_at]
    extra = missing_byte(checksums(data, frames.at + 1, covered), stated)
    possible = np.flatnonzero(extra >= 0)
    frames, extra = frames.where(possible), extra[possible]
    definition = _definition(frames, extra, known)
    frames = replace(frames, definition=definition, extra=extra)
    return frames.where(definition != UNKNOWN), frames.where(definition == UNKNOWN)


def _definition(frames: Frames, extra: Numbers, known: Layouts) -> Numbers:
    """Choose among the definitions of the same message by CRC_EXTRA; `UNKNOWN` where none has it."""
    found = np.full(len(frames), UNKNOWN, np.int32)
    for other in range(int(known.count.max())):
        there = (frames.definition != UNKNOWN) & (known.count[frames.id % IDS] > other)
        tried = np.where(there, frames.definition + other, 0)
        found = np.where(there & (known.extra[tried] == extra), tried, found)
    return found
