"""
Tables: one for each message of each sender, with the fields as the definition calls them, not scaled.

`time_us` comes first, `frame_offset` last: the offset of the start byte of the frame in the file. A table is called
as its message where only one sender (system and component) has it, and `ATTITUDE[1/1]` where several have; its schema
says whose it is (metadata `system`, `component`). Where there are more senders than make sense, a message has one
table, with the columns `sender_system` and `sender_component`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from groundside.decode.mavlink.columns import (
    BOOT,
    Offsets,
    Rows,
    Times,
    numbers_column,
    payload_column,
    sender_columns,
    table_of,
    time_column,
    unknown_schema,
    within,
)
from groundside.decode.mavlink.definitions import plan_of, plan_of_field
from groundside.decode.mavlink.records import Group, Records
from groundside.model.late import Late, LateTables
from groundside.native.gather import Plan
from groundside.native.mavlink import clocks_before
from groundside.reference.mavlink import message

UNKNOWN_TABLE = "UNKNOWN"
"""Frames that follow no definition known here, with their payload as it is."""
_ROWS_OF_TEXT = 1 << 23
"""More rows at once could be more bytes of text, or of payload, than an Arrow array can hold."""


class MessageTable:
    """
    The table of one group of frames, made when it is called for.

    Args:
        data: the file.
        group: the frames.
        times: how they are timed.
    """

    __slots__ = ("_data", "_times", "group")

    def __init__(self, data: memoryview, group: Group, times: Late[Times]) -> None:
        self._data = data
        self._times = times
        self.group = group

    def __call__(self) -> pa.Table:
        """Make the whole table."""
        return self._rows(self.group)

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """Make the rows of a stretch of time, half open; all where nothing tells a time."""
        group = self.group
        return self._rows(group.rows(within(group.at, group.clock, self._times(), (from_us, to_us))))

    def when(self) -> pa.Table:
        """Make only the columns that tell when and where: `time_us`, `time_boot_ms` (if any), `frame_offset`."""
        return self._table(self.group, plan_of_field(self.group.definition, BOOT))

    def ends(self) -> pa.Table:
        """Make the first and the last row of those columns; one where there is one only."""
        last = len(self.group.at) - 1
        ends = self.group.rows(np.array([0, last] if last else [0]))
        return self._table(ends, plan_of_field(self.group.definition, BOOT))

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

    def when(self) -> pa.Table:
        """Make it; only its columns of time could be made alone, but it is small."""
        return self()

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
            *sender_columns(data, frames.at),
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

    __slots__ = ("_sheets",)

    def __init__(self, makers: Mapping[str, MessageTable | UnknownTable]) -> None:
        super().__init__(makers)
        self._sheets = makers

    def sheet(self, name: str) -> MessageTable | UnknownTable:
        """Give what makes a table."""
        return self._sheets[name]

    def when(self, name: str) -> pa.Table:
        """Give the columns of a table that tell when and where; the table itself if it was made."""
        return self[name] if name in self._made else self._sheets[name].when()


def tables_of(records: Records, times: Late[Times]) -> MessageTables:
    """Give all tables of a file, none of them made yet."""
    makers: dict[str, MessageTable | UnknownTable] = {}
    for group in records.groups:
        makers[_free(_name(group), makers)] = MessageTable(records.data, group, times)
    if len(records.unknown):
        makers[UNKNOWN_TABLE] = UnknownTable(records, times)
    return MessageTables(makers)


def when_in(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    """Give a table of which only `time_us`, `time_boot_ms` and `frame_offset` are needed."""
    return tables.when(name) if isinstance(tables, MessageTables) else tables[name]


def ends_in(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    """Give the first and the last row of a table, or of its columns that tell when; one where there is one only."""
    sheet = tables.sheet(name) if isinstance(tables, MessageTables) else None
    if isinstance(sheet, MessageTable):
        return sheet.ends()
    whole = tables[name]
    return whole.take([0, whole.num_rows - 1]) if whole.num_rows > 1 else whole


def sender_in(tables: Mapping[str, pa.Table], name: str) -> tuple[int, int] | None:
    """Say which system and component a table is of; None where it has several."""
    if isinstance(tables, MessageTables):
        sheet = tables.sheet(name)
        sender = sheet.group.sender if isinstance(sheet, MessageTable) else None
        return None if sender is None else (sender >> 8, sender & 0xFF)
    return sender_of(tables[name])


def rows_in(tables: Mapping[str, pa.Table], name: str) -> int:
    """Count the rows of a table."""
    sheet = tables.sheet(name) if isinstance(tables, MessageTables) else None
    return len(sheet.group.at) if isinstance(sheet, MessageTable) else tables[name].num_rows


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
