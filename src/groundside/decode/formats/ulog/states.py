"""Mode, armed, in the air: states that hold until the next message about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.formats.ulog.clock import Times
from groundside.decode.formats.ulog.series import Log, Series, Values, held
from groundside.decode.formats.ulog.vehicle import mode_names
from groundside.model.table import Column

_ARMED = 2
"""`vehicle_status.arming_state`: ARMING_STATE_ARMED, the same in all of msg/vehicle_status.msg since 2015."""
MAX_STATES = 64


def arming(log: Log) -> Series | None:
    """Give 1 where the vehicle was armed and 0 where not: from `vehicle_status`, or else `actuator_armed`."""
    state = log.first("vehicle_status", "arming_state")
    if state is not None:
        return Series(state.time_us, (state.values == _ARMED).astype(np.float64), f"{state.origin} 2")
    return log.first("actuator_armed", "armed")


def flying(log: Log) -> Series | None:
    """Give 1 where the autopilot held the vehicle to be in the air, 0 where it held it to have landed."""
    landed = log.first("vehicle_land_detected", "landed")
    return landed and Series(landed.time_us, 1.0 - landed.values, f"not {landed.origin}")


def modes(log: Log) -> Series | None:
    """Give the number of the mode."""
    return log.first("vehicle_status", "nav_state")


def state_columns(log: Log, at: Times, release: tuple[int, int] | None) -> dict[str, Column]:
    """Make the columns mode, armed and in_air, as far as the log tells."""
    columns: dict[str, Column] = {}
    for name, series in (("armed", arming(log)), ("in_air", flying(log))):
        if series is not None:
            values = held(series, at)
            array = pa.array(values > 0, pa.bool_(), mask=np.isnan(values))
            columns[name] = Column(array, origin=f"{series.origin}, held until the next")
    mode = modes(log)
    if mode is not None:
        numbers = held(mode, at)
        known = np.unique(numbers[np.isfinite(numbers)]).astype(int).tolist()
        names = mode_names(known[:MAX_STATES], release)
        words = _words(numbers, names)
        columns["mode"] = Column(words, origin=f"{mode.origin}, held until the next; PX4's names")
    return columns


def _words(numbers: Values, names: Mapping[int, str]) -> pa.Array[Any]:
    """Name each number; null where it is unknown or has no name."""
    apart, place = np.unique(numbers, return_inverse=True)
    words = pa.array([names.get(int(n)) if np.isfinite(n) else None for n in apart.tolist()], pa.string())
    return words.take(pa.array(place, pa.int64()))


def takeoff_us(log: Log) -> int | None:
    """Say when the vehicle first took off, or else was first armed; None where the log does not tell."""
    for series in (flying(log), arming(log)):
        if series is not None and (series.values > 0).any():
            return int(series.time_us[np.argmax(series.values > 0)])
    return None
