"""
Tables: one for each message of each sender, with the fields as the definition calls them, not scaled.

`time_us` comes first, `frame_offset` last: the offset of the start byte of the frame in the file. A table is called
as its message where only one sender (system and component) has it, and `ATTITUDE[1/1]` where several have; its schema
says whose it is (metadata `system`, `component`). Where there are more senders than make sense, a message has one
table, with the columns `sender_system` and `sender_component`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.checksum import Bytes, Offsets
from groundside.decode.mavlink.frames import UNKNOWN, V2, Frames
from groundside.model.table import Column, table
from groundside.reference.mavlink import Field, messages

UNKNOWN_TABLE = "UNKNOWN"
"""Frames that follow no definition known here, with their payload as it is."""
TIME, OFFSET, SYSTEM, COMPONENT = "time_us", "frame_offset", "sender_system", "sender_component"
_MANY_TABLES, _FEW_ROWS = 512, 16
_ROWS_AT_ONCE = 1 << 16
_LONGEST = 255
Rows = npt.NDArray[np.intp]
Senders = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Untimed:
    """
    A table without its time.

    Args:
        columns: fields of the message, then `frame_offset`.
        rows: which frames of the walk they are.
        sender: system and component; None where there are several.
    """

    columns: Mapping[str, Column]
    rows: Rows
    sender: tuple[int, int] | None

    def timed(self, times: Offsets | pa.Array[Any], origin: str) -> pa.Table:
        """Put the time of each row before the other columns, and say where it comes from."""
        made = table({TIME: Column(times, "us", origin), **self.columns})
        if self.sender is None:
            return made
        system, component = self.sender
        return made.replace_schema_metadata({"system": str(system), "component": str(component)})


def senders(data: Bytes, frames: Frames) -> Senders:
    """Give system and component of each frame as one number: 256 x system + component."""
    at = frames.at + np.where(data[frames.at] == V2, 5, 3)
    return data[at].astype(np.int64) << 8 | data[at + 1]


def sequences(data: Bytes, frames: Frames) -> npt.NDArray[np.uint8]:
    """Give the sequence number of each frame."""
    return data[frames.at + np.where(data[frames.at] == V2, 4, 2)]


def untimed_tables(data: Bytes, frames: Frames) -> dict[str, Untimed]:
    """Make all tables of the frames of a file."""
    sender = senders(data, frames)
    known = np.flatnonzero(frames.definition != UNKNOWN)
    key = frames.definition[known].astype(np.int64) << 16 | sender[known]
    groups = len(np.unique(key))
    if groups > _MANY_TABLES and len(known) < _FEW_ROWS * groups:
        key &= ~0xFFFF
    tables: dict[str, Untimed] = {}
    several = _several(key)
    for rows in _grouped(key):
        rows = known[rows]
        untimed = _known_table(data, frames, rows, sender)
        name = messages()[int(frames.definition[rows[0]])].name
        if untimed.sender and int(frames.definition[rows[0]]) in several:
            name = f"{name}[{untimed.sender[0]}/{untimed.sender[1]}]"
        tables[_free(name, tables)] = untimed
    if len(known) < len(frames):
        tables[UNKNOWN_TABLE] = _unknown_table(data, frames, np.flatnonzero(frames.definition == UNKNOWN), sender)
    return tables


def _several(key: npt.NDArray[np.int64]) -> set[int]:
    """Give the definitions that more than one sender has."""
    definitions, counts = np.unique(np.unique(key) >> 16, return_counts=True)
    return set(definitions[counts > 1].tolist())


def _grouped(key: npt.NDArray[np.int64]) -> Iterator[Rows]:
    """Give the indexes of each value of a key, by ascending value; each ascending."""
    order = np.argsort(key, kind="stable")
    ends = np.flatnonzero(np.diff(key[order], append=np.int64(-1))) + 1
    start = 0
    for end in ends.tolist():
        yield order[start:end]
        start = end


def _free(name: str, taken: Mapping[str, object]) -> str:
    """Give a second table of the same name a number: the same name in two dialects."""
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}~{number}"
    return free


def _known_table(data: Bytes, frames: Frames, rows: Rows, sender: Senders) -> Untimed:
    message = messages()[int(frames.definition[rows[0]])]
    whose = sender[rows]
    one = (whose == whose[0]).all()
    records = payloads(data, frames.payload[rows], frames.length[rows], message.size).view(message.dtype)[:, 0]
    columns = {} if one else _sender_columns(whose)
    columns |= {field.name: Column(_array(records[field.name], field), field.unit) for field in message.fields}
    columns[OFFSET] = Column(frames.at[rows], "bytes")
    return Untimed(columns, rows, (int(whose[0]) >> 8, int(whose[0]) & 0xFF) if one else None)


def _unknown_table(data: Bytes, frames: Frames, rows: Rows, sender: Senders) -> Untimed:
    chosen = frames.where(rows)
    ends = chosen.payload + chosen.length
    raw = [data[a:b].tobytes() for a, b in zip(chosen.payload.tolist(), ends.tolist(), strict=True)]
    columns = {
        "message": Column(chosen.id),
        "crc_extra": Column(chosen.extra.astype(np.uint8)),
        **_sender_columns(sender[rows]),
        "payload": Column(pa.array(raw, pa.binary())),
        OFFSET: Column(chosen.at, "bytes"),
    }
    return Untimed(columns, rows, None)


def _sender_columns(whose: Senders) -> dict[str, Column]:
    return {
        SYSTEM: Column((whose >> 8).astype(np.uint8)),
        COMPONENT: Column((whose & 0xFF).astype(np.uint8)),
    }


def payloads(data: Bytes, start: Offsets, length: npt.NDArray[np.integer], size: int) -> npt.NDArray[np.uint8]:
    """
    Gather payloads, each filled up with zeros to the same size.

    MAVLink 2 leaves zeros at the end of a payload out; MAVLink 1 does not send extensions, which are zero then.

    Returns:
        Contiguous, shape (payloads, size).
    """
    out = np.zeros((len(start), size), np.uint8)
    inside = start + size <= len(data)
    if inside.any():
        windows = np.lib.stride_tricks.sliding_window_view(data, size)
        for first in range(0, len(start), _ROWS_AT_ONCE):
            part = slice(first, first + _ROWS_AT_ONCE)
            out[part] = windows[np.minimum(start[part], len(windows) - 1)]
    for row in np.flatnonzero(~inside).tolist():
        rest = data[start[row] : start[row] + min(size, int(length[row]))]
        out[row] = 0
        out[row, : len(rest)] = rest
    short = np.flatnonzero(length < size)
    out[short] *= _masks()[length[short], :size]
    return out


@cache
def _masks() -> npt.NDArray[np.uint8]:
    return np.tri(_LONGEST + 1, _LONGEST, -1, dtype=np.uint8)


def _array(values: npt.NDArray[Any], field: Field) -> pa.Array[Any] | npt.NDArray[Any]:
    if field.type == "char":
        return _text(values)
    if field.array:
        return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), field.array)
    return np.ascontiguousarray(values)


def _text(values: npt.NDArray[np.bytes_]) -> pa.Array[Any]:
    """Give text up to its first NUL: UTF-8, or, where it is not, ASCII with U+FFFD for any other byte."""
    unique, which = np.unique(values, return_inverse=True)
    texts = [_decoded(value.split(b"\0", 1)[0]) for value in unique.tolist()]
    return pa.array(np.array(texts, object)[which], pa.string())


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("ascii", errors="replace")
