"""Records into Arrow tables: one for each message, or for each instance of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.ardupilot.layout import CHARS, Layout, text_of
from groundside.decode.ardupilot.units import MAX_INSTANCES, Units
from groundside.decode.formats.dataflash.records import Records
from groundside.model.table import Column, table


def tables_of(records: Records, layout: Layout, units: Units) -> Iterator[tuple[str, pa.Table]]:
    """
    Make the tables of one message.

    Yields:
        "NAME" and its table; or, where the log marks an instance column, "NAME[i]" for each value i of it, in
        ascending order. More than `MAX_INSTANCES` values are no instances: then it is one table.
    """
    column = units.instance(layout)
    if column is None:
        yield layout.name, _table(records, layout, units)
        return
    values, rows = np.unique(records[column], return_inverse=True)
    if len(values) > MAX_INSTANCES:
        yield layout.name, _table(records, layout, units)
        return
    for index, value in enumerate(values.tolist()):
        part = records if len(values) == 1 else records[rows == index]
        yield (
            f"{layout.name}[{text_of(value) if isinstance(value, bytes) else value}]",
            _table(part, layout, units),
        )


def _table(records: Records, layout: Layout, units: Units) -> pa.Table:
    columns = {
        name: Column(_values(records[name], layout, index), units.unit(layout, index))
        for index, name in enumerate(layout.columns)
    }
    return table(columns)


def _values(raw: npt.NDArray[np.generic], layout: Layout, index: int) -> npt.NDArray[np.generic] | pa.Array[Any]:
    """Scale as the format character says; contiguous; never a view into the file."""
    char = layout.chars[index]
    divisor = CHARS[char][1]
    if divisor is not None:
        return raw.astype(np.float64) / divisor
    if char == "g":
        return raw.astype(np.float32)
    if char == "a":
        return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(raw).reshape(-1)), raw.shape[-1])
    if raw.dtype.kind == "S":
        # FILE carries pieces of files, not text.
        return _bytes(raw) if layout.name == "FILE" and char == "Z" else _text(raw)
    return np.ascontiguousarray(raw)


def _text(raw: npt.NDArray[np.generic]) -> pa.Array[Any]:
    distinct, rows = np.unique(raw, return_inverse=True)
    words = pa.array([text_of(word) for word in distinct.tolist()], pa.string())
    return words.take(pa.array(rows, pa.int64()))


def _bytes(raw: npt.NDArray[np.generic]) -> pa.Array[Any]:
    size = raw.dtype.itemsize
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(size), len(raw), [None, pa.py_buffer(np.ascontiguousarray(raw).tobytes())]
    )
