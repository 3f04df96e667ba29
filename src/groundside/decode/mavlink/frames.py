"""
Frames: which places of a file hold one, by checksum.

A frame begins with a start byte, but start bytes also stand inside payloads; so every start byte is tried, and
what has the right checksum for a message known here is a candidate. Source of the layout: MAVLink guide, "Packet
Serialization" (https://mavlink.io/en/guide/serialization.html).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from groundside.decode.mavlink.checksum import Bytes, Offsets, Sums, checksums, missing_byte
from groundside.reference.mavlink import messages

V1, V2 = 0xFE, 0xFD
HEAD_V1, HEAD_V2 = 6, 10
CHECKSUM_BYTES, SIGNATURE_BYTES = 2, 13
SIGNED = 0x01
"""The one incompatibility flag there is; a frame with any other cannot be understood (guide, same page)."""
UNKNOWN = -1
_WINDOW = 1 << 18
_IDS = 1 << 16
Numbers = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


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
        definition: index into `groundside.reference.mavlink.messages()`; `UNKNOWN` where no definition known here fits.
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


def joined(parts: list[Frames]) -> Frames:
    """Put frames together, in order of offset."""
    arrays = [np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Frames)]
    return Frames(*arrays).where(np.argsort(arrays[0], kind="stable"))


@cache
def _first_definitions() -> tuple[Numbers, Numbers]:
    """Give the first definition of each id, `UNKNOWN` where there is none, and how many there are."""
    first, count = np.full(_IDS, UNKNOWN, np.int32), np.zeros(_IDS, np.int32)
    for index, message in reversed(list(enumerate(messages()))):
        first[message.id] = index
        count[message.id] += 1
    return first, count


@cache
def sizes() -> Numbers:
    """Give the size of the payload of each definition, with all its extensions."""
    return np.array([message.size for message in messages()], np.int32)


@cache
def base_sizes() -> Numbers:
    """Give the size of the payload of each definition, without extensions."""
    return np.array([message.base_size for message in messages()], np.int32)


@cache
def _extras() -> Numbers:
    return np.array([message.crc_extra for message in messages()], np.int32)


def defined(numbers: npt.NDArray[np.integer]) -> Flags:
    """Say of which message numbers a definition is known here."""
    _, count = _first_definitions()
    return (numbers < _IDS) & (count[numbers % _IDS] > 0)


def name_at(data: Bytes, at: int, end: int) -> str:
    """Say which message the header at some place names; empty where there is no header, or it names none known here."""
    if at + HEAD_V2 > end or data[at] not in {V1, V2}:
        return ""
    number = int(data[at + 5]) if data[at] == V1 else int.from_bytes(data[at + 7 : at + 10].tobytes(), "little")
    first, _ = _first_definitions()
    index = int(first[number]) if number < _IDS else UNKNOWN
    return messages()[index].name if index != UNKNOWN else ""


def find(data: Bytes) -> tuple[Frames, Frames]:
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
        right, wrong = _checked(data, _laid_out(data, starts))
        good.append(right)
        other.append(wrong)
    return joined(good), joined(other)


def _laid_out(data: Bytes, at: Offsets) -> Frames:
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
    first, _ = _first_definitions()
    definition = np.where(number < _IDS, first[np.minimum(number, _IDS - 1)], UNKNOWN).astype(np.int32)
    # Only MAVLink 2 lets a newer definition send more than is known here.
    definition[~two & (length > sizes()[definition])] = UNKNOWN
    whole = (end <= len(data)) & (flags <= SIGNED)
    return Frames(at, end, payload, length, number, definition, definition).where(whole)


def _checked(data: Bytes, frames: Frames) -> tuple[Frames, Frames]:
    """Find the CRC_EXTRA of each, and so which definition of its message it follows, if any."""
    covered = frames.payload + frames.length - frames.at - 1
    stated_at = frames.payload + frames.length
    stated: Sums = data[stated_at + 1].astype(np.uint16) << np.uint16(8)
    stated |= data[stated_at]
    extra = missing_byte(checksums(data, frames.at + 1, covered), stated)
    possible = np.flatnonzero(extra >= 0)
    frames, extra = frames.where(possible), extra[possible]
    definition = _definition(frames, extra)
    frames = replace(frames, definition=definition, extra=extra)
    return frames.where(definition != UNKNOWN), frames.where(definition == UNKNOWN)


def _definition(frames: Frames, extra: Numbers) -> Numbers:
    """Choose among the definitions of the same message by CRC_EXTRA; `UNKNOWN` where none has it."""
    extras = _extras()
    _, count = _first_definitions()
    found = np.full(len(frames), UNKNOWN, np.int32)
    for other in range(int(count.max())):
        there = (frames.definition != UNKNOWN) & (count[frames.id % _IDS] > other)
        tried = np.where(there, frames.definition + other, 0)
        found = np.where(there & (extras[tried] == extra), tried, found)
    return found
