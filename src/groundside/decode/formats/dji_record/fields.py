"""How a field of a record is described, and how many records of one type become columns at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.native.dji_columns import Ask, Op
from groundside.native.dji_words import NUMBERS, Words


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
        origin: of the column, where it is more than the place of the field.
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
    origin: str = ""


def flag(name: str, at: int, mask: int) -> Field:
    """Describe one bit."""
    return Field(name, at, "u1", mask=mask, flag=True)


def ask_of(field: Field) -> Ask:
    """Say how the kernel makes the column of a field."""
    if field.flag:
        return Ask(Op.FLAG, field.at, field.code, field.mask)
    if field.radians:
        return Ask(Op.ANGLE, field.at, field.code, most=field.radians)
    if _is_number(field):
        least, most = field.absent or (-np.inf, np.inf)
        return Ask(Op.NUMBER, field.at, field.code, 0, field.divide, field.add, least, most)
    words = _words_of(field)
    return Ask(Op.WHOLE if words is None else Op.WORDS, field.at, field.code, field.mask, words=words)


def _is_number(field: Field) -> bool:
    return field.code[0] == "f" or field.divide != 1.0 or field.add != 0.0 or field.absent is not None


def _words_of(field: Field) -> Words | None:
    """Give the text of each value that one byte can have; None where the field has no names."""
    names = field.names
    return None if names is None else Words([names.get(code, f"unknown {code}") for code in range(NUMBERS)])


def described(field: Field, table: str, kind: pa.DataType) -> pa.Field[Any]:
    """Describe the column of a field: its type, unit and origin."""
    metadata = {"unit": field.unit, "origin": field.origin or _origin(field, table)}
    return pa.field(field.name, kind, metadata={name: text for name, text in metadata.items() if text})


def _origin(field: Field, table: str) -> str:
    where = f"{table} byte {field.at}" + (f" bits 0x{field.mask:X}" if field.mask else "")
    if field.radians:
        return f"{where}, radians"
    scale = f" / {field.divide:g}" if field.divide != 1.0 else ""
    return where + scale + (f" {field.add:+g}" if field.add else "")
