"""Battery columns: BAT since ArduPilot 3.4, CURR before it; up to two batteries."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from groundside.decode.ardupilot.clock import Times
from groundside.decode.ardupilot.timed import Series, TimedTables, linear
from groundside.decode.remembered import once_a_log
from groundside.model.table import Column

SLOTS = 2
_MESSAGES = (("BAT",), ("BAT", "BAT2"), ("CURR", "CURR2"))
_FULL = 100.0
_CAPACITIES = ("BATT_CAPACITY", "BATT2_CAPACITY")


@once_a_log
def battery_tables(log: TimedTables) -> list[str]:
    """List the tables of the batteries, the first battery first; at most two."""
    for messages in _MESSAGES:
        names = [name for message in messages for name in log.named(message)]
        names = [name for name in names if log.series(name, "Volt")]
        if len(names) > 1 or (names and messages[-1] != "BAT"):
            return names[:SLOTS]
    return []


def battery_columns(log: TimedTables, at: Times, parameters: Mapping[str, float]) -> dict[str, Column]:
    """Make the battery columns, with suffix `_2` for the second battery."""
    columns: dict[str, Column] = {}
    tables = battery_tables(log)
    for slot, name in enumerate(tables):
        found = {
            "battery_voltage_v": _centi(log, name, "Volt"),
            "battery_current_a": _centi(log, name, "Curr"),
            "battery_temperature_c": _temperature(log, name),
            "battery_percent": _percent(log, name, parameters.get(_CAPACITIES[slot])),
        }
        columns |= {f"{key}_2" if slot else key: _column(s, at) for key, s in found.items() if s is not None}
    second = _centi(log, "CURR", "Volt2") if tables == ["CURR"] else None
    if second is not None and second.values.any():
        columns["battery_voltage_v_2"] = _column(second, at)
    return columns


def _column(series: Series, at: Times) -> Column:
    return Column(linear(series, at), origin=f"{series.origin}, interpolated linearly within 2 s")


def _centi(log: TimedTables, name: str, column: str) -> Series | None:
    """Give volts or amperes: as they are where stored as floats, hundredths where stored as whole numbers."""
    series = log.series(name, column)
    if series is None or not pa.types.is_integer(log.tables[name].schema.field(column).type):
        return series
    return series.scaled(0.01, "x 0.01")


def _temperature(log: TimedTables, name: str) -> Series | None:
    """Give the temperature; a column of nothing but 0 is a battery that does not measure it."""
    series = log.series(name, "Temp")
    return series if series is not None and series.values.any() else None


def _percent(log: TimedTables, name: str, capacity_mah: float | None) -> Series | None:
    """Give what is left: as stated (above 100 is unknown), or else by charge used and capacity set."""
    stated = log.series(name, "RemPct")
    if stated is not None:
        stated = stated.where(stated.values <= _FULL)
        return stated if len(stated) else None
    used = log.series(name, "CurrTot")
    if used is None or not capacity_mah or capacity_mah < 0 or not used.values.any():
        return None
    left = np.clip(_FULL * (1.0 - used.values / capacity_mah), 0.0, _FULL)
    return Series(used.time_us, left, f"100 x (1 - {used.origin} / {capacity_mah:g} mAh of parameter BATT_CAPACITY)")
