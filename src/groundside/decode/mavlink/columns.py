"""The columns of a table, made from the places of its frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.definitions import plan_of_bytes
from groundside.decode.mavlink.records import Group
from groundside.decode.mavlink.sheets import text_of
from groundside.native.gather import Field, Op, Plan, gathered
from groundside.native.mavlink import lay_out, pack
from groundside.native.mavlink_frames import senders
from groundside.reference.mavlink import numbers

TIME, OFFSET, SYSTEM, COMPONENT = "time_us", "frame_offset", "sender_system", "sender_component"
Offsets = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.intp]
_OFFSET = Field(OFFSET, pa.int64(), Op.GIVEN, 1, 8, metadata=(("unit", "bytes"),))
_SYSTEM, _COMPONENT = Field(SYSTEM, pa.uint8(), Op.GIVEN, 2, 1), Field(COMPONENT, pa.uint8(), Op.GIVEN, 3, 1)


Timed = Callable[[Offsets, Offsets | None], Offsets]
"""From start bytes, and the clocks before them if there are any, to microseconds."""


@dataclass(frozen=True, slots=True)
class Times:
    """
    How frames are timed.

    Args:
        of: what times them; None where nothing tells a time.
        origin: what the times come from.
    """

    of: Timed | None
    origin: str


def within(at: Offsets, clock: Offsets | None, times: Times, stretch: tuple[int, int]) -> Rows:
    """Choose the frames of a stretch of time, half open; all where nothing tells a time."""
    if times.of is None:
        return np.arange(len(at))
    when = times.of(at, clock)
    return np.flatnonzero((when >= stretch[0]) & (when < stretch[1]))


def time_column(at: Offsets, clock: Offsets | None, times: Times) -> pa.Array[Any]:
    """Time some frames; null where nothing tells a time."""
    return pa.nulls(len(at), pa.int64()) if times.of is None else numbers_column(times.of(at, clock))


def numbers_column(values: Offsets) -> pa.Array[Any]:
    """Take numbers over without a copy."""
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values.data)])


def known_buffer(known: npt.NDArray[np.bool_]) -> pa.Buffer | None:
    """Say which values of an array are known, as Arrow holds it; None where all are."""
    return None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little").data)


def sender_numbers(data: memoryview, at: Offsets) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Give system and component of each frame."""
    whose = senders(np.frombuffer(data, np.uint8), at)
    return (whose >> 8).astype(np.uint8), (whose & 0xFF).astype(np.uint8)


def payload_column(data: memoryview, payload: Offsets, length: Numbers) -> pa.Array[Any]:
    """Give payloads as they are."""
    raw, ends = pack(data, payload, length)
    buffers = [None, pa.py_buffer(ends.astype(np.int32).data), pa.py_buffer(raw.data)]
    return pa.Array.from_buffers(pa.binary(), len(payload), buffers)


def table_of(data: memoryview, group: Group, plan: Plan, times: Times) -> pa.Table:
    """Make a table: time, sender where there are several, the fields of a plan, place in the file."""
    whole = _whole(plan, times.origin, group.sender)
    time = group.at if times.of is None else times.of(group.at, group.clock)
    whose = sender_numbers(data, group.at) if group.sender is None else ()
    payload, length, shortest = lay_out(group.at, group.form)
    cut = length if shortest < numbers()[group.definition].size else None
    columns = gathered(data, payload, whole, cut, (time, group.at, *whose))
    if times.of is None:
        columns = columns.set_column(0, whole.schema.field(0), time_column(group.at, None, times))
    for n in whole.text:
        if not _is_ascii(columns.column(n)):
            text = whole.fields[n]
            only_bytes = gathered(data, payload, plan_of_bytes(group.definition, text.name), cut)
            columns = columns.set_column(n, whole.schema.field(n), _text(only_bytes.column(0), text.width))
    return pa.Table.from_batches([columns], whole.schema)


@lru_cache(maxsize=4096)
def _whole(plan: Plan, origin: str, sender: int | None) -> Plan:
    """Say how all columns of a table are made; kept, for making a schema costs more than gathering a few rows."""
    whose = (_SYSTEM, _COMPONENT) if sender is None else ()
    return Plan([_time(origin), *whose, *plan.fields, _OFFSET], None if sender is None else _metadata(sender))


def _is_ascii(column: pa.Array[Any]) -> bool:
    raw: Any = column.buffers()[2]
    return raw is None or int(np.frombuffer(raw, np.uint8).max(initial=0)) < 0x80


def _text(column: pa.Array[Any], width: int) -> pa.Array[Any]:
    """Give text up to its first NUL: UTF-8, or, where it is not, ASCII with U+FFFD for any other byte."""
    raw: Any = column.buffers()[1]
    unique, which = np.unique(np.frombuffer(raw, f"S{width}", count=len(column)), return_inverse=True)
    texts = [text_of(value) for value in unique.tolist()]
    return pa.array(np.array(texts, object)[which], pa.string())


@lru_cache(maxsize=8)
def unknown_schema(origin: str) -> pa.Schema:
    """Describe the columns of the table of unknown messages."""
    return pa.schema(
        [
            _time(origin).described(),
            pa.field("message", pa.int32()),
            pa.field("crc_extra", pa.uint8()),
            _SYSTEM.described(),
            _COMPONENT.described(),
            pa.field("payload", pa.binary()),
            _OFFSET.described(),
        ]
    )


def _time(origin: str) -> Field:
    said = (("unit", "us"), ("origin", origin)) if origin else (("unit", "us"),)
    return Field(TIME, pa.int64(), Op.GIVEN, 0, 8, metadata=said)


def _metadata(sender: int) -> dict[bytes | str, bytes | str]:
    return {"system": str(sender >> 8), "component": str(sender & 0xFF)}
