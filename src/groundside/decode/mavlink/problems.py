"""What is wrong with a file, where; and the account of its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundside.decode.mavlink.checksum import Bytes
from groundside.decode.mavlink.frames import UNKNOWN, V1, V2, Frames, name_at, sizes
from groundside.decode.mavlink.walk import Walk
from groundside.model.decoded import ByteAccount, Problem
from groundside.reference.mavlink import messages

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
    """What is wrong, what it cost, and how many bytes are in no record for which reason."""

    problems: tuple[Problem, ...]
    account: ByteAccount
    reasons: dict[str, int]


def findings(data: Bytes, walked: Walk) -> Findings:
    """Account for every byte of a file."""
    gaps = [_gap(data, walked, a, b) for a, b in zip(*_ends(walked), strict=True)]
    reasons: dict[str, int] = {}
    for problem, reason in gaps:
        reasons[reason] = reasons.get(reason, 0) + problem.length
    unknown = [*_unknown(walked), *_longer(walked.frames)]
    problems = (*_capped([problem for problem, _ in gaps]), *unknown)
    lost, opaque = sum(p.length for p, _ in gaps), sum(p.length for p in unknown)
    account = ByteAccount(len(data), len(data) - lost - opaque, lost + opaque, unknown=opaque)
    return Findings(problems, account, reasons)


def _ends(walked: Walk) -> tuple[list[int], list[int]]:
    return walked.gap_starts.tolist(), walked.gap_ends.tolist()


def _capped(problems: list[Problem]) -> Sequence[Problem]:
    if len(problems) <= MAX_GAPS:
        return problems
    first, rest = problems[:MAX_GAPS], problems[MAX_GAPS:]
    size = sum(p.length for p in rest)
    what = f"And {len(rest)} more places in which {size} bytes belong to no record."
    return [*first, Problem(rest[0].offset, size, what)]


def _gap(data: Bytes, walked: Walk, start: int, end: int) -> tuple[Problem, str]:
    size, at_end = end - start, end == len(data)
    part = data[start : min(end, start + _LOOK)]
    name = name_at(data, start + walked.lead, end)
    if part[0] in {0, 0xFF} and (part == part[0]).all():
        where = "at the end of the file" if at_end else "in the middle of the file"
        return Problem(start, size, f"{size} bytes of 0x{part[0]:02X} {where}."), FILLER
    if at_end and _cut(data, start + walked.lead):
        of = f", {name}," if name else ""
        return Problem(start, size, f"The last record{of} is cut short after {size} bytes."), CUT
    if ((part >= ord(" ")) & (part < 0x7F) | (part == ord("\n"))).mean() > _PRINTABLE:
        return Problem(start, size, f"{size} bytes of text that belong to no frame."), TEXT
    if name:
        return Problem(start, size, f"{size} bytes from a damaged {name} on: its checksum does not fit."), DAMAGED
    return Problem(start, size, f"{size} bytes that belong to no frame."), NO_FRAME


def _cut(data: Bytes, at: int) -> bool:
    """Whether a frame may begin here that would go on beyond the end of the file."""
    if at + 1 >= len(data):
        return True
    head = {V1: 8, V2: 12}.get(int(data[at]))
    return head is not None and at + head + int(data[at + 1]) > len(data)


def _unknown(walked: Walk) -> list[Problem]:
    frames = walked.frames.where(walked.frames.definition == UNKNOWN)
    if not len(frames):
        return []
    ids, which, counts = np.unique(frames.id, return_inverse=True, return_counts=True)
    lengths = np.bincount(which, weights=frames.end - frames.at + walked.lead).astype(np.int64)
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


def _longer(frames: Frames) -> list[Problem]:
    """Name messages that were sent with more fields than their definition has here."""
    known = frames.where(frames.definition != UNKNOWN)
    more = np.maximum(known.length - sizes()[known.definition], 0)
    longer = np.bincount(known.definition, weights=more, minlength=1).astype(np.int64)
    return [
        Problem(
            None, int(longer[n]), f"{messages()[n].name} ends in {longer[n]} bytes that no field known here describes."
        )
        for n in np.flatnonzero(longer).tolist()
    ]
