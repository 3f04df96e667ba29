"""What messages other than data say: parameters, information, text, dropouts, flags."""

from __future__ import annotations

import struct
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from groundside.decode.formats.ulog.messages import FILE_HEADER_BYTES, FLAG_BITS_BYTES, HEADER_BYTES
from groundside.decode.formats.ulog.parameters import Parameters, parameters_in
from groundside.decode.formats.ulog.walk import Walk

MAX_OF_A_KIND = 65_536
"""So many messages of one kind are read; a log with more holds something else."""
_NUMBERS = {
    name: struct.Struct(packing)
    for name, packing in (
        ("int8_t", "<b"), ("uint8_t", "<B"), ("int16_t", "<h"), ("uint16_t", "<H"), ("int32_t", "<i"),
        ("uint32_t", "<I"), ("int64_t", "<q"), ("uint64_t", "<Q"), ("float", "<f"), ("double", "<d"), ("bool", "<?"),
    )
}  # fmt: skip
_STARTS_DATA = b"ALC"
Value = int | float | bool | str


class Text(NamedTuple):
    """A line of text: boot microseconds, severity 0 to 7 (None where that is damaged), and a tag where it has one."""

    time_us: int
    severity: int | None
    text: str
    tag: int | None = None


@dataclass(slots=True)
class Said:
    """
    All that messages other than data say, in order of the file.

    Args:
        parameters: values in force.
        defaults: of parameters.
        data_from: where the definitions end: the first subscription or text.
        information: key to value; of a key said twice, the last.
        multi: key to pieces of text, each with whether it continues the one before.
        dropouts: offset and milliseconds lost.
        unread: offsets past the first `MAX_OF_A_KIND` of each kind, and those whose content cannot be read.
    """

    parameters: Parameters
    defaults: Parameters
    data_from: int | None = None
    information: dict[str, Value] = field(default_factory=dict[str, Value])
    multi: dict[str, list[tuple[bool, str]]] = field(default_factory=dict[str, list[tuple[bool, str]]])
    texts: list[Text] = field(default_factory=list[Text])
    dropouts: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    unread: list[int] = field(default_factory=list[int])
    seen: Counter[int] = field(default_factory=Counter[int])

    def counts(self) -> list[int]:
        """Count what was read, under the kind of message that says it."""
        counts = [0] * 256
        counts[ord("P")], counts[ord("Q")] = len(self.parameters), len(self.defaults)
        counts[ord("L")], counts[ord("O")], counts[ord("M")] = len(self.texts), len(self.dropouts), len(self.multi)
        return counts


@dataclass(frozen=True, slots=True)
class Flags:
    """The flag bits: unknown bits that forbid reading, and where appended data begins."""

    forbidden: bool
    appended: tuple[int, ...]


def flags_of(data: memoryview) -> Flags:
    """Read the flag bits, which stand right behind the file header; none are set where there is no such message."""
    at = FILE_HEADER_BYTES
    body = bytes(data[at + HEADER_BYTES : at + HEADER_BYTES + FLAG_BITS_BYTES])
    if bytes(data[at + 2 : at + 3]) != b"B" or len(body) < FLAG_BITS_BYTES:
        return Flags(forbidden=False, appended=())
    if int.from_bytes(data[at : at + 2], "little") < FLAG_BITS_BYTES:
        return Flags(forbidden=False, appended=())
    must = body[8:16]
    appended = struct.unpack("<3Q", body[16:40]) if must[0] & 1 else ()
    return Flags(bool(must[0] & ~1 or any(must[1:])), tuple(offset for offset in appended if offset))


def readable(data: memoryview, walked: Walk) -> list[int] | None:
    """
    Count the messages of each of 256 kinds that are no data.

    None where some may turn out not to be readable, so that only reading all of them tells.
    """
    view = np.frombuffer(data, np.uint8)
    counts = np.bincount(view[np.frombuffer(walked.others, np.int64) + 2], minlength=256)
    return None if walked.lax or counts.max() > MAX_OF_A_KIND else counts.tolist()


def said_in(data: memoryview, offsets: array[int]) -> Said:
    """Read all messages that are no data."""
    places = np.frombuffer(offsets, np.int64)
    kinds = np.frombuffer(data, np.uint8)[places + 2]
    parameters, defaults = (places[kinds == ord(kind)] for kind in "PQ")
    starts = places[np.isin(kinds, list(_STARTS_DATA))]
    said = Said(
        parameters_in(data, parameters[:MAX_OF_A_KIND], defaults=False),
        parameters_in(data, defaults[:MAX_OF_A_KIND], defaults=True),
        int(starts[0]) if len(starts) else None,
    )
    others = np.isin(kinds, list(_READERS))
    for at in places[others].tolist():
        _read(said, data, at)
    said.unread += [*parameters[MAX_OF_A_KIND:].tolist(), *defaults[MAX_OF_A_KIND:].tolist()]
    said.unread.sort()
    return said


def _read(said: Said, data: memoryview, at: int) -> None:
    kind, end = data[at + 2], at + HEADER_BYTES + (data[at] | data[at + 1] << 8)
    said.seen[kind] += 1
    if said.seen[kind] > MAX_OF_A_KIND or not _READERS[kind](said, at, bytes(data[at + HEADER_BYTES : end])):
        said.unread.append(at)


def _information(said: Said, at: int, body: bytes) -> bool:
    del at
    pair = _pair(body)
    if pair is not None:
        said.information[pair[0]] = pair[1]
    return pair is not None


def _multi_information(said: Said, at: int, body: bytes) -> bool:
    del at
    pair = _pair(body[1:])
    if pair is not None:
        said.multi.setdefault(pair[0], []).append((bool(body[0]), str(pair[1])))
    return pair is not None


def _text(said: Said, at: int, body: bytes) -> bool:
    del at
    if len(body) < 9:
        return False
    said.texts.append(Text(*struct.unpack_from("<Q", body, 1), _severity(body[0]), _words(body[9:])))
    return True


def _tagged_text(said: Said, at: int, body: bytes) -> bool:
    del at
    if len(body) < 11:
        return False
    tag, time_us = struct.unpack_from("<HQ", body, 1)
    said.texts.append(Text(time_us, _severity(body[0]), _words(body[11:]), tag))
    return True


def _severity(level: int) -> int | None:
    return level - ord("0") if level in b"01234567" else None


def _dropout(said: Said, at: int, body: bytes) -> bool:
    said.dropouts.append((at, int.from_bytes(body[:2], "little")))
    return True


_READERS = {
    ord("C"): _tagged_text,
    ord("I"): _information,
    ord("L"): _text,
    ord("M"): _multi_information,
    ord("O"): _dropout,
}


def _pair(body: bytes) -> tuple[str, Value] | None:
    """Read a key and its value; a value of a type that is no number or text as hexadecimal digits."""
    if not body or 1 + body[0] > len(body):
        return None
    kind, _, key = body[1 : 1 + body[0]].decode("latin-1").partition(" ")
    value = body[1 + body[0] :]
    if not key:
        return None
    if kind.startswith("char"):
        return key, _words(value)
    packing = _NUMBERS.get(kind)
    if packing is None:
        return key, value.hex()
    return (key, packing.unpack(value)[0]) if packing.size == len(value) else None


def _words(text: bytes) -> str:
    """Text up to its last NUL: UTF-8, with a mark for each byte that is not."""
    return text.rstrip(b"\0").decode("utf-8", errors="replace")
