"""A GPX document as one track, and summed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.formats.gpx.decode import TABLES
from groundside.decode.formats.gpx.points import TRACK_POINT
from groundside.decode.remembered import once_a_table
from groundside.decode.xml_scan import rising
from groundside.model.decoded import Decoded
from groundside.model.recording import Recording, TimeBasis
from groundside.model.table import Column, origin_of
from groundside.model.track import Track, track_of

CLOCK_ERROR_S = 2.0
"""Nothing in the file bounds its clock; see the same bound of DJI records."""
_FIXES = {"none": 0, "2d": 2, "3d": 3, "dgps": 4, "pps": 3}
"""Source: Topografix, GPX 1.1 schema, fixType; pps is a military signal, of which no more is said."""
_HEIGHTS = ("gs:height",)
"""Extensions that are known to be a height above take-off: Groundside's own."""

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that make the track, in order of time."""

    rows: I64
    time_us: I64
    basis: TimeBasis
    local_start: str
    inferences: tuple[str, ...]


def make_recording(decoded: Decoded) -> Recording:
    """Sum the document up: start and length are those of the timed track points."""
    rows = _rows(decoded)
    said = decoded.facts.get("inferences")
    utc = rows.basis.is_utc
    points = decoded.tables.get(TABLES[TRACK_POINT])
    return Recording(
        time_basis=rows.basis,
        start_us=int(rows.time_us[0]) if utc else None,
        duration_s=float(rows.time_us[-1] - rows.time_us[0]) / 1e6 if len(rows.time_us) else None,
        time_error_s=CLOCK_ERROR_S if utc else None,
        local_start=rows.local_start,
        rows_expected=points.num_rows if points is not None else 0,
        inferences=(*(map(str, said) if isinstance(said, list) else ()), *rows.inferences),
    )


def make_track(decoded: Decoded) -> Track | None:
    """Make the track of all timed track points; None where no point has a time."""
    rows = _rows(decoded)
    points = decoded.tables.get(TABLES[TRACK_POINT])
    if points is None or not len(rows.rows):
        return None
    columns = {"time_us": Column(rows.time_us, "us", "time")}
    for name, source in (("lon", "lon"), ("lat", "lat"), ("altitude_m", "ele_m")):
        columns |= _floats(points, rows.rows, name, source)
    for source in _HEIGHTS:
        columns |= _floats(points, rows.rows, "height_m", source)
    columns |= _velocity(points, rows.rows) | _states(points, rows.rows)
    return track_of(columns, rows.basis, CLOCK_ERROR_S if rows.basis.is_utc else None)


def _rows(decoded: Decoded) -> _Rows:
    points = decoded.tables.get(TABLES[TRACK_POINT])
    if points is None or "time_us" not in points.column_names:
        why = ("No track point has a time: there are positions, but no track.",) if points is not None else ()
        return _Rows(np.empty(0, np.int64), np.empty(0, np.int64), TimeBasis.NONE, "", why)
    return _timed(points)


@once_a_table
def _timed(points: pa.Table) -> _Rows:
    times = points.column("time_us").combine_chunks()
    zoned = np.asarray(points.column("time_zoned").combine_chunks().fill_null(False))
    known = np.asarray(times.is_valid())
    utc = bool((known & zoned).any())
    timed = np.flatnonzero(known & zoned if utc else known)
    if not len(timed):
        why = ("No track point has a readable time: there are positions, but no track.",)
        return _Rows(timed, timed, TimeBasis.NONE, "", why)
    said: list[str] = _count(int(known.sum()) - len(timed), "track points have a time without a zone, others with one")
    said += _count(points.num_rows - int(known.sum()), "track points have no time")
    time_us = np.asarray(times.fill_null(0))
    rows = _in_order(timed, time_us, np.asarray(points.column("track")), said)
    chosen = time_us[rows]
    if utc:
        return _Rows(rows, chosen, TimeBasis.UTC_DEVICE, "", tuple(said))
    return _Rows(rows, chosen - chosen[0], TimeBasis.LOCAL, str(np.datetime64(int(chosen[0]), "us")), tuple(said))


def _in_order(rows: I64, time_us: I64, track: NDArray[np.int32], said: list[str]) -> I64:
    """Put tracks in order of time; of tracks at the same time only the one with most points is taken."""
    numbers, first = np.unique(track[rows], return_index=True)
    parts = np.split(rows, np.sort(first)[1:]) if len(numbers) > 1 else [rows]
    parts = [part[rising(time_us[part])] for part in parts]
    kept: list[I64] = []
    for part in sorted(parts, key=len, reverse=True):
        if all(time_us[part[-1]] < time_us[k[0]] or time_us[part[0]] > time_us[k[-1]] for k in kept[:_MOST_TRACKS]):
            kept.append(part)
    ordered = np.concatenate(sorted(kept, key=lambda part: int(time_us[part[0]])))
    ordered = ordered[rising(time_us[ordered])]
    same = len(rows) - sum(map(len, parts))
    said += _count(same, "track points repeat a time or run backwards")
    said += _count(len(rows) - same - len(ordered), "track points are of a second track at the same time")
    return ordered


_MOST_TRACKS = 200


def _count(count: int, what: str) -> list[str]:
    return [f"{count} {what}: they are not in the track."] if count else []


def _floats(points: pa.Table, rows: I64, name: str, source: str) -> dict[str, Column]:
    if source not in points.column_names or not pa.types.is_floating(points.schema.field(source).type):
        return {}
    values = np.asarray(points.column(source))[rows]
    return {name: Column(values, "deg" if name in {"lon", "lat"} else "m", origin_of(points, source))}


def _velocity(points: pa.Table, rows: I64) -> dict[str, Column]:
    """North and east out of speed and course over ground, which GPX 1.0 defines; zero speed needs no course."""
    if not {"speed_mps", "course_deg"} <= set(points.column_names):
        return {}
    speed = np.asarray(points.column("speed_mps"))[rows]
    course = np.radians(np.asarray(points.column("course_deg"))[rows])
    return {
        "vn_mps": Column(speed * np.cos(course), "m/s", "speed x cos(course)"),
        "ve_mps": Column(speed * np.sin(course), "m/s", "speed x sin(course)"),
    }


def _states(points: pa.Table, rows: I64) -> dict[str, Column]:
    found: dict[str, Column] = {}
    if "sat" in points.column_names and pa.types.is_floating(points.schema.field("sat").type):
        count = np.asarray(points.column("sat"))[rows]
        known = np.isfinite(count) & (count >= 0) & (count < 2**15)
        found["satellites"] = Column(pa.array(np.where(known, count, 0).astype(np.int16), mask=~known), "", "sat")
    if "fix" in points.column_names and pa.types.is_string(points.schema.field("fix").type):
        coded: Any = points.column("fix").combine_chunks().take(pa.array(rows, pa.int64())).dictionary_encode()
        meaning = [_FIXES.get(str(text).strip()) for text in coded.dictionary]
        found["fix"] = Column(pa.array(meaning, pa.int8()).take(coded.indices), "", "fix")
    return found
