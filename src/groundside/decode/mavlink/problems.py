"""What is wrong with a file, where; and the account of its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundside.decode.mavlink.definitions import name_of
from groundside.decode.mavlink.records import Offsets, Records
from groundside.model.decoded import Problem
from groundside.native.mavlink import gaps
from groundside.native.mavlink_checksum import Bytes
from groundside.native.mavlink_frames import HEAD_V2, V1, V2
from groundside.reference.mavlink import message

MAX_GAPS, MAX_UNKNOWN = 200, 50
_LOOK = 1 << 12
_PRINTABLE = 0.9

CUT, FILLER, TEXT, DAMAGED, NO_FRAME = (
    "cut short at the end",
    "never written",
    "text between frames",
    "checksum does not fit",
    "no frame",
)
"""Why bytes are in no record, as the facts count them."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, and how many bytes are in no record for which reason."""

    problems: tuple[Problem, ...]
    reasons: dict[str, int]


def findings(records: Records, at: Offsets) -> Findings:
    """
    Say what is wrong with a file.

    Args:
        records: of the file.
        at: start bytes of all frames, ascending.
    """
    data = np.frombuffer(records.data, np.uint8)
    places = gaps(records.data, records.lead, at).tolist()
    found = [_gap(data, records.lead, start, end) for start, end in places]
    reasons: dict[str, int] = {}
    for problem, reason in found:
        reasons[reason] = reasons.get(reason, 0) + problem.length
    problems = (*_capped([problem for problem, _ in found]), *_unknown(records), *_longer(records))
    return Findings(problems, reasons)


def _capped(problems: list[Problem]) -> Sequence[Problem]:
    if len(problems) <= MAX_GAPS:
        return problems
    first, rest = problems[:MAX_GAPS], problems[MAX_GAPS:]
    size = sum(p.length for p in rest)
    what = f"And {len(rest)} more places in which {size} bytes belong to no record."
    return [*first, Problem(rest[0].offset, size, what)]


def _gap(data: Bytes, lead: int, start: int, end: int) -> tuple[Problem, str]:
    size, at_end = end - start, end == len(data)
    part = data[start : min(end, start + _LOOK)]
    name = _name_at(data, start + lead, end)
    if part[0] in {0, 0xFF} and (part == part[0]).all():
        where = "at the end of the file" if at_end else "in the middle of the file"
        return Problem(start, size, f"{size} bytes of 0x{part[0]:02X} {where}."), FILLER
    if at_end and _cut(data, start + lead):
        of = f", {name}," if name else ""
        return Problem(start, size, f"The last record{of} is cut short after {size} bytes."), CUT
    if ((part >= ord(" ")) & (part < 0x7F) | (part == ord("\n"))).mean() > _PRINTABLE:
        return Problem(start, size, f"{size} bytes of text that belong to no frame."), TEXT
    if name:
        return Problem(start, size, f"{size} bytes from a damaged {name} on: its checksum does not fit."), DAMAGED
    return Problem(start, size, f"{size} bytes that belong to no frame."), NO_FRAME


def _name_at(data: Bytes, at: int, end: int) -> str:
    """Say which message the header at some place names; empty where there is no header, or it names none known here."""
    if at + HEAD_V2 > end or data[at] not in {V1, V2}:
        return ""
    return name_of(int(data[at + 5]) if data[at] == V1 else int.from_bytes(data[at + 7 : at + 10].tobytes(), "little"))


def _cut(data: Bytes, at: int) -> bool:
    """Whether a frame may begin here that would go on beyond the end of the file."""
    if at + 1 >= len(data):
        return True
    head = {V1: 8, V2: 12}.get(int(data[at]))
    return head is not None and at + head + int(data[at + 1]) > len(data)


def _unknown(records: Records) -> list[Problem]:
    frames = records.unknown
    if not len(frames):
        return []
    ids, which, counts = np.unique(frames.id, return_inverse=True, return_counts=True)
    lengths = np.bincount(which, weights=frames.end - frames.at + records.lead).astype(np.int64)
    order = np.argsort(-counts, kind="stable")
    problems = [
        Problem(None, int(lengths[n]), f"{counts[n]} frames of message {ids[n]}, which no definition known here fits.")
        for n in order[:MAX_UNKNOWN].tolist()
    ]
    rest = order[MAX_UNKNOWN:]
    if len(rest):
        what = f"{counts[rest].sum()} frames of {len(rest)} more messages that no definition known here fits."
        problems.append(Problem(None, int(lengths[rest].sum()), what))
    return problems


def _longer(records: Records) -> list[Problem]:
    """Name messages that were sent with more fields than their definition has here."""
    found = np.flatnonzero(records.longer).tolist()
    named = ((message(n).name, int(records.longer[n])) for n in found)
    what = "bytes that no field known here describes."
    return [Problem(None, size, f"{name} ends in {size} {what}") for name, size in named]
