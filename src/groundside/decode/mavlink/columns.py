"""The columns of a table, made from the places of its frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.definitions import plan_of_bytes
from groundside.decode.mavlink.records import Group
from groundside.decode.mavlink.sheets import text_of
from groundside.native.gather import Plan, gathered
from groundside.native.mavlink import lay_out, pack
from groundside.native.mavlink_frames import senders
from groundside.reference.mavlink import numbers

TIME, OFFSET, SYSTEM, COMPONENT = "time_us", "frame_offset", "sender_system", "sender_component"
Offsets = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Rows = npt.NDArray[np.intp]


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


def sender_columns(data: memoryview, at: Offsets) -> tuple[pa.Array[Any], pa.Array[Any]]:
    """Give system and component of each frame."""
    whose = senders(np.frombuffer(data, np.uint8), at)
    return pa.array((whose >> 8).astype(np.uint8)), pa.array((whose & 0xFF).astype(np.uint8))


def payload_column(data: memoryview, payload: Offsets, length: Numbers) -> pa.Array[Any]:
    """Give payloads as they are."""
    raw, ends = pack(data, payload, length)
    buffers = [None, pa.py_buffer(ends.astype(np.int32).data), pa.py_buffer(raw.data)]
    return pa.Array.from_buffers(pa.binary(), len(payload), buffers)


def field_columns(data: memoryview, group: Group, plan: Plan) -> pa.RecordBatch:
    """Gather the fields of a message from its payloads."""
    payload, length, shortest = lay_out(group.at, group.form)
    cut = length if shortest < numbers()[group.definition].size else None
    columns = gathered(data, payload, plan, cut)
    for n in plan.text:
        if not _is_ascii(columns.column(n)):
            only_bytes = gathered(data, payload, plan_of_bytes(group.definition, plan.fields[n].name), cut)
            text = _text(only_bytes.column(0), plan.fields[n].width)
            columns = columns.set_column(n, plan.schema.field(n), text)
    return columns


def table_of(data: memoryview, group: Group, plan: Plan, times: Times) -> pa.Table:
    """Make a table: time, sender where there are several, the fields of a plan, place in the file."""
    schema = _schema(plan, times.origin, group.sender)
    first = [
        time_column(group.at, group.clock, times),
        *(sender_columns(data, group.at) if group.sender is None else ()),
    ]
    if not plan.fields:
        return pa.Table.from_arrays([*first, numbers_column(group.at)], schema=schema)
    columns = field_columns(data, group, plan)  # added to as they are: taking them out one by one costs twice as much
    for n, column in enumerate(first):
        columns = columns.add_column(n, schema.field(n), column)
    columns = columns.append_column(schema.field(len(schema) - 1), numbers_column(group.at))
    return pa.Table.from_batches([columns], schema)


@lru_cache(maxsize=4096)
def _schema(plan: Plan, origin: str, sender: int | None) -> pa.Schema:
    """Describe the columns of a table; kept, for making a schema costs more than gathering a few rows."""
    whose = [_system_field(), _component_field()] if sender is None else []
    fields = [_time_field(origin), *whose, *plan.schema, _offset_field()]
    return pa.schema(fields, metadata=None if sender is None else _metadata(sender))


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
            _time_field(origin),
            pa.field("message", pa.int32()),
            pa.field("crc_extra", pa.uint8()),
            _system_field(),
            _component_field(),
            pa.field("payload", pa.binary()),
            _offset_field(),
        ]
    )


@lru_cache(maxsize=8)
def _time_field(origin: str) -> pa.Field[Any]:
    return pa.field(TIME, pa.int64(), metadata={"unit": "us", **({"origin": origin} if origin else {})})


@cache
def _offset_field() -> pa.Field[Any]:
    return pa.field(OFFSET, pa.int64(), metadata={"unit": "bytes"})


@cache
def _system_field() -> pa.Field[Any]:
    return pa.field(SYSTEM, pa.uint8())


@cache
def _component_field() -> pa.Field[Any]:
    return pa.field(COMPONENT, pa.uint8())


def _metadata(sender: int) -> dict[bytes | str, bytes | str]:
    return {"system": str(sender >> 8), "component": str(sender & 0xFF)}
