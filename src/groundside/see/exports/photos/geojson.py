"""Footprints as one GeoJSON collection (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from groundside.model.footprint import PlacedPhoto
from groundside.see.exports.photos.shapes import geometry, told


def write_geojson(photos: Iterable[PlacedPhoto], out: BinaryIO) -> int:
    """
    Write one feature for each photo; its geometry is null where it has no footprint, and the properties say why.

    Args:
        photos: gone through once; one at a time is held.
        out: open for writing, left open.

    Returns:
        How many were written.
    """
    count = 0
    out.write(b'{"type":"FeatureCollection","features":[')
    for placed in photos:
        out.write(b",\n" if count else b"\n")
        out.write(json.dumps(_feature(placed), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode())
        count += 1
    out.write(b"\n]}\n")
    return count


def _feature(placed: PlacedPhoto) -> dict[str, Any]:
    properties = told(placed)
    properties["datetime"] = moment(properties.pop("utc_us"))
    return {"type": "Feature", "id": placed.id, "geometry": geometry(placed.footprint), "properties": properties}


def moment(utc_us: int | None) -> str | None:
    """Write microseconds since 1970 as RFC 3339, or None."""
    if utc_us is None:
        return None
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=utc_us)
    return at.isoformat(timespec="milliseconds" if utc_us % 1_000_000 else "seconds").replace("+00:00", "Z")
