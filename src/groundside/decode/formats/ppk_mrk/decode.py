"""Read an MRK file: one table of exposures, and an account of every byte."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.csv_rows.lines import line_ends
from groundside.decode.format import Options
from groundside.decode.formats.ppk_mrk.lines import LINE, floats, taken_apart
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.table import Column, table
from groundside.reference.geodesy import step_lengths_m
from groundside.reference.gps_time import WEEK_S, utc_us

_A_LINE = re.compile(LINE.encode("ascii"), re.MULTILINE)
_MOST_PROBLEMS = 200
_FASTEST_MPS = 30.0
_NEAREST_M = 15.0

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

SAID = (
    "Positions are those of the camera, as DJI's description says: the offset from the antenna is given beside them and"
    " not added.",
    "Heights are above the ellipsoid, not above sea level: they are not in the track.",
)


def recognises(head: bytes) -> bool:
    """Some line is an exposure: a number, GPS time, offsets, position and quality, each with its label."""
    return b",Q" in head and b"Lat" in head and _A_LINE.search(head) is not None


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read all exposures.

    One table, `exposures`, a row for each line that is whole. A line that is not is a problem and is left out; so is
    one whose position no aircraft reaches in its time and behind which numbers are missing, as two lines glued
    into one have it.
    """
    begins, ends = line_ends(data)
    found = taken_apart(data, begins, ends)
    whole = np.flatnonzero(np.asarray(found.is_valid()) & _sound(found, len(begins)))
    exposures = _columns(found, whole)
    torn = _torn(exposures)
    kept = np.setdiff1d(np.arange(len(whole)), torn)
    left_out = np.setdiff1d(np.flatnonzero(_written(data, begins)), whole[kept])
    problems = _problems(begins, ends, left_out, set(whole[torn].tolist()))
    skipped = int((ends - begins)[left_out].sum())
    rows = table({name: Column(np.asarray(c.values)[kept], c.unit, c.origin) for name, c in exposures.items()})
    rows = _without_unknown_time(rows)
    if not rows.num_rows and not problems:
        problems = (Problem(None, 0, "There is no exposure in the file."),)
    account = ByteAccount(len(data), len(data) - skipped, skipped)
    facts: dict[str, Fact] = {"exposures": rows.num_rows, "inferences": [*SAID]}
    return Decoded({"exposures": rows}, facts, problems, account)


def _sound(found: pa.StructArray, lines: int) -> NDArray[np.bool_]:
    """Say of which lines the numbers can be what their labels say."""
    every = np.arange(lines)
    lat, lon, time = (floats(found, name, every) for name in ("latitude", "longitude", "time_of_week"))
    with np.errstate(invalid="ignore"):
        return (np.abs(lat) <= 90) & (np.abs(lon) <= 180) & (time < WEEK_S)


def _written(data: memoryview, begins: I64) -> NDArray[np.bool_]:
    """Say which lines hold anything but blanks."""
    if not len(begins):
        return np.zeros(0, np.bool_)
    written = ~np.isin(np.frombuffer(data, np.uint8), np.frombuffer(b" \t\r\n", np.uint8))
    return np.add.reduceat(written, begins, dtype=np.int64) > 0


def _columns(found: pa.StructArray, which: I64) -> dict[str, Column]:
    of = {name: floats(found, name, which) for name in (field.name for field in found.type)}
    week, time = of["week"], of["time_of_week"]
    return {
        "sequence": Column(of["sequence"].astype(np.int64), "", "column 1"),
        "utc_us": Column(_utc(week, time), "us", "columns 2 and 3, less leap seconds"),
        "gps_week": Column(np.nan_to_num(week, nan=-1).astype(np.int64), "", "column 3"),
        "gps_time_of_week_s": Column(time, "s", "column 2"),
        "camera_north_of_antenna_m": Column(of["north"] / 1000, "m", "column 4 / 1000"),
        "camera_east_of_antenna_m": Column(of["east"] / 1000, "m", "column 5 / 1000"),
        "camera_below_antenna_m": Column(of["vertical"] / 1000, "m", "column 6 / 1000"),
        "latitude": Column(of["latitude"], "deg", "column 7"),
        "longitude": Column(of["longitude"], "deg", "column 8"),
        "ellipsoid_height_m": Column(of["height"], "m", "column 9"),
        "north_std_m": Column(of["north_std"], "m", "column 10"),
        "east_std_m": Column(of["east_std"], "m", "column 11"),
        "vertical_std_m": Column(of["vertical_std"], "m", "column 12"),
        "quality": Column(of["quality"].astype(np.int64), "", "column 13"),
    }


def _utc(week: F64, time_s: F64) -> I64:
    """Microseconds of UTC; of a line without a week, microseconds of that week."""
    us = np.round(time_s * 1e6).astype(np.int64)
    known = np.isfinite(week)
    whole_ms = us // 1000
    return np.where(known, utc_us(np.nan_to_num(week).astype(np.int64), whole_ms) + us % 1000, us)


def _without_unknown_time(rows: pa.Table) -> pa.Table:
    """Put null for what a line without a week does not say."""
    week = rows.column("gps_week").to_numpy()
    unknown = week < 0
    for name in ("utc_us", "gps_week"):
        place = rows.column_names.index(name)
        rows = rows.set_column(place, rows.schema.field(place), pa.array(rows.column(name).to_numpy(), mask=unknown))
    return rows


def _torn(exposures: dict[str, Column]) -> I64:
    """Find lines that begin in one exposure and end in a later one; see `groundside.decode.csv_rows.torn`."""
    number, time, lon, lat = (
        np.asarray(exposures[name].values) for name in ("sequence", "gps_time_of_week_s", "longitude", "latitude")
    )
    if len(number) < 3:
        return np.zeros(0, np.int64)
    took = np.maximum(np.diff(time), 0)
    metres = step_lengths_m(lon, lat)
    far = metres > np.maximum(_FASTEST_MPS * took, _NEAREST_M)
    steps = np.diff(number)
    return np.flatnonzero((steps[1:] > 1) & (steps[:-1] == 1) & far[:-1] & ~far[1:]) + 1


def _problems(begins: I64, ends: I64, left_out: I64, torn: set[int]) -> tuple[Problem, ...]:
    problems = [
        Problem(
            int(begins[i]),
            int(ends[i] - begins[i]),
            f"Line {i + 1} is {'glued from parts of two' if int(i) in torn else 'no whole exposure'}: left out.",
        )
        for i in left_out[:_MOST_PROBLEMS]
    ]
    return (*problems, *_rest(begins, ends, left_out[_MOST_PROBLEMS:]))


def _rest(begins: I64, ends: I64, rest: I64) -> Sequence[Problem]:
    if not len(rest):
        return ()
    what = f"{len(rest)} more lines from here on are no whole exposures: left out."
    return (Problem(int(begins[rest[0]]), int((ends - begins)[rest].sum()), what),)
