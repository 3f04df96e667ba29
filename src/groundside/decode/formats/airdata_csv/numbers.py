"""Which sign separates the fraction: decided once for a file that a spreadsheet saved with semicolons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from groundside.decode.formats.airdata_csv.names import ColumnName

DecimalSign = Literal[".", ","]

_ANY = r"^[+-]?\d{{0,40}}{sign}\d{{1,40}}$"
_SURE = r"^[+-]?(0?{sign}\d{{1,40}}|\d{{1,40}}{sign}(\d{{1,2}}|\d{{4,40}}))$"
"""No grouping of thousands: it follows no lone zero, and three digits follow it."""
_DEGREES = frozenset({"latitude", "longitude"})
_NO_NUMBERS = frozenset({"flyc_state", "message"})


@dataclass(frozen=True, slots=True)
class Decimals:
    """
    How the numbers of a file are written.

    Args:
        sign: what stands before the fraction.
        inference: why, in one sentence; empty where the file is as AirData writes it.
        problem: what cannot be told, in one sentence; empty where all can.
    """

    sign: DecimalSign = "."
    inference: str = ""
    problem: str = ""


def infer_decimals(names: Sequence[ColumnName], cells: Sequence[pa.Array[Any]], separator: str) -> Decimals:
    """
    Decide between decimal points and decimal commas.

    Between commas a number has a point. Between semicolons it has a comma where a comma is seen that groups no
    thousands (any in a latitude or longitude is one) and no such point. Where both are seen, or only commas that
    may group thousands, points are read and cells with a comma are not.
    """
    if separator == ",":
        return Decimals()
    commas, points = (_sure(names, cells, sign) for sign in (",", r"\."))
    said = "Cells are separated by semicolons, as a spreadsheet saves them"
    if commas and not points:
        return Decimals(",", f"{said}; numbers have decimal commas, because some commas can group no thousands.")
    if commas:
        return Decimals(".", f"{said}.", _trouble("Some numbers have a decimal comma and some a decimal point"))
    if _any_comma(names, cells):
        return Decimals(".", f"{said}.", _trouble("Nothing tells whether commas in numbers group thousands"))
    return Decimals(".", f"{said}.")


def _trouble(why: str) -> str:
    return f"{why}: those with a comma are taken as empty. Ingest the file as AirData exported it."


def _sure(names: Sequence[ColumnName], cells: Sequence[pa.Array[Any]], sign: str) -> bool:
    return any(
        _matches(column, (_ANY if name.name in _DEGREES else _SURE).format(sign=sign))
        for name, column in zip(names, cells, strict=True)
        if not _is_text(name)
    )


def _any_comma(names: Sequence[ColumnName], cells: Sequence[pa.Array[Any]]) -> bool:
    pattern = _ANY.format(sign=",")
    return any(_matches(c, pattern) for n, c in zip(names, cells, strict=True) if not _is_text(n))


def _is_text(name: ColumnName) -> bool:
    return name.is_datetime or name.name in _NO_NUMBERS


def _matches(cells: pa.Array[Any], pattern: str) -> bool:
    trimmed: Any = pc.utf8_trim_whitespace(cells)
    found: Any = pc.any(pc.match_substring_regex(trimmed, pattern))
    return found.as_py() is True
