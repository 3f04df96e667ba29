"""
Tables: one for each message of each sender, with the fields as the definition calls them, not scaled.

`time_us` comes first, `frame_offset` last: the offset of the start byte of the frame in the file. A table is called
as its message where only one sender (system and component) has it, and `ATTITUDE[1/1]` where several have; its schema
says whose it is (metadata `system`, `component`). Where there are more senders than make sense, a message has one
table, with the columns `sender_system` and `sender_component`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.columns import (
    BOOT,
    OFFSET,
    TIME,
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
from groundside.native.gather import Plan, gathered
from groundside.native.mavlink import clocks_before, lay_out
from groundside.reference.mavlink import message

UNKNOWN_TABLE = "UNKNOWN"
"""Frames that follow no definition known here, with their payload as it is."""
_FEW_ROWS = 1 << 14
_ROWS_OF_TEXT = 1 << 23
"""More rows at once could be more bytes of text, or of payload, than an Arrow array can hold."""


@dataclass(frozen=True, slots=True)
class Moments:
    """
    Where the frames of a table are, and when they were.

    Args:
        at: their start bytes.
        time_us: as in the table; None where nothing tells a time.
        boot_ms: what they say themselves; None where the message has no such field.
    """

    at: Offsets
    time_us: Offsets | None
    boot_ms: npt.NDArray[np.uint32] | None

    def ends(self) -> Moments:
        """Give only the first and the last; the one where there is one only."""
        if len(self.at) < 2:
            return self
        step = slice(None, None, len(self.at) - 1)
        time, boot = self.time_us, self.boot_ms
        return Moments(self.at[step], None if time is None else time[step], None if boot is None else boot[step])


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

    def moments(self, ends: bool = False) -> Moments:
        """
        Say when and where the frames were, without making the table.

        Args:
            ends: only of the first and the last; of one where there is one only.
        """
        group = self.group
        if ends:
            group = group.rows(np.array([0, len(group.at) - 1] if len(group.at) > 1 else [0]))
        times, plan = self._times(), plan_of_field(group.definition, BOOT)
        boot = None
        if plan.fields:
            payload, length, _ = lay_out(group.at, group.form)
            boot = gathered(self._data, payload, plan, length).column(0).to_numpy()
        return Moments(group.at, None if times.of is None else times.of(group.at, group.clock), boot)

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

    def moments(self, ends: bool = False) -> Moments:
        """Say when and where the frames were; with `ends` only the first and the last."""
        times, at = self._times(), self._records.unknown.at
        found = Moments(at, None if times.of is None else times.of(at, self._clock(at)), None)
        return found.ends() if ends else found

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

    __slots__ = ("_moments", "_named", "_sheets")

    def __init__(self, makers: Mapping[str, MessageTable | UnknownTable]) -> None:
        super().__init__(makers)
        self._sheets = makers
        self._named: dict[str, list[str]] = {}
        self._moments: dict[str, Moments] = {}

    def named(self, message: str) -> list[str]:
        """List the names of the tables of one message that are of one sender each."""
        if not self._named:
            for name in self:
                if sender_in(self, name):
                    self._named.setdefault(name.split("[")[0], []).append(name)
        return self._named.get(message, [])

    def moments(self, name: str, ends: bool) -> Moments:
        """Say when and where the rows of a table were; kept where they are few, for several ask."""
        sheet = self._sheets[name]
        if len(sheet) > _FEW_ROWS:
            return sheet.moments(ends)
        if name not in self._moments:
            self._moments[name] = sheet.moments()
        return self._moments[name].ends() if ends else self._moments[name]

    def sheet(self, name: str) -> MessageTable | UnknownTable:
        """Give what makes a table."""
        return self._sheets[name]


def tables_of(records: Records, times: Late[Times]) -> MessageTables:
    """Give all tables of a file, none of them made yet."""
    makers: dict[str, MessageTable | UnknownTable] = {}
    for group in records.groups:
        makers[_free(_name(group), makers)] = MessageTable(records.data, group, times)
    if len(records.unknown):
        makers[UNKNOWN_TABLE] = UnknownTable(records, times)
    return MessageTables(makers)


def moments_in(tables: Mapping[str, pa.Table], name: str, ends: bool = False) -> Moments:
    """Say when and where the rows of a table were; with `ends` only the first and the last, one where there is one."""
    if isinstance(tables, MessageTables):
        return tables.moments(name, ends)
    moments = moments_of(tables[name])
    return moments.ends() if ends else moments


def moments_of(table: pa.Table) -> Moments:
    """Say when and where the rows of a table were."""
    time, boot = table[TIME], table[BOOT].to_numpy() if BOOT in table.column_names else None
    return Moments(table[OFFSET].to_numpy(), None if time.null_count else time.to_numpy(), boot)


def names_of(tables: Mapping[str, pa.Table], message: str) -> list[str]:
    """List the names of the tables of one message, one for each sender."""
    if isinstance(tables, MessageTables):
        return tables.named(message)
    return [name for name in tables if name.split("[")[0] == message and sender_in(tables, name)]


def named(tables: Mapping[str, pa.Table], message: str) -> list[pa.Table]:
    """List the tables of one message, one for each sender."""
    return [tables[name] for name in names_of(tables, message)]


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
