"""Columns of numbers with their units, as Arrow tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

_SHORT = 500
"""Characters of a name and an origin that are remembered: a stranger's file may have names of any length."""


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column on its way into a table.

    Args:
        values: NumPy array, Arrow array, or a sequence of text; one value a row.
        unit: the unit in words a person reads ("m", "deg", "mV"); empty where there is none or it is unknown.
        origin: where the values came from, for example "GPS.Lat" or "OSD.height x 0.1".
    """

    values: ArrayLike | pa.Array[Any]
    unit: str = ""
    origin: str = ""


def table(columns: Mapping[str, Column]) -> pa.Table:
    """
    Build an Arrow table whose fields carry their unit and origin as metadata (keys `unit`, `origin`).

    NumPy arrays are taken without a copy where Arrow can.
    """
    fields: list[pa.Field[Any]] = []
    arrays: list[pa.Array[Any]] = []
    for name, column in columns.items():
        values = column.values
        array = (
            values
            if isinstance(values, pa.Array)
            else pa.array(np.asarray(values) if not isinstance(values, list) else values)
        )
        short = len(name) + len(column.origin) <= _SHORT
        make = _field if short else _field.__wrapped__
        fields.append(make(name, array.type, column.unit, column.origin))
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


@lru_cache(4096)
def _field(name: str, kind: pa.DataType, unit: str, origin: str) -> pa.Field[Any]:
    """Give the field of a column: files of one format all need the same."""
    metadata = {k: v for k, v in (("unit", unit), ("origin", origin)) if v}
    return pa.field(name, kind, metadata=metadata or None)


def unit_of(of: pa.Table, name: str) -> str:
    """Say the unit of a column, or an empty text where it has none."""
    return _metadata(of, name, b"unit")


def origin_of(of: pa.Table, name: str) -> str:
    """Say where a column came from, or an empty text where that is not recorded."""
    return _metadata(of, name, b"origin")


def _metadata(of: pa.Table, name: str, key: bytes) -> str:
    metadata: dict[bytes, bytes] = of.schema.field(name).metadata or {}
    return metadata.get(key, b"").decode()
