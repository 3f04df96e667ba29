"""Columns of a table of rows as NumPy arrays, whatever type they were read as."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.model import compute as pc

F64 = NDArray[np.float64]


def floats(rows: pa.Table, name: str) -> F64 | None:
    """Give a column as floats; None where there is none, or one of text."""
    if name not in rows.column_names or not (
        pa.types.is_integer(rows.schema.field(name).type) or pa.types.is_floating(rows.schema.field(name).type)
    ):
        return None
    values = rows.column(name).combine_chunks()
    if not values.null_count:
        return np.asarray(values).astype(np.float64, copy=False)
    return np.asarray(values.cast(pa.float64(), safe=False).fill_null(np.nan))


def integers(rows: pa.Table, name: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give a column as whole numbers, and where it has one; nowhere where it is one of text."""
    values = rows.column(name).combine_chunks()
    if pa.types.is_integer(values.type):
        return np.asarray(values.fill_null(0)), np.asarray(values.is_valid())
    numbers = floats(rows, name)
    if numbers is None:
        return np.zeros(rows.num_rows, np.int64), np.zeros(rows.num_rows, np.bool_)
    sound = np.isfinite(numbers) & (np.abs(numbers) < 2**53)
    return np.where(sound, numbers, 0).astype(np.int64), sound


def texts(rows: pa.Table, name: str) -> pa.Array[Any] | None:
    """Give a column as text, null where it is empty; None where there is none."""
    if name not in rows.column_names:
        return None
    return rows.column(name).combine_chunks().cast(pa.string())


def flags(rows: pa.Table, name: str) -> pa.Array[Any] | None:
    """Give a column of true and false, or of 1 and 0, as booleans, null where it is anything else."""
    words = texts(rows, name)
    if words is None:
        return None
    lower: Any = pc.utf8_lower(words)
    yes: Any = pc.is_in(lower, pa.array(["true", "1"], pa.string()))
    no: Any = pc.is_in(lower, pa.array(["false", "0"], pa.string()))
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))


def first_text(rows: pa.Table, *names: str) -> str:
    """Give the first text that the first of these columns with any has; else an empty text."""
    for name in names:
        words = texts(rows, name)
        there = words.drop_null() if words is not None else None
        if there is not None and len(there):
            return str(there[0])
    return ""


def last_of(rows: pa.Table, name: str) -> float | None:
    """Give the last number of a column."""
    values = floats(rows, name)
    known = values[np.isfinite(values)] if values is not None else np.zeros(0)
    return float(known[-1]) if len(known) else None


def greatest_of(rows: pa.Table, *names: str) -> float | None:
    """Give the greatest number of the first of these columns that has any."""
    for name in names:
        values = floats(rows, name)
        if values is not None and np.isfinite(values).any():
            return float(np.nanmax(values))
    return None
