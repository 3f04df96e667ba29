"""Cells of text become numbers in SI units; what is no number becomes nothing, and is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.csv_rows.dates import read_moments
from groundside.decode.csv_rows.decimals import DecimalSign
from groundside.decode.csv_rows.dialect import Dialect
from groundside.decode.csv_rows.names import ColumnName, Unit
from groundside.decode.csv_rows.plain_numbers import PlainNumbers, plain_numbers
from groundside.model import compute as pc
from groundside.model.table import Column

_NUMBER: dict[DecimalSign, str] = {
    sign: rf"^[+-]?(\d{{1,40}}([{sign}]\d{{0,40}})?|[{sign}]\d{{1,40}})([eE][+-]?\d{{1,3}})?$" for sign in (".", ",")
}
_WHOLE = r"^[+-]?\d{1,15}$"
_ALWAYS_NUMBERS = frozenset({"latitude", "longitude", "satellites", "gpslevel", "battery_percent"})


@dataclass(frozen=True, slots=True)
class NotNumbers:
    """
    Cells of a column of numbers (or of dates) that are none.

    Args:
        raw_name: the column as it stands in the file.
        count: how many.
        example: the first of them.
        place: in which row of the table that is.
    """

    raw_name: str
    count: int
    example: str
    place: int


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column as read, what in it could not be, and what was inferred in doing so (empty: nothing)."""

    column: Column
    odd: NotNumbers | None = None
    inference: str = ""


def read_column(name: ColumnName, cells: pa.Array[Any], decimal: DecimalSign, dialect: Dialect) -> ReadColumn:
    """
    Read one column, whose numbers have `decimal` before the fraction.

    Returns:
        Floats in SI units (NaN where empty), whole numbers as they stand (null where empty), or text (null
        where empty); and which cells were no numbers though the column is one of numbers.
    """
    if not (dialect.is_datetime(name.name) or dialect.is_text(name.name)) and decimal == ".":
        plain = plain_numbers(cells)
        if plain is not None:
            return ReadColumn(_plain(name, plain))
    distinct = _Distinct(cells.dictionary_encode())
    trimmed: Any = pc.utf8_trim_whitespace(distinct.texts)
    given: Any = pc.not_equal(trimmed, pa.scalar("", pa.string()))
    if dialect.is_datetime(name.name):
        return _datetimes(name, distinct.over(trimmed))
    if dialect.is_text(name.name):
        return ReadColumn(_text(name, trimmed, distinct))
    numeric: Any = pc.match_substring_regex(trimmed, _NUMBER[decimal])
    strange: Any = pc.and_(given, pc.invert(numeric))
    count, all_given = distinct.rows(strange), distinct.rows(given)
    if _may_be_text(name, dialect) and 2 * count > all_given:
        return ReadColumn(_text(name, trimmed, distinct))
    odd = _odd(name, distinct.over(trimmed), distinct.over(strange)) if count else None
    numbers: Any = pc.replace_substring(_only(trimmed, numeric), decimal, ".")
    return ReadColumn(_numbers(name, distinct.over(numbers), distinct.rows(numeric)), odd)


@dataclass(frozen=True, slots=True)
class _Distinct:
    """The texts of a column, each once: most columns of words repeat a few."""

    coded: pa.DictionaryArray[Any, Any]

    @property
    def texts(self) -> pa.Array[Any]:
        return self.coded.dictionary

    def over(self, values: pa.Array[Any]) -> pa.Array[Any]:
        """Give what was made of each text for each row."""
        return values.take(self.coded.indices)

    def rows(self, flags: pa.Array[Any]) -> int:
        """Count the rows of the texts that are flagged."""
        return int(np.count_nonzero(np.asarray(flags)[np.asarray(self.coded.indices.drop_null())]))


def _text(name: ColumnName, trimmed: pa.Array[Any], distinct: _Distinct) -> Column:
    """Programs that copy fields of fixed length leave the zero bytes behind the text in it."""
    bare: Any = pc.utf8_trim_whitespace(pc.replace_substring(trimmed, "\0", ""))
    texts = _only(bare, pc.not_equal(bare, pa.scalar("", pa.string())))
    return Column(distinct.over(texts), origin=name.raw)


def _may_be_text(name: ColumnName, dialect: Dialect) -> bool:
    return name.unit is None and name.name not in _ALWAYS_NUMBERS | dialect.always_numbers


def _plain(name: ColumnName, plain: PlainNumbers) -> Column:
    if _is_in_si(name.unit) and plain.whole:
        return Column(plain.integers, name.unit.symbol if name.unit else name.unit_text, name.raw)
    return _scaled(name, plain.values)


def _numbers(name: ColumnName, texts: pa.Array[Any], count: int) -> Column:
    unit = name.unit
    if _is_in_si(unit) and count and _count(pc.match_substring_regex(texts, _WHOLE)) == count:
        whole: Any = pc.utf8_ltrim(texts, "+")  # Arrow knows no plus before whole numbers
        return Column(whole.cast(pa.int64()), unit.symbol if unit else name.unit_text, name.raw)
    return _scaled(name, _floats(texts))


def _is_in_si(unit: Unit | None) -> bool:
    return unit is None or (unit.scale == 1.0 and not unit.zero)


def _scaled(name: ColumnName, values: np.ndarray) -> Column:
    unit = name.unit
    if unit is None or _is_in_si(unit):
        return Column(values, unit.symbol if unit else name.unit_text, name.raw)
    shift = f" - {unit.zero:g}" if unit.zero else ""
    origin = f"({name.raw}{shift}) x {unit.scale:.10g}" if shift else f"{name.raw} x {unit.scale:.10g}"
    return Column((values - unit.zero) * unit.scale, unit.symbol, origin)


def _floats(texts: pa.Array[Any]) -> np.ndarray:
    floats = np.asarray(texts.cast(pa.float64()).fill_null(np.nan))
    return np.where(np.isfinite(floats), floats, np.nan)


def _datetimes(name: ColumnName, texts: pa.Array[Any]) -> ReadColumn:
    moments = read_moments(texts)
    column = Column(pa.array(moments.us, mask=~moments.known), "us", f"{name.raw}, since 1970 of the same clock")
    unread = 0 if moments.inference and not moments.known.any() else moments.unread
    strange: Any = pc.and_(pc.not_equal(texts, pa.scalar("", pa.string())), pa.array(~moments.known))
    odd = _odd(name, texts, strange) if unread else None
    return ReadColumn(column, odd, f"{name.raw}: {moments.inference}" if moments.inference else "")


def _odd(name: ColumnName, texts: pa.Array[Any], strange: pa.Array[Any]) -> NotNumbers:
    places = np.flatnonzero(np.asarray(strange))
    return NotNumbers(name.raw, len(places), str(texts[int(places[0])])[:60], int(places[0]))


def _only(texts: pa.Array[Any], wanted: pa.Array[Any]) -> pa.Array[Any]:
    return pc.if_else(wanted, texts, pa.scalar(None, pa.string()))


def _count(flags: pa.Array[Any]) -> int:
    return int(pc.sum(flags).as_py() or 0)
