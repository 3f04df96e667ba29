"""The tables of record types of fixed layout, each made when it is asked for, as a whole or for a stretch of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.formats.dji_record.clock import RowTimes, row_times
from groundside.decode.formats.dji_record.fields import Field, ask_of, described, names_of
from groundside.decode.formats.dji_record.layouts import BATTERY_PARTS, FIXED
from groundside.decode.formats.dji_record.records import I64, Content, Records
from groundside.decode.formats.dji_record.variable import FIRST
from groundside.model.decoded import Fact
from groundside.model.late import LateTables
from groundside.native.dji_columns import Plan as Columns
from groundside.native.dji_columns import columns
from groundside.native.dji_words import Words

HOME = "HOME"
_RAW_ALTITUDE = "altitude_raw"

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """How the columns of one type of record are made: by the kernel, with names of values, and the schema."""

    columns: Columns
    names: tuple[Words | None, ...]
    schema: pa.Schema


@cache
def _plan(name: str, altitude_scale: float) -> TablePlan:
    """
    Plan the columns of a type.

    Args:
        name: of the type.
        altitude_scale: what the altitude of the home point is divided by.
    """
    fields = _fields(name)
    if name == HOME:
        raw = next(field for field in fields if field.name == _RAW_ALTITUDE)
        fields = (*(field for field in fields if field is not raw), _altitude(raw, altitude_scale))
    asked = tuple(ask_of(field) for field in fields)
    names = tuple(names_of(field) for field in fields)
    kinds = [ask.type if text is None else pa.string() for ask, text in zip(asked, names, strict=True)]
    told = [described(field, name, kind) for field, kind in zip(fields, kinds, strict=True)]
    return TablePlan(Columns(asked), names, pa.schema([*FIRST, *told]))


def _fields(name: str) -> tuple[Field, ...]:
    layouts = (*FIXED.values(), *BATTERY_PARTS.values())
    return next(fields for known, fields, _ in layouts if known == name)


def _altitude(raw: Field, scale: float) -> Field:
    origin = f"HOME byte {raw.at} / {scale:g}; from air pressure, often wrong by tens of metres"
    return replace(raw, name="altitude_m", unit="m", divide=scale, origin=origin)


@dataclass(frozen=True, slots=True)
class Whence:
    """
    What the tables of one file are made from.

    Args:
        records: all records.
        content: of each.
        clock: when the records were; None where the file does not say.
        altitude_scale: what the altitude of the home point is divided by.
    """

    records: Records
    content: Content
    clock: Callable[[], RecordClock | None]
    altitude_scale: Callable[[], float]


@dataclass(frozen=True, slots=True)
class RecordClock:
    """
    When each record was: at the time of the position record before it, or of the first.

    Args:
        owners: numbers of the position records, rising.
        times: of each, on the clock of the track; strictly rising.
    """

    owners: I64
    times: RowTimes

    def within(self, which: I64, from_us: int, to_us: int) -> I64:
        """Leave of some records, in order, those whose time is in a half-open stretch."""
        first, after = np.searchsorted(self.times.time_us, [from_us, to_us]).tolist()
        if first >= after:
            return which[:0]
        low = int(self.owners[first]) if first else 0
        high = int(self.owners[after]) if after < len(self.owners) else np.iinfo(np.int64).max
        return which[slice(*np.searchsorted(which, [low, high]).tolist())]


class RecordTables(LateTables):
    """
    The tables of a file.

    Args:
        makers: name to what makes the table.
        clock: when the records were; None where the file does not say.
    """

    __slots__ = ("clock",)

    def __init__(self, makers: Mapping[str, Callable[[], pa.Table]], clock: Callable[[], RecordClock | None]) -> None:
        super().__init__(makers)
        self.clock = clock


def times_of(tables: Mapping[str, pa.Table], details: Mapping[str, Fact]) -> RowTimes | None:
    """Say when each row of the OSD table was, worked out once a file; None where there is no such table."""
    if not isinstance(tables, RecordTables):
        return row_times(tables, details)
    clock = tables.clock()
    return None if clock is None else clock.times


@dataclass(frozen=True, slots=True)
class RecordTable:
    """The table of one type of record of fixed layout."""

    name: str
    which: I64
    whence: Whence

    def __call__(self) -> pa.Table:
        """Make the whole table."""
        return self._made(self.which)

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Make the rows of a stretch of time; all where the file tells no time. See `TimedTable`."""
        clock = self.whence.clock()
        return self._made(self.which if clock is None else clock.within(self.which, from_us, to_us))

    def some(self, column: str) -> pa.Table:
        """Make only the number of each record and one column."""
        field = next(field for field in _fields(self.name) if field.name == column)
        (made,) = columns(self.whence.content.of(self.which), Columns([ask_of(field)]))
        return pa.table([pa.array(self.which), made], names=["record", column])

    def _made(self, which: I64) -> pa.Table:
        plan = self._plan()
        made = columns(self.whence.content.of(which), plan.columns)
        named = [values if names is None else names.of(values) for values, names in zip(made, plan.names, strict=True)]
        first = [pa.array(which), pa.array(self.whence.records.starts[which] - self.whence.records.head)]
        return pa.Table.from_arrays([*first, *named], schema=plan.schema)

    def _plan(self) -> TablePlan:
        return _plan(self.name, self.whence.altitude_scale() if self.name == HOME else 1.0)


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of texts that was made while the file was walked."""

    table: pa.Table
    clock: Callable[[], RecordClock | None]

    def __call__(self) -> pa.Table:
        """Give the whole table."""
        return self.table

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Give the rows of a stretch of time; all where the file tells no time. See `TimedTable`."""
        clock = self.clock()
        if clock is None:
            return self.table
        owners = self.table.column("record").to_numpy()
        kept = clock.within(owners, from_us, to_us)
        first = int(np.searchsorted(owners, kept[0])) if kept.size else 0
        return self.table.slice(first, len(kept))
