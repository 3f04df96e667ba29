"""Records of one layout, gathered; and what of the file belongs to none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from groundside.decode.ardupilot.clock import Stamps, time_column
from groundside.decode.ardupilot.groups import Group, Offsets, Places, narrow
from groundside.decode.ardupilot.layout import FMT, FMT_BYTES, FMT_LAYOUT, Layout
from groundside.decode.formats.dataflash.definitions import TYPE_BYTE, is_meant
from groundside.decode.formats.dataflash.walk import Walk
from groundside.native.dataflash import by_byte
from groundside.native.dataflash import stamps as clock_stamps

Records = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Groups:
    """
    The records of a file, by definition.

    Args:
        groups: in order of their first definition.
        broken: offsets of FMT records that cannot be believed.
        redefined: definitions that changed what an earlier one of the same type said.
        layouts: the first definition of every type, whether records of it are there or not.
        undefined: records of types that no definition lays out, by type; their length could be found.
    """

    groups: Sequence[Group]
    broken: Sequence[int]
    redefined: Sequence[Layout]
    layouts: Mapping[int, Layout]
    undefined: Mapping[int, Places]


def stored(data: memoryview, offsets: Offsets, dtype: np.dtype[np.void]) -> Records:
    """Copy records that lie anywhere in a file into one structured array, as they are stored."""
    size = dtype.itemsize
    everywhere = np.ndarray((max(0, len(data) - size + 1),), dtype=f"V{size}", buffer=data, strides=(1,))
    return everywhere[offsets].view(dtype)


def stamps(data: memoryview, groups: Sequence[Group]) -> list[Stamps]:
    """Read the boot time of every record that has one, as it is stored; as few pieces as can be."""
    found: list[Stamps] = []
    clocks = [(group, column) for group in groups if (column := time_column(group.layout)) is not None]
    for unit_us, width in ((1, 8), (1000, 4)):
        for places, offsets in _by_epoch([(group, c.at) for group, c in clocks if c.unit_us == unit_us]):
            found.append(Stamps(*clock_stamps(data, np.sort(np.concatenate(offsets)), places, width), unit_us))
    return found


def _by_epoch(clocks: Sequence[tuple[Group, int]]) -> list[tuple[npt.NDArray[np.int32], list[Offsets]]]:
    """
    Put groups together whose records can be told by their type alone.

    Args:
        clocks: groups, and the byte at which the clock of each stands.

    Returns:
        By type the byte at which the clock stands, and the records: one of both, and one more for each time that a
        type is defined again.
    """
    found: list[tuple[npt.NDArray[np.int32], list[Offsets]]] = []
    epochs = Counter[int]()
    for group, at in clocks:
        epoch = epochs[group.layout.type]
        epochs[group.layout.type] += 1
        if epoch == len(found):
            found.append((np.zeros(256, np.int32), []))
        found[epoch][0][group.layout.type] = at
        found[epoch][1].append(group.offsets)
    return found


def grouped(data: memoryview, walked: Walk, candidates: Sequence[Layout]) -> Groups:
    """
    Sort the records of a file by the definition that lays them out.

    A definition holds from its place on; records before the first of their type are laid out by that one.
    Candidates that are on no chain count only for types that no definition on the chain lays out, and for records
    that the walk could tell by no other.
    """
    found = by_byte(data, walked.offsets, TYPE_BYTE)
    by_type = {kind: narrow(offsets, len(data)) for kind, offsets in found.items()}
    fmt, broken = _believed(data, by_type.get(FMT, np.empty(0, np.int64)))
    timelines = _timelines(candidates, set(fmt.tolist()))
    groups: list[Group] = []
    for layouts in timelines.values():
        groups.extend(_epochs(layouts, by_type.get(layouts[0].type)))
    own = [Group(FMT_LAYOUT, fmt)] if len(fmt) else []
    redefined = [layout for layouts in timelines.values() for layout in layouts[1:]]
    first = {FMT: FMT_LAYOUT, **{kind: layouts[0] for kind, layouts in timelines.items()}}
    undefined = {kind: offsets for kind, offsets in by_type.items() if kind not in first}
    return Groups(own + groups, broken, redefined, first, undefined)


def _believed(data: memoryview, offsets: Places) -> tuple[Places, list[int]]:
    """Tell the FMT records that can be believed from those that cannot."""
    good = [is_meant(bytes(data[offset : offset + FMT_BYTES])) for offset in offsets.tolist()]
    chosen = np.array(good, np.bool_)
    return offsets[chosen], offsets[~chosen].tolist()


def _timelines(candidates: Sequence[Layout], on_chain: Container[int]) -> Mapping[int, list[Layout]]:
    """
    Put the definitions of each type in order: the first, and those that say something else than the one before.

    They are those by which `walk` stepped, so that each record is as long as its definition says.
    """
    by_type: dict[int, list[Layout]] = {}
    for layout in candidates:
        by_type.setdefault(layout.type, []).append(layout)
    timelines: dict[int, list[Layout]] = {}
    for kind, found in by_type.items():
        written = [layout for layout in found if layout.offset in on_chain]
        stepped_by_another = not written or written[0].length != found[0].length
        held = [found[0], *written] if stepped_by_another else written
        timelines[kind] = [held[0], *(b for a, b in pairwise(held) if not a.same_as(b))]
    return timelines


def _epochs(layouts: Sequence[Layout], offsets: Places | None) -> list[Group]:
    if offsets is None:
        return []
    if len(layouts) == 1:
        return [Group(layouts[0], offsets)]
    starts = np.searchsorted(offsets, [layout.offset for layout in layouts[1:]])
    parts = np.split(offsets, starts)
    return [Group(layout, part) for layout, part in zip(layouts, parts, strict=True) if len(part)]
