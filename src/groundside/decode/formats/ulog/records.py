"""Data messages, sorted by what their subscription says they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from groundside.decode.formats.ulog.layout import Layout
from groundside.decode.formats.ulog.messages import DATA_HEADER_BYTES, HEADER_BYTES, Definitions, Subscription
from groundside.decode.formats.ulog.search import Offsets
from groundside.decode.formats.ulog.walk import Walk
from groundside.native.ulog import ById, by_id

_COLUMNS, _BYTES_A_COLUMN = 16_384, 1024
"""Columns a file may have whatever its size, and bytes of it for each one more: a column costs about 1 kB."""
_NO_IDS = np.empty(0, np.uint16)


@dataclass(frozen=True, slots=True)
class Group:
    """
    All data of one instance of one topic, in order of the file.

    Args:
        topic: its name.
        multi_id: the instance.
        layout: of its data.
        timestamp: first byte of the timestamp in the data; None where there is none.
        places: first byte of the data of each message, behind the message id.
        msg_ids: ids, all of whose messages these are; None where some of them are of another subscription.
    """

    topic: str
    multi_id: int
    layout: Layout
    timestamp: int | None
    places: Offsets
    msg_ids: tuple[int, ...] | None

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
    """
    All data of a file.

    Args:
        groups: in order of topic and instance.
        unread: what is in none.
        offsets: where each data message begins, in order of the file.
        ids: of each.
    """

    groups: Sequence[Group] = ()
    unread: Sequence[Unread] = ()
    offsets: Offsets = field(default_factory=lambda: np.empty(0, np.int64))
    ids: npt.NDArray[np.uint16] = field(default_factory=lambda: _NO_IDS)


@dataclass(frozen=True, slots=True)
class _Part:
    """Messages of one id that belong to one subscription; `whole` where they are all of that id."""

    msg_id: int
    places: Offsets
    whole: bool


_Parts = dict[tuple[str, int], list[_Part]]


def grouped(data: memoryview, walked: Walk) -> Groups:
    """
    Sort the data of a file by topic and instance.

    Where an id was subscribed more than once, each message belongs to the last subscription before it that its size
    fits, or else to any that it fits.
    """
    if not walked.data:
        return Groups()
    offsets, ids = walked.data.offsets, walked.data.ids
    parts: _Parts = {}
    unread = list(_parted(data, by_id(offsets, ids), walked.known, parts))
    groups: list[Group] = []
    room = _COLUMNS + len(data) // _BYTES_A_COLUMN
    for (topic, multi_id), mine in parts.items():
        group = _group(topic, multi_id, mine, walked.known)
        room -= group.layout.columns if group else 0
        if group and group.layout.leaves and room >= 0:
            groups.append(group)
        else:
            unread.append(_too_wide(data, topic, mine))
    groups.sort(key=lambda g: (g.topic, g.multi_id))
    return Groups(groups, unread, offsets, ids)


def _parted(data: memoryview, found: ById, known: Definitions, parts: _Parts) -> Iterator[Unread]:
    """Give each subscription its messages; yield what is left over."""
    start = 0
    for msg_id, end in zip(found.present, found.ends, strict=True):
        places = found.places[start:end]
        start = end
        subscriptions = known.subscriptions.get(msg_id, [])
        if len(subscriptions) == 1 and _all_fit(subscriptions[0], known):
            one = subscriptions[0]
            parts.setdefault((one.topic, one.multi_id), []).append(_Part(msg_id, places, whole=True))
        else:
            yield from _shared(data, msg_id, places, known, parts)


def _all_fit(one: Subscription, known: Definitions) -> bool:
    sizes = known.formats.size(one.topic)
    if sizes is None or one.msg_id in known.unsteady:
        return False
    return sizes[0] + 2 <= known.sizes[one.msg_id] <= sizes[1] + 2


def _shared(data: memoryview, msg_id: int, places: Offsets, known: Definitions, parts: _Parts) -> Iterator[Unread]:
    size = _stated(data, places)
    left = np.ones(len(places), np.bool_)
    for one, mine in _shared_out(msg_id, places - DATA_HEADER_BYTES, size, known):
        parts.setdefault((one.topic, one.multi_id), []).append(_Part(msg_id, places[mine], whole=False))
        left &= ~mine
    yield from _left(msg_id, places[left], size[left], known)


def _group(topic: str, multi_id: int, parts: Sequence[_Part], known: Definitions) -> Group | None:
    """Join the messages of an instance; None where its topic cannot be laid out."""
    layout = known.formats.layout(topic)
    if layout is None:
        return None
    places = parts[0].places if len(parts) == 1 else np.sort(np.concatenate([part.places for part in parts]))
    msg_ids = tuple(part.msg_id for part in parts) if all(part.whole for part in parts) else None
    return Group(topic, multi_id, layout, known.formats.timestamp_at(topic), places, msg_ids)


def _too_wide(data: memoryview, topic: str, parts: Sequence[_Part]) -> Unread:
    places = np.sort(np.concatenate([part.places for part in parts]))
    total = int(_stated(data, places).sum()) + HEADER_BYTES * len(places)
    why = f"{topic} has more columns than can be kept"
    return Unread(int(places[0]) - DATA_HEADER_BYTES, len(places), total, why)


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


def _left(msg_id: int, places: Offsets, size: Offsets, known: Definitions) -> Iterator[Unread]:
    if not len(places):
        return
    topics = sorted({one.topic for one in known.subscriptions.get(msg_id, ())})
    if not topics:
        why = f"no subscription says what id {msg_id} is"
    elif any(known.formats.size(topic) is not None for topic in topics):
        why = f"their size is not that of {' or '.join(topics)}"
    else:
        why = f"the format of {' or '.join(topics)} is missing or makes no sense"
    total = int(size.sum()) + HEADER_BYTES * len(places)
    yield Unread(int(places[0]) - DATA_HEADER_BYTES, len(places), total, why)


def _stated(data: memoryview, places: Offsets) -> Offsets:
    """Give the size that each message states."""
    view, first = np.frombuffer(data, np.uint8), places - DATA_HEADER_BYTES
    return view[first].astype(np.int64) | view[first + 1].astype(np.int64) << 8
