"""An IGC file as one track, summed up, and its log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.formats.igc.decode import FIXES
from groundside.decode.formats.igc.lines import I64
from groundside.decode.xml_scan import rising
from groundside.model.decoded import Decoded
from groundside.model.log import EVENTS, MESSAGES, Log, rows_of
from groundside.model.recording import Aircraft, Recording, TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of

CLOCK_ERROR_S = 1.0
"""Fixes show whole seconds; what is recorded belongs to within 0.1 s of that (appendix A, 4.1)."""
_SEA = "GEO"
_KMH = 3.6
_EVENTS = {"LOV": "battery_low", "GDC": "gnss_lost", "GCN": "gnss_regained"}
_MEANING = {
    "PEV": "Pilot event", "LOV": "Low voltage", "GDC": "Receiver disconnected", "GCN": "Receiver connected",
    "EON": "Engine on", "EOF": "Engine off", "EUP": "Engine up", "EDN": "Engine down", "STA": "Start", "FIN": "Finish",
    "TPC": "Turn point confirmed", "ONT": "On task", "PHO": "Photo taken", "CGD": "Geodetic datum changed",
}  # fmt: skip
"""Source: FAI/IGC, Technical specification for GNSS flight recorders, appendix A, 7."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The fixes that make the track, in order of time."""

    fixes: pa.Table | None
    rows: I64
    time_us: I64
    basis: TimeBasis
    inferences: tuple[str, ...]


def make_recording(decoded: Decoded) -> Recording:
    """Sum the file up; what a glider is called goes for the aircraft."""
    rows = _rows(decoded)
    said = decoded.facts.get("inferences")
    utc = rows.basis.is_utc
    return Recording(
        time_basis=rows.basis,
        start_us=int(rows.time_us[0]) if utc and len(rows.time_us) else None,
        duration_s=float(rows.time_us[-1] - rows.time_us[0]) / 1e6 if len(rows.time_us) else None,
        time_error_s=CLOCK_ERROR_S if utc else None,
        aircraft=Aircraft(name=_text(decoded, "glider_id"), model=_text(decoded, "glider_type")),
        rows_expected=rows.fixes.num_rows if rows.fixes is not None else 0,
        inferences=(*(map(str, said) if isinstance(said, list) else ()), *rows.inferences),
    )


def make_track(decoded: Decoded) -> Track | None:
    """Make the track of all fixes; None where there is none."""
    rows = _rows(decoded)
    if rows.fixes is None or not len(rows.rows):
        return None
    fixes = rows.fixes.take(pa.array(rows.rows, pa.int64()))
    valid = np.asarray(fixes.column("valid").to_numpy(zero_copy_only=False)).astype(np.bool_)
    lon, lat = _floats(fixes, "lon"), _floats(fixes, "lat")
    stale = _stale(lon, lat, valid)
    columns = {
        "time_us": Column(rows.time_us, "us", "B bytes 1 to 6, HFDTE"),
        "lon": Column(np.where(stale, np.nan, lon), "deg", "B bytes 15 to 23, unknown where V repeats the one before"),
        "lat": Column(np.where(stale, np.nan, lat), "deg", "B bytes 7 to 14, unknown where V repeats the one before"),
        "fix": Column(np.where(valid, 3, np.where(stale, 0, 2)).astype(np.int8), "", "B byte 24"),
    }
    columns |= _heights(decoded, fixes, valid) | _extended(fixes)
    return track_of(columns, rows.basis, CLOCK_ERROR_S if rows.basis.is_utc else None)


def make_log(decoded: Decoded) -> Log:
    """Give events (E records), comments (L records) and what the file says of recorder and aircraft."""
    basis = _rows(decoded).basis
    events = decoded.tables.get("events")
    rows = [_event(r["time_us"], r["text"]) for r in events.to_pylist()] if events is not None else []
    comments = decoded.tables.get("comments")
    texts = comments.column("text").to_pylist() if comments is not None else []
    names = ("firmware", "hardware", "recorder", "gnss_receiver", "pressure_sensor", "glider_type", "glider_id")
    stated = {"vehicle": _text(decoded, "glider_type"), "recorder_id": _text(decoded, "recorder_id")}
    identity = stated | {name: _text(decoded, name) for name in names}
    return Log(
        time_basis=basis,
        messages=rows_of(MESSAGES, [(None, None, str(text), "") for text in texts]),
        events=rows_of(EVENTS, rows),
        identity={name: text for name, text in identity.items() if text},
    )


