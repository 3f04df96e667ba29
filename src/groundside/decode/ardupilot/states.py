"""Mode, armed, in the air: states that hold until the next record about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.ardupilot.clock import Times
from groundside.decode.ardupilot.timed import Series, TimedTables, held
from groundside.decode.remembered import once_a_log
from groundside.model.table import Column
from groundside.reference.ardupilot import mode_name, mode_number

_NUMBERED = re.compile(r"(?:Mode\(?|Unknown\(?)?(\d{1,3})\)?")
"""A mode without a name in a text log: its number, or that in brackets after a word."""
ARMED, DISARMED, LANDED, NOT_LANDED = 10, 11, 18, 28
"""EV.Id, from enum `LogEvent` of ArduPilot's libraries/AP_Logger/AP_Logger.h."""


@once_a_log
def arming(log: TimedTables) -> Series | None:
    """Give 1 where the vehicle was armed and 0 where disarmed, at each change: from ARM, events or STAT."""
    return _armings(log) or events(log, on=ARMED, off=DISARMED) or _status(log, "Armed")


def arming_records(log: TimedTables) -> Series | None:
    """Give the same without the events."""
    return _armings(log) or _status(log, "Armed")


def flying_status(log: TimedTables) -> Series | None:
    """Give whether the autopilot held the vehicle to be in the air, as it states it again and again."""
    return _status(log, "isFlying")


def _armings(log: TimedTables) -> Series | None:
    return next((found for name in log.named("ARM") if (found := log.series(name, "ArmState"))), None)


@once_a_log
def flying(log: TimedTables) -> Series | None:
    """Give 1 from the moment the autopilot held the vehicle to be in the air, 0 from that of landing."""
    return events(log, on=NOT_LANDED, off=LANDED) or _status(log, "isFlying")


def events(log: TimedTables, on: int, off: int) -> Series | None:
    """Give 1 at each event `on` and 0 at each event `off`."""
    found = log.series("EV", "Id")
    if found is None:
        return None
    chosen = found.where((found.values == on) | (found.values == off))
    if not len(chosen):
        return None
    return Series(chosen.time_us, (chosen.values == on).astype(np.float64), f"EV.Id {on} and {off}")


def _status(log: TimedTables, column: str) -> Series | None:
    return next((s for name in log.named("STAT") if (s := log.series(name, column))), None)


def state_columns(log: TimedTables, at: Times, kind: str) -> dict[str, Column]:
    """Make the columns mode, armed and in_air, as far as the log tells."""
    columns: dict[str, Column] = {}
    for name, series in (("armed", arming(log)), ("in_air", flying(log))):
        if series is not None:
            columns[name] = _yes_or_no(series, at)
    changes = mode_changes(log, kind)
    if changes is not None:
        index = np.searchsorted(changes.time_us, at, side="right") - 1
        rows: Any = pa.array(np.maximum(index, 0), mask=index < 0)
        names = pa.array(changes.names, pa.string()).take(rows)
        origin = f"{changes.origin}, held until the next; names of {kind or 'an unknown vehicle'}"
        columns["mode"] = Column(names, origin=origin)
    return columns


@dataclass(frozen=True, slots=True)
class Changes:
    """Flight modes from the moment each was entered, in order of boot time."""

    time_us: Times
    names: list[str]
    origin: str


def mode_changes(log: TimedTables, kind: str) -> Changes | None:
    """
    Give the name of each mode from the moment it was entered.

    Args:
        log: all tables.
        kind: of vehicle, as in `groundside.reference.ardupilot.MODES`.
    """
    for name in log.named("MODE"):
        found = log.series(name, "ModeNum") or log.series(name, "Mode")
        if found:
            return Changes(found.time_us, [mode_name(kind, int(n)) for n in found.values.tolist()], found.origin)
        times = log.times(name) if log.has_text(name, "Mode") else None
        if times is not None:
            rows = np.argsort(times, kind="stable")
            rows = rows[times[rows] >= 0]
            words = log.tables[name]["Mode"].to_pylist()
            return Changes(times[rows], [_named(kind, words[row]) for row in rows.tolist()], f"{name}.Mode")
    return None


def _named(kind: str, word: str) -> str:
    """Give the usual name of a mode that a log names itself; the log's own where it is not known."""
    number = mode_number(kind, word)
    if number is None:
        match = _NUMBERED.fullmatch(word.strip())
        number = int(match[1]) if match else None
    return word.strip() if number is None else mode_name(kind, number)


def _yes_or_no(series: Series, at: Times) -> Column:
    values = held(series, at)
    origin = f"{series.origin}, held until the next"
    if series.origin.startswith("EV."):
        # An event is a change, so that before the first one it was the other way round.
        values[np.isnan(values)] = 1.0 - series.values[0]
        origin += "; before the first, its opposite"
    return Column(pa.array(values > 0, pa.bool_(), mask=np.isnan(values)), origin=origin)
