"""The recording and the track of a decoded AirData CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.formats.airdata_csv.clock import fit_clock, in_calendar
from groundside.model.decoded import Decoded
from groundside.model.place import LonLat
from groundside.model.recording import Recording, TimeBasis
from groundside.model.table import Column, origin_of
from groundside.model.track import Track, track_of

_AT_HOME_M = 0.5
_COUNTED = "time(millisecond): since the recording began"
_ROUNDED = (
    "Date and time are taken as rounded to the nearest second: so the start agrees within 0.1 s with the"
    " aircraft's own record in all ten flights that have both."
)

# Column of the track: the columns of the file it can come from, best first.
_FLOATS = {
    "lon": ("longitude",),
    "lat": ("latitude",),
    "height_m": ("height_above_takeoff_m", "ascent_m"),
    "altitude_m": ("altitude_above_sea_level_m", "altitude_m"),
    "vn_mps": ("x_speed_mps",),
    "ve_mps": ("y_speed_mps",),
    "vd_mps": ("z_speed_mps",),
    "roll_deg": ("roll_deg",),
    "pitch_deg": ("pitch_deg",),
    "yaw_deg": ("compass_heading_deg",),
    "battery_percent": ("battery_percent",),
    "battery_temperature_c": ("battery_temperature_degc",),
}
_SAID = {
    "vn_mps": ": north, by comparison with the positions",
    "ve_mps": ": east, by comparison with the positions",
    "vd_mps": ": down, by comparison with the height",
    "yaw_deg": ", brought to 0 to 360",
}


@dataclass(frozen=True, slots=True)
class Times:
    """When each row was: `rows` are those with a time, in order; `time_us` of them; what it counts."""

    rows: np.ndarray
    time_us: np.ndarray
    basis: TimeBasis
    error_s: float | None
    local_start: str
    origin: str
    inferences: tuple[str, ...]


def make_recording(decoded: Decoded) -> Recording:
    """
    Sum the file up.

    Start is the first row, duration to the last row, distance the last value of the mileage, height and speed
    the recorder's own maxima, home the first position (where the file says that the distance from home is 0).
    """
    rows = decoded.tables["rows"]
    times = read_times(rows)
    here = times.time_us
    said = decoded.facts.get("inferences")
    home, why = _home(rows)
    return Recording(
        time_basis=times.basis,
        start_us=int(here[0]) if len(here) and times.basis.is_utc else None,
        duration_s=float(here[-1] - here[0]) / 1e6 if len(here) else None,
        time_error_s=times.error_s,
        local_start=times.local_start,
        home=home,
        distance_m=_last(rows, "mileage_m"),
        max_height_m=_greatest(rows, "max_ascent_m", "height_above_takeoff_m"),
        max_speed_mps=_greatest(rows, "max_speed_mps", "speed_mps"),
        rows_expected=rows.num_rows,
        inferences=(*(map(str, said) if isinstance(said, list) else ()), *times.inferences, *why),
    )


def make_track(decoded: Decoded) -> Track | None:
    """Make the track, one row of it for each row that has a time; None where there is none."""
    rows = decoded.tables["rows"]
    times = read_times(rows)
    if not len(times.rows):
        return None
    columns = {name: _float_column(rows, name, choices) for name, choices in _FLOATS.items()}
    columns |= _gimbal(rows) | _battery(rows)
    order = times.rows
    track = {n: Column(np.asarray(c.values)[order], c.unit, c.origin) for n, c in columns.items() if c is not None}
    in_order = pa.array(order, pa.int64())
    track |= {n: Column(values.take(in_order), "", origin) for n, (values, origin) in _states(rows).items()}
    track["time_us"] = Column(times.time_us, "us", times.origin)
    return track_of(track, times.basis, times.error_s)


def read_times(rows: pa.Table) -> Times:
    """Find out when each row was, from the counter of milliseconds and the date and time of each row."""
    counter = _floats(rows, "time_ms")
    timed = np.flatnonzero(np.isfinite(counter) & (np.abs(counter) < 2**53 / 1000)) if counter is not None else []
    if counter is None or not len(timed):
        return Times(np.zeros(0, np.int64), np.zeros(0, np.int64), TimeBasis.NONE, None, "", "", ())
    order = timed[np.argsort(counter[timed], kind="stable")]
    count_us = np.round(counter[order] * 1000).astype(np.int64)
    said = _unordered(counter[timed], rows.num_rows - len(timed))
    clock_name = next((n for n in rows.column_names if n.startswith("datetime")), "")
    walls, known = _integers(rows, clock_name) if clock_name else (count_us, np.zeros(rows.num_rows, bool))
    both = known[order]
    fit = fit_clock(count_us[both] / 1000, walls[order][both])
    if fit is None:
        return Times(order, count_us - count_us[0], TimeBasis.BOOT, None, "", _COUNTED, said)
    if fit.agreeing < fit.rows:
        said += (f"{fit.rows - fit.agreeing} rows have a date and time that a steady clock does not: not used.",)
    if not in_calendar(int(count_us[0]) + fit.zero_us, int(count_us[-1]) + fit.zero_us):
        said += ("Dates and times lead to years before 1 or after 9999: the wall clock is not used.",)
        return Times(order, count_us - count_us[0], TimeBasis.BOOT, None, "", _COUNTED, said)
    said += (_ROUNDED,)
    if clock_name == "datetime_utc":
        origin = f"time(millisecond), its zero fitted to {clock_name}"
        return Times(order, count_us + fit.zero_us, TimeBasis.UTC_DEVICE, fit.error_s, "", origin, said)
    local = str(np.datetime64(int(count_us[0]) + fit.zero_us, "us"))
    return Times(order, count_us - count_us[0], TimeBasis.LOCAL, None, local, _COUNTED, said)


def _unordered(counter: np.ndarray, without: int) -> tuple[str, ...]:
    said: tuple[str, ...] = ()
    if np.any(np.diff(counter) < 0):
        said += ("Times of the rows run backwards in places: the track is sorted by time.",)
    if without:
        said += (f"{without} rows have no time: they are not in the track.",)
    return said


def _home(rows: pa.Table) -> tuple[LonLat | None, tuple[str, ...]]:
    lon, lat = _floats(rows, "longitude"), _floats(rows, "latitude")
    if lon is None or lat is None:
        return None, ()
    points = (LonLat(float(x), float(y)) for x, y in zip(lon, lat, strict=True))
    first = next(((i, p) for i, p in enumerate(points) if p.is_position), None)
    away = _floats(rows, "distance_m")
    if first is None or (away is not None and not away[first[0]] <= _AT_HOME_M):
        return None, ()
    return first[1], ("Home is taken to be the first position, where the file gives a distance from home of 0.",)


def _float_column(rows: pa.Table, name: str, choices: tuple[str, ...]) -> Column | None:
    chosen = next((c for c in choices if c in rows.column_names), None)
    values = _floats(rows, chosen) if chosen else None
    if chosen is None or values is None:
        return None
    unit = "m" if name.endswith("_m") else ""
    turned = np.mod(values, 360.0) if name == "yaw_deg" else values
    return Column(turned, unit, origin_of(rows, chosen) + _SAID.get(name, ""))


def _gimbal(rows: pa.Table) -> dict[str, Column | None]:
    """Angles that are 0 in every row are those of an aircraft without a gimbal."""
    names = [n for n in ("gimbal_heading_deg", "gimbal_pitch_deg", "gimbal_roll_deg") if n in rows.column_names]
    angles = {n: v for n in names if (v := _floats(rows, n)) is not None}
    if not any(np.nan_to_num(v).any() for v in angles.values()):
        return {}
    yaw, pitch = angles.get("gimbal_heading_deg"), angles.get("gimbal_pitch_deg")
    return {
        "gimbal_yaw_deg": None if yaw is None else Column(np.mod(yaw, 360.0), "deg", "gimbal_heading(degrees)"),
        "gimbal_pitch_deg": None if pitch is None else Column(pitch, "deg", "gimbal_pitch(degrees)"),
    }


def _battery(rows: pa.Table) -> dict[str, Column | None]:
    """A battery of 0 V has not been read yet: nor has its current."""
    voltage, origin = _floats(rows, "voltage_v"), "voltage(v), unknown where 0"
    if voltage is None or not np.nan_to_num(voltage).any():
        cells = [v for n in rows.column_names if n.startswith("voltage_cell") and (v := _floats(rows, n)) is not None]
        voltage, origin = (np.nansum(cells, axis=0), "sum of voltageCell1.., unknown where 0") if cells else (None, "")
    if voltage is None:
        return {}
    read = np.nan_to_num(voltage) > 0
    current = _floats(rows, "current_a")
    amperes = None if current is None else Column(np.where(read, current, np.nan), "A", "current(A)")
    return {
        "battery_voltage_v": Column(np.where(read, voltage, np.nan), "V", origin),
        "battery_current_a": amperes,
    }


def _states(rows: pa.Table) -> dict[str, tuple[pa.Array[Any], str]]:
    columns: dict[str, tuple[pa.Array[Any], str]] = {}
    if "satellites" in rows.column_names:
        count, known = _integers(rows, "satellites")
        known &= (count >= 0) & (count < 2**15)
        columns["satellites"] = pa.array(np.where(known, count, 0), mask=~known), "satellites"
    if "flyc_state" in rows.column_names:
        mode = rows.column("flyc_state").combine_chunks().cast(pa.string())
        columns["mode"] = mode, "flycState"
        columns["armed"] = _where(mode, _MOTORS_RUN), "flycState: motors run in it; unknown in others"
        columns["in_air"] = _where(mode, _ON_GROUND), "flycState: on the ground in it; unknown in others"
    return columns


_MOTORS_RUN = {"Motors_Started": True, "Assisted_Takeoff": True, "Confirm_Landing": True}
_ON_GROUND = {"Motors_Started": False}


def _where(mode: pa.Array[Any], meaning: dict[str, bool]) -> pa.Array[Any]:
    coded = mode.dictionary_encode()
    return pa.array([meaning.get(str(m)) for m in coded.dictionary], pa.bool_()).take(coded.indices)


def _last(rows: pa.Table, name: str) -> float | None:
    values = _floats(rows, name)
    known = values[np.isfinite(values)] if values is not None else np.zeros(0)
    return float(known[-1]) if len(known) else None


def _greatest(rows: pa.Table, *names: str) -> float | None:
    for name in names:
        values = _floats(rows, name)
        if values is not None and np.isfinite(values).any():
            return float(np.nanmax(values))
    return None


def _floats(rows: pa.Table, name: str) -> np.ndarray | None:
    """A column as floats; None where there is none, or one of text."""
    if name not in rows.column_names or not (
        pa.types.is_integer(rows.schema.field(name).type) or pa.types.is_floating(rows.schema.field(name).type)
    ):
        return None
    return np.asarray(rows.column(name).combine_chunks().cast(pa.float64(), safe=False).fill_null(np.nan))


def _integers(rows: pa.Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    floats = rows.column(name).combine_chunks()
    if not pa.types.is_integer(floats.type):
        values = _floats(rows, name)
        whole = np.zeros(rows.num_rows) if values is None else np.nan_to_num(values)
        return whole.astype(np.int64), np.zeros(rows.num_rows, bool) if values is None else np.isfinite(values)
    return np.asarray(floats.fill_null(0)), np.asarray(floats.is_valid())
