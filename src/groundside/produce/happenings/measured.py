"""
Quantities that decoded tables hold, under one name for every format.

Which tables and columns, and what they mean: ArduPilot, libraries/AP_InertialSensor/LogStructure.h (VIBE) and
libraries/AP_NavEKF*/LogStructure.h (EKF4, NKF4, XKF4: square roots of test ratios, 1 is rejected); MAVLink common.xml
and ardupilotmega.xml (VIBRATION, EKF_STATUS_REPORT, WIND); PX4 msg/VehicleImuStatus.msg, msg/EstimatorStatus.msg and
msg/Wind.msg.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from groundside.model.happening import Series
from groundside.produce.flight.signals import Floats

QUANTITIES = (
    "vibration_mps2", "vibration_metric_mps2", "clips", "velocity_ratio", "position_ratio", "height_ratio",
    "compass_ratio", "wind_north_mps", "wind_east_mps",
)  # fmt: skip
"""
"vibration_mps2" is ArduPilot's (standard deviation, the worst axis), "vibration_metric_mps2" PX4's (high frequencies);
ratios are innovations against their gates, as `MAV ESTIMATOR_STATUS` has them; the wind is where it blows to.
"""
_CLOCKS = {"TimeUS": 1, "TimeMS": 1000, "timestamp": 1, "time_us": 1}
"""Column to its microseconds a count, on the clock of the format."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Tables whose name begins with `table`, and the columns of which the greatest (or the sum) is a quantity."""

    table: str
    quantity: str
    columns: tuple[str, ...]
    summed: bool = False


_RATIOS = (("velocity_ratio", "SV"), ("position_ratio", "SP"), ("height_ratio", "SH"))
_PLACES = (
    _Place("VIBE", "vibration_mps2", ("VibeX", "VibeY", "VibeZ")),
    _Place("VIBE", "clips", ("Clip",), summed=True),
    _Place("VIBE", "clips", ("Clip0", "Clip1", "Clip2"), summed=True),
    _Place("VIBRATION", "vibration_mps2", ("vibration_x", "vibration_y", "vibration_z")),
    _Place("VIBRATION", "clips", ("clipping_0", "clipping_1", "clipping_2"), summed=True),
    _Place("vehicle_imu_status", "vibration_metric_mps2", ("accel_vibration_metric",)),
    _Place("vehicle_imu_status", "clips", ("accel_clipping[0]", "accel_clipping[1]", "accel_clipping[2]"), summed=True),
    *(_Place(table, quantity, (column,)) for table in ("EKF4", "NKF4", "XKF4") for quantity, column in _RATIOS),
    _Place("EKF4", "compass_ratio", ("SMX", "SMY", "SMZ")),
    *(_Place(table, "compass_ratio", ("SM",)) for table in ("NKF4", "XKF4")),
    _Place("EKF_STATUS_REPORT", "velocity_ratio", ("velocity_variance",)),
    _Place("EKF_STATUS_REPORT", "position_ratio", ("pos_horiz_variance",)),
    _Place("EKF_STATUS_REPORT", "height_ratio", ("pos_vert_variance",)),
    _Place("EKF_STATUS_REPORT", "compass_ratio", ("compass_variance",)),
    _Place("estimator_status", "velocity_ratio", ("vel_test_ratio",)),
    _Place("estimator_status", "position_ratio", ("pos_test_ratio",)),
    _Place("estimator_status", "height_ratio", ("hgt_test_ratio",)),
    _Place("estimator_status", "compass_ratio", ("mag_test_ratio",)),
    *(_Place(table, f"wind_{way}_mps", (column,)) for table in ("EKF2", "NKF2", "XKF2")
      for way, column in (("north", "VWN"), ("east", "VWE"))),
    *(_Place(table, f"wind_{way}_mps", (f"windspeed_{way}",)) for table in ("wind", "wind_estimate")
      for way in ("north", "east")),
)  # fmt: skip
TABLES = tuple(dict.fromkeys([place.table for place in _PLACES] + ["WIND"]))
"""What to decode: names of tables without their instance."""
_INSTANCE = re.compile(r"(\[\d+\]|~\d+)?")


def measured(tables: Mapping[str, pa.Table], shift_us: int) -> tuple[Series, ...]:
    """
    Take the quantities out of decoded tables.

    Args:
        tables: name to table, of any format; those that are not known here are passed over, and not decoded.
        shift_us: added to the clock of the tables to meet that of the track (`Format.own_clock_us`).
    """
    return tuple(_all(tables, shift_us))


def _all(tables: Mapping[str, pa.Table], shift_us: int) -> Iterator[Series]:
    for name in tables:
        base = next((b for b in TABLES if name.startswith(b) and _INSTANCE.fullmatch(name[len(b) :])), None)
        if base is None:
            continue
        table = tables[name]
        clock = next((c for c in _CLOCKS if c in table.schema.names), None)
        if clock is None or not table.num_rows:
            continue
        time_us = table[clock].cast(pa.int64()).to_numpy() * _CLOCKS[clock] + shift_us
        for quantity, columns, values in _quantities(base, table):
            known = np.flatnonzero(np.isfinite(values) & (np.asarray(table[clock].is_null()) == 0))
            rows = known[np.argsort(time_us[known], kind="stable")]
            yield Series(quantity, time_us[rows], values[rows], name, ", ".join(columns), rows)


def _quantities(base: str, table: pa.Table) -> Iterator[tuple[str, tuple[str, ...], Floats]]:
    if base == "WIND":
        yield from _wind_message(table)
    for place in _PLACES:
        if place.table == base and set(place.columns) <= set(table.schema.names):
            columns = np.stack([_floats(table, c) for c in place.columns])
            with np.errstate(all="ignore"):
                yield place.quantity, place.columns, columns.sum(axis=0) if place.summed else columns.max(axis=0)


def _wind_message(table: pa.Table) -> Iterator[tuple[str, tuple[str, ...], Floats]]:
    """MAVLink's WIND states where the wind comes from, in degrees, and how strong it is."""
    columns = ("direction", "speed")
    if set(columns) <= set(table.schema.names):
        direction, speed = (_floats(table, c) for c in columns)
        with np.errstate(all="ignore"):
            yield "wind_north_mps", columns, -speed * np.cos(np.radians(direction))
            yield "wind_east_mps", columns, -speed * np.sin(np.radians(direction))


def _floats(table: pa.Table, column: str) -> Floats:
    return np.asarray(
        table[column].cast(pa.float64()).fill_null(pa.scalar(float("nan"), pa.float64())).to_numpy(), np.float64
    )
