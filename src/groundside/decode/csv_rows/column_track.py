"""Columns of a table of rows as columns of a track, those of one time after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.csv_rows.columns import F64, floats, integers
from groundside.decode.csv_rows.times import Times
from groundside.model.table import Column, origin_of
from groundside.model.track import Track, track_of


def plain_columns(rows: pa.Table, sources: Mapping[str, tuple[str, ...]], said: Mapping[str, str]) -> dict[str, Column]:
    """
    Take each column of the track from the first column of the file that has numbers.

    Args:
        rows: the table.
        sources: column of the track to the columns it may come from, best first.
        said: column of the track to what is to be said of it besides where it came from.
    """
    columns: dict[str, Column] = {}
    for name, choices in sources.items():
        chosen = next((c for c in choices if floats(rows, c) is not None), None)
        values = floats(rows, chosen) if chosen else None
        if chosen is not None and values is not None:
            turned = turned_round(values) if name in {"yaw_deg", "gimbal_yaw_deg"} else values
            columns[name] = Column(turned, "", origin_of(rows, chosen) + said.get(name, ""))
    return columns


def turned_round(degrees: F64) -> F64:
    """Bring angles to 0 to 360."""
    return np.mod(degrees, 360.0)


def satellites(rows: pa.Table, name: str) -> dict[str, Column]:
    """Count satellites; nothing where the column is missing, null where the count makes no sense."""
    if name not in rows.column_names:
        return {}
    count, known = integers(rows, name)
    known = known & (count >= 0) & (count < 2**15)
    return {"satellites": Column(pa.array(np.where(known, count, 0), mask=~known), "", origin_of(rows, name))}


def meaning(words: pa.Array[Any], of: Mapping[str, bool]) -> pa.Array[Any]:
    """Say yes or no where a word means that, and nothing elsewhere."""
    coded = words.dictionary_encode()
    return pa.array([of.get(str(word)) for word in coded.dictionary], pa.bool_()).take(coded.indices)


def track_in_order(columns: Mapping[str, Column], times: Times) -> Track | None:
    """Put the rows in order of time; None where none has a time."""
    if not len(times.rows):
        return None
    order = pa.array(times.rows, pa.int64())
    ordered = {name: Column(_taken(c, times, order), c.unit, c.origin) for name, c in columns.items()}
    ordered["time_us"] = Column(times.time_us, "us", times.origin)
    return track_of(ordered, times.basis, times.error_s)


def _taken(column: Column, times: Times, order: pa.Array[Any]) -> pa.Array[Any] | NDArray[Any]:
    return column.values.take(order) if isinstance(column.values, pa.Array) else np.asarray(column.values)[times.rows]
