"""Battery columns: BATTERY_STATUS by its id, SYS_STATUS and BATTERY2 where there is none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from groundside.decode.mavlink.anchors import Times
from groundside.decode.mavlink.series import Series, Stream, Values, linear, once, series_of
from groundside.model.table import Column

SLOTS = 2
_NO_VOLTAGE, _NO_TEMPERATURE, _NO_CURRENT, _NO_PERCENT = 0xFFFF, 0x7FFF, -1, -1
"""What the message definitions give as "unknown"."""


@once
def battery_ids(stream: Stream) -> list[int]:
    """List the ids of the batteries whose voltage BATTERY_STATUS tells, ascending; at most two."""
    sheet = stream.sheet("BATTERY_STATUS")
    return [] if sheet is None else sorted(set(sheet["id"][np.isfinite(_volts(stream))].tolist()))[:SLOTS]


def battery_columns(stream: Stream, at: Times) -> dict[str, Column]:
    """Make the battery columns, with suffix `_2` for the second battery."""
    columns: dict[str, Column] = {}
    for slot, found in enumerate(_batteries(stream)):
        suffix = "_2" if slot else ""
        columns |= {f"battery_{k}{suffix}": _column(s, at) for k, s in found.items() if s is not None and len(s)}
    return columns


def _batteries(stream: Stream) -> list[dict[str, Series | None]]:
    ids = battery_ids(stream)
    if ids:
        return [_by_status(stream, number) for number in ids]
    first = {
        "voltage_v": _positive(stream.series("SYS_STATUS", "voltage_battery", 1e-3, _NO_VOLTAGE)),
        "current_a": stream.series("SYS_STATUS", "current_battery", 0.01, _NO_CURRENT),
        "percent": stream.series("SYS_STATUS", "battery_remaining", 1.0, _NO_PERCENT),
    }
    second = {
        "voltage_v": _positive(stream.series("BATTERY2", "voltage", 1e-3, _NO_VOLTAGE)),
        "current_a": stream.series("BATTERY2", "current_battery", 0.01, _NO_CURRENT),
    }
    return [first, second] if second["voltage_v"] else [first] if first["voltage_v"] else []


def _positive(series: Series | None) -> Series | None:
    """Leave out zero volts, which an autopilot without a monitor states; None where nothing is left."""
    if series is None:
        return None
    real = series.where(series.values > 0)
    return real if len(real) else None


def _by_status(stream: Stream, number: int) -> dict[str, Series | None]:
    sheet = stream.sheet("BATTERY_STATUS")
    if sheet is None:
        return {}
    times, mine = stream.times_of("BATTERY_STATUS"), sheet["id"] == number

    def series(values: Values, known: npt.NDArray[np.bool_], what: str) -> Series | None:
        return series_of(times, values, known & mine, f"BATTERY_STATUS.{what} of id {number}")

    volts = _volts(stream)
    fields = ("current_battery", "temperature", "battery_remaining")
    current, temperature, percent = (sheet[field].astype(np.float64) for field in fields)
    return {
        "voltage_v": series(volts, np.isfinite(volts), "voltages, summed"),
        "current_a": series(current * 0.01, current != _NO_CURRENT, "current_battery x 0.01"),
        "temperature_c": _measured(series(temperature * 0.01, temperature != _NO_TEMPERATURE, "temperature x 0.01")),
        "percent": series(percent, percent != _NO_PERCENT, "battery_remaining"),
    }


def _measured(series: Series | None) -> Series | None:
    """Leave out a temperature of nothing but 0: a battery that does not measure it."""
    return series if series is not None and series.values.any() else None


@once
def _volts(stream: Stream) -> Values:
    """
    Sum the cells of BATTERY_STATUS up, in volts; NaN where none is stated.

    Cells that are not there are 65535 in `voltages` and 0 in `voltages_ext`; where single cells are unknown, the first
    holds the whole voltage, and goes on in the next where it is 65534 (definition of BATTERY_STATUS).
    """
    sheet = stream.sheet("BATTERY_STATUS")
    if sheet is None:
        return np.zeros(0)
    cells = sheet["voltages"]
    there = cells != _NO_VOLTAGE
    total = np.where(there, cells, 0).sum(axis=1, dtype=np.int64)
    if "voltages_ext" in sheet:
        more = sheet["voltages_ext"]
        total += np.where(more == _NO_VOLTAGE, 0, more).sum(axis=1, dtype=np.int64)
    return np.where(there.any(axis=1) & (total > 0), total / 1000.0, np.nan)


def _column(series: Series, at: Times) -> Column:
    return Column(linear(series, at), origin=f"{series.origin}, interpolated linearly within 2 s")
