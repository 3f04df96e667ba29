"""Columns out of records: gathered, scaled and turned into Arrow arrays in one pass over the bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside import native
from groundside.native import _gather

Offsets = npt.NDArray[np.int64]
Given = npt.NDArray[np.integer]
_COLUMN = struct.Struct("<iiiid")
_ERRORS = {1: "no memory", 2: "a record runs past the end of the data", 3: "a column that cannot be gathered"}


class Op(IntEnum):
    """What becomes of a field of a record; the numbers are those of gather.h."""

    COPY = 0
    SCALE_I2 = 1
    SCALE_U2 = 2
    SCALE_I4 = 3
    SCALE_U4 = 4
    HALF = 5
    BOOL = 6
    TEXT = 7
    BYTES = 8
    LIST = 9
    GIVEN = 10


_SCALED = {Op.SCALE_I2: "<i2", Op.SCALE_U2: "<u2", Op.SCALE_I4: "<i4", Op.SCALE_U4: "<u4"}


@dataclass(frozen=True, slots=True)
class Field:
    """
    One column to be gathered.

    Args:
        name: of the column.
        type: its Arrow type: for COPY a number of `width` bytes, for SCALE_* float64, for HALF float32, for BOOL
            bool, for TEXT string, for BYTES fixed-size binary, for LIST a fixed-size list of numbers, for GIVEN a
            number of `width` bytes.
        op: what becomes of the bytes.
        at: first byte in the record; for GIVEN the number of the column among those given.
        width: bytes of the field, of one element for LIST; ignored where the operation tells.
        count: elements of a LIST.
        divisor: of SCALE_*.
        metadata: of the column: its unit and origin.
    """

    name: str
    type: pa.DataType
    op: Op
    at: int
    width: int = 0
    count: int = 0
    divisor: float = 1.0
    metadata: tuple[tuple[str, str], ...] = ()

    def described(self) -> pa.Field[Any]:
        """Describe the column: its name, its type, its metadata."""
        return pa.field(self.name, self.type, metadata=dict(self.metadata) or None)


class Plan:
    """
    How the columns of one kind of record are gathered; made once for each layout and kept.

    Args:
        fields: the columns, in order.
        metadata: of all of them together.
    """

    __slots__ = ("fields", "packed", "schema", "text")

    def __init__(self, fields: Sequence[Field], metadata: dict[bytes | str, bytes | str] | None = None) -> None:
        self.fields = tuple(fields)
        self.packed = b"".join(_COLUMN.pack(f.op, f.at, f.width, f.count, f.divisor) for f in fields)
        self.schema = pa.schema([field.described() for field in fields], metadata=metadata)
        self.text = tuple(n for n, f in enumerate(fields) if f.op is Op.TEXT)


def gathered(
    data: memoryview,
    offsets: Offsets,
    plan: Plan,
    lengths: npt.NDArray[np.int32] | None = None,
    given: tuple[Given, ...] = (),
) -> pa.RecordBatch:
    """
    Gather columns from records.

    Text runs up to the first NUL and is UTF-8, or Latin-1 where it is not that.

    Args:
        data: the file.
        offsets: first byte of each record, contiguous int64.
        plan: which columns.
        lengths: bytes that each record has, contiguous int32; what is missing reads as zero. None where all are there.
        given: numbers for the GIVEN columns, one for each record, contiguous; shown as they are, without a copy.

    Raises:
        ValueError: a record runs past the end of the data, or the plan makes no sense; a defect in the caller.
    """
    if native.PLAIN:
        return gathered_plainly(data, offsets, plan, lengths, given)
    strange, handed = bytearray(len(plan.fields)), _gather.Handed()
    status = _gather.gather(data, offsets, lengths, plan.packed, strange, given, handed.address)
    if status == 1:
        raise MemoryError
    if status:
        raise ValueError(_ERRORS[status])
    batch = pa.RecordBatch._import_from_c(handed.address, plan.schema)  # pyright: ignore[reportPrivateUsage]
    for n in plan.text:
        if strange[n]:
            batch = batch.set_column(n, plan.schema.field(n), _words(data, offsets, plan.fields[n], lengths))
    return batch


def _words(data: memoryview, offsets: Offsets, field: Field, lengths: npt.NDArray[np.int32] | None) -> pa.Array[Any]:
    """Read text that is not all ASCII: each different one once."""
    raw = Plan([replace(field, op=Op.BYTES, type=pa.binary(field.width))])
    fixed = gathered(data, offsets, raw, lengths).column(0)
    held: Any = fixed.buffers()[1]
    rows = np.frombuffer(held, f"S{field.width}", count=len(fixed))
    distinct, which = np.unique(rows, return_inverse=True)
    return pa.array([_text(word) for word in distinct.tolist()], pa.string()).take(pa.array(which, pa.int64()))


def gathered_plainly(
    data: memoryview,
    offsets: Offsets,
    plan: Plan,
    lengths: npt.NDArray[np.int32] | None = None,
    given: tuple[Given, ...] = (),
) -> pa.RecordBatch:
    """Do the same as `gathered`, in NumPy: its definition."""
    rows = _rows(data, offsets, plan, lengths)
    columns = [_shown(given, f, len(rows)) if f.op is Op.GIVEN else _array(rows, f) for f in plan.fields]
    return pa.RecordBatch.from_arrays(columns, schema=plan.schema)


def _shown(given: tuple[Given, ...], field: Field, rows: int) -> pa.Array[Any]:
    if not 0 <= field.at < len(given) or field.width <= 0:
        raise ValueError(_ERRORS[3])
    if given[field.at].nbytes < rows * field.width:
        raise ValueError("a column that is given has a value for each record")
    return pa.Array.from_buffers(field.type, rows, [None, pa.py_buffer(given[field.at].data)])


def _size(field: Field) -> int:
    if field.op is Op.LIST:
        return field.width * field.count
    return {Op.HALF: 2, Op.BOOL: 1, **{op: int(kind[-1]) for op, kind in _SCALED.items()}}.get(field.op, field.width)


def _rows(
    data: memoryview, offsets: Offsets, plan: Plan, lengths: npt.NDArray[np.int32] | None
) -> npt.NDArray[np.uint8]:
    """Give the bytes of the records, a row each, as wide as the columns need."""
    need = max((f.at + _size(f) for f in plan.fields if f.op is not Op.GIVEN), default=0)
    view = np.frombuffer(data, np.uint8)
    has = np.full(len(offsets), need, np.int64) if lengths is None else np.minimum(lengths.astype(np.int64), need)
    if np.any(offsets < 0) or np.any(has < 0) or np.any(offsets > len(view) - has):
        raise ValueError(_ERRORS[2])
    places = offsets[:, None] + np.arange(need)
    there = np.arange(need) < has[:, None]
    rows = np.zeros(places.shape, np.uint8)
    rows[there] = view[places[there]]
    return rows


def _array(rows: npt.NDArray[np.uint8], field: Field) -> pa.Array[Any]:
    raw = np.ascontiguousarray(rows[:, field.at : field.at + _size(field)])
    match field.op:
        case Op.COPY:
            return pa.array(raw.view(f"<u{field.width}").reshape(-1)).view(field.type)
        case Op.HALF:
            return pa.array(raw.view("<f2").reshape(-1).astype(np.float32))
        case Op.BOOL:
            return pa.array(raw.reshape(-1) != 0)
        case Op.TEXT:
            return pa.array([_text(row.tobytes()) for row in raw], pa.string())
        case Op.BYTES:
            return pa.FixedSizeBinaryArray.from_buffers(field.type, len(raw), [None, pa.py_buffer(raw.tobytes())])
        case Op.LIST:
            kind: Any = field.type
            values = pa.array(raw.reshape(-1).view(f"<u{field.width}")).view(kind.value_type)
            return pa.FixedSizeListArray.from_arrays(values, type=kind)
        case _:
            return pa.array(raw.view(_SCALED[field.op]).reshape(-1) / field.divisor)


def _text(field: bytes) -> str:
    word = field.split(b"\0", 1)[0]
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        return word.decode("latin-1")
