"""The table of cues: one row a cue, every field a column, coordinates in the order the file uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.formats.dji_srt.columns import I64, Field
from groundside.decode.formats.dji_srt.found import Scan
from groundside.decode.formats.dji_srt.order import Order, counts_satellites, infer_order
from groundside.model.table import Column, table
from groundside.native.srt import iso_texts

_POLE, _DATE_LINE = 90.0, 180.0

# Column name: unit, the fields it is read from (the first that a cue has).
_PLAIN = {
    "frame_count": ("", "FrameCnt, SrtCnt"),
    "frame_ms": ("ms", "DiffTime"),
    "frame_id": ("", "FrameId"),
    "rel_alt_m": ("m", "rel_alt: above take-off"),
    "abs_alt_m": ("m", "abs_alt: as DJI states it, reference not verified"),
    "altitude_m": ("m", "altitude: DJI does not say above what"),
    "height_m": ("m", "H: above the home point"),
    "barometer_m": ("m", "BAROMETER, Hb"),
    "height_sensor_m": ("m", "Hs"),
    "distance_m": ("m", "D: from the home point"),
    "horizontal_speed_mps": ("m/s", "H.S"),
    "vertical_speed_mps": ("m/s", "V.S: sign as written"),
    "drone_speed_x_mps": ("m/s", "drone_speedx: axes as DJI has them"),
    "drone_speed_y_mps": ("m/s", "drone_speedy: axes as DJI has them"),
    "drone_speed_z_mps": ("m/s", "drone_speedz: axes as DJI has them"),
    "roll_deg": ("deg", "F.PRY, drone_roll"),
    "pitch_deg": ("deg", "F.PRY, drone_pitch"),
    "yaw_deg": ("deg", "F.PRY, drone_yaw"),
    "gimbal_roll_deg": ("deg", "G.PRY, gb_roll"),
    "gimbal_pitch_deg": ("deg", "G.PRY, gb_pitch"),
    "gimbal_yaw_deg": ("deg", "G.PRY, gb_yaw"),
    "iso": ("", "iso"),
    "f_number": ("", "fnum"),
    "ev": ("", "ev"),
    "ct_k": ("K", "ct: colour temperature"),
    "focal_len_mm": ("mm", "focal_len"),
}
_RENAMED = {"f_number": "fnum", "focal_len_mm": "focal_len"}


@dataclass(frozen=True, slots=True)
class Positions:
    """
    Longitude and latitude of each cue, NaN where there is none, and which were left out and why.

    Args:
        lon: degrees, one a cue.
        lat: degrees, one a cue.
        no_fix: how many are 0, 0.
        impossible: the cues with a latitude past 90 or a longitude past 180.
        incomplete: the cues with only one of the two.
    """

    lon: np.ndarray
    lat: np.ndarray
    no_fix: int
    impossible: np.ndarray
    incomplete: np.ndarray


@dataclass(frozen=True, slots=True)
class Cues:
    """The table, and what had to be inferred to make it."""

    table: pa.Table
    order: Order
    position: Positions
    home: Positions
    inferences: tuple[str, ...]


def read_cues(found: Scan) -> Cues:
    """Make the table of cues; cues in which nothing was understood have no row."""
    rows = len(found.starts)
    order = infer_order(found)
    position = _positions(found, order, rows)
    home = _checked(*_tuples(found, order, rows, home=True))
    third, third_means = _third(found, rows)
    columns = _timing(found, rows) | _coordinates(position, home, order)
    columns |= third | _home_altitude(found, rows) | _settings(found, rows)
    others = {
        n: Column(f.text_or_numbers(found.data, rows), origin=n) for n, f in found.others.items() if n not in columns
    }
    whole, known = table(columns | others), found.understood
    whole = whole if known.all() else whole.filter(pa.array(known))
    return Cues(whole, order, position, home, (*order.inferences, *third_means, *_camera_inferences(found)))


def _timing(found: Scan, rows: int) -> dict[str, Column]:
    clocks, known = found.walls.clocks(rows)
    return {
        "index": Column(_known(found.index), origin="cue number"),
        "start_ms": Column(_known(found.start_ms), "ms", "cue start"),
        "end_ms": Column(_known(found.end_ms), "ms", "cue end"),
        "wall_clock": Column(iso_texts(clocks, known), origin="date and time in the cue: local, no zone"),
        "wall_clock_us": Column(pa.array(clocks, mask=~known), "us", "as wall_clock, since 1970 of the same clock"),
    }


def _known(column: I64) -> pa.Array[Any]:
    return pa.array(column, mask=column < 0) if (column < 0).any() else pa.array(column)


def _positions(found: Scan, order: Order, rows: int) -> Positions:
    lon, lat = _tuples(found, order, rows, home=False)
    named = [found.fields.get(n) for n in ("longitude", "latitude")]
    if all(field is not None for field in named):
        named_lon, named_lat = (field.over(rows) for field in named if field is not None)
        lon, lat = np.where(np.isnan(lon), named_lon, lon), np.where(np.isnan(lat), named_lat, lat)
    return _checked(lon, lat)


def _tuples(found: Scan, order: Order, rows: int, *, home: bool) -> tuple[np.ndarray, np.ndarray]:
    places = found.places
    which = places.home == home
    first, second = (places.spread(values, which, rows) for values in (places.first, places.second))
    return (first, second) if order.lon_first else (second, first)


def _checked(lon: np.ndarray, lat: np.ndarray) -> Positions:
    no_fix = (lon == 0) & (lat == 0)
    with np.errstate(invalid="ignore"):
        impossible = (np.abs(lon) > _DATE_LINE) | (np.abs(lat) > _POLE)
    incomplete = (np.isnan(lon) != np.isnan(lat)) & ~impossible
    bad = no_fix | impossible | incomplete
    lon, lat = np.where(bad, np.nan, lon), np.where(bad, np.nan, lat)
    return Positions(lon, lat, int(no_fix.sum()), np.flatnonzero(impossible), np.flatnonzero(incomplete))


def _coordinates(position: Positions, home: Positions, order: Order) -> dict[str, Column]:
    how = {"named": "by name"}.get(order.basis, f"first of the tuple is {'lon' if order.lon_first else 'lat'}")
    return {
        "lon": Column(position.lon, "deg", f"position, {how}"),
        "lat": Column(position.lat, "deg", f"position, {how}"),
        "home_lon": Column(home.lon, "deg", f"HOME, {how}"),
        "home_lat": Column(home.lat, "deg", f"HOME, {how}"),
    }


def _third(found: Scan, rows: int) -> tuple[dict[str, Column], tuple[str, ...]]:
    """The third number of a position is a count of satellites on some models and an altitude on others."""
    places = found.places
    fixes = ~places.home & places.has_third
    third = places.spread(places.third, fixes, rows)
    nothing = np.full(rows, np.nan)
    if not fixes.any():
        return _thirds(nothing, nothing), ()
    if counts_satellites(found.places):
        what = "The third number of each position is a small whole number: taken as a count of satellites."
        return _thirds(third, nothing), (what,)
    if not np.nan_to_num(third).any():
        what = "The third number of each position is always 0 and not a count: taken as not given."
        return _thirds(nothing, nothing), (what,)
    what = (
        "The third number of each position has a unit, a fraction or a size no count has: kept as altitude in the"
        " table, not used in the track, because nothing says above what."
    )
    return _thirds(nothing, third), (what,)


def _thirds(satellites: np.ndarray, altitude: np.ndarray) -> dict[str, Column]:
    known = np.isfinite(satellites)
    counts = pa.array(np.where(known, satellites, 0).astype(np.int16), mask=~known)
    return {
        "satellites": Column(counts, origin="third number of the position"),
        "gps_altitude_m": Column(altitude, "m", "third number of the position: DJI does not say above what"),
    }


def _home_altitude(found: Scan, rows: int) -> dict[str, Column]:
    places = found.places
    third = places.spread(places.third, places.home & places.has_third, rows)
    return {"home_altitude_m": Column(third, "m", "third number of HOME: DJI does not say above what")}


def _settings(found: Scan, rows: int) -> dict[str, Column]:
    nothing = pa.array(np.full(rows, np.nan))
    columns: dict[str, Column] = {}
    for name, (unit, origin) in _PLAIN.items():
        given = found.fields.get(_RENAMED.get(name, name))
        columns[name] = Column(nothing if given is None else given.over(rows), unit, origin)
    seconds = np.full(rows, np.nan)
    for name in ("shutter_denominator", "shutter"):
        given = found.fields.get(name)
        if given is not None:
            seconds = np.where(np.isnan(column := given.over(rows)), seconds, column)
    columns["shutter_s"] = Column(seconds, "s", "shutter, SS, Shutter, TV")
    return columns


def _camera_inferences(found: Scan) -> tuple[str, ...]:
    said: list[str] = []
    if _is_rescaled(found.fields.get("fnum")):
        said.append("Apertures written without a decimal point are hundredths (280 is f/2.8).")
    if _is_rescaled(found.fields.get("focal_len")):
        said.append("Focal lengths written without a decimal point are tenths of a millimetre (240 is 24.0 mm).")
    if "shutter_denominator" in found.fields:
        said.append("Shutter speeds written as one number are its denominator (SS 400 is 1/400 s).")
    return tuple(said)


def _is_rescaled(field: Field | None) -> bool:
    return field is not None and field.is_rescaled()
