"""What a log says besides where the aircraft was: parameters, messages, events, hardware."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from groundside.model.recording import TimeBasis

PARAMETERS: dict[str, pa.DataType] = {
    "time_us": pa.int64(),
    "name": pa.string(),
    "value": pa.float64(),
    "default": pa.float64(),
    "component": pa.string(),
}
"""
One row for each value that a parameter took, in order of time: the first that the log states, then each change.

`time_us` is null where the value was in force when the log began; `default` is NaN where the log does not state it;
`component` is what it belongs to ("1/1" is MAVLink system and component), empty where there is but one.
"""
MESSAGES: dict[str, pa.DataType] = {
    "time_us": pa.int64(),
    "severity": pa.int8(),
    "text": pa.string(),
    "component": pa.string(),
}
"""
Text messages in order of time. `severity` is 0 emergency, 1 alert, 2 critical, 3 error, 4 warning, 5 notice, 6 info,
7 debug (RFC 5424, table 2); null where the log does not state it. `time_us` is null where it is not stated.
"""
EVENTS: dict[str, pa.DataType] = {
    "time_us": pa.int64(),
    "kind": pa.string(),
    "text": pa.string(),
    "origin": pa.string(),
}
"""
What the recorder states that happened, in order of time: `kind` is one of `EVENT_KINDS`, `text` says it for a person,
`origin` names the table and column it was read from.
"""
EVENT_KINDS = (
    "armed", "disarmed", "takeoff", "landing", "mode", "failsafe", "failsafe_cleared", "gnss_lost", "gnss_regained",
    "battery_low", "battery_critical", "link_lost", "link_regained", "hard_landing", "crash", "clock_jump", "geofence",
    "dropout", "error", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Log:
    """
    What a log says besides the track.

    Args:
        parameters, messages, events: tables of exactly the columns above.
        identity: what it says of firmware and hardware: "firmware", "firmware_hash", "hardware", "board_id",
            "vehicle", "os" and whatever else it states, as text.
        time_basis: what `time_us` counts; the same clock as that of the track of the same file.
    """

    time_basis: TimeBasis
    parameters: pa.Table = field(default_factory=lambda: rows_of(PARAMETERS, ()))
    messages: pa.Table = field(default_factory=lambda: rows_of(MESSAGES, ()))
    events: pa.Table = field(default_factory=lambda: rows_of(EVENTS, ()))
    identity: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def says_anything(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.identity) or any(t.num_rows for t in (self.parameters, self.messages, self.events))

    def __post_init__(self) -> None:
        for table, columns in ((self.parameters, PARAMETERS), (self.messages, MESSAGES), (self.events, EVENTS)):
            if table.schema.names != list(columns):
                what = f"expected the columns {list(columns)}, not {table.schema.names}"
                raise ValueError(what)


def rows_of(columns: Mapping[str, pa.DataType], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """
    Make one of the tables above from rows, in order of time; those without a time come first.

    Args:
        columns: `PARAMETERS`, `MESSAGES` or `EVENTS`.
        rows: one value for each column.
    """
    ordered = sorted(rows, key=lambda row: (row[0] is not None, row[0] or 0))
    values = list(zip(*ordered, strict=True)) or [()] * len(columns)
    arrays = [pa.array(list(v), kind) for v, kind in zip(values, columns.values(), strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(list(columns.items())))
