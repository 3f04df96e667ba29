"""Battery columns: `battery_status`, up to two batteries."""

from __future__ import annotations

from groundside.decode.formats.ulog.clock import Times
from groundside.decode.formats.ulog.series import Log, Series, linear
from groundside.model.table import Column

SLOTS = 2
_PERCENT = 100.0


def battery_tables(log: Log) -> list[str]:
    """List the tables of the batteries that were ever connected, the first battery first; at most two."""
    return [name for name in log.named("battery_status") if _known(log, name, "voltage_v", 0.0)][:SLOTS]


def battery_columns(log: Log, at: Times) -> dict[str, Column]:
    """
    Make the battery columns, with suffix `_2` for the second battery.

    What is unknown is written as 0 V, -1 A, -1 of charge and NaN degrees: msg/versioned/BatteryStatus.msg of
    PX4-Autopilot. A temperature of nothing but 0 is a battery that does not measure it.
    """
    columns: dict[str, Column] = {}
    for slot, name in enumerate(battery_tables(log)):
        temperature = log.series(name, "temperature")
        found = {
            "battery_voltage_v": _known(log, name, "voltage_v", 0.0),
            "battery_current_a": _known(log, name, "current_a", -1.0),
            "battery_percent": _percent(log, name),
            "battery_temperature_c": temperature if temperature is not None and temperature.values.any() else None,
        }
        columns |= {f"{key}_2" if slot else key: _column(s, at) for key, s in found.items() if s is not None}
    return columns


def _column(series: Series, at: Times) -> Column:
    return Column(linear(series, at), origin=f"{series.origin}, interpolated linearly within 2 s")


def _known(log: Log, name: str, column: str, unknown: float) -> Series | None:
    series = log.series(name, column)
    return series.where(series.values != unknown) if series is not None else None


def _percent(log: Log, name: str) -> Series | None:
    series = log.series(name, "remaining")
    known = series.where((series.values >= 0) & (series.values <= 1)) if series is not None else None
    return known and Series(known.time_us, known.values * _PERCENT, f"{known.origin} x 100")
