"""Which kind of vector file bytes are, and what is drawn in them."""

from __future__ import annotations

from groundside.decode.areas import geojson, kml, tables
from groundside.decode.areas.found import Found, refusal
from groundside.model.drawing import Drawing
from groundside.reference.packed import MAGIC

MOST_POSITIONS = 100_000
_BOM = b"\xef\xbb\xbf"


def read_drawing(data: str | bytes, most_positions: int = MOST_POSITIONS) -> Drawing:
    """
    Read areas, lines and points.

    Args:
        data: GeoJSON, KML, KMZ, a zipped Shapefile, or a GeoPackage, told apart by content.
        most_positions: more are refused.

    Raises:
        BadRequest: it is none of these, or what is drawn makes no area: a ring that crosses itself, places that are not
            on the ground.
    """
    raw = data.encode() if isinstance(data, str) else data
    head = raw.removeprefix(_BOM).lstrip()[:512]
    if raw.startswith(tables.SQLITE):
        return _read("geopackage", tables.read_geopackage, raw, most_positions)
    if raw.startswith(MAGIC):
        names = raw.lower()
        if b".kml" in names:
            return _read("kml", kml.read, raw, most_positions)
        return _read("shapefile", tables.read_shapefile, raw, most_positions)
    if head.startswith(b"<"):
        return _read("kml", kml.read, raw, most_positions)
    if raw.startswith(b"\x00\x00\x27\x0a"):
        raise refusal("A .shp alone does not say what its numbers mean.", "pack .shp, .shx, .dbf and .prj as one .zip")
    return _read("geojson", geojson.read, raw, most_positions)


def _read(name: str, read: object, data: bytes, most_positions: int) -> Drawing:
    found = Found(name, most_positions)
    assert callable(read)
    read(data, found)
    return found.drawing()
