"""Which sign separates the fraction: decided once for a file that a program wrote for its country."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from groundside.decode.csv_rows.names import ColumnName
from groundside.model import compute as pc

DecimalSign = Literal[".", ","]

_ANY = r"^[+-]?\d{{0,40}}{sign}\d{{1,40}}$"
_SURE = r"^[+-]?(0?{sign}\d{{1,40}}|\d{{1,40}}{sign}(\d{{1,2}}|\d{{4,40}}))$"
"""No grouping of thousands: it follows no lone zero, and three digits follow it."""
_HOW = {
    ";": "Cells are separated by semicolons, as a spreadsheet saves them",
    "\t": "Cells are separated by tabs, as a spreadsheet saves them",
    ",": "Numbers stand in quotes",
}


@dataclass(frozen=True, slots=True)
class Decimals:
    """
    How the numbers of a file are written.

    Args:
        sign: what stands before the fraction.
        inference: why, in one sentence; empty where the file has commas between cells and points in numbers.
        problem: what cannot be told, in one sentence; empty where all can.
    """

    sign: DecimalSign = "."
    inference: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Cells that may be numbers, and which of them are degrees, where no comma groups thousands."""

    cells: tuple[pa.Array[Any], ...]
    degrees: tuple[bool, ...]

    def sure(self, sign: str) -> bool:
        """Whether a number is seen in which this sign groups no thousands."""
        kinds = zip(self.cells, self.degrees, strict=True)
        return any(_matches(cells, (_ANY if is_degrees else _SURE).format(sign=sign)) for cells, is_degrees in kinds)

    def any_comma(self) -> bool:
        """Whether a number with a comma is seen."""
        return any(_matches(cells, _ANY.format(sign=",")) for cells in self.cells)


def infer_decimals(
    names: Sequence[ColumnName],
    cells: Sequence[pa.Array[Any]],
    separator: str,
    may_be_number: Callable[[str], bool],
    degrees: tuple[str, ...],
) -> Decimals:
    """
    Decide between decimal points and decimal commas.

    A number has a comma where a comma is seen that groups no thousands (any in a latitude or longitude is one)
    and no such point. Where both are seen, or only commas that may group thousands, points are read and cells
    with a comma are not. Between commas, only numbers in quotes can have one: the positions decide.
    """
    kept = [(c, n.name in degrees) for n, c in zip(names, cells, strict=True) if may_be_number(n.name)]
    if separator == ",":
        kept = [(c, is_degrees) for c, is_degrees in kept if is_degrees]
    columns = _Columns(tuple(c for c, _ in kept), tuple(d for _, d in kept))
    commas = columns.sure(",")
    if separator == "," and not commas:
        return Decimals()
    points = columns.sure(r"\.")
    said = _HOW[separator]
    if commas and not points:
        return Decimals(",", f"{said}; numbers have decimal commas, because some commas can group no thousands.")
    if commas:
        return Decimals(".", f"{said}.", _trouble("Some numbers have a decimal comma and some a decimal point"))
    if columns.any_comma():
        return Decimals(".", f"{said}.", _trouble("Nothing tells whether commas in numbers group thousands"))
    return Decimals(".", f"{said}.")


def _trouble(why: str) -> str:
    return f"{why}: those with a comma are taken as empty. Ingest the file as it was exported."


def _matches(cells: pa.Array[Any], pattern: str) -> bool:
    trimmed: Any = pc.utf8_trim_whitespace(cells)
    found: Any = pc.any(pc.match_substring_regex(trimmed, pattern))
    return found.as_py() is True
