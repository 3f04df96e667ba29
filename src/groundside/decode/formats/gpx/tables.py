"""Texts of points become columns with units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.formats.gpx.points import AnyPoints, Cells
from groundside.decode.xml_scan import given_numbers, instants_of, numbers_of, strings_of
from groundside.model.table import Column, table

_FIXED = ("offset", "track", "segment", "lon", "lat")
_BYTES_A_CELL, _FEW_BYTES = 8, 1 << 16
_MEMORY = 4
_TEXTS = frozenset({"name", "cmt", "desc", "src", "sym", "type", "fix"})
_UNITS = {
    "ele": ("ele_m", "m"),
    "speed": ("speed_mps", "m/s"),
    "course": ("course_deg", "deg"),
    "magvar": ("magvar_deg", "deg"),
    "geoidheight": ("geoidheight_m", "m"),
    "ageofdgpsdata": ("ageofdgpsdata_s", "s"),
}
"""Source: Topografix, GPX 1.1 schema, and the GPX 1.0 schema for speed and course (metres per second, degrees)."""


@dataclass(frozen=True, slots=True)
class PointTable:
    """
    A table of points.

    Args:
        table: one row a point.
        utc, local: times with and without a time zone.
        bad_places: points without a readable latitude and longitude.
        bad_texts: columns of numbers, to how many texts in them are none.
        left_out: columns that were too many for the size of the file.
    """

    table: pa.Table
    utc: int
    local: int
    bad_places: int
    bad_texts: dict[str, int]
    left_out: tuple[str, ...]


def point_table(points: AnyPoints, size: int) -> PointTable:
    """
    Make a table of points.

    Args:
        points: as they were gathered.
        size: of the file; memory stays within a few times that, however many columns a hostile file has.
    """
    rows = len(points.offset)
    columns: dict[str, Column] = {
        "offset": Column(np.array(points.offset, np.int64), "bytes"),
        "track": Column(np.array(points.track, np.int32)),
        "segment": Column(np.array(points.segment, np.int32)),
        "lon": Column(numbers_of(points.lon), "deg", "lon"),
        "lat": Column(numbers_of(points.lat), "deg", "lat"),
    }
    bad = int((~np.isfinite(np.asarray(columns["lon"].values)) | ~np.isfinite(np.asarray(columns["lat"].values))).sum())
    kept = _within(points.columns, rows, size)
    utc = local = 0
    wrong: dict[str, int] = {}
    for name in kept:
        if name == "time":
            columns["time_us"], columns["time_zoned"], utc, local = _times(points.columns[name], rows, wrong)
        else:
            new, column = _column(name, points.columns[name], rows, wrong)
            columns[new if new not in columns else f"{name}_2"] = column
    left = tuple(name for name in points.columns if name not in kept)
    return PointTable(table(columns), utc, local, bad, wrong, left)


def _within(columns: Mapping[str, Cells], rows: int, size: int) -> list[str]:
    """Choose the columns that most points have, and as many as memory allows."""
    most = (_MEMORY * size + _FEW_BYTES) // (_BYTES_A_CELL * max(rows, 1)) - len(_FIXED)
    ranked = sorted(columns, key=lambda name: (name != "time", -len(columns[name][0])))[: max(most, 2)]
    chosen = set(ranked)
    return [name for name in columns if name in chosen]


def _times(cells: Cells, rows: int, wrong: dict[str, int]) -> tuple[Column, Column, int, int]:
    read = instants_of(cells[1])
    at = np.array(cells[0], np.int64)
    times, known, zoned = np.zeros(rows, np.int64), np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
    times[at], known[at], zoned[at] = read.time_us, read.known, read.zoned
    if not read.known.all():
        wrong["time"] = int((~read.known).sum())
    utc = int((known & zoned).sum())
    return (
        Column(
            pa.array(times, mask=~known), "us", "time, since 1970 of UTC, or of a wall clock where it states no zone"
        ),
        Column(pa.array(zoned, mask=~known), "", "whether time states its zone"),
        utc,
        int(known.sum()) - utc,
    )


def _column(name: str, cells: Cells, rows: int, wrong: dict[str, int]) -> tuple[str, Column]:
    known_name, unit = _UNITS.get(name, (name, ""))
    if name in _TEXTS:
        return known_name, Column(_texts(cells, rows), "", name)
    values = np.full(rows, np.nan)
    read, given = given_numbers(cells[1])
    odd = int((given & ~np.isfinite(read)).sum())
    if name not in _UNITS and odd:
        return known_name, Column(_texts(cells, rows), "", name)
    values[np.array(cells[0], np.int64)] = read
    if odd:
        wrong[name] = odd
    return known_name, Column(values, unit, name)


def _texts(cells: Cells, rows: int) -> pa.Array[Any]:
    index = np.full(rows, -1, np.int64)
    index[np.array(cells[0], np.int64)] = np.arange(len(cells[0]))
    return pa.array(strings_of(cells[1]), pa.string()).take(pa.array(index, pa.int64(), mask=index < 0))
