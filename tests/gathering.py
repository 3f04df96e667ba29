"""Plans for the gather kernel, and batches compared bit by bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from groundside.native.gather import Field, Op

NUMBERS: dict[int, list[pa.DataType]] = {
    1: [pa.int8(), pa.uint8()],
    2: [pa.int16(), pa.uint16()],
    4: [pa.int32(), pa.uint32(), pa.float32()],
    8: [pa.int64(), pa.uint64(), pa.float64()],
}
SCALED = (Op.SCALE_I2, Op.SCALE_U2, Op.SCALE_I4, Op.SCALE_U4)


def copied(name: str, at: int, width: int, signed: bool = False) -> Field:
    return Field(name, NUMBERS[width][0 if signed else 1], Op.COPY, at, width)


def bits(column: pa.Array[Any] | pa.ChunkedArray) -> list[object]:
    """Values such that two lists are equal exactly where every bit is, or both are no number."""
    if not pa.types.is_floating(column.type):
        return column.to_pylist()
    values = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    raw = values.view(f"u{values.dtype.itemsize}").astype(object)
    raw[np.isnan(values)] = "nan"
    return raw.tolist()


def assert_same(one: pa.RecordBatch, other: pa.RecordBatch) -> None:
    one.validate(full=True)
    assert one.schema.equals(other.schema, check_metadata=True)
    assert one.num_rows == other.num_rows
    for name in one.schema.names:
        assert bits(one[name]) == bits(other[name]), name
