"""One CSV file as one table in SI units, with what was inferred and what is wrong, and an account of its bytes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pyarrow as pa

from groundside.decode.csv_rows.cells import NotNumbers, ReadColumn, read_column
from groundside.decode.csv_rows.decimals import infer_decimals
from groundside.decode.csv_rows.dialect import Dialect
from groundside.decode.csv_rows.lines import Places
from groundside.decode.csv_rows.names import NO_UNITS, ColumnName, read_names
from groundside.decode.csv_rows.rows import BadRows, read_rows
from groundside.decode.csv_rows.torn import torn_rows
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.table import table

_MOST_PROBLEMS = 200
_LEAST_ROWS, _LEAST_STRANGERS = 3, 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    A file as read.

    Args:
        rows: the table, every column of the file with the SI unit in its name.
        names: the columns.
        odd: cells that are not what their columns hold.
        said: what was inferred, one sentence each.
        problems: rows left out, in order, then what concerns the whole.
        account: where every byte went.
        numbers, begins: of each row that was split, its number in the file and its first byte.
    """

    rows: pa.Table
    names: tuple[ColumnName, ...]
    odd: tuple[NotNumbers, ...]
    said: tuple[str, ...]
    problems: tuple[Problem, ...]
    account: ByteAccount
    numbers: Places
    begins: Places

    @property
    def units_in_file(self) -> dict[str, Fact]:
        """Column to the unit that the file itself has for it."""
        return {n.name: n.unit_text for n in self.names if n.unit and n.unit.suffix and n.unit_text}

    def decoded(self, facts: dict[str, Fact], odd: Sequence[NotNumbers], said: Sequence[str] = ()) -> Decoded:
        """Give it back as any decoder does: `facts` besides the rows, units and inferences; `odd` as problems."""
        common: dict[str, Fact] = {"rows": self.rows.num_rows, "units_in_file": self.units_in_file}
        inferences: list[Fact] = [*self.said, *said]
        problems = [*self.problems, *map(self._odd_problem, odd), *self._empty()]
        problems.sort(key=lambda p: self.account.total if p.offset is None else p.offset)
        facts = {**common, **facts, "inferences": inferences}
        return Decoded({"rows": self.rows}, facts, tuple(problems), self.account)

    def _odd_problem(self, odd: NotNumbers) -> Problem:
        where = f"first in row {self.numbers[odd.place]}: {odd.example!r}"
        what = f"{odd.count} cells of {odd.raw_name!r} cannot be read, {where}. Taken as empty."
        return Problem(int(self.begins[odd.place]), 0, what)

    def _empty(self) -> list[Problem]:
        nothing = not self.rows.num_rows and not any(p.length for p in self.problems)
        return [Problem(None, 0, "There is no row in the file.")] if nothing else []


def read_sheet(data: memoryview, dialect: Dialect) -> Sheet:
    """
    Read all rows of a CSV.

    A row whose number of cells is not that of the others is a problem and is left out; the rows after it are
    read. Never raises; without a header there is nothing but a problem.
    """
    try:
        found = read_rows(data, dialect)
    except csv.Error:
        return _nothing(len(data), "The first line is not a header of separated names.")
    names = read_names(found.header.names, dialect.units, dialect.spelled)
    decimals = infer_decimals(
        names,
        found.cells,
        found.header.separator,
        lambda name: not (dialect.is_text(name) or dialect.is_datetime(name)),
        dialect.position,
    )
    read = [read_column(name, cells, decimals.sign, dialect) for name, cells in zip(names, found.cells, strict=True)]
    if strangers := _strangers(read, len(found.begins)):
        return _nothing(len(data), f"The header does not belong to the rows below it: {strangers}.")
    whole = table({name.name: r.column for name, r in zip(names, read, strict=True)})
    torn = torn_rows(whole, dialect)
    bad = found.bad.with_glued(found.begins[torn], found.ends[torn], found.rows[torn])
    skipped = int((bad.ends - bad.begins).sum())
    said = [found.inference, decimals.inference, *(r.inference for r in read), *_unknown_units(names)]
    general = [decimals.problem, found.header.mended]
    return Sheet(
        whole if not len(torn) else whole.filter(pa.array(~np.isin(np.arange(whole.num_rows), torn))),
        names,
        tuple(r.odd for r in read if r.odd is not None),
        tuple(text for text in said if text),
        (*_bad_problems(bad, len(names)), *(Problem(None, 0, text) for text in general if text)),
        ByteAccount(len(data), len(data) - skipped, skipped),
        found.rows,
        found.begins,
    )


def _strangers(read: Sequence[ReadColumn], rows: int) -> str:
    """
    Say which columns hold nothing of what their names say; nothing where these are few.

    One column may be written in a way that is not known here. Where several hold nothing of their kind in any row, the
    header was torn and put together again, and no name in it stands where it belongs.
    """
    odd = [r.odd for r in read if r.odd is not None and r.odd.count == rows >= _LEAST_ROWS]
    if len(odd) < _LEAST_STRANGERS:
        return ""
    return ", ".join(f"{each.raw_name!r} would be {each.example!r}" for each in odd[:_LEAST_STRANGERS])


def _nothing(size: int, what: str) -> Sheet:
    none = np.zeros(0, np.int64)
    return Sheet(table({}), (), (), (), (Problem(0, size, what),), ByteAccount(size, 0, size), none, none)


def _bad_problems(bad: BadRows, width: int) -> list[Problem]:
    first = zip(bad.begins, bad.ends, bad.rows, bad.cells, strict=True)
    problems: list[Problem] = []
    for begin, end, row, cells in islice(first, _MOST_PROBLEMS):
        what = f"has {cells} cells, not {width}" if cells else "is glued from parts of two rows"
        problems.append(Problem(int(begin), int(end - begin), f"Row {row} {what}: left out."))
    rest = bad.ends[_MOST_PROBLEMS:] - bad.begins[_MOST_PROBLEMS:]
    if len(rest):
        what = f"{len(rest)} more rows from here on do not hold together: left out."
        problems.append(Problem(int(bad.begins[_MOST_PROBLEMS]), int(rest.sum()), what))
    return problems


def _unknown_units(names: Sequence[ColumnName]) -> list[str]:
    return [
        f"The unit of column {n.raw!r} is not known here: its numbers are kept as they stand."
        for n in names
        if n.unit is None and n.unit_text.lower() not in NO_UNITS and not n.name.startswith("datetime")
    ]
