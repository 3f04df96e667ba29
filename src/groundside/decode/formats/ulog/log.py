"""What a log says besides where the aircraft was: parameters, messages, events, hardware."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from groundside.decode.formats.ulog.series import Log, Series, clock_of
from groundside.decode.formats.ulog.states import arming, flying, modes
from groundside.decode.formats.ulog.tables import DEFAULTS, DROPOUTS, PARAMETERS, TEXTS
from groundside.decode.formats.ulog.track import FIX_3D, receiver_tables
from groundside.model.decoded import Decoded, Fact
from groundside.model.log import EVENTS, MESSAGES, rows_of
from groundside.model.log import PARAMETERS as PARAMETER_COLUMNS
from groundside.model.log import Log as ModelLog
from groundside.reference.px4 import nav_state_name

MAX_CHANGES = 10_000
"""Of one state, in one log; more are damage."""
_NAMES = {
    "firmware_hash": "ver_sw", "firmware_branch": "ver_sw_branch", "hardware": "ver_hw", "board_id": "sys_uuid",
    "os": "sys_os_name", "os_hash": "sys_os_ver", "mcu": "sys_mcu", "toolchain": "sys_toolchain",
}  # fmt: skip
_NO_IDENTITY = ("perf_", "time_ref_utc")
_WARNINGS = {
    1: ("battery_low", "low"), 2: ("battery_critical", "critical"), 3: ("battery_critical", "emergency"),
    4: ("battery_critical", "failed"),
}  # fmt: skip
"""`battery_status.warning`: msg/versioned/BatteryStatus.msg of PX4-Autopilot."""
_FLAGS = (
    ("failsafe", "failsafe", "failsafe_cleared", "Failsafe", "Failsafe over"),
    ("rc_signal_lost", "link_lost", "link_regained", "Remote control lost", "Remote control regained"),
    ("data_link_lost", "link_lost", "link_regained", "Ground station lost", "Ground station regained"),
    ("gcs_connection_lost", "link_lost", "link_regained", "Ground station lost", "Ground station regained"),
    ("geofence_violated", "geofence", "", "Geofence violated", ""),
)
"""Columns of `vehicle_status`, and the events of their rising and falling."""

Event = tuple[int, str, str, str]


def log(decoded: Decoded) -> ModelLog:
    """Say what a log says besides the track, on the same clock as the track."""
    series = Log(decoded.tables, clock_of(decoded))
    shift = series.clock.shift_us
    first = series.clock.first_us or 0
    # What held when the log began may have been stamped long before.
    events = [(max(time, first) + shift, *rest) for time, *rest in _events(decoded, series)]
    return ModelLog(
        series.clock.basis,
        rows_of(PARAMETER_COLUMNS, _parameters(decoded, shift)),
        rows_of(MESSAGES, _messages(decoded, shift)),
        rows_of(EVENTS, events),
        _identity(decoded.facts),
    )


def _parameters(decoded: Decoded, shift: int) -> list[Sequence[object]]:
    defaults = _defaults(decoded)
    return [
        (None if time is None else time + shift, name, value, defaults.get(name, math.nan), "")
        for time, name, value in _rows(decoded, PARAMETERS, "timestamp", "name", "value")
    ]


def _defaults(decoded: Decoded) -> dict[str, float]:
    """Give the default of each parameter that has one stated: that of this setup before that of the system."""
    rows = _rows(decoded, DEFAULTS, "name", "value", "setup")
    system = {name: value for name, value, setup in rows if not setup}
    return {**system, **{name: value for name, value, setup in rows if setup}}


def _messages(decoded: Decoded, shift: int) -> list[Sequence[object]]:
    return [
        (None if time is None else time + shift, severity, text, "" if tag is None else str(tag))
        for time, severity, text, tag in _rows(decoded, TEXTS, "timestamp", "severity", "text", "tag")
    ]


def _rows(decoded: Decoded, name: str, *columns: str) -> list[tuple[Any, ...]]:
    table = decoded.tables.get(name)
    if table is None:
        return []
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))


def _identity(facts: Mapping[str, Fact]) -> dict[str, str]:
    information = facts.get("information")
    said = information if isinstance(information, dict) else {}
    firmware = facts.get("firmware")
    names = {value: key for key, value in _NAMES.items()}
    found = {"firmware": firmware} if isinstance(firmware, str) else {}
    kind = facts.get("aircraft_kind")
    found |= {"vehicle": kind} if isinstance(kind, str) else {}
    told = {key: value for key, value in said.items() if not key.startswith(_NO_IDENTITY)}
    return {**found, **{names.get(key, key): str(value) for key, value in told.items()}}


def _events(decoded: Decoded, series: Log) -> Iterator[Event]:
    yield from _switches(arming(series), "armed", "disarmed", "Armed", "Disarmed")
    yield from _switches(flying(series), "takeoff", "landing", "Take-off", "Landing")
    for column, *names in _FLAGS:
        state = series.first("vehicle_status", column)
        # Where the link was down from the beginning nothing happened.
        yield from itertools.islice(_switches(state, *names), int(column != "failsafe" and _is_on(state)), None)
    yield from _mode_events(decoded, series)
    yield from _fix_events(series)
    for name in series.named("battery_status"):
        yield from _battery_events(series.series(name, "warning"))
    for time, lost in _rows(decoded, DROPOUTS, "timestamp", "duration"):
        if isinstance(time, int):
            yield time, "dropout", f"The logger lost {lost} ms of data", DROPOUTS


def _switches(series: Series | None, on: str, off: str, rising: str, falling: str) -> Iterator[Event]:
    """Give an event for each change of a state that is off or on; the first sample counts where it is on."""
    for time, value in _changes(series):
        before_first = series is not None and time == int(series.time_us[0])
        if value > 0:
            yield time, on, f"{rising} when the log began" if before_first else rising, _origin(series)
        elif off and not before_first:
            yield time, off, falling, _origin(series)


def _is_on(series: Series | None) -> bool:
    return series is not None and bool(series.values[0] > 0)


def _origin(series: Series | None) -> str:
    return series.origin if series is not None else ""


def _changes(series: Series | None) -> list[tuple[int, float]]:
    if series is None:
        return []
    changes = series.changes()
    return list(zip(changes.time_us[:MAX_CHANGES].tolist(), changes.values[:MAX_CHANGES].tolist(), strict=True))


def _mode_events(decoded: Decoded, series: Log) -> Iterator[Event]:
    match decoded.facts.get("release"):
        case [int() as major, int() as minor]:
            release = (major, minor)
        case _:
            release = None
    numbers = modes(series)
    for time, number in _changes(numbers):
        yield time, "mode", nav_state_name(int(number), release), _origin(numbers)


def _fix_events(series: Log) -> Iterator[Event]:
    """Tell where a three-dimensional fix was lost and found again; not where it was first found."""
    found = series.series(next(iter(receiver_tables(series)), ""), "fix_type")
    if found is None or not (found.values >= FIX_3D).any():
        return
    from_first = slice(int(np.argmax(found.values >= FIX_3D)), None)
    fixed = Series(
        found.time_us[from_first], (found.values[from_first] >= FIX_3D).astype(np.float64), f"{found.origin} 3"
    )
    for time, value in _changes(fixed)[1:]:
        kind, text = ("gnss_regained", "Satellite fix regained") if value else ("gnss_lost", "Satellite fix lost")
        yield time, kind, text, fixed.origin


def _battery_events(series: Series | None) -> Iterator[Event]:
    before = 0.0
    for time, value in _changes(series):
        if value > before and int(value) in _WARNINGS:
            kind, word = _WARNINGS[int(value)]
            yield time, kind, f"Battery warning: {word}", _origin(series)
        before = value
