"""Cells of text become numbers in SI units; what is no number becomes nothing, and is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from groundside.decode.formats.airdata_csv.names import ColumnName
from groundside.decode.formats.airdata_csv.numbers import DecimalSign
from groundside.model.table import Column

_NUMBER: dict[DecimalSign, str] = {
    sign: rf"^[+-]?(\d{{1,40}}([{sign}]\d{{0,40}})?|[{sign}]\d{{1,40}})([eE][+-]?\d{{1,3}})?$" for sign in (".", ",")
}
_WHOLE = r"^[+-]?\d{1,15}$"
_DATETIME = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)[ T](\d\d?):(\d\d):(\d\d)(?:\.(\d{1,6}))?\s*Z?\Z")
_ALWAYS_NUMBERS = frozenset({"latitude", "longitude", "satellites", "gpslevel", "battery_percent"})
_ALWAYS_TEXT = frozenset({"flyc_state", "message"})
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class NotNumbers:
    """Cells of a column of numbers that are none."""

    raw_name: str
    count: int
    example: str


def read_column(name: ColumnName, cells: pa.Array[Any], decimal: DecimalSign) -> tuple[Column, NotNumbers | None]:
    """
    Read one column, whose numbers have `decimal` before the fraction.

    Returns:
        Floats in SI units (NaN where empty), whole numbers as they stand (null where empty), or text (null
        where empty); and which cells were no numbers though the column is one of numbers.
    """
    trimmed: Any = pc.utf8_trim_whitespace(cells)
    given: Any = pc.not_equal(trimmed, pa.scalar(""))
    if name.is_datetime:
        return _datetimes(name, trimmed, given)
    numeric: Any = pc.match_substring_regex(trimmed, _NUMBER[decimal])
    strange: Any = pc.and_(given, pc.invert(numeric))
    count, all_given = _count(strange), _count(given)
    if name.name in _ALWAYS_TEXT or (_may_be_text(name) and 2 * count > all_given):
        return Column(_only(trimmed, given), origin=name.raw), None
    odd = NotNumbers(name.raw, count, str(trimmed.filter(strange)[0])[:60]) if count else None
    numbers: Any = pc.replace_substring(_only(trimmed, numeric), decimal, ".")
    return _numbers(name, numbers, _count(numeric)), odd


def _may_be_text(name: ColumnName) -> bool:
    return name.unit is None and name.name not in _ALWAYS_NUMBERS


def _numbers(name: ColumnName, texts: pa.Array[Any], count: int) -> Column:
    unit = name.unit
    if unit is None or (unit.scale == 1.0 and not unit.zero):
        symbol = unit.symbol if unit else name.unit_text
        if count and _count(pc.match_substring_regex(texts, _WHOLE)) == count:
            return Column(texts.cast(pa.int64()), symbol, name.raw)
        return Column(_floats(texts), symbol, name.raw)
    shift = f" - {unit.zero:g}" if unit.zero else ""
    origin = f"({name.raw}{shift}) x {unit.scale:.10g}" if shift else f"{name.raw} x {unit.scale:.10g}"
    return Column((_floats(texts) - unit.zero) * unit.scale, unit.symbol, origin)


def _floats(texts: pa.Array[Any]) -> np.ndarray:
    floats = np.asarray(texts.cast(pa.float64()).fill_null(np.nan))
    return np.where(np.isfinite(floats), floats, np.nan)


def _datetimes(name: ColumnName, texts: pa.Array[Any], given: pa.Array[Any]) -> tuple[Column, NotNumbers | None]:
    coded = texts.dictionary_encode()
    meaning = [_microseconds(str(text)) for text in coded.dictionary]
    column = pa.array(meaning, pa.int64()).take(coded.indices)
    strange: Any = pc.and_(given, column.is_null())
    count = _count(strange)
    odd = NotNumbers(name.raw, count, str(texts.filter(strange)[0])[:60]) if count else None
    return Column(column, "us", f"{name.raw}, since 1970 of the same clock"), odd


def _microseconds(text: str) -> int | None:
    match = _DATETIME.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    if hour > 23 or minute > 59 or second > 60:
        return None
    fraction = int((match[7] or "").ljust(6, "0"))
    return ((days * 24 + hour) * 3600 + minute * 60 + second) * 1_000_000 + fraction


def _only(texts: pa.Array[Any], wanted: pa.Array[Any]) -> pa.Array[Any]:
    return pc.if_else(wanted, texts, pa.scalar(None, pa.string()))


def _count(flags: pa.Array[Any]) -> int:
    return int(pc.sum(flags).as_py() or 0)
