"""
Tables: one for each message of each sender, with the fields as the definition calls them, not scaled.

`time_us` comes first, `frame_offset` last: the offset of the start byte of the frame in the file. A table is called
as its message where only one sender (system and component) has it, and `ATTITUDE[1/1]` where several have; its schema
says whose it is (metadata `system`, `component`). Where there are more senders than make sense, a message has one
table, with the columns `sender_system` and `sender_component`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.columns import (
    OFFSET,
    TIME,
    Offsets,
    Rows,
    Times,
    numbers_column,
    payload_column,
    sender_numbers,
    table_of,
    time_column,
    unknown_schema,
    within,
)
from groundside.decode.mavlink.definitions import plan_of
from groundside.decode.mavlink.records import Group, Records
from groundside.decode.mavlink.sheets import BOOT, ArrowSheet, Moments, PayloadSheet, Sheet, boot_at
from groundside.model.late import Late, LateTables
from groundside.native.gather import Plan
from groundside.native.mavlink import clocks_before
from groundside.reference.mavlink import message

UNKNOWN_TABLE = "UNKNOWN"
"""Frames that follow no definition known here, with their payload as it is."""
_FEW_ROWS = 1 << 14
_ENDS = (0, -1)
_ROWS_OF_TEXT = 1 << 23
"""More rows at once could be more bytes of text, or of payload, than an Arrow array can hold."""


class MessageTable:
    """
    The table of one group of frames, made when it is called for.

    Args:
        data: the file.
        sheet: the fields of the frames.
        times: how they are timed.
    """

    __slots__ = ("_data", "_times", "group", "sheet")

    def __init__(self, data: memoryview, sheet: PayloadSheet, times: Late[Times]) -> None:
        self._data = data
        self._times = times
        self.group = sheet.group
        self.sheet = sheet

    def __call__(self) -> pa.Table:
        """Make the whole table."""
        return self._rows(self.group)

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Make the rows of a stretch of time, half open; all where nothing tells a time."""
        group = self.group
        return self._rows(group.rows(within(group.at, group.clock, self._times(), (from_us, to_us))))

    def moments(self) -> Moments:
        """Say when and where the frames were, without making the table."""
        return self.moments_of(self.group.at, self.group.clock, self.group.form)

    def moments_of(self, at: Offsets, clock: Offsets | None, form: npt.NDArray[np.uint16]) -> Moments:
        """Say when and where some frames were that tell their boot time at the same place as these."""
        times = self._times()
        when = None if times.of is None else times.of(at, clock)
        return Moments(at, when, boot_at(self._data, at, form, self.sheet.boot_place))

    def __len__(self) -> int:
        return len(self.group.at)

    def _rows(self, group: Group) -> pa.Table:
        plan = plan_of(group.definition)
        if len(group.at) > _ROWS_OF_TEXT and plan.text:
            parts = [slice(n, n + _ROWS_OF_TEXT) for n in range(0, len(group.at), _ROWS_OF_TEXT)]
            return pa.concat_tables([self._table(group.rows(part), plan) for part in parts])
        return self._table(group, plan)

    def _table(self, group: Group, plan: Plan) -> pa.Table:
        return table_of(self._data, group, plan, self._times())


