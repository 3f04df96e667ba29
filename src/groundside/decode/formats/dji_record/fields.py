"""How a field of a record is described, and how many records of one type become columns at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from groundside.decode.formats.dji_record.records import I64, U8
from groundside.model.table import Column


@dataclass(frozen=True, slots=True)
class Field:
    """
    One field of a record.

    Args:
        name: of the column it becomes.
        at: first byte in the record's content.
        code: NumPy type of the raw value, without byte order: "f8", "i2".
        unit: of the column.
        divide, add: value = raw / divide + add; where both are neutral, integers stay integers.
        mask: which bits of the raw value; 0 where all.
        flag: whether the bits are one yes or no.
        names: raw value to text; others become "unknown N".
        radians: whether the raw value is an angle in radians; the column is in degrees, NaN out of range.
        absent: raw values at or above `absent[1]` or at or below `absent[0]` say that there is nothing; they
            become NaN.
    """

    name: str
    at: int
    code: str
    unit: str = ""
    divide: float = 1.0
    add: float = 0.0
    mask: int = 0
    flag: bool = False
    names: Mapping[int, str] | None = None
    radians: float = 0.0
    absent: tuple[int, int] | None = None

    @property
    def end(self) -> int:
        """The byte after the field."""
        return self.at + np.dtype(self.code).itemsize


def flag(name: str, at: int, mask: int) -> Field:
    """Describe one bit."""
    return Field(name, at, "u1", mask=mask, flag=True)


def width_of(fields: Sequence[Field]) -> int:
    """Say how many bytes of a record its fields reach into."""
    return max(field.end for field in fields)


def columns_of(fields: Sequence[Field], table: str, rows: U8, sizes: I64) -> dict[str, Column]:
    """
    Turn records of one type into columns.

    Args:
        fields: of the type.
        table: name of the type, for the columns' origin.
        rows: content of each record, shape (records, at least `width_of(fields)`).
        sizes: bytes each record really has; fields past its end become null or NaN.
    """
    return {field.name: Column(_values(field, rows, sizes), field.unit, _origin(field, table)) for field in fields}


def _values(field: Field, rows: U8, sizes: I64) -> pa.Array[Any]:
    raw = np.ascontiguousarray(rows[:, field.at : field.end]).view("<" + field.code).reshape(len(rows))
    there = sizes >= field.end
    if field.mask:
        raw = (raw & np.array(field.mask, raw.dtype)) >> np.array(_shift(field.mask), raw.dtype)
    if field.flag:
        return pa.array(raw != 0, mask=~there)
    if field.names is not None:
        return _named(field.names, raw, there)
    if raw.dtype.kind == "f" or field.divide != 1.0 or field.add != 0.0 or field.absent is not None:
        return pa.array(_number(field, raw, there))
    return pa.array(raw, mask=~there)


def _number(field: Field, raw: NDArray[np.generic], there: NDArray[np.bool_]) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        value = raw.astype(np.float64)
        if field.absent is not None:
            there = there & (value > field.absent[0]) & (value < field.absent[1])
        if field.radians:
            there = there & (np.abs(value) <= field.radians)
            value = np.degrees(value)
        else:
            value = value / field.divide + field.add
    return np.where(there & np.isfinite(value), value, np.nan)


def _named(names: Mapping[int, str], raw: NDArray[np.generic], there: NDArray[np.bool_]) -> pa.Array[Any]:
    codes, where = np.unique(raw, return_inverse=True)
    texts = [names.get(int(code), f"unknown {int(code)}") for code in codes]
    picked = pa.array(texts, pa.string()).take(np.asarray(where, np.int64))
    return pc.if_else(pa.array(there), picked, pa.scalar(None, pa.string()))


def _shift(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _origin(field: Field, table: str) -> str:
    where = f"{table} byte {field.at}" + (f" bits 0x{field.mask:X}" if field.mask else "")
    if field.radians:
        return f"{where}, radians"
    scale = f" / {field.divide:g}" if field.divide != 1.0 else ""
    return where + scale + (f" {field.add:+g}" if field.add else "")
