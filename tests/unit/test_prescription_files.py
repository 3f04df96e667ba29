"""Shapefiles, GeoJSON and GeoTIFF of a prescription, opened by other programs."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from shapely.geometry import shape

from groundside.errors import BadRequest
from groundside.produce.crop.products import PRODUCTS
from groundside.see.exports.prescriptions.geojson import geojson_files
from groundside.see.exports.prescriptions.geotiff import NODATA, geotiff_files
from groundside.see.exports.prescriptions.shapefile import PROFILES, file_stem, shapefile_files
from groundside.see.exports.prescriptions.writing import write_files
from tests import geopandas_peer
from tests.geopandas_peer import needs_geopandas
from tests.prescriptions import prescription

NAN = math.nan
RATES = [[NAN, 20.6, 20.6, 40.0], [30.0, 20.6, NAN, 20.6], [30.0, 20.6, 20.6, 20.6]]


def opened(tmp_path: Path, profile: str) -> geopandas_peer.Frame:
    made = prescription(RATES, PRODUCTS["urea"], "My mead, north")
    write_files(shapefile_files(made, profile), tmp_path, single=False)
    [path] = tmp_path.rglob("*.shp")
    return geopandas_peer.read(path)


@needs_geopandas
@pytest.mark.parametrize(
    ("profile", "field", "rates"),
    [
        ("generic", "RATE", {20.6, 30.0, 40.0}),
        ("john-deere", "RATE", {20, 30, 40}),
        ("trimble", "TGT_RATE", {20.6, 30.0, 40.0}),
    ],
)
def test_geopandas_opens_each_profile_with_its_field_in_wgs_84(
    tmp_path: Path, profile: str, field: str, rates: set[float]
):
    table = opened(tmp_path, profile)
    assert set(table[field]) == rates
    assert table.epsg == 4326
    assert {each.geom_type for each in table.shapes} == {"Polygon"}
    assert all(each.is_valid for each in table.shapes)


@needs_geopandas
def test_john_deere_wants_whole_numbers_in_the_folder_rx_of_an_archive(tmp_path: Path):
    made = prescription(RATES, PRODUCTS["urea"])
    write_files(shapefile_files(made, "john-deere"), tmp_path / "rx.zip", single=False)
    with zipfile.ZipFile(tmp_path / "rx.zip") as archive:
        names = archive.namelist()
    assert {name.rpartition("/")[0] for name in names} == {"Rx"}
    assert {Path(name).suffix for name in names} >= {".shp", ".shx", ".dbf", ".prj"}
    table = geopandas_peer.read(f"zip://{tmp_path / 'rx.zip'}!Rx/MEAD.shp")
    assert table.dtypes["RATE"].startswith("int")


@needs_geopandas
def test_trimble_wants_its_own_folder_and_a_number_of_each_polygon(tmp_path: Path):
    table = opened(tmp_path, "trimble")
    assert (tmp_path / "AgGPS" / "Prescriptions" / "MYMEADNO.shp").is_file()
    assert table["ID"] == list(range(1, len(table) + 1))


@needs_geopandas
def test_the_generic_profile_says_unit_and_nitrogen(tmp_path: Path):
    table = opened(tmp_path, "generic")
    assert set(table["UNIT"]) == {"kg/ha"}
    assert table["KG_N_HA"] == pytest.approx([rate * 0.46 for rate in table["RATE"]])


@needs_geopandas
def test_polygons_cover_the_cells_once_with_their_holes(tmp_path: Path):
    table = opened(tmp_path, "generic")
    cells = prescription(RATES).grid
    assert shapely.union_all(table.shapes).area == pytest.approx(10 * cells.cell_lon * cells.cell_lat, rel=1e-6)
    assert sum(shapely.area(table.shapes)) == pytest.approx(10 * cells.cell_lon * cells.cell_lat, rel=1e-6)
    at = shapely.Point(cells.west + 1.5 * cells.cell_lon, cells.south + 2.5 * cells.cell_lat)
    assert [rate for each, rate in zip(table.shapes, table["RATE"], strict=True) if each.contains(at)] == [20.6]


def test_more_polygons_than_the_terminal_takes_are_refused_with_what_to_do():
    with pytest.raises(BadRequest, match="polygons") as caught:
        shapefile_files(prescription(RATES), "generic", 2)
    assert "--least-area" in caught.value.try_this
    with pytest.raises(BadRequest, match="profile"):
        shapefile_files(prescription(RATES), "acme")


def test_file_names_are_those_of_the_oldest_terminals():
    assert file_stem("Große Wiese 12") == "GROEWIES"
    assert file_stem("../..") == "RX"
    assert all(len(profile.rate) <= 10 for profile in PROFILES.values())


def test_geojson_has_a_feature_for_each_zone_and_says_what_it_rests_on():
    [raw] = geojson_files(prescription(RATES, PRODUCTS["urea"])).values()
    said = json.loads(raw)
    assert [f["properties"]["rate"] for f in said["features"]] == [20.6, 30.0, 40.0]
    assert {f["properties"]["unit"] for f in said["features"]} == {"kg/ha"}
    assert said["groundside"]["evidence"]["model"] == "nfoa"
    for feature in said["features"]:
        drawn = shape(feature["geometry"])
        assert drawn.is_valid
        assert all(polygon.exterior.is_ccw for polygon in drawn.geoms)
        assert all(not hole.is_ccw for polygon in drawn.geoms for hole in polygon.interiors)


def test_the_geotiff_is_north_up_with_rates_and_unit(tmp_path: Path):
    made = prescription(RATES)
    [raw] = geotiff_files(made).values()
    (tmp_path / "a.tif").write_bytes(raw)
    with rasterio.open(tmp_path / "a.tif") as source:
        read = source.read(1)
        assert source.crs.to_epsg() == 4326
        assert source.transform.e < 0
        assert source.bounds.left == pytest.approx(made.grid.west)
        assert source.bounds.top == pytest.approx(made.grid.north)
        assert source.units == ("kg N/ha",)
        assert source.tags()["model"] == "nfoa"
    wanted = np.where(np.isnan(RATES), NODATA, RATES)
    assert read == pytest.approx(wanted.astype(np.float32))
