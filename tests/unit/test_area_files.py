"""Areas in the files that maps are kept in: one reader for GeoJSON, KML, Shapefile and GeoPackage."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyogrio import raw

from groundside.archive.missions import read_area, read_drawing
from groundside.errors import BadRequest, GroundsideError

RING = [(8.0, 47.0), (8.01, 47.0), (8.01, 47.01), (8.0, 47.0)]
HOLE = [(8.008, 47.002), (8.009, 47.002), (8.009, 47.003), (8.008, 47.002)]
POLYGON = shapely.Polygon(RING, [HOLE])
LINE = shapely.LineString([(8.0, 47.0), (8.02, 47.01)])
UTM_32 = "EPSG:32632"


def _shapes(path: Path, shapes: list[Any], crs: str, kind: str, driver: str) -> Path:
    wkb = np.array([shapely.to_wkb(each) for each in shapes], dtype=object)
    raw.write(str(path), wkb, [], [], geometry_type=kind, crs=crs, driver=driver)
    return path


def _in_utm(shape: Any) -> Any:
    from pyproj import Transformer

    turn = Transformer.from_crs("EPSG:4326", UTM_32, always_xy=True)
    return shapely.transform(shape, lambda at: np.stack(turn.transform(at[:, 0], at[:, 1]), axis=1))


def _as_shape(path: Path) -> Any:
    return shapely.MultiPolygon(
        [
            ([(at.lon, at.lat) for at in rings[0]], [[(at.lon, at.lat) for at in ring] for ring in rings[1:]])
            for rings in read_area(path).polygons
        ]
    )


def _same(one: Any, other: Any) -> bool:
    return shapely.hausdorff_distance(one, other) < 1e-9 and abs(one.area - other.area) < 1e-12


@pytest.fixture(params=["geojson", "kml", "kmz", "shp", "zip", "gpkg", "gpkg-utm"])
def drawn(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same polygon with a hole, in each kind of file."""
    kind = str(request.param)
    path = tmp_path / f"field.{kind.split('-')[0]}"
    if kind == "geojson":
        path.write_text(shapely.to_geojson(POLYGON))
    elif kind in ("kml", "kmz"):
        text = _kml()
        path.write_text(text)
        if kind == "kmz":
            path.unlink()
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("doc.kml", text)
    elif kind.startswith("gpkg"):
        projected = kind.endswith("utm")
        _shapes(
            path, [_in_utm(POLYGON) if projected else POLYGON], UTM_32 if projected else "EPSG:4326", "Polygon", "GPKG"
        )
    else:
        _shapes(tmp_path / "field.shp", [_in_utm(POLYGON)], UTM_32, "Polygon", "ESRI Shapefile")
        if kind == "zip":
            with zipfile.ZipFile(path, "w") as archive:
                for part in tmp_path.glob("field.*"):
                    if part != path:
                        archive.write(part, f"survey/{part.name}")
    return path


def _kml() -> str:
    outer, inner = (" ".join(f"{lon},{lat},0" for lon, lat in ring) for ring in (RING, HOLE))
    return (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><Polygon>'
        f"<outerBoundaryIs><LinearRing><coordinates>{outer}</coordinates></LinearRing></outerBoundaryIs>"
        f"<innerBoundaryIs><LinearRing><coordinates>{inner}</coordinates></LinearRing></innerBoundaryIs>"
        "</Polygon></Placemark></kml>"
    )


def test_the_same_area_is_read_from_every_kind_of_file(drawn: Path):
    assert _same(_as_shape(drawn), shapely.MultiPolygon([POLYGON]))


def test_lines_and_points_are_given_beside_areas(tmp_path: Path):
    path = tmp_path / "lines.gpkg"
    _shapes(path, [LINE], "EPSG:4326", "LineString", "GPKG")
    drawing = read_drawing(path)
    assert [(at.lon, at.lat) for at in drawing.lines[0]] == list(LINE.coords)
    with pytest.raises(BadRequest, match="no inside"):
        read_area(path)


def test_a_shapefile_without_its_coordinate_system_is_taken_as_degrees_and_says_so(tmp_path: Path):
    path = _shapes(tmp_path / "field.shp", [POLYGON], "EPSG:4326", "Polygon", "ESRI Shapefile")
    path.with_suffix(".prj").unlink()
    drawing = read_drawing(path)
    assert any(".prj" in each.what for each in drawing.problems)
    _shapes(tmp_path / "metres.shp", [_in_utm(POLYGON)], UTM_32, "Polygon", "ESRI Shapefile")
    (tmp_path / "metres.prj").unlink()
    with pytest.raises(BadRequest, match="not on the ground"):
        read_drawing(tmp_path / "metres.shp")


def test_a_ring_of_kml_that_is_not_closed_is_closed_and_said_so(tmp_path: Path):
    path = tmp_path / "open.kml"
    path.write_text(_kml().replace("8.0,47.0,0</coordinates>", "8.0,47.001,0</coordinates>"))
    drawing = read_drawing(path)
    assert drawing.area.polygons[0][0][-1] == drawing.area.polygons[0][0][0]
    assert drawing.problems


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 no archive",
        b"SQLite format 3\x00" + bytes(2000),
        b"<kml><Placemark><Polygon/></Placemark></kml>",
        b"<kml><!-- cut",
        b"<gpx/>",
        b'<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>',
        b"\x00\x00\x27\x0a" + bytes(96),
        b"",
        b"[" * 100_000,
        json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}).encode(),
    ],
)
def test_what_is_no_area_is_refused_in_words(content: bytes, tmp_path: Path):
    path = tmp_path / "field.any"
    path.write_bytes(content)
    with pytest.raises(GroundsideError) as caught:
        read_area(path)
    assert caught.value.what
    assert caught.value.try_this


def test_damaged_files_bring_an_area_or_the_one_error(drawn: Path):
    whole = drawn.read_bytes()
    steps = np.linspace(0, len(whole) - 1, 40).astype(int)
    for at in steps:
        drawn.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
        try:
            read_drawing(drawn)
        except BadRequest as error:
            assert error.what
