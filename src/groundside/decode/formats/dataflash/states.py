"""Mode, armed, in the air: states that hold until the next record about them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from groundside.decode.formats.dataflash.clock import Times
from groundside.decode.formats.dataflash.log import Log, Series, held
from groundside.decode.formats.dataflash.vehicle import mode_name
from groundside.model.table import Column

ARMED, DISARMED, LANDED, NOT_LANDED = 10, 11, 18, 28
"""EV.Id, from enum `LogEvent` of ArduPilot's libraries/AP_Logger/AP_Logger.h."""


def arming(log: Log) -> Series | None:
    """Give 1 where the vehicle was armed and 0 where disarmed, at each change: from ARM, events or STAT."""
    for name in log.named("ARM"):
        found = log.series(name, "ArmState")
        if found:
            return found
    return events(log, on=ARMED, off=DISARMED) or _status(log, "Armed")


def flying(log: Log) -> Series | None:
    """Give 1 from the moment the autopilot held the vehicle to be in the air, 0 from that of landing."""
    return events(log, on=NOT_LANDED, off=LANDED) or _status(log, "isFlying")


def events(log: Log, on: int, off: int) -> Series | None:
    """Give 1 at each event `on` and 0 at each event `off`."""
    found = log.series("EV", "Id")
    if found is None:
        return None
    chosen = found.where((found.values == on) | (found.values == off))
    if not len(chosen):
        return None
    return Series(chosen.time_us, (chosen.values == on).astype(np.float64), f"EV.Id {on} and {off}")


def _status(log: Log, column: str) -> Series | None:
    return next((s for name in log.named("STAT") if (s := log.series(name, column))), None)


def state_columns(log: Log, at: Times, kind: str) -> dict[str, Column]:
    """Make the columns mode, armed and in_air, as far as the log tells."""
    columns: dict[str, Column] = {}
    for name, series in (("armed", arming(log)), ("in_air", flying(log))):
        if series is not None:
            columns[name] = _yes_or_no(series, at)
    mode = modes(log)
    if mode is not None:
        numbers = held(mode, at)
        names = {number: mode_name(kind, int(number)) for number in np.unique(numbers[np.isfinite(numbers)]).tolist()}
        columns["mode"] = Column(
            pa.array([names.get(number) for number in numbers.tolist()], pa.string()),
            origin=f"{mode.origin}, held until the next; names of {kind or 'an unknown vehicle'}",
        )
    return columns


def modes(log: Log) -> Series | None:
    """Give the number of each mode from the moment it was entered."""
    for name in log.named("MODE"):
        found = log.series(name, "ModeNum") or log.series(name, "Mode")
        if found:
            return found
    return None


def _yes_or_no(series: Series, at: Times) -> Column:
    values = held(series, at)
    origin = f"{series.origin}, held until the next"
    if series.origin.startswith("EV."):
        # An event is a change, so that before the first one it was the other way round.
        values[np.isnan(values)] = 1.0 - series.values[0]
        origin += "; before the first, its opposite"
    return Column(pa.array(values > 0, pa.bool_(), mask=np.isnan(values)), origin=origin)
