"""Batteries of a DJI flight CSV: one, or two side by side."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from groundside.decode.csv_rows.columns import F64, floats
from groundside.model.table import Column, origin_of

_HOTTEST_C = 150.0


def batteries(rows: pa.Table) -> dict[str, Column]:
    """
    Give the columns of a track for the first battery and, where the file tells two apart, the second.

    A battery of 0 V has not been read yet. A current that is mostly negative counts discharge so; the track's
    counts it positive.
    """
    first = "battery1" if floats(rows, "battery1_voltage_v") is not None else "battery"
    return _battery(rows, first, "") | _battery(rows, "battery2", "_2")


def _battery(rows: pa.Table, group: str, suffix: str) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    voltage_name = next((n for n in _names(group, "voltage_v", "total_voltage_v") if floats(rows, n) is not None), "")
    voltage = floats(rows, voltage_name) if voltage_name else None
    read = np.ones(rows.num_rows, np.bool_) if voltage is None else np.nan_to_num(voltage) > 0
    if voltage is not None:
        origin = f"{origin_of(rows, voltage_name)}, unknown where 0"
        columns[f"battery_voltage_v{suffix}"] = Column(np.where(read, voltage, np.nan), "V", origin)
    for name, source in (("percent", "charge_level_percent"), ("temperature_c", "temperature_degc")):
        values = floats(rows, f"{group}_{source}")
        if values is not None:
            known = read & ((name != "temperature_c") | (np.nan_to_num(values, nan=np.inf) < _HOTTEST_C))
            columns[f"battery_{name}{suffix}"] = Column(
                np.where(known, values, np.nan), "", origin_of(rows, f"{group}_{source}")
            )
    return columns | _current(rows, f"{group}_current_a", f"battery_current_a{suffix}", read)


def _names(group: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{group}_{name}" for name in names)


def _current(rows: pa.Table, source: str, name: str, read: np.ndarray) -> dict[str, Column]:
    current: F64 | None = floats(rows, source)
    if current is None or not np.nan_to_num(current).any():
        return {}
    sign = -1 if np.sum(current < 0) > np.sum(current > 0) else 1
    origin = origin_of(rows, source) + (", sign turned" if sign < 0 else "")
    return {name: Column(np.where(read, current * sign, np.nan), "A", origin)}
