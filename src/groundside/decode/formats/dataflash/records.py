"""Records of one layout, gathered; and what of the file belongs to none."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from groundside.decode.ardupilot.clock import Stamps, time_column
from groundside.decode.ardupilot.groups import Group, Offsets
from groundside.decode.ardupilot.layout import FMT, FMT_BYTES, FMT_LAYOUT, Layout
from groundside.decode.formats.dataflash.definitions import layout_of
from groundside.decode.formats.dataflash.walk import Walk

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
    undefined: Mapping[int, Offsets]


def gather(data: memoryview, offsets: Offsets, dtype: np.dtype[np.void]) -> Records:
    """Copy records that lie anywhere in a file into one structured array."""
    size = dtype.itemsize
    everywhere = np.ndarray((max(0, len(data) - size + 1),), dtype=f"V{size}", buffer=data, strides=(1,))
    return everywhere[offsets].view(dtype)


def stamps(data: memoryview, groups: Sequence[Group]) -> list[Stamps]:
    """Read the boot time of every record that has one, as it is stored."""
    found: list[Stamps] = []
    for group in groups:
        column = time_column(group.layout)
        if column is not None:
            values = _values(data, group.offsets + column.at, "<u8" if column.unit_us == 1 else "<u4")
            found.append(Stamps(group.offsets, values, column.unit_us))
    return found


def _values(data: memoryview, places: Offsets, kind: str) -> npt.NDArray[np.unsignedinteger]:
    size = np.dtype(kind).itemsize
    everywhere = np.ndarray((max(0, len(data) - size + 1),), dtype=f"V{size}", buffer=data, strides=(1,))
    return everywhere[places].view(kind)


def grouped(data: memoryview, walked: Walk, candidates: Sequence[Layout]) -> Groups:
    """
    Sort the records of a file by the definition that lays them out.

    A definition holds from its place on; records before the first of their type are laid out by that one.
    Candidates that are on no chain count only for types that no definition on the chain lays out, and for records
    that the walk could tell by no other.
    """
    by_type = _by_type(data, walked.offsets)
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


def _by_type(data: memoryview, offsets: Offsets) -> dict[int, Offsets]:
    if not len(offsets):
        return {}
    types = np.frombuffer(data, np.uint8)[offsets + 2]
    order = np.argsort(types, kind="stable")
    present, starts = np.unique(types[order], return_index=True)
    return {int(kind): offsets[rows] for kind, rows in zip(present, np.split(order, starts[1:]), strict=True)}


def _believed(data: memoryview, offsets: Offsets) -> tuple[Offsets, list[int]]:
    """Tell the FMT records that can be believed from those that cannot."""
    good = [layout_of(bytes(data[offset : offset + FMT_BYTES]), offset) is not None for offset in offsets.tolist()]
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


def _epochs(layouts: Sequence[Layout], offsets: Offsets | None) -> list[Group]:
    if offsets is None:
        return []
    starts = np.searchsorted(offsets, [layout.offset for layout in layouts[1:]])
    parts = np.split(offsets, starts)
    return [Group(layout, part) for layout, part in zip(layouts, parts, strict=True) if len(part)]
