"""
What a flight record says besides the track: messages of the application, changes of state, serial numbers.

Source of what the bits of an OSD record mean: dji-sdk/FlightRecordParsingLib,
`fr_standardization_flightcontroller_filler.cpp` (motors, flying, GPS in use, fail-safe) and `fr_protocol.h`
(`AircraftPosition`, warning levels of the smart battery).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.clock_jumps import jump_text
from groundside.decode.formats.dji_record.clock import RowTimes
from groundside.decode.formats.dji_record.names import FLIGHT_ACTIONS, GO_HOME_STATES
from groundside.decode.formats.dji_record.summary import aircraft_of, recording
from groundside.decode.formats.dji_record.tables import times_of
from groundside.model import compute as pc
from groundside.model.decoded import Decoded, Fact
from groundside.model.log import EVENTS, MESSAGES, Log, rows_of
from groundside.model.recording import TimeBasis

WARNING, INFO, CRITICAL = 4, 6, 2
_SEVERITY = {"APP_TIP": INFO, "APP_WARN": WARNING, "APP_SERIOUS_WARN": CRITICAL}
_GROUND, _AIR = 1, 2
_FAIL_SAFE = "Out Of Control Go Home"
_LOW = ("Warning Power Go Home", "Smart Power Go Home", "Low Voltage Go Home")
_CRITICAL = (
    "Warning Power Landing", "Smart Power Landing", "Low Voltage Landing", "Serious Low Voltage Landing",
    "Battery Force Landing",
)  # fmt: skip
_GOES_HOME = frozenset(GO_HOME_STATES.values()) - {GO_HOME_STATES[0]}
_FENCE = ("Airport Avoid Landing",)
_FLAGS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "motors_on": (("disarmed", "Motors off"), ("armed", "Motors on")),
    "gps_used": (("gnss_lost", "Satellite position is not used"), ("gnss_regained", "Satellite position is used")),
    "rc_lost": (("link_regained", "Remote control is there again"), ("link_lost", "Remote control is lost")),
}
_ERRORS = {
    "motor_blocked": "Motor is blocked",
    "compass_error": "Compass error",
    "barometer_dead_in_air": "Barometer failed in the air",
    "not_enough_force": "Not enough thrust",
    "accelerometer_over_range": "Accelerometer is over its range",
}
_LIMITS = {"near_height_limit": "Near the limit of height", "near_distance_limit": "Near the limit of distance"}

I64 = NDArray[np.int64]
Event = tuple[int | None, str, str, str]


def log(decoded: Decoded) -> Log:
    """Gather messages, events and identity; see `groundside.decode.format.Format.log`."""
    details = cast(Mapping[str, Fact], decoded.facts.get("details") or {})
    times = times_of(decoded.tables, details)
    basis = TimeBasis.UTC_DEVICE if times is not None and times.utc else TimeBasis.BOOT
    clock = _Clock(decoded.tables.get("OSD"), None if times is None else times.time_us)
    return Log(
        time_basis=basis if times is not None else recording(decoded).time_basis,
        messages=rows_of(MESSAGES, list(_messages(decoded.tables, clock))),
        events=rows_of(EVENTS, [*_events(decoded.tables, clock), *_jumps(times)]),
        identity=_identity(decoded, details),
    )


class _Clock:
    """When each record was: at the time of the OSD record before it, or of the first."""

    def __init__(self, osd: pa.Table | None, time_us: I64 | None) -> None:
        self._owners = osd.column("record").to_numpy() if osd is not None else np.empty(0, np.int64)
        self._times = time_us if time_us is not None else np.empty(0, np.int64)

    def at(self, table: pa.Table) -> list[int | None]:
        """Give the time of each row; None where no position record says one."""
        return self.of(table.column("record").to_numpy())

    def of(self, records: I64) -> list[int | None]:
        """Give the time of each record; None where no position record says one."""
        if not len(self._times):
            return [None] * len(records)
        before = np.searchsorted(self._owners, records, side="right") - 1
        return cast(list[int | None], self._times[np.maximum(before, 0)].tolist())


def _messages(tables: Mapping[str, pa.Table], clock: _Clock) -> Iterator[tuple[int | None, int, str, str]]:
    for name, severity in _SEVERITY.items():
        table = tables.get(name)
        if table is None:
            continue
        for time, text in zip(clock.at(table), cast(list[str], table.column("message").to_pylist()), strict=True):
            yield time, severity, text, ""


def _events(tables: Mapping[str, pa.Table], clock: _Clock) -> Iterator[Event]:
    osd = tables.get("OSD")
    if osd is not None:
        yield from _modes(osd, clock)
        yield from _flags(osd, clock)
        yield from _in_air(osd, clock)
        yield from _actions(osd, clock)
        yield from _warned(osd, clock, "OSD", _ERRORS, "error")
        yield from _go_home(osd, clock)
    home = tables.get("HOME")
    if home is not None:
        yield from _warned(home, clock, "HOME", _LIMITS, "geofence")
    battery = tables.get("SMART_BATTERY")
    if battery is not None:
        yield from _battery(battery, clock)


def _jumps(times: RowTimes | None) -> Iterator[Event]:
    if times is None:
        return
    for jump in times.jumps:
        text = f"The application's clock jumped {jump_text(jump.by_us)}"
        yield int(times.time_us[jump.row]), "clock_jump", text, "CUSTOM byte 10 against OSD.fly_time_s"


def _modes(osd: pa.Table, clock: _Clock) -> Iterator[Event]:
    for time, mode in _changes(osd, clock, "flight_mode"):
        yield time, "mode", str(mode), "OSD.flight_mode"


def _flags(osd: pa.Table, clock: _Clock) -> Iterator[Event]:
    for name, meanings in _FLAGS.items():
        for time, value in _changes(osd, clock, name):
            yield time, *meanings[bool(value)], f"OSD.{name}"


def _in_air(osd: pa.Table, clock: _Clock) -> Iterator[Event]:
    """Take-off and landing where the aircraft says that it is on the ground or in the air; other states are passed."""
    state = osd.column("ground_or_sky").to_numpy()
    known = np.flatnonzero((state == _GROUND) | (state == _AIR))
    rows = known[_turns(state[known])]
    for time, value in zip(clock.of(osd.column("record").to_numpy()[rows]), state[rows].tolist(), strict=True):
        kind, text = ("takeoff", "In the air") if value == _AIR else ("landing", "On the ground")
        yield time, kind, text, "OSD.ground_or_sky"


def _actions(osd: pa.Table, clock: _Clock) -> Iterator[Event]:
    """Say what the flight controller does of itself, and why."""
    for time, action in _changes(osd, clock, "flight_action"):
        if action != FLIGHT_ACTIONS[0]:
            yield time, _kind_of(str(action)), str(action), "OSD.flight_action"


def _kind_of(action: str) -> str:
    if action == _FAIL_SAFE:
        return "failsafe"
    if action in _FENCE:
        return "geofence"
    return "battery_critical" if action in _CRITICAL else "battery_low" if action in _LOW else "other"


def _go_home(osd: pa.Table, clock: _Clock) -> Iterator[Event]:
    for time, state in _changes(osd, clock, "go_home_state"):
        if state in _GOES_HOME:
            yield time, "other", f"Go home: {state}", "OSD.go_home_state"


def _warned(table: pa.Table, clock: _Clock, name: str, texts: Mapping[str, str], kind: str) -> Iterator[Event]:
    for column, text in texts.items():
        for time, value in _changes(table, clock, column, begin=False):
            if value:
                yield time, kind, text, f"{name}.{column}"


def _battery(battery: pa.Table, clock: _Clock) -> Iterator[Event]:
    """A battery is low once its charge is at or under the level at which the application was set to warn."""
    percent = battery.column("percent").to_numpy(zero_copy_only=False).astype(np.float64)
    levels = (("battery_low", "low_warning_percent"), ("battery_critical", "serious_warning_percent"))
    for kind, column in levels:
        level = battery.column(column).to_numpy(zero_copy_only=False).astype(np.float64)
        with np.errstate(invalid="ignore"):
            under = (percent <= level) & (percent > 0) & (level > 0)
        first = np.flatnonzero(under)[:1]
        if first.size:
            (time,) = clock.at(battery.slice(int(first[0]), 1))
            text = f"Battery at {percent[first[0]]:.0f} %, set to warn at {level[first[0]]:.0f} %"
            yield time, kind, text, f"SMART_BATTERY.percent, {column}"


def _changes(
    table: pa.Table, clock: _Clock, column: str, *, begin: bool | None = None
) -> Iterator[tuple[int | None, object]]:
    """
    Give each new value of a column with its time.

    Args:
        begin: the value before the first row; None where the first row is no change.
    """
    values = table.column(column)
    if not len(values):
        return
    whole: Any = values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
    if _is_one_value(whole) and (begin is None or whole[0].as_py() == begin):
        return
    known = np.flatnonzero(pc.is_valid(whole).to_numpy(zero_copy_only=False)) if whole.null_count else None
    numbers = _numbers(whole)
    rows = _turns(numbers) if known is None else known[_turns(numbers[known])]
    first = 0 if known is None else int(known[0]) if len(known) else None
    if begin is not None and first is not None and whole[first].as_py() != begin:
        rows = np.concatenate([[first], rows])
    if len(rows):
        times = clock.of(table.column("record").to_numpy()[rows])
        yield from zip(times, whole.take(pa.array(rows)).to_pylist(), strict=True)


def _turns(numbers: NDArray[np.generic]) -> I64:
    """Say at which places there is another number than before; not at the first."""
    return (numbers[1:] != numbers[:-1]).nonzero()[0] + 1


def _numbers(whole: pa.Array[Any]) -> NDArray[np.generic]:
    """Give numbers that are equal where values are; of those that are null any."""
    if not whole.null_count and pa.types.is_boolean(whole.type):
        bits: Any = whole.buffers()[1]
        return np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")[whole.offset : whole.offset + len(whole)]
    if pa.types.is_string(whole.type):
        whole = cast(Any, whole).dictionary_encode().indices
    elif pa.types.is_boolean(whole.type) and whole.null_count:
        whole = whole.cast(pa.int8())
    return (whole.fill_null(0) if whole.null_count else whole).to_numpy(zero_copy_only=False)


def _is_one_value(whole: pa.Array[Any]) -> bool:
    """Whether all of some texts or truths are surely the same and none is null: mostly so, and said at a glance."""
    if whole.null_count:
        return False
    if pa.types.is_string(whole.type):
        return _is_one_text(whole)
    return pa.types.is_boolean(whole.type) and not whole.offset and _is_one_bit(whole)


def _is_one_bit(truths: pa.Array[Any]) -> bool:
    octets, rest = cast(Any, truths.buffers()[1]).to_pybytes(), len(truths) % 8
    every = octets[: len(truths) // 8]
    last = octets[len(every)] & ((1 << rest) - 1) if rest else 0
    if every.count(0) == len(every):
        return not last
    return every.count(0xFF) == len(every) and last == (1 << rest) - 1


def _is_one_text(texts: pa.Array[Any]) -> bool:
    _, places, octets = cast("tuple[Any, Any, Any]", texts.buffers())
    if octets is None:
        return False
    ends = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    size = int(ends[1] - ends[0])
    if not size or not (ends[1:] - ends[:-1] == size).all():
        return False
    text = np.frombuffer(octets, np.uint8)[ends[0] : ends[-1]]
    return bool((text[size:] == text[:-size]).all())


def _identity(decoded: Decoded, details: Mapping[str, Fact]) -> dict[str, str]:
    """Serials and versions as the details state them, or else the records that are written in case they never are."""
    aircraft = aircraft_of(details, decoded.tables)
    said = {
        "vehicle": aircraft.model,
        "name": aircraft.name,
        "serial": aircraft.serial,
        "firmware": aircraft.firmware,
        **{name: str(details.get(name) or "") for name in ("camera_serial", "rc_serial", "battery_serial")},
        "os": str(details.get("platform") or ""),
        "app_version": str(details.get("app_version") or ""),
        "app": str(decoded.facts.get("department") or ""),
        "record_version": str(decoded.facts.get("version") or ""),
    }
    return {name: value for name, value in said.items() if value} | _firmware(decoded.tables.get("FIRMWARE"))


def _firmware(table: pa.Table | None) -> dict[str, str]:
    rows = table.select(["sender", "sub_sender", "version"]).to_pylist() if table is not None else []
    return {f"firmware_{row['sender']}_{row['sub_sender']}": str(row["version"]) for row in rows if row["version"]}