def _event(time: int | None, text: str) -> tuple[int | None, str, str, str]:
    code, more = text[6:9], text[9:].strip()
    meaning = _MEANING.get(code, code)
    return time, _EVENTS.get(code, "other"), f"{meaning}: {more}" if more else meaning, "E record"


def _rows(decoded: Decoded) -> _Rows:
    fixes = decoded.tables.get(FIXES)
    dated = isinstance(decoded.facts.get("date_days"), int)
    if fixes is None:
        none = np.empty(0, np.int64)
        return _Rows(None, none, none, TimeBasis.NONE, ())
    times = np.asarray(fixes.column("time_us"))
    rows = rising(times)
    said = _said(decoded, fixes)
    if len(rows) < len(times):
        said += (f"{len(times) - len(rows)} fixes repeat a time or run backwards: they are not in the track.",)
    return _Rows(fixes, rows, times[rows], TimeBasis.UTC_GNSS if dated else TimeBasis.BOOT, said)


def _said(decoded: Decoded, fixes: pa.Table) -> tuple[str, ...]:
    stated = _text(decoded, "gnss_altitude").upper()
    said = (
        "Height above take-off is pressure altitude less that of the first fix, which is taken to be on the ground.",
    )
    if stated == _SEA:
        said += ("Satellite altitudes are above the geoid, as the file states: taken as above mean sea level.",)
    else:
        what = "as the file states" if stated == "ELL" else "as the specification has it where a file states nothing"
        said += (f"Satellite altitudes are above the ellipsoid, {what}: altitude above mean sea level is unknown.",)
    if np.nanmax(np.abs(_floats(fixes, "pressure_altitude_m")), initial=0.0) == 0:
        said = said[1:]
    return said


def _heights(decoded: Decoded, fixes: pa.Table, valid: Mask) -> dict[str, Column]:
    found: dict[str, Column] = {}
    if _text(decoded, "gnss_altitude").upper() == _SEA:
        altitude = np.where(valid, _floats(fixes, "gnss_altitude_m"), np.nan)
        found["altitude_m"] = Column(altitude, "m", "B bytes 30 to 34, above the geoid (HFALG)")
    pressure = _floats(fixes, "pressure_altitude_m")
    known = np.flatnonzero(np.isfinite(pressure))
    if len(known) and np.nan_to_num(pressure).any():
        found["height_m"] = Column(pressure - pressure[known[0]], "m", "B bytes 25 to 29, less those of the first fix")
    return found


def _extended(fixes: pa.Table) -> dict[str, Column]:
    found: dict[str, Column] = {}
    names = set(fixes.column_names)
    if "siu" in names:
        count = _floats(fixes, "siu")
        known = np.isfinite(count)
        found["satellites"] = Column(pa.array(np.nan_to_num(count).astype(np.int16), mask=~known), "", "SIU")
    if {"gsp_kmh", "trt_deg"} <= names:
        speed, course = _floats(fixes, "gsp_kmh") / _KMH, np.radians(_floats(fixes, "trt_deg"))
        found["vn_mps"] = Column(speed * np.cos(course), "m/s", "GSP / 3.6 x cos(TRT)")
        found["ve_mps"] = Column(speed * np.sin(course), "m/s", "GSP / 3.6 x sin(TRT)")
    if "hdt_deg" in names:
        found["yaw_deg"] = Column(_floats(fixes, "hdt_deg") % 360, "deg", "HDT")
    return found


def _stale(lon: NDArray[np.float64], lat: NDArray[np.float64], valid: Mask) -> Mask:
    """Say which fixes repeat the position before them, as a recorder does that has lost the satellites (4.1)."""
    same = np.zeros(len(lon), np.bool_)
    same[1:] = (lon[1:] == lon[:-1]) & (lat[1:] == lat[:-1])
    return same & ~valid


def _floats(table: pa.Table, name: str) -> NDArray[np.float64]:
    return np.asarray(table.column(name).to_numpy(), np.float64)


def _text(decoded: Decoded, name: str) -> str:
    value = decoded.facts.get(name)
    return value if isinstance(value, str) else ""
