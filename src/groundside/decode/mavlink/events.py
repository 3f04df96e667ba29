"""Events: what the messages state that happened, at each change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from groundside.decode.mavlink.series import Stream, ascending
from groundside.decode.mavlink.states import (
    CRITICAL,
    EMERGENCY,
    TERMINATION,
    States,
    arming,
    flying,
    heartbeats,
    modes,
)
from groundside.decode.mavlink.tables import moments_in

Event = tuple[int, str, str, str]

LINK_LOST_US = 5_000_000
"""Without anything from the vehicle for longer than this its link counts as lost: five heartbeats in a row."""
_FIX_3D = 3
_CHARGE = {2: ("battery_low", "low"), 3: ("battery_critical", "critical"), 4: ("battery_critical", "an emergency")}
"""MAV_BATTERY_CHARGE_STATE, of BATTERY_STATUS.charge_state."""
_FAILSAFES = {
    CRITICAL: "Heartbeat says: not a normal mode (failsafe)",
    EMERGENCY: "Heartbeat says: emergency, going down",
    TERMINATION: "Heartbeat says: flight terminated",
}


def events(stream: Stream) -> list[Event]:
    """Give time, kind, text and origin of all that happened to the vehicle, not in order."""
    if stream.vehicle is None or (not stream.clock.basis.is_utc and not len(stream.clock.at)):
        return []
    found: list[Event] = []
    makers: tuple[Callable[[Stream], list[Event]], ...] = (
        _armings, _flights, _modes, _failsafes, _fixes, _batteries, _fences, _links, _clock_jumps,
    )  # fmt: skip
    for maker in makers:
        found += maker(stream)
    return found


def _switches(states: States | None, on: tuple[str, str], off: tuple[str, str]) -> list[Event]:
    if states is None:
        return []
    return [
        (int(states.time_us[row]), *(on if states.values[row] else off), states.origin)
        for row in states.changes().tolist()
    ]


def _armings(stream: Stream) -> list[Event]:
    return _switches(arming(stream), ("armed", "Armed"), ("disarmed", "Disarmed"))


def _flights(stream: Stream) -> list[Event]:
    return _switches(flying(stream), ("takeoff", "In the air"), ("landing", "On the ground"))


def _modes(stream: Stream) -> list[Event]:
    found = modes(stream)
    if found is None:
        return []
    names = [found.names[n] for n in found.which.tolist()]
    changes = [n for n in range(len(names)) if names[n] and (n == 0 or names[n] != names[n - 1])]
    return [(int(found.time_us[n]), "mode", str(names[n]), "HEARTBEAT.custom_mode") for n in changes]


def _failsafes(stream: Stream) -> list[Event]:
    status = heartbeats(stream, "system_status")
    if status is None:
        return []
    found: list[Event] = []
    failing = np.isin(status.values, list(_FAILSAFES))
    for row in np.flatnonzero(np.diff(status.values, prepend=np.int64(-1))).tolist():
        if failing[row]:
            found.append((int(status.time_us[row]), "failsafe", _FAILSAFES[int(status.values[row])], status.origin))
        elif row and failing[row - 1]:
            found.append((int(status.time_us[row]), "failsafe_cleared", "Failsafe over", status.origin))
    return found


def _fixes(stream: Stream) -> list[Event]:
    series = stream.series("GPS_RAW_INT", "fix_type")
    if series is None:
        return []
    states = States(series.time_us, (series.values >= _FIX_3D).astype(np.int64), series.origin)
    had = np.flatnonzero(states.values)
    on, off = ("gnss_regained", "Three-dimensional fix"), ("gnss_lost", "No three-dimensional fix")
    return [event for event in _switches(states, on, off) if len(had) and event[0] > states.time_us[had[0]]]


def _batteries(stream: Stream) -> list[Event]:
    sheet = stream.sheet("BATTERY_STATUS")
    if sheet is None or "charge_state" not in sheet:
        return []
    times, ids, charge = stream.times_of("BATTERY_STATUS"), sheet["id"], sheet["charge_state"]
    found: list[Event] = []
    for number in np.unique(ids).tolist():
        mine = np.flatnonzero(ids == number)
        rows = mine[ascending(times[mine])]
        for row in rows[np.flatnonzero(np.diff(charge[rows].astype(np.int64), prepend=np.int64(-1)))].tolist():
            if int(charge[row]) in _CHARGE:
                kind, word = _CHARGE[int(charge[row])]
                text = f"Battery {number + 1}: its charge is {word}"
                found.append((int(times[row]), kind, text, "BATTERY_STATUS.charge_state"))
    return found


def _fences(stream: Stream) -> list[Event]:
    series = stream.series("FENCE_STATUS", "breach_status")
    if series is None:
        return []
    states = States(series.time_us, series.values.astype(np.int64), series.origin)
    return _switches(states, ("geofence", "Fence breached"), ("geofence", "Inside the fence again"))


def _links(stream: Stream) -> list[Event]:
    at, times = stream.all_times([moments_in(stream.tables, name) for name in stream.own()])
    if not len(at):
        return []
    order = np.argsort(at, kind="stable")
    del at  # very many records are in these arrays
    times = times[order]
    del order
    np.maximum.accumulate(times, out=times)
    found: list[Event] = []
    for row in np.flatnonzero(times[1:] > times[:-1] + LINK_LOST_US).tolist():
        seconds = (times[row + 1] - times[row]) / 1e6
        origin = "times of all messages"
        found.append((int(times[row]), "link_lost", f"Nothing received for {seconds:.1f} s", origin))
        found.append((int(times[row + 1]), "link_regained", "Receiving again", origin))
    return found


def _clock_jumps(stream: Stream) -> list[Event]:
    clock = stream.clock
    found: list[Event] = []
    for jump in clock.jumps:
        anchor = np.searchsorted(clock.at, jump.offset)
        time = clock.times(clock.at[[anchor]], clock.device_us[[anchor]], clock.boot_us[[anchor]])
        way = "forward" if jump.by_us > 0 else "back"
        text = f"The recorder's clock jumped {way} by {abs(jump.by_us) / 1e6:.1f} s"
        found.append((int(time[0]), "clock_jump", text, "clock of the log against time_boot_ms"))
    return found
