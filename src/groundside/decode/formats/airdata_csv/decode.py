"""Read a flight exported by AirData: one table of rows in SI units, facts, and an account of every byte."""

from __future__ import annotations

import csv

from groundside.decode.format import Options
from groundside.decode.formats.airdata_csv.columns import NotNumbers, read_column
from groundside.decode.formats.airdata_csv.names import ColumnName, read_names
from groundside.decode.formats.airdata_csv.numbers import Decimals, infer_decimals
from groundside.decode.formats.airdata_csv.rows import BadRow, Rows, header_names, read_rows, separator_of
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.table import table

_NEEDED = {"time(millisecond)", "latitude", "longitude"}
_SUBSCRIPTION = "subscription"
_MOST_PROBLEMS = 200


def recognises(head: bytes) -> bool:
    """The first line names a time in milliseconds, a latitude and a longitude in the way AirData does."""
    line, _, _ = head.partition(b"\n")
    try:
        names = {name.lower() for name in header_names(line, separator_of(line))}
    except csv.Error:
        return False
    return names >= _NEEDED


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read all rows of an AirData CSV.

    One table, `rows`: every column of the file, its name with the SI unit. A row whose number of cells is not
    that of the header is a problem and is left out; the rows after it are read. A file that a spreadsheet saved
    with semicolons, with decimal commas too, is read as well.
    """
    try:
        found = read_rows(data)
    except csv.Error:
        return _unreadable(len(data))
    names = read_names(found.names)
    decimals = infer_decimals(names, found.cells, found.separator)
    read = [read_column(name, cells, decimals.sign) for name, cells in zip(names, found.cells, strict=True)]
    columns = {name.name: column for name, (column, _) in zip(names, read, strict=True)}
    odd = [o for _, o in read if o is not None]
    skipped = sum(row.length for row in found.bad)
    account = ByteAccount(len(data), len(data) - skipped, skipped)
    whole = table(columns)
    problems = (
        *_problems(found.bad, len(names)),
        *([Problem(None, 0, decimals.problem)] if decimals.problem else []),
        *_odd_problems(odd),
        *_empty(whole.num_rows, found),
    )
    return Decoded({"rows": whole}, _facts(whole.num_rows, names, odd, decimals), problems, account)


def _unreadable(size: int) -> Decoded:
    what = "The first line is not a header of separated names."
    return Decoded({"rows": table({})}, {"inferences": []}, (Problem(0, size, what),), ByteAccount(size, 0, size))


def _facts(rows: int, names: tuple[ColumnName, ...], odd: list[NotNumbers], decimals: Decimals) -> dict[str, Fact]:
    said: list[Fact] = [decimals.inference] if decimals.inference else []
    said += [
        f"The unit of column {n.raw!r} is not known here: its numbers are kept as they stand."
        for n in names
        if n.unit is None and n.unit_text and not n.is_datetime
    ]
    locked = {o.raw_name: o.count for o in odd if _SUBSCRIPTION in o.example.lower()}
    if locked:
        said.append(f"{len(locked)} columns hold a note on subscriptions in place of a number: taken as empty.")
    units: dict[str, Fact] = {n.name: n.unit_text for n in names if n.unit and n.unit.suffix and n.unit_text}
    return {"rows": rows, "units_in_file": units, "not_in_this_account_tier": [*locked], "inferences": said}


def _problems(bad: tuple[BadRow, ...], width: int) -> list[Problem]:
    problems = [
        Problem(b.offset, b.length, f"Row {b.row} has {b.cells} cells where the header has {width}: left out.")
        for b in bad[:_MOST_PROBLEMS]
    ]
    rest = bad[_MOST_PROBLEMS:]
    if rest:
        what = f"{len(rest)} more rows from here on do not have {width} cells: left out."
        problems.append(Problem(rest[0].offset, sum(b.length for b in rest), what))
    return problems


def _odd_problems(odd: list[NotNumbers]) -> list[Problem]:
    return [
        Problem(
            None,
            0,
            f"{o.count} cells of {o.raw_name!r} cannot be read, for example {o.example!r}: taken as empty.",
        )
        for o in odd
        if _SUBSCRIPTION not in o.example.lower()
    ]


def _empty(rows: int, found: Rows) -> list[Problem]:
    return [Problem(None, 0, "There is no row in the file.")] if not rows and not found.bad else []
