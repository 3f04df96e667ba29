"""Data messages, gathered by what their subscription says they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.decode.formats.ulog.layout import BASIC, Layout, Leaf
from groundside.decode.formats.ulog.messages import DATA_HEADER_BYTES, Definitions, Subscription
from groundside.decode.formats.ulog.search import Offsets
from groundside.decode.formats.ulog.walk import Walk

Records = npt.NDArray[np.void]

_COLUMNS, _BYTES_A_COLUMN = 16_384, 1024
"""Columns a file may have whatever its size, and bytes of it for each one more: a column costs about 1 kB."""


@dataclass(frozen=True, slots=True)
class Group:
    """All data of one instance of one topic, in order of the file."""

    topic: str
    multi_id: int
    layout: Layout
    offsets: Offsets

    @property
    def name(self) -> str:
        """Name of its table: the topic, with the instance where that is not the first."""
        return f"{self.topic}[{self.multi_id}]" if self.multi_id else self.topic


@dataclass(frozen=True, slots=True)
class Unread:
    """Data that cannot be read, and why; `size` is what its messages take in the file."""

    offset: int
    messages: int
    size: int
    why: str


@dataclass(frozen=True, slots=True)
class Groups:
    """All data of a file."""

    groups: Sequence[Group]
    unread: Sequence[Unread]


def grouped(data: memoryview, walked: Walk) -> Groups:
    """
    Sort the data of a file by topic and instance.

    Where an id was subscribed more than once, each message belongs to the last subscription before it that its size
    fits, or else to any that it fits.
    """
    if not walked.data:
        return Groups((), ())
    offsets = np.frombuffer(walked.data, np.int64)
    size, msg_id = _u16(data, offsets), _u16(data, offsets + 3)
    # Of two bytes NumPy sorts by radix, which is several times faster.
    order = np.argsort(msg_id.astype(np.uint16), kind="stable")
    present, starts = np.unique(msg_id[order], return_index=True)
    found: dict[tuple[str, int], list[Offsets]] = {}
    unread: list[Unread] = []
    layouts = _Layouts(walked.known)
    for one, rows in zip(present.tolist(), np.split(order, starts[1:]), strict=True):
        left = rows
        for subscription, mine in _shared_out(one, offsets[rows], size[rows], walked.known):
            found.setdefault((subscription.topic, subscription.multi_id), []).append(offsets[rows[mine]])
            left = rows[~mine] if left is rows else np.setdiff1d(left, rows[mine], assume_unique=True)
        unread += _left(one, offsets[left], size[left], walked.known)
    groups: list[Group] = []
    room = _COLUMNS + len(data) // _BYTES_A_COLUMN
    for (topic, multi_id), parts in found.items():
        mine = parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))
        layout = layouts.of(topic)
        room -= layout.columns if layout else 0
        if layout and layout.leaves and room >= 0:
            groups.append(Group(topic, multi_id, layout, mine))
        else:
            total = int(_u16(data, mine).sum()) + 3 * len(mine)
            unread.append(Unread(int(mine[0]), len(mine), total, f"{topic} has more columns than can be kept"))
    return Groups(sorted(groups, key=lambda g: (g.topic, g.multi_id)), unread)


class _Layouts:
    """Layouts by topic, each made once."""

    def __init__(self, known: Definitions) -> None:
        self._known = known
        self._made: dict[str, Layout | None] = {}

    def of(self, topic: str) -> Layout | None:
        """Lay a topic out."""
        if topic not in self._made:
            self._made[topic] = self._known.formats.layout(topic)
        return self._made[topic]


def _shared_out(
    msg_id: int, offsets: Offsets, size: Offsets, known: Definitions
) -> Iterator[tuple[Subscription, npt.NDArray[np.bool_]]]:
    """Give each subscription of an id its messages, as a mask."""
    left = np.ones(len(offsets), np.bool_)
    subscriptions = known.subscriptions.get(msg_id, [])
    fits = [_fits(one, size, known) for one in subscriptions]
    for late in (False, True):
        for one, fit in zip(reversed(subscriptions), reversed(fits), strict=True):
            mine = left & fit if late else left & fit & (offsets > one.offset)
            if mine.any():
                left &= ~mine
                yield one, mine


def _fits(one: Subscription, size: Offsets, known: Definitions) -> npt.NDArray[np.bool_]:
    sizes = known.formats.size(one.topic)
    if sizes is None:
        return np.zeros(len(size), np.bool_)
    return (size >= sizes[0] + 2) & (size <= sizes[1] + 2)


def _left(msg_id: int, offsets: Offsets, size: Offsets, known: Definitions) -> Iterator[Unread]:
    if not len(offsets):
        return
    topics = sorted({one.topic for one in known.subscriptions.get(msg_id, ())})
    if not topics:
        why = f"no subscription says what id {msg_id} is"
    elif any(known.formats.size(topic) is not None for topic in topics):
        why = f"their size is not that of {' or '.join(topics)}"
    else:
        why = f"the format of {' or '.join(topics)} is missing or makes no sense"
    yield Unread(int(offsets[0]), len(offsets), int(size.sum()) + 3 * len(offsets), why)


def _u16(data: memoryview, offsets: Offsets) -> Offsets:
    view = np.frombuffer(data, np.uint8)
    if not len(offsets):
        return np.empty(0, np.int64)
    return view[offsets].astype(np.int64) | view[offsets + 1].astype(np.int64) << 8


def gather(data: memoryview, group: Group) -> Records:
    """Copy the data of a group into one structured array, a field for each leaf by its place in the layout."""
    dtype = _dtype(group.layout)
    size = group.layout.size
    everywhere = np.ndarray((max(0, len(data) - size + 1),), dtype=f"V{size}", buffer=data, strides=(1,))
    return everywhere[group.offsets + DATA_HEADER_BYTES].view(dtype)


def _dtype(layout: Layout) -> np.dtype[np.void]:
    kinds = [_kind(leaf) for leaf in layout.leaves]
    names = [f"f{n}" for n in range(len(kinds))]
    places = [leaf.at for leaf in layout.leaves]
    return np.dtype({"names": names, "formats": kinds, "offsets": places, "itemsize": layout.size})


def _kind(leaf: Leaf) -> str:
    if leaf.type == "char" and leaf.length:
        return f"S{leaf.length}"
    return f"({leaf.length},){BASIC[leaf.type]}" if leaf.length else BASIC[leaf.type]


def times_of(data: memoryview, groups: Sequence[Group], known: Definitions) -> Mapping[str, Offsets]:
    """Read the timestamp of each message of each group that has one, as stored (microseconds, modulo 2^64)."""
    everywhere = np.ndarray((max(0, len(data) - 7),), dtype="V8", buffer=data, strides=(1,))
    places = ((group, known.formats.timestamp_at(group.topic)) for group in groups)
    return {
        group.name: everywhere[group.offsets + (DATA_HEADER_BYTES + at)].view("<u8").astype(np.int64)
        for group, at in places
        if at is not None
    }
