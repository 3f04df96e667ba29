"""What is wrong with a file, where; and the account of its bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from groundside.decode.ardupilot.groups import Group
from groundside.decode.ardupilot.layout import CHARS, FMT_BYTES, Layout
from groundside.decode.formats.dataflash.definitions import HEADER, TYPE_BYTE
from groundside.decode.formats.dataflash.records import Groups
from groundside.decode.formats.dataflash.walk import MAX_BREAKS, Gap, Walk
from groundside.model.decoded import ByteAccount, Problem

_LOOK = 1 << 24


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, and the types that no definition lays out (number to records seen)."""

    problems: list[Problem]
    unknown_types: dict[int, int]


def account_of(data: memoryview, walked: Walk, groups: Groups) -> ByteAccount:
    """Account for every byte of a file."""
    unread = sum(len(g) * (g.layout.length - g.layout.read_bytes) for g in groups.groups)
    undefined = sum(len(offsets) * walked.lengths[kind] for kind, offsets in groups.undefined.items())
    strange = sum(gap.end - gap.start for gap in walked.gaps if _undefined_type(data, gap, groups.layouts) is not None)
    decoded = sum(len(group) * group.layout.read_bytes for group in groups.groups)
    return ByteAccount(len(data), decoded, len(data) - decoded, unread + undefined + strange)


def findings(data: memoryview, walked: Walk, groups: Groups) -> Findings:
    """Describe the gaps and the doubtful definitions of a file."""
    defined = groups.layouts
    problems: list[Problem] = []
    unknown_types: Counter[int] = Counter()
    for gap in walked.gaps:
        kind = _undefined_type(data, gap, defined)
        if kind is not None:
            unknown_types[kind] += _occurrences(data, gap, kind)
        problems.append(Problem(gap.start, gap.end - gap.start, _what(data, gap, defined, walked)))
    problems += [Problem(offset, FMT_BYTES, "An FMT record whose content cannot be meant.") for offset in groups.broken]
    for group in groups.groups:
        problems += _about(group)
    problems += [_redefined(layout) for layout in groups.redefined]
    for kind, offsets in groups.undefined.items():
        lost = len(offsets) * walked.lengths[kind]
        unknown_types[kind] += len(offsets)
        first = int(offsets[0])
        what = f"{len(offsets)} records of type {kind}, {lost} bytes in all from byte {first} on, which no FMT defines."
        problems.append(Problem(None, lost, what))
    return Findings(problems, dict(unknown_types))


def _undefined_type(data: memoryview, gap: Gap, defined: Mapping[int, Layout]) -> int | None:
    if gap.end - gap.start <= TYPE_BYTE or bytes(data[gap.start : gap.start + TYPE_BYTE]) != HEADER:
        return None
    kind = data[gap.start + TYPE_BYTE]
    return None if kind in defined else kind


def _occurrences(data: memoryview, gap: Gap, kind: int) -> int:
    return bytes(data[gap.start : min(gap.end, gap.start + _LOOK)]).count(HEADER + bytes([kind]))


def _what(data: memoryview, gap: Gap, defined: Mapping[int, Layout], walked: Walk) -> str:
    size, at_end = gap.end - gap.start, gap.end == len(data)
    filler = _filler(data, gap, walked.filler_from)
    if filler is not None:
        where = "at the end of the file" if at_end else "in the middle of the file"
        return f"{size} bytes of 0x{filler:02X} {where}: space that was never written."
    if at_end and walked.gave_up:
        return f"More than {MAX_BREAKS} breaks in the chain of records: the last {size} bytes were not searched."
    starts = bytes(data[gap.start : gap.start + TYPE_BYTE])
    if not HEADER.startswith(starts):
        return f"{size} bytes that belong to no record: skipped."
    layout = defined.get(data[gap.start + TYPE_BYTE]) if size > TYPE_BYTE else None
    if at_end and (layout is not None or size <= TYPE_BYTE):
        name = f", {layout.name}," if layout else ""
        of = f" of {layout.length}" if layout else ""
        return f"The last record{name} is cut short after {size}{of} bytes."
    if layout is None:
        return f"{size} bytes of records of type {data[gap.start + TYPE_BYTE]}, which no FMT defines."
    return f"{size} bytes from a damaged {layout.name} record on: skipped."


def _filler(data: memoryview, gap: Gap, known_from: int | None) -> int | None:
    """Say the byte, 00 or FF, that fills a gap; None where it holds anything else."""
    first = data[gap.start]
    if first not in {0x00, 0xFF} or data[gap.end - 1] != first:
        return None
    end = gap.end if known_from is None else min(gap.end, known_from)
    for start in range(gap.start, end, _LOOK):
        part = np.frombuffer(data[start : min(start + _LOOK, end)], np.uint8)
        if part.min() != first or part.max() != first:
            return None
    return first


def _about(group: Group) -> Sequence[Problem]:
    layout, records = group.layout, len(group)
    lost = records * (layout.length - layout.read_bytes)
    problems: list[Problem] = []
    if layout.headerless:
        what = f"FMT counts the length of {layout.name} without its 3 header bytes: {layout.length} is meant."
        problems.append(Problem(layout.offset, 0, what))
    if layout.mended:
        known = sum(label in layout.labels for label in layout.columns)
        what = f"The FMT of {layout.name} is damaged: of {len(layout.columns)} columns the names of {known} are known."
        problems.append(Problem(layout.offset, 0, what))
    if layout.readable < len(layout.chars):
        char = layout.chars[layout.readable]
        why = f"its length of {layout.length} ends there" if char in CHARS else f"nobody here knows format {char!r}"
        what = f"Of {layout.name}, {records} records, columns are read up to number {layout.readable}: {why}."
        problems.append(Problem(None, lost, what))
    elif lost:
        more = layout.length - layout.read_bytes
        what = f"{layout.name} records end in {more} bytes that no column describes."
        problems.append(Problem(None, lost, what))
    return problems


def _redefined(layout: Layout) -> Problem:
    return Problem(layout.offset, 0, f"Type {layout.type} is defined again, differently: {layout.name} from here on.")
