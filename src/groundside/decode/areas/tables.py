"""
Drawings in Shapefiles (zipped) and GeoPackages, read by GDAL from memory and brought to WGS 84.

Source: ESRI Shapefile Technical Description, 1998; OGC 12-128r18, GeoPackage. Only bytes that begin like one of the two
are given to GDAL, and of an archive only the parts of the first Shapefile in it, unpacked with limits.
"""

from __future__ import annotations

import warnings
import zipfile
from io import BytesIO
from typing import Any, cast

from groundside.decode.areas.found import Found, position, refusal, ring
from groundside.model.place import LonLat
from groundside.model.query import Ring
from groundside.reference.packed import BadArchive, unpacked

SQLITE = b"SQLite format 3\x00"
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
MOST_BYTES = 256 << 20
_WGS_84 = "EPSG:4326"
_IN_MEMORY = "non conformant file extension"
"""What GDAL says of any file that has no name."""


def read_shapefile(archive: bytes, found: Found) -> None:
    """
    Read the first Shapefile in an archive.

    Raises:
        BadRequest: there is none that can be read.
    """
    try:
        parts = unpacked(archive, lambda name: name.lower().endswith(PARTS), MOST_BYTES)
    except BadArchive as error:
        why = f"The archive cannot be used: {error}."
        raise refusal(why) from error
    shapes = sorted(name for name in parts if name.lower().endswith(".shp"))
    if not shapes:
        raise refusal("There is no .shp in the archive.")
    if len(shapes) > 1:
        found.say(f"The archive holds {len(shapes)} Shapefiles: the first is read.")
    stem = shapes[0][:-4]
    own = {name[len(stem) :].lower(): content for name, content in parts.items() if name[:-4] == stem}
    if ".prj" not in own:
        found.say("There is no .prj, so what its numbers mean is not said: degrees of WGS 84 are taken.")
    _read(packed(own), found)


def packed(parts: dict[str, bytes]) -> bytes:
    """Pack the parts of a Shapefile, by suffix, as GDAL takes them from memory."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for suffix, content in parts.items():
            archive.writestr(f"area{suffix}", content)
    return out.getvalue()


def read_geopackage(data: bytes, found: Found) -> None:
    """
    Read every layer of shapes in a GeoPackage.

    Raises:
        BadRequest: it cannot be read.
    """
    _read(data, found)


def _read(data: bytes, found: Found) -> None:
    import pyogrio  # late: GDAL takes 100 ms
    from pyogrio.errors import DataSourceError

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            layers = [str(name) for name, kind in pyogrio.list_layers(data) if kind is not None]
            for layer in layers:
                _layer(data, layer, found)
        except (DataSourceError, ValueError, RuntimeError, KeyError, OSError) as error:
            why = f"GDAL cannot read it: {(str(error).splitlines() or ['no reason given'])[0][:120]}."
            raise refusal(why) from error
    for each in told:
        if _IN_MEMORY not in str(each.message):
            found.say(f"GDAL says: {str(each.message)[:200]}")
    if not layers:
        raise refusal("There is no layer of shapes in it.")


def _layer(data: bytes, layer: str, found: Found) -> None:
    import shapely
    from pyogrio import raw

    meta, _, geometry, _ = raw.read(data, layer=layer, columns=[], max_features=found.most_positions)
    shapes = cast("Any", shapely.from_wkb(geometry, on_invalid="ignore"))
    for shape in _in_degrees(shapes, cast("dict[str, Any]", meta).get("crs")):
        if shape is not None and not shape.is_empty:
            _take(shape, found)


def _in_degrees(shapes: Any, crs: str | None) -> Any:  # noqa: ANN401  # shapely's arrays have no type to name
    if crs is None or crs == _WGS_84:
        return shapes
    import numpy as np
    import shapely
    from pyproj import Transformer
    from pyproj.exceptions import CRSError

    try:
        turn = Transformer.from_crs(crs, _WGS_84, always_xy=True)
    except CRSError as error:
        why = f"Its coordinate system is not known: {str(crs)[:80]}."
        raise refusal(why) from error
    return shapely.transform(shapes, lambda places: np.stack(turn.transform(places[:, 0], places[:, 1]), axis=1))


def _take(shape: Any, found: Found) -> None:  # noqa: ANN401
    match shape.geom_type:
        case "Polygon":
            found.polygons.append(tuple(_ring(each) for each in (shape.exterior, *shape.interiors)))
        case "LineString":
            found.lines.append(_places(shape))
        case "Point":
            found.points += _places(shape)
        case "MultiPolygon" | "MultiLineString" | "MultiPoint" | "GeometryCollection":
            for each in shape.geoms:
                _take(each, found)
        case other:
            found.say(f"A {other} is passed over.")


def _ring(line: Any) -> Ring:  # noqa: ANN401
    return ring(list(_places(line)))


def _places(line: Any) -> tuple[LonLat, ...]:  # noqa: ANN401
    return tuple(position(float(at[0]), float(at[1])) for at in line.coords)
