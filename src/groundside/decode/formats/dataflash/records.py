"""Records of one layout, gathered; and what of the file belongs to none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.decode.formats.dataflash.layout import FMT, FMT_LAYOUT, Layout, layout_of
from groundside.decode.formats.dataflash.walk import Offsets, Walk

Records = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Group:
    """All records that one definition lays out, in order of the file."""

    layout: Layout
    offsets: Offsets


@dataclass(frozen=True, slots=True)
class Groups:
    """
    The records of a file, by definition.

    Args:
        groups: in order of their first definition.
        broken: offsets of FMT records that cannot be believed.
        redefined: definitions that changed what an earlier one of the same type said.
        layouts: the first definition of every type, whether records of it are there or not.
    """

    groups: Sequence[Group]
    broken: Sequence[int]
    redefined: Sequence[Layout]
    layouts: Mapping[int, Layout]


def gather(data: memoryview, offsets: Offsets, dtype: np.dtype[np.void]) -> Records:
    """Copy records that lie anywhere in a file into one structured array."""
    size = dtype.itemsize
    everywhere = np.ndarray((max(0, len(data) - size + 1),), dtype=f"V{size}", buffer=data, strides=(1,))
    return everywhere[offsets].view(dtype)


def grouped(data: memoryview, walked: Walk, candidates: Sequence[Layout]) -> Groups:
    """
    Sort the records of a file by the definition that lays them out.

    A definition holds from its place on; records before the first of their type are laid out by that one.
    Candidates that are on no chain count only for types that no definition on the chain lays out.
    """
    by_type = _by_type(data, walked.offsets)
    written, broken = _written(data, by_type.get(FMT, np.empty(0, np.int64)))
    put_right = {layout.offset: layout for layout in candidates}
    timelines = _timelines([put_right.get(layout.offset, layout) for layout in written], candidates)
    groups: list[Group] = []
    for layouts in timelines.values():
        groups.extend(_epochs(layouts, by_type.get(layouts[0].type)))
    fmt = np.setdiff1d(by_type.get(FMT, np.empty(0, np.int64)), np.array(broken, np.int64), assume_unique=True)
    own = [Group(FMT_LAYOUT, fmt)] if len(fmt) else []
    redefined = [layout for layouts in timelines.values() for layout in layouts[1:]]
    first = {FMT: FMT_LAYOUT, **{kind: layouts[0] for kind, layouts in timelines.items()}}
    return Groups(own + groups, broken, redefined, first)


def _by_type(data: memoryview, offsets: Offsets) -> dict[int, Offsets]:
    if not len(offsets):
        return {}
    types = np.frombuffer(data, np.uint8)[offsets + 2]
    order = np.argsort(types, kind="stable")
    present, starts = np.unique(types[order], return_index=True)
    return {int(kind): offsets[rows] for kind, rows in zip(present, np.split(order, starts[1:]), strict=True)}


def _written(data: memoryview, offsets: Offsets) -> tuple[list[Layout], list[int]]:
    layouts: list[Layout] = []
    broken: list[int] = []
    for offset in offsets.tolist():
        layout = layout_of(bytes(data[offset : offset + 89]), offset)
        if layout is None:
            broken.append(offset)
        elif layout.type != FMT:
            layouts.append(layout)
    return layouts, broken


def _timelines(written: Sequence[Layout], candidates: Sequence[Layout]) -> Mapping[int, list[Layout]]:
    timelines: dict[int, list[Layout]] = {}
    for layout in written:
        known = timelines.setdefault(layout.type, [])
        if not known or not known[-1].same_as(layout):
            known.append(layout)
    for layout in candidates:
        timelines.setdefault(layout.type, [layout])
    return timelines


def _epochs(layouts: Sequence[Layout], offsets: Offsets | None) -> list[Group]:
    if offsets is None:
        return []
    starts = np.searchsorted(offsets, [layout.offset for layout in layouts[1:]])
    parts = np.split(offsets, starts)
    return [Group(layout, part) for layout, part in zip(layouts, parts, strict=True) if len(part)]
