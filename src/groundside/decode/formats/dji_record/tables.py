"""The tables of record types of fixed layout, each made when it is asked for, as a whole or for a stretch of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.formats.dji_record.clock import RowTimes, row_times
from groundside.decode.formats.dji_record.fields import Field, ask_of, described
from groundside.decode.formats.dji_record.layouts import BATTERY_PARTS, FIXED
from groundside.decode.formats.dji_record.records import I64, Content
from groundside.decode.formats.dji_record.variable import FIRST
from groundside.model.decoded import Fact
from groundside.model.late import Late, LateTables
from groundside.native.dji_columns import Ask, Op, Plan, table

HOME = "HOME"
_RAW_ALTITUDE = "altitude_raw"
_NUMBER, _PLACE = Ask(Op.ROW), Ask(Op.PLACE)

Mask = NDArray[np.bool_]


@cache
def _plan(name: str, altitude_scale: float) -> Plan:
    """
    Plan the table of a type.

    Args:
        name: of the type.
        altitude_scale: what the altitude of the home point is divided by.
    """
    fields = _fields(name)
    if name == HOME:
        raw = next(field for field in fields if field.name == _RAW_ALTITUDE)
        fields = (*(field for field in fields if field is not raw), _altitude(raw, altitude_scale))
    asked = [ask_of(field) for field in fields]
    told = [described(field, name, ask.type) for field, ask in zip(fields, asked, strict=True)]
    return Plan([_NUMBER, _PLACE, *asked], pa.schema([*FIRST, *told]))


@cache
def _part(name: str, column: str) -> Plan:
    """Plan the table of a type with nothing but the number of each record and one column."""
    ask = next(ask_of(field) for field in _fields(name) if field.name == column)
    return Plan([_NUMBER, ask], pa.schema([pa.field("record", pa.int64()), pa.field(column, ask.type)]))


@cache
def said_of(name: str, column: str) -> tuple[str, str]:
    """Say the unit and the origin of a column that is the same in all files."""
    metadata: dict[bytes, bytes] = _plan(name, 1.0).schema.field(column).metadata or {}
    return metadata.get(b"unit", b"").decode(), metadata.get(b"origin", b"").decode()


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
        content: of all records.
        clock: when the records were; None where the file does not say.
        altitude_scale: what the altitude of the home point is divided by.
    """

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
        return table(self.whence.content.of(self.which), _part(self.name, column))

    def _made(self, which: I64) -> pa.Table:
        scale = self.whence.altitude_scale() if self.name == HOME else 1.0
        return table(self.whence.content.of(which), _plan(self.name, scale))


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of texts."""

    made: Late[pa.Table]
    clock: Callable[[], RecordClock | None]

    def __call__(self) -> pa.Table:
        """Make the whole table."""
        return self.made()

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Give the rows of a stretch of time; all where the file tells no time. See `TimedTable`."""
        clock, whole = self.clock(), self.made()
        if clock is None:
            return whole
        owners = whole.column("record").to_numpy()
        kept = clock.within(owners, from_us, to_us)
        first = int(np.searchsorted(owners, kept[0])) if kept.size else 0
        return whole.slice(first, len(kept))
