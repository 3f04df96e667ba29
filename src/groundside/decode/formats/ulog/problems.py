"""What is wrong with a file, where; and the account of its bytes."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from groundside.decode.formats.ulog.messages import FILE_HEADER_BYTES, HEADER_BYTES, KINDS, MAGIC
from groundside.decode.formats.ulog.records import Unread
from groundside.decode.formats.ulog.texts import MAX_OF_A_KIND
from groundside.decode.formats.ulog.walk import MAX_BREAKS, Gap, Walk
from groundside.model.decoded import ByteAccount, Problem

MAX_PROBLEMS = 200
_LOOK = 1 << 24
_LATEST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, and what it cost."""

    problems: list[Problem]
    account: ByteAccount


def findings_in(data: memoryview, walked: Walk, unread: Sequence[Unread], texts: Sequence[int]) -> Findings:
    """
    Describe the gaps and all that could not be read, and account for every byte.

    Args:
        data: the file.
        walked: where its messages are.
        unread: data that could not be read.
        texts: offsets of other messages whose content could not be read.
    """
    gaps = [Problem(gap.start, gap.end - gap.start, _what(data, gap, walked)) for gap in walked.gaps]
    known = [Problem(one.offset, one.size, f"{one.messages} messages of data: {one.why}.") for one in unread]
    known += _unknown_kinds(data, walked.unknown)
    known += _unread_texts(data, texts)
    if bytes(data[: len(MAGIC)]) == MAGIC:
        known += _header(data)
    unknown, skipped = (sum(problem.length for problem in some) for some in (known, [*known, *gaps]))
    about = [
        Problem(at, 0, "A format is defined again, differently: the first holds.") for at in walked.known.redefined
    ]
    if walked.known.refused:
        about.append(Problem(None, 0, f"{walked.known.refused} definitions are too many: they are passed over."))
    return Findings([*gaps, *known, *about], ByteAccount(len(data), len(data) - skipped, skipped, unknown))


def capped(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Put problems in order of offset, and sum up those past the first `MAX_PROBLEMS`."""
    ordered = sorted(problems, key=lambda problem: (problem.offset is None, problem.offset or 0))
    rest = ordered[MAX_PROBLEMS:]
    if not rest:
        return tuple(ordered)
    lost = sum(problem.length for problem in rest)
    more = Problem(rest[0].offset, lost, f"{len(rest)} more problems from here on; {lost} bytes lost to them in all.")
    return (*ordered[:MAX_PROBLEMS], more)


def _header(data: memoryview) -> list[Problem]:
    version = data[7] if len(data) > len(MAGIC) else 0
    if len(data) < FILE_HEADER_BYTES:
        return []
    if version <= _LATEST_VERSION:
        return []
    return [
        Problem(7, 0, f"The file says it is of version {version}, which nobody here knows: it is read as version 1.")
    ]


def _what(data: memoryview, gap: Gap, walked: Walk) -> str:
    size, at_end = gap.end - gap.start, gap.end == len(data)
    filler = _filler(data, gap)
    if filler is not None and size > HEADER_BYTES:
        where = "at the end of the file" if at_end else "in the middle of the file"
        return f"{size} bytes of 0x{filler:02X} {where}: space that was never written."
    if at_end and walked.gave_up:
        return f"More breaks in the chain of messages than {MAX_BREAKS}, or nothing like it: {size} bytes not searched."
    if gap.start < FILE_HEADER_BYTES:
        return f"{size} bytes at the start, where the header and the first definitions belong, are damaged: skipped."
    stated = int.from_bytes(data[gap.start : gap.start + 2], "little") if size >= HEADER_BYTES else 0
    if size < HEADER_BYTES and at_end:
        return "The last message is cut short in its header."
    if size >= HEADER_BYTES and data[gap.start + 2] in KINDS and stated + HEADER_BYTES > size:
        kind = chr(data[gap.start + 2])
        if at_end:
            return f"The last message, of kind {kind}, is cut short after {size} of {stated + HEADER_BYTES} bytes."
        return f"{size} bytes from a message of kind {kind} on, whose size of {stated} leads nowhere: skipped."
    return f"{size} bytes that belong to no message: skipped."


def _filler(data: memoryview, gap: Gap) -> int | None:
    """Say the byte, 00 or FF, that fills a gap; None where it holds anything else."""
    first = data[gap.start]
    if first not in {0x00, 0xFF} or data[gap.end - 1] != first:
        return None
    for start in range(gap.start, gap.end, _LOOK):
        part = np.frombuffer(data[start : min(start + _LOOK, gap.end)], np.uint8)
        if part.min() != first or part.max() != first:
            return None
    return first


def _unknown_kinds(data: memoryview, offsets: array[int]) -> list[Problem]:
    """Sum messages that are not understood up by kind."""
    first: dict[int, int] = {}
    sizes: Counter[int] = Counter()
    counts: Counter[int] = Counter()
    for at in offsets:
        kind = data[at + 2]
        first.setdefault(kind, at)
        sizes[kind] += HEADER_BYTES + (data[at] | data[at + 1] << 8)
        counts[kind] += 1
    return [Problem(at, sizes[kind], _of_kind(kind, counts[kind])) for kind, at in first.items()]


def _of_kind(kind: int, count: int) -> str:
    name = chr(kind) if 0x20 < kind < 0x7F else f"0x{kind:02X}"
    if kind in KINDS:
        return f"{count} messages of kind {name} whose content makes no sense, the first here."
    return f"{count} messages of kind {name}, which nobody here knows, the first here."


def _unread_texts(data: memoryview, offsets: Sequence[int]) -> list[Problem]:
    size = sum(HEADER_BYTES + (data[at] | data[at + 1] << 8) for at in offsets)
    what = f"{len(offsets)} messages make no sense, or are past the first {MAX_OF_A_KIND} of their kind."
    return [Problem(offsets[0], size, what)] if len(offsets) else []
