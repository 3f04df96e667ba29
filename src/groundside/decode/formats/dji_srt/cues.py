"""The table of cues: one row a cue, every field a column, coordinates in the order the file uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from groundside.decode.formats.dji_srt import values
from groundside.decode.formats.dji_srt.order import Order, counts_satellites, infer_order
from groundside.decode.formats.dji_srt.scan import Place, Scan
from groundside.model.table import Column, table

_POLE, _DATE_LINE = 90.0, 180.0

# Column name: unit, how to read it, the fields it is read from (the first that a cue has).
_PLAIN = {
    "frame_count": ("", values.number, "FrameCnt, SrtCnt"),
    "frame_ms": ("ms", values.number, "DiffTime"),
    "frame_id": ("", values.number, "FrameId"),
    "rel_alt_m": ("m", values.number, "rel_alt: above take-off"),
    "abs_alt_m": ("m", values.number, "abs_alt: as DJI states it, reference not verified"),
    "altitude_m": ("m", values.number, "altitude: DJI does not say above what"),
    "height_m": ("m", values.number, "H: above the home point"),
    "barometer_m": ("m", values.number, "BAROMETER, Hb"),
    "height_sensor_m": ("m", values.number, "Hs"),
    "distance_m": ("m", values.number, "D: from the home point"),
    "horizontal_speed_mps": ("m/s", values.number, "H.S"),
    "vertical_speed_mps": ("m/s", values.number, "V.S: sign as written"),
    "drone_speed_x_mps": ("m/s", values.number, "drone_speedx: axes as DJI has them"),
    "drone_speed_y_mps": ("m/s", values.number, "drone_speedy: axes as DJI has them"),
    "drone_speed_z_mps": ("m/s", values.number, "drone_speedz: axes as DJI has them"),
    "roll_deg": ("deg", values.number, "F.PRY, drone_roll"),
    "pitch_deg": ("deg", values.number, "F.PRY, drone_pitch"),
    "yaw_deg": ("deg", values.number, "F.PRY, drone_yaw"),
    "gimbal_roll_deg": ("deg", values.number, "G.PRY, gb_roll"),
    "gimbal_pitch_deg": ("deg", values.number, "G.PRY, gb_pitch"),
    "gimbal_yaw_deg": ("deg", values.number, "G.PRY, gb_yaw"),
    "iso": ("", values.number, "iso"),
    "f_number": ("", values.f_number, "fnum"),
    "ev": ("", values.ratio, "ev"),
    "ct_k": ("K", values.number, "ct: colour temperature"),
    "focal_len_mm": ("mm", values.focal_length, "focal_len"),
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
    home = _checked(*_tuples([p for p in found.places if p.label == "HOME"], order, rows))
    third, third_means = _third(found, rows)
    columns = _timing(found, rows) | _coordinates(position, home, order)
    columns |= third | _home_altitude(found, rows) | _settings(found, rows)
    others = {n: Column(values.text_or_numbers(f, rows), origin=n) for n, f in found.others.items() if n not in columns}
    whole = table(columns | others).filter(pa.array(understood(found)))
    return Cues(whole, order, position, home, (*order.inferences, *third_means, *_camera_inferences(found)))


def understood(found: Scan) -> np.ndarray:
    """Which cues have at least one field."""
    known = np.zeros(len(found.starts), bool)
    for column in (*found.fields.values(), *found.others.values()):
        known[column.cues] = True
    known[[cue for cue, _ in found.walls]] = True
    return known


def _timing(found: Scan, rows: int) -> dict[str, Column]:
    clocks, known = values.wall_clocks(found)
    iso = np.datetime_as_string(clocks.astype("datetime64[us]")) if rows else np.array([], str)
    return {
        "index": Column(pa.array(found.index, pa.int64()), origin="cue number"),
        "start_ms": Column(pa.array(found.start_ms, pa.int64()), "ms", "cue start"),
        "end_ms": Column(pa.array(found.end_ms, pa.int64()), "ms", "cue end"),
        "wall_clock": Column(
            pa.array(iso, pa.string(), mask=~known), origin="date and time in the cue: local, no zone"
        ),
        "wall_clock_us": Column(pa.array(clocks, mask=~known), "us", "as wall_clock, since 1970 of the same clock"),
    }


def _positions(found: Scan, order: Order, rows: int) -> Positions:
    if found.places:
        lon, lat = _tuples([p for p in found.places if p.label != "HOME"], order, rows)
    else:
        lon = lat = np.full(rows, np.nan)
    named = [found.fields.get(n) for n in ("longitude", "latitude")]
    if all(named):
        named_lon, named_lat = (values.spread(f.cues, f.raw, values.number, rows) for f in named if f)
        lon, lat = np.where(np.isnan(lon), named_lon, lon), np.where(np.isnan(lat), named_lat, lat)
    return _checked(lon, lat)


def _tuples(places: list[Place], order: Order, rows: int) -> tuple[np.ndarray, np.ndarray]:
    cues = [p.cue for p in places]
    first, second = (values.spread(cues, [p.numbers[i] or b"" for p in places], values.number, rows) for i in (0, 1))
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
    fixes = [p for p in found.places if p.label != "HOME" and p.numbers[2] is not None]
    third = values.spread([p.cue for p in fixes], [p.numbers[2] or b"" for p in fixes], values.number, rows)
    nothing = np.full(rows, np.nan)
    if not fixes:
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
    homes = [p for p in found.places if p.label == "HOME" and p.numbers[2] is not None]
    third = values.spread([p.cue for p in homes], [p.numbers[2] or b"" for p in homes], values.number, rows)
    return {"home_altitude_m": Column(third, "m", "third number of HOME: DJI does not say above what")}


def _settings(found: Scan, rows: int) -> dict[str, Column]:
    columns = {}
    for name, (unit, read, origin) in _PLAIN.items():
        given = found.fields.get(_RENAMED.get(name, name))
        columns[name] = Column(
            values.spread(*((given.cues, given.raw) if given else ([], [])), read, rows), unit, origin
        )
    seconds = np.full(rows, np.nan)
    for name, read in (("shutter_denominator", values.inverse), ("shutter", values.ratio)):
        given = found.fields.get(name)
        if given:
            column = values.spread(given.cues, given.raw, read, rows)
            seconds = np.where(np.isnan(column), seconds, column)
    columns["shutter_s"] = Column(seconds, "s", "shutter, SS, Shutter, TV")
    return columns


def _camera_inferences(found: Scan) -> tuple[str, ...]:
    said: list[str] = []
    aperture, focal = found.fields.get("fnum"), found.fields.get("focal_len")
    if aperture and any(
        values.f_number(t) != values.number(t.lstrip(b"Ff/")) for t in set(aperture.raw) if t.isdigit()
    ):
        said.append("Apertures written without a decimal point are hundredths (280 is f/2.8).")
    if focal and any(values.focal_length(t) != values.number(t) for t in set(focal.raw) if t.isdigit()):
        said.append("Focal lengths written without a decimal point are tenths of a millimetre (240 is 24.0 mm).")
    if "shutter_denominator" in found.fields:
        said.append("Shutter speeds written as one number are its denominator (SS 400 is 1/400 s).")
    return tuple(said)
