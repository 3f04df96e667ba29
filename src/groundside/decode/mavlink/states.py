"""Mode, armed, in the air: states that hold until the next message about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.anchors import Times
from groundside.decode.mavlink.grouping import grouped
from groundside.decode.mavlink.series import Stream, held, once, series_of
from groundside.decode.mavlink.vehicle import ARDUPILOT
from groundside.model.table import Column

ARMED_FLAG = 128
"""MAV_MODE_FLAG_SAFETY_ARMED, of HEARTBEAT.base_mode."""
STANDBY, ACTIVE, CRITICAL, EMERGENCY, TERMINATION = 3, 4, 5, 6, 8
"""MAV_STATE, of HEARTBEAT.system_status."""
ON_GROUND, IN_AIR, LANDING = 1, 2, 4
"""MAV_LANDED_STATE: from `IN_AIR` to `LANDING` (taking off between them) the vehicle is in the air."""
HELD_US = 10_000_000
"""Heartbeats come once a second (MAVLink guide, "Heartbeat"); after ten without one a state is unknown."""
_LANDED_KINDS = frozenset({"copter", "blimp"})


@dataclass(frozen=True, slots=True)
class States:
    """Values of one state at the times they were stated, and what they were read from."""

    time_us: Times
    values: npt.NDArray[np.int64]
    origin: str

    def changes(self) -> npt.NDArray[np.intp]:
        """Give the rows that differ from the one before; the first is none."""
        return np.flatnonzero(np.diff(self.values)) + 1


def heartbeats(stream: Stream, field: str) -> States | None:
    """Give a field of the vehicle's heartbeats over time."""
    return _states(stream, "HEARTBEAT", field)


@once
def _states(stream: Stream, message: str, field: str) -> States | None:
    table = stream.table(message)
    if table is None:
        return None
    rows, times = stream.ordered(message)
    values = table[field].to_numpy().astype(np.int64)
    return States(times, values[rows], f"{message}.{field}") if len(rows) else None


@once
def arming(stream: Stream) -> States | None:
    """Give 1 where a heartbeat says that the vehicle is armed, 0 where not."""
    found = heartbeats(stream, "base_mode")
    if found is None:
        return None
    return States(found.time_us, (found.values & ARMED_FLAG) // ARMED_FLAG, f"{found.origin} bit 128")


@once
def flying(stream: Stream) -> States | None:
    """
    Give 1 where the vehicle says that it is in the air, 0 where on the ground; what it does not say is left out.

    By EXTENDED_SYS_STATE.landed_state; where there is none, of ArduPilot's Copter and Blimp by the heartbeat, whose
    `system_status` is STANDBY while the landing detector holds and ACTIVE while not (`vehicle_system_status` in
    GCS_Mavlink.cpp of both). Its other vehicles say ACTIVE for "armed" or always.
    """
    landed = _states(stream, "EXTENDED_SYS_STATE", "landed_state")
    if landed is not None and (landed.values > 0).any():
        known = (landed.values >= ON_GROUND) & (landed.values <= LANDING)
        return States(landed.time_us[known], (landed.values[known] != ON_GROUND).astype(np.int64), landed.origin)
    vehicle = stream.vehicle
    if vehicle is None or vehicle.autopilot != ARDUPILOT or vehicle.ardupilot_kind not in _LANDED_KINDS:
        return None
    status = heartbeats(stream, "system_status")
    if status is None:
        return None
    known = (status.values == STANDBY) | (status.values == ACTIVE)
    if not known.any():
        return None
    origin = f"{status.origin}, standby or active"
    return States(status.time_us[known], (status.values[known] == ACTIVE).astype(np.int64), origin)


@once
def modes(stream: Stream) -> tuple[Times, list[str | None]] | None:
    """Give the name of the flight mode at each heartbeat; None where none has a name here."""
    base, custom = heartbeats(stream, "base_mode"), heartbeats(stream, "custom_mode")
    if base is None or custom is None or stream.vehicle is None:
        return None
    pairs, which, _ = grouped(base.values << 32 | custom.values)
    names = [stream.vehicle.mode(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()]
    return (base.time_us, [names[n] for n in which.tolist()]) if any(names) else None


def state_columns(stream: Stream, at: Times) -> dict[str, Column]:
    """Make the columns mode, armed and in_air, as far as the log tells."""
    columns: dict[str, Column] = {}
    for name, states in (("armed", arming(stream)), ("in_air", flying(stream))):
        if states is not None:
            columns[name] = _yes_or_no(states, at)
    found = modes(stream)
    if found is not None:
        times, names = found
        index = series_of(times, np.arange(len(times), dtype=np.float64), np.ones(len(times), np.bool_), "")
        rows = held(index, at, HELD_US) if index else np.full(len(at), np.nan)
        # The last name stands for what is unknown.
        values = np.array([*names, None], object)[np.where(np.isnan(rows), len(names), rows).astype(np.int64)]
        origin = "HEARTBEAT.custom_mode, held for up to 10 s"
        columns["mode"] = Column(pa.array(values, pa.string()), origin=origin)
    return columns


def _yes_or_no(states: States, at: Times) -> Column:
    known = np.ones(len(states.values), np.bool_)
    series = series_of(states.time_us, states.values.astype(np.float64), known, states.origin)
    values = held(series, at, HELD_US) if series else np.full(len(at), np.nan)
    array = pa.array(values > 0, pa.bool_(), mask=np.isnan(values))
    return Column(array, origin=f"{states.origin}, held for up to 10 s")
