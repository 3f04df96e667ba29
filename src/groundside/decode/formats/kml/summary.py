"""A KML document as one track, and summed up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.formats.kml.decode import LINES, TIMED_POINTS, TRACK_POINTS, placed_tables
from groundside.decode.remembered import once_a_table
from groundside.decode.xml_scan import rising
from groundside.model.decoded import Decoded
from groundside.model.recording import Recording, TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of

CLOCK_ERROR_S = 2.0
"""Nothing in the file bounds its clock; see the same bound of DJI records."""
_LEAST_MARKS = 2
_SEA, _GROUND = "absolute", "relativeToGround"
"""Source: OGC 12-007r2, KML 2.3, 9.20: above the vertical datum EGM96, and above the ground under each point."""

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that make the track, in order of time, of one table."""

    table: pa.Table | None
    rows: I64
    time_us: I64
    basis: TimeBasis
    local_start: str
    inferences: tuple[str, ...]


def make_recording(decoded: Decoded) -> Recording:
    """Sum the document up: start and length are those of its timed places."""
    rows = _rows(decoded)
    utc = rows.basis.is_utc
    return Recording(
        time_basis=rows.basis,
        start_us=int(rows.time_us[0]) if utc else None,
        duration_s=float(rows.time_us[-1] - rows.time_us[0]) / 1e6 if len(rows.time_us) else None,
        time_error_s=CLOCK_ERROR_S if utc else None,
        local_start=rows.local_start,
        rows_expected=rows.table.num_rows if rows.table is not None else 0,
        inferences=(*rows.inferences, *_heights_said(rows)),
    )


def make_track(decoded: Decoded) -> Track | None:
    """Make the track; None where no place has a time: a line tells where, but not when."""
    rows = _rows(decoded)
    if rows.table is None or not len(rows.rows):
        return None
    lon, lat, raw = (np.asarray(rows.table.column(name))[rows.rows] for name in ("lon", "lat", "height_raw"))
    mode = np.asarray(rows.table.column("altitude_mode").to_numpy(zero_copy_only=False))[rows.rows]
    columns = {
        "time_us": Column(rows.time_us, "us", "when"),
        "lon": Column(lon, "deg", "coord"),
        "lat": Column(lat, "deg", "coord"),
        "altitude_m": Column(np.where(mode == _SEA, raw, np.nan), "m", f"coord, where altitudeMode is {_SEA}"),
        "height_m": Column(np.where(mode == _GROUND, raw, np.nan), "m", f"coord, where altitudeMode is {_GROUND}"),
    }
    return track_of(columns, rows.basis, CLOCK_ERROR_S if rows.basis.is_utc else None)


def _rows(decoded: Decoded) -> _Rows:
    tables = placed_tables(decoded)
    for name, least in ((TRACK_POINTS, 1), (TIMED_POINTS, _LEAST_MARKS)):
        table = tables.get(name)
        if table is not None and table.num_rows >= least and table.column("time_us").null_count < table.num_rows:
            return replace(_timed(table), table=table)
    none = np.empty(0, np.int64)
    lines = tables.get(LINES)
    why = ("The line has no times: it tells where, but neither when nor whether it was flown.",) if lines else ()
    return _Rows(lines, none, none, TimeBasis.NONE, "", why)


@once_a_table
def _timed(table: pa.Table) -> _Rows:
    """Find the rows; what is remembered of a table must not hold it."""
    times = table.column("time_us").combine_chunks()
    known = np.asarray(times.is_valid())
    zoned = known & np.asarray(table.column("time_zoned").combine_chunks().fill_null(False))
    utc = bool(zoned.any())
    rows = np.flatnonzero(zoned if utc else known)
    time_us = np.asarray(times.fill_null(0))
    ordered = _in_order(rows, time_us, table)
    said = _left(table.num_rows - len(ordered))
    chosen = time_us[ordered]
    if utc:
        return _Rows(None, ordered, chosen, TimeBasis.UTC_DEVICE, "", said)
    said += ("Times without a zone are taken to be those of a wall clock, not UTC.",)
    local = str(np.datetime64(int(chosen[0]), "us"))
    return _Rows(None, ordered, chosen - chosen[0], TimeBasis.LOCAL, local, said)


def _in_order(rows: I64, time_us: I64, table: pa.Table) -> I64:
    """Put the tracks in order of their first times; then take as many rows as rise in time."""
    if "track" in table.column_names:
        track = np.asarray(table.column("track"))[rows]
        _, first, which = np.unique(track, return_index=True, return_inverse=True)
        rows = rows[np.lexsort((np.arange(len(rows)), time_us[rows[first]][which]))]
    return rows[rising(time_us[rows])]


def _left(count: int) -> tuple[str, ...]:
    return (f"{count} places have no time, or one that runs backwards or repeats: not in the track.",) if count else ()


def _heights_said(rows: _Rows) -> tuple[str, ...]:
    if rows.table is None:
        return ()
    modes = set(rows.table.column("altitude_mode").unique().to_pylist())
    said: tuple[str, ...] = ()
    if _SEA in modes:
        said += ("Absolute altitudes are above mean sea level, as KML defines it; some writers put others there.",)
    if _GROUND in modes:
        said += ("Heights above the ground are taken as above take-off, which is right over level ground only.",)
    return said
