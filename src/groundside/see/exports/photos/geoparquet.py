"""Footprints as GeoParquet 1.1, which QGIS, geopandas and DuckDB open."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from groundside.model.footprint import Footprint, PlacedPhoto
from groundside.see.exports.photos.shapes import Ring, polygons, told

GROUP = 50_000
"""Photos in one row group: what a reader that asks for a box can skip."""
_LITTLE_ENDIAN, _POINT, _POLYGON, _MULTIPOLYGON = 1, 1, 3, 6
_BOX = pa.struct([(name, pa.float64()) for name in ("xmin", "ymin", "xmax", "ymax")])
_KINDS: dict[str, pa.DataType] = {
    "id": pa.string(),
    "name": pa.string(),
    "datetime": pa.timestamp("us", "UTC"),
    "local_time": pa.string(),
    "make": pa.string(),
    "model": pa.string(),
    "width_px": pa.int32(),
    "height_px": pa.int32(),
    "height_above_takeoff_m": pa.float64(),
    "complete": pa.bool_(),
    "off_nadir_deg": pa.float64(),
    "azimuth_deg": pa.float64(),
    "gsd_m": pa.float64(),
    "area_m2": pa.float64(),
    "error_95_m": pa.float64(),
    "ground": pa.string(),
    "ground_error_m": pa.float64(),
    "lens": pa.string(),
    "notes": pa.list_(pa.string()),
    "why_no_footprint": pa.string(),
    "href": pa.string(),
    "camera": pa.binary(),
    "geometry": pa.binary(),
    "bbox": _BOX,
}
SCHEMA = pa.schema([pa.field(name, kind, nullable=name != "id") for name, kind in _KINDS.items()])


class _Extent:
    """What the file's own metadata says of a geometry column."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.box: list[float] | None = None

    def add(self, kind: str, west: float, south: float, east: float, north: float) -> None:
        self.kinds.add(kind)
        box = self.box or [west, south, east, north]
        self.box = [min(box[0], west), min(box[1], south), max(box[2], east), max(box[3], north)]

    def told(self) -> dict[str, Any]:
        """Say encoding, kinds and box; no CRS is named, so it is the standard's own: longitude, latitude of WGS 84."""
        box = {"bbox": self.box} if self.box else {}
        return {"encoding": "WKB", "geometry_types": sorted(self.kinds), "edges": "planar", **box}


def write_geoparquet(photos: Iterable[PlacedPhoto], out: BinaryIO) -> int:
    """
    Write one row for each photo: its outline, where its camera was, and what is told of it.

    A photo without a footprint has a null outline, and says why. An outline that crosses the antimeridian is two
    polygons, and its box is then as wide as the world.

    Args:
        photos: gone through once; one row group is held.
        out: open for writing, left open.

    Returns:
        How many were written.

    Source: OGC GeoParquet 1.1.0, format specification and `covering`.
    """
    outlines, cameras, count = _Extent(), _Extent(), 0
    source = iter(photos)
    with pq.ParquetWriter(out, SCHEMA, compression="zstd", write_page_index=True, store_schema=False) as writer:
        while group := list(islice(source, GROUP)):
            writer.write_table(_table(group, outlines, cameras), row_group_size=GROUP)
            count += len(group)
        writer.add_key_value_metadata({"geo": json.dumps(_geo(outlines, cameras))})
    return count


def _geo(outlines: _Extent, cameras: _Extent) -> dict[str, Any]:
    sides = {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}
    covered = {**outlines.told(), "orientation": "counterclockwise", "covering": {"bbox": sides}}
    return {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": covered, "camera": cameras.told()},
    }


def _table(group: Sequence[PlacedPhoto], outlines: _Extent, cameras: _Extent) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for placed in group:
        row = {name: value for name, value in told(placed).items() if name in SCHEMA.names}
        row |= {"id": placed.id, "datetime": placed.photo.time.utc_us, "href": placed.href or None}
        if (position := placed.photo.position) is not None:
            lon, lat = position.place.lon, position.place.lat
            row["camera"] = struct.pack("<BIdd", _LITTLE_ENDIAN, _POINT, lon, lat)
            cameras.add("Point", lon, lat, lon, lat)
        if isinstance(placed.footprint, Footprint):
            row |= _outline(placed.footprint, outlines)
        rows.append(row)
    return pa.Table.from_pylist(rows, SCHEMA)


def _outline(footprint: Footprint, outlines: _Extent) -> dict[str, Any]:
    rings = polygons(footprint)
    corners = np.array([corner for ring in rings for corner in ring])
    (west, south), (east, north) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    outlines.add("Polygon" if len(rings) == 1 else "MultiPolygon", west, south, east, north)
    box = {"xmin": west, "ymin": south, "xmax": east, "ymax": north}
    return {"geometry": wkb(rings), "bbox": box}


def wkb(rings: Sequence[Ring]) -> bytes:
    """
    Write one ring as a polygon, several as a multipolygon, in well-known binary.

    Source: OGC 06-103r4, "Simple feature access, part 1", section 8.2.
    """
    each = [
        struct.pack("<BIII", _LITTLE_ENDIAN, _POLYGON, 1, len(ring)) + np.asarray(ring, "<f8").tobytes()
        for ring in rings
    ]
    if len(each) == 1:
        return each[0]
    return struct.pack("<BII", _LITTLE_ENDIAN, _MULTIPOLYGON, len(each)) + b"".join(each)
