"""What a log states that happened."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from groundside.decode.ardupilot.messages import texts_of
from groundside.decode.ardupilot.states import arming_records, flying_status, mode_changes
from groundside.decode.ardupilot.timed import Series, TimedTables
from groundside.model.log import EVENTS, rows_of
from groundside.reference.ardupilot import error, event

Event = tuple[int | None, str, str, str]
"""Time, kind, text and origin: a row of `groundside.model.log.EVENTS`."""

_FIX_3D = 3
_BATTERY = re.compile(r"Battery (\d+) is (low|critical) ")
"""As `AP_BattMonitor::check_failsafes` of ArduPilot's libraries/AP_BattMonitor/AP_BattMonitor.cpp says it."""
_ARMING, _FLYING = frozenset({"armed", "disarmed"}), frozenset({"takeoff", "landing"})


def event_rows(log: TimedTables, kind: str) -> pa.Table:
    """
    List what happened, in order of time.

    Args:
        log: all tables.
        kind: of vehicle, as in `groundside.reference.ardupilot.MODES`.
    """
    numbered = list(_numbered(log))
    kinds = {row[1] for row in numbered}
    rows = [*numbered, *_errors(log, kind), *_modes(log, kind), *_fixes(log), *_batteries(log), *_rejected(log)]
    if not kinds & _ARMING:
        rows += _changes(log, arming_records(log), ("armed", "Armed"), ("disarmed", "Disarmed"))
    if not kinds & _FLYING:
        rows += _changes(log, flying_status(log), ("takeoff", "In the air"), ("landing", "On the ground"))
    return rows_of(EVENTS, rows)


def _numbered(log: TimedTables) -> Iterator[Event]:
    for name in log.named("EV"):
        if log.has(name, "Id"):
            for when, number in zip(log.when(name), log.raw(name, "Id").tolist(), strict=True):
                if np.isfinite(number):
                    meaning = event(int(number))
                    yield when, meaning.kind, meaning.text, f"{name}.Id"


def _errors(log: TimedTables, kind: str) -> Iterator[Event]:
    for name in log.named("ERR"):
        if log.has(name, "Subsys", "ECode"):
            numbers = np.stack([log.raw(name, "Subsys"), log.raw(name, "ECode")], axis=1)
            for when, (subsystem, code) in zip(log.when(name), numbers.tolist(), strict=True):
                if np.isfinite(subsystem) and np.isfinite(code):
                    meaning = error(int(subsystem), int(code), kind)
                    yield when, meaning.kind, meaning.text, f"{name}.Subsys and ECode"


def _modes(log: TimedTables, kind: str) -> Iterator[Event]:
    changes = mode_changes(log, kind)
    if changes is None:
        return
    before = None
    for when, mode in zip(log.shifted(changes.time_us), changes.names, strict=True):
        if mode != before:
            yield when, "mode", mode, changes.origin
        before = mode


def _fixes(log: TimedTables) -> Iterator[Event]:
    """Say where a receiver lost its three-dimensional fix, and where it had one again; not the first of all."""
    for name in (table for message in ("GPS", "GPS2") for table in log.named(message)):
        status = log.series(name, "Status") if log.has(name, "Status") else None
        if status is None:
            continue
        fixed = status.values >= _FIX_3D
        rows = np.flatnonzero(np.diff(fixed.astype(np.int8)) != 0) + 1
        for row in rows[np.cumsum(fixed)[rows] > fixed[rows]].tolist():
            what = ("gnss_regained", "has a 3D fix again") if fixed[row] else ("gnss_lost", "lost its 3D fix")
            text = f"Receiver {name} {what[1]} (status {status.values[row]:g})"
            yield log.shifted(status.time_us[row : row + 1])[0], what[0], text, f"{name}.Status"


def _batteries(log: TimedTables) -> Iterator[Event]:
    for when, text in texts_of(log):
        match = _BATTERY.match(text)
        if match:
            yield when, f"battery_{match[2]}", text, "MSG.Message"


def _rejected(log: TimedTables) -> Iterator[Event]:
    """Say where writes to the log were rejected: `DSF.Dp` counts them from the start."""
    for name in log.named("DSF"):
        count = log.series(name, "Dp")
        if count is None:
            continue
        more = np.diff(count.values, prepend=0.0)
        for row in np.flatnonzero(more > 0).tolist():
            text = f"{more[row]:g} writes to the log were rejected, {count.values[row]:g} since it began"
            yield log.shifted(count.time_us[row : row + 1])[0], "dropout", text, f"{name}.Dp"


def _changes(log: TimedTables, series: Series | None, on: tuple[str, str], off: tuple[str, str]) -> Iterator[Event]:
    """Say each change of a state; of the first sample only that it is on, where each sample is a change itself."""
    if series is None:
        return
    states = series.values > 0
    first = 1 if series.origin.startswith("STAT") else 0
    for row in range(first, len(series)):
        if row == 0 or states[row] != states[row - 1]:
            what = on if states[row] else off
            yield log.shifted(series.time_us[row : row + 1])[0], what[0], what[1], series.origin
