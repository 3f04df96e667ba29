"""Mode, armed, in the air: states that hold until the next message about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.anchors import Times
from groundside.decode.mavlink.columns import known_buffer
from groundside.decode.mavlink.grouping import grouped
from groundside.decode.mavlink.series import Stream, once
from groundside.decode.mavlink.vehicle import ARDUPILOT
from groundside.model.table import Column
from groundside.native.mavlink_series import held

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
        return (self.values[1:] != self.values[:-1]).nonzero()[0] + 1


@dataclass(frozen=True, slots=True)
class Modes:
    """Flight modes: `which` of the `names` it was at each time; None is one without a name here."""

    time_us: Times
    which: npt.NDArray[np.int32]
    names: list[str | None]


def heartbeats(stream: Stream, field: str) -> States | None:
    """Give a field of the vehicle's heartbeats over time."""
    return _states(stream, "HEARTBEAT", field)


@once
def _states(stream: Stream, message: str, field: str) -> States | None:
    sheet = stream.sheet(message)
    if sheet is None:
        return None
    rows, times = stream.ordered(message)
    return States(times, sheet[field].astype(np.int64)[rows], f"{message}.{field}") if len(times) else None


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
def modes(stream: Stream) -> Modes | None:
    """Give the flight mode at each heartbeat; None where none has a name here."""
    base, custom = heartbeats(stream, "base_mode"), heartbeats(stream, "custom_mode")
    if base is None or custom is None or stream.vehicle is None:
        return None
    pairs, which, _ = grouped(base.values << 32 | custom.values)
    names = [stream.vehicle.mode(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()]
    return Modes(base.time_us, which, names) if any(names) else None


def state_columns(stream: Stream, at: Times) -> dict[str, Column]:
    """Make the columns mode, armed and in_air, as far as the log tells."""
    columns: dict[str, Column] = {}
    for name, states in (("armed", arming(stream)), ("in_air", flying(stream))):
        if states is not None:
            columns[name] = _yes_or_no(states, at)
    found = modes(stream)
    if found is not None:
        origin = "HEARTBEAT.custom_mode, held for up to 10 s"
        columns["mode"] = Column(_names(found, held(found.time_us, at, HELD_US)), origin=origin)
    return columns


_MOST_TEXT = 2**31 - 1
"""What the places in one Arrow array of text can say; no log that a process may read has so many rows."""


def _names(modes: Modes, rows: npt.NDArray[np.int64]) -> pa.Array[Any]:
    """Give the name of a mode for each row; null where it is -1, or has none."""
    words = [(name or "").encode() for name in modes.names] + [b""]
    code = np.where(rows < 0, len(modes.names), modes.which[rows])
    starts = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]])[: len(code)])
    codes, counts = code[starts].tolist(), np.diff(starts, append=len(code))
    text = b"".join([words[n] * count for n, count in zip(codes, counts.tolist(), strict=True)])
    if len(text) > _MOST_TEXT:
        raise MemoryError
    ends = np.zeros(len(code) + 1, np.int32)
    np.cumsum(np.array([len(word) for word in words], np.int32)[code], out=ends[1:])
    known = np.array([name is not None for name in modes.names] + [False])[code]
    buffers = [known_buffer(known), pa.py_buffer(ends.data), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.string(), len(code), buffers)


def _yes_or_no(states: States, at: Times) -> Column:
    rows = held(states.time_us, at, HELD_US)
    known = rows >= 0
    values = (states.values[rows] > 0) & known if len(states.values) else known
    buffers = [known_buffer(known), pa.py_buffer(np.packbits(values, bitorder="little").data)]
    array = pa.Array.from_buffers(pa.bool_(), len(rows), buffers)
    return Column(array, origin=f"{states.origin}, held for up to 10 s")