class UnknownTable:
    """
    The table of frames of unknown messages, made when it is called for.

    Args:
        records: of the file.
        times: how they are timed.
    """

    __slots__ = ("_records", "_times")

    def __init__(self, records: Records, times: Late[Times]) -> None:
        self._records = records
        self._times = times

    def __call__(self) -> pa.Table:
        """Make the whole table."""
        return self._rows(np.arange(len(self._records.unknown)))

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Make the rows of a stretch of time, half open; all where nothing tells a time."""
        at = self._records.unknown.at
        return self._rows(within(at, self._clock(at), self._times(), (from_us, to_us)))

    def moments(self) -> Moments:
        """Say when and where the frames were."""
        times, at = self._times(), self._records.unknown.at
        return Moments(at, None if times.of is None else times.of(at, self._clock(at)), None)

    def __len__(self) -> int:
        return len(self._records.unknown)

    def _clock(self, at: Offsets) -> Offsets | None:
        return clocks_before(self._records.data, at) if self._records.lead else None

    def _rows(self, rows: Rows) -> pa.Table:
        if len(rows) > _ROWS_OF_TEXT:
            parts = range(0, len(rows), _ROWS_OF_TEXT)
            return pa.concat_tables([self._rows(rows[n : n + _ROWS_OF_TEXT]) for n in parts])
        data, times, frames = self._records.data, self._times(), self._records.unknown.where(rows)
        columns = [
            time_column(frames.at, self._clock(frames.at), times),
            pa.array(frames.id),
            pa.array(frames.extra.astype(np.uint8)),
            *(pa.array(numbers) for numbers in sender_numbers(data, frames.at)),
            payload_column(data, frames.payload, frames.length),
            numbers_column(frames.at),
        ]
        return pa.Table.from_arrays(columns, schema=unknown_schema(times.origin))


class MessageTables(LateTables):
    """
    The tables of a file.

    Args:
        makers: name to what makes the table.
    """

    __slots__ = ("_moments", "_named", "makers")

    def __init__(self, makers: Mapping[str, MessageTable | UnknownTable]) -> None:
        super().__init__(makers)
        self.makers = makers
        self._named: dict[str, list[str]] = {}
        self._moments: dict[str, Moments] = {}

    def named(self, message: str) -> list[str]:
        """List the names of the tables of one message that are of one sender each."""
        if not self._named:
            for name in self.makers:
                if sender_in(self, name):
                    self._named.setdefault(name.split("[")[0], []).append(name)
        return self._named.get(message, [])

    def moments(self, name: str) -> Moments:
        """Say when and where the rows of a table were; kept where they are few, for several ask."""
        found = self._moments.get(name)
        if found is None:
            maker = self.makers[name]
            found = maker.moments()
            if len(maker) <= _FEW_ROWS:
                self._moments[name] = found
        return found

    def ends(self, names: Iterable[str]) -> list[Moments]:
        """Say when and where the first and the last rows of some tables were; many tables are gone through at once."""
        alike: dict[object, list[MessageTable]] = {}
        found: list[Moments] = []
        for name in names:
            maker = self.makers[name]
            if isinstance(maker, MessageTable):
                alike.setdefault(maker.sheet.boot_place, []).append(maker)
            else:
                found.append(maker.moments().ends())
        for makers in alike.values():
            groups = [maker.group for maker in makers]
            clocks = [group.clock for group in groups]
            at = np.array([group.at[n] for group in groups for n in _ENDS])
            clock = (
                np.array([each[n] for each in clocks if each is not None for n in _ENDS])
                if groups[0].clock is not None
                else None
            )
            found.append(makers[0].moments_of(at, clock, np.array([group.form[n] for group in groups for n in _ENDS])))
        return found


def sheets_of(records: Records) -> tuple[PayloadSheet, ...]:
    """Give the fields of the groups of a file, none of them read yet."""
    return tuple(PayloadSheet(records.data, group) for group in records.groups)


def tables_of(records: Records, sheets: Sequence[PayloadSheet], times: Late[Times]) -> MessageTables:
    """Give all tables of a file, none of them made yet."""
    makers: dict[str, MessageTable | UnknownTable] = {}
    for sheet in sheets:
        makers[_free(_name(sheet.group), makers)] = MessageTable(records.data, sheet, times)
    if len(records.unknown):
        makers[UNKNOWN_TABLE] = UnknownTable(records, times)
    return MessageTables(makers)


def moments_in(tables: Mapping[str, pa.Table], name: str) -> Moments:
    """Say when and where the rows of a table were."""
    return tables.moments(name) if isinstance(tables, MessageTables) else _moments_of(tables[name])


def ends_in(tables: Mapping[str, pa.Table], names: Iterable[str]) -> list[Moments]:
    """Say when and where the first and the last rows of some tables were; of several tables there may be one answer."""
    if isinstance(tables, MessageTables):
        return tables.ends(names)
    return [_moments_of(tables[name]).ends() for name in names]


def _moments_of(table: pa.Table) -> Moments:
    time, boot = table[TIME], table[BOOT].to_numpy() if BOOT in table.column_names else None
    return Moments(table[OFFSET].to_numpy(), None if time.null_count else time.to_numpy(), boot)


def names_of(tables: Mapping[str, pa.Table], message: str) -> list[str]:
    """List the names of the tables of one message, one for each sender."""
    if isinstance(tables, MessageTables):
        return tables.named(message)
    return [name for name in tables if name.split("[")[0] == message and sender_in(tables, name)]


def sheet_in(tables: Mapping[str, pa.Table], name: str) -> Sheet:
    """Give the fields of a table of one sender."""
    maker = tables.makers[name] if isinstance(tables, MessageTables) else None
    return maker.sheet if isinstance(maker, MessageTable) else ArrowSheet(tables[name])


def sender_in(tables: Mapping[str, pa.Table], name: str) -> tuple[int, int] | None:
    """Say which system and component a table is of; None where it has several."""
    if isinstance(tables, MessageTables):
        maker = tables.makers[name]
        sender = maker.group.sender if isinstance(maker, MessageTable) else None
        return None if sender is None else (sender >> 8, sender & 0xFF)
    return sender_of(tables[name])


def rows_in(tables: Mapping[str, pa.Table], name: str) -> int:
    """Count the rows of a table."""
    return len(tables.makers[name]) if isinstance(tables, MessageTables) else tables[name].num_rows


def sender_of(table: pa.Table) -> tuple[int, int] | None:
    """Say which system and component a table is of; None where it has several."""
    metadata: Mapping[bytes, bytes] = table.schema.metadata or {}
    if b"system" not in metadata:
        return None
    return int(metadata[b"system"]), int(metadata[b"component"])


def _name(group: Group) -> str:
    name = message(group.definition).name
    if group.sender is None or not group.shared:
        return name
    return f"{name}[{group.sender >> 8}/{group.sender & 0xFF}]"


def _free(name: str, taken: Mapping[str, object]) -> str:
    """Give a second table of the same name a number: the same name in two dialects."""
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}~{number}"
    return free
