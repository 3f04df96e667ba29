"""Catalogues of photos, read by the programs that people open them with."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import duckdb_extension_spatial
import pyarrow.parquet as pq
import pystac
import pytest
import shapely
import stac_pydantic
from pystac_client import Client
from pystac_client.warnings import FallbackToPystac, NoConformsTo

from groundside.archive.footprints import footprint_of
from groundside.model.footprint import Footprint, PlacedPhoto
from groundside.model.photo import Photo, PhotoTime
from groundside.model.place import LonLat
from groundside.see.exports.photos.geojson import write_geojson
from groundside.see.exports.photos.geoparquet import write_geoparquet
from groundside.see.exports.photos.stac import item_of, write_stac
from tests import geopandas_peer
from tests.geopandas_peer import PYTHON, needs_geopandas
from tests.photographs import HERE, photo_at

CANARIES = ("SERIAL-CANARY", "OWNER-CANARY")
DATE_LINE = LonLat(179.9999, -17.0)


def listed(name: str, photo: Photo) -> PlacedPhoto:
    return PlacedPhoto(name, f"{name}.JPG", photo, footprint_of(photo), f"images/{name}.JPG")


@pytest.fixture(scope="module")
def photos() -> list[PlacedPhoto]:
    return [
        listed("nadir", photo_at()),
        listed("oblique", photo_at(look=(60.0, -50.0, 0.0))),
        listed("over the date line", photo_at(DATE_LINE)),
        listed("sky", photo_at(look=(0.0, 45.0, 0.0))),
        listed("no zone", replace(photo_at(), time=PhotoTime(None, "2023-11-14T23:13:20"))),
        listed("no time", replace(photo_at(), time=PhotoTime())),
    ]


@pytest.fixture
def parquet(photos: list[PlacedPhoto], tmp_path: Path) -> Path:
    path = tmp_path / "photos.parquet"
    with path.open("wb") as out:
        assert write_geoparquet(iter(photos), out) == len(photos)
    return path


@pytest.fixture
def catalogue(photos: list[PlacedPhoto], tmp_path: Path) -> Path:
    written = write_stac(iter(photos), tmp_path / "stac", "A flight")
    assert (written.items, written.untimed) == (5, ("no time.JPG",))
    return tmp_path / "stac"


@needs_geopandas
def test_geopandas_reads_the_outlines_and_where_cameras_were(parquet: Path, photos: list[PlacedPhoto]) -> None:
    frame = geopandas_peer.read(parquet)
    assert frame.crs == ("OGC", "CRS84")
    assert [each is None for each in frame["geometry"]] == [False, False, False, True, False, False]
    assert all(each.is_valid for each in frame["geometry"] if each is not None)
    assert frame["geometry"][2].geom_type == "MultiPolygon"
    assert shapely.get_coordinates(frame["camera"][0]).tolist() == [[HERE.lon, HERE.lat]]
    print_ = photos[0].footprint
    assert isinstance(print_, Footprint)
    outline = shapely.Polygon([(p.lon, p.lat) for p in print_.outline])
    assert outline.symmetric_difference(frame["geometry"][0]).area < outline.area * 1e-4
    assert frame["datetime"][0] == "2023-11-14T22:13:20+00:00"
    assert "flat or so high" in frame["why_no_footprint"][3]


def test_geoparquet_says_of_itself_what_the_standard_demands(parquet: Path) -> None:
    file = pq.ParquetFile(parquet)
    geo = json.loads(file.schema_arrow.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["primary_column"] == "geometry"
    column = geo["columns"]["geometry"]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["MultiPolygon", "Polygon"]
    assert column["orientation"] == "counterclockwise"
    assert column["covering"]["bbox"] == {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}
    assert column["bbox"][0] == -180.0
    rows = file.read().to_pylist()
    for row in rows:
        if row["geometry"] is None:
            assert row["bbox"] is None
            continue
        shape = shapely.from_wkb(row["geometry"])
        assert tuple(row["bbox"].values()) == shape.bounds
        assert all(shapely.is_ccw(part.exterior) for part in shapely.get_parts(shape))


@pytest.fixture(scope="module")
def spatial() -> Iterator[duckdb.DuckDBPyConnection]:
    extensions = Path(duckdb_extension_spatial.__file__).parent / "extensions"
    (file,) = extensions.rglob("spatial.duckdb_extension")
    with duckdb.connect(config={"allow_unsigned_extensions": True}) as connection:
        connection.execute(f"LOAD '{file}'")
        yield connection


def test_duckdb_reads_the_outlines_and_finds_what_sees_a_place(
    parquet: Path, spatial: duckdb.DuckDBPyConnection
) -> None:
    kind = spatial.execute("SELECT typeof(geometry) FROM read_parquet(?) LIMIT 1", [str(parquet)]).fetchone()
    assert kind is not None
    assert kind[0].startswith("GEOMETRY")
    found = spatial.execute(
        "SELECT id FROM read_parquet(?) WHERE bbox.xmin <= $1 AND bbox.xmax >= $1 AND "
        "ST_Contains(geometry, ST_Point($1, $2)) ORDER BY id".replace("?", f"'{parquet}'"),
        [HERE.lon, HERE.lat],
    ).fetchall()
    assert [row[0] for row in found] == ["nadir", "no time", "no zone"]


def test_an_empty_list_is_still_a_valid_file(tmp_path: Path, spatial: duckdb.DuckDBPyConnection) -> None:
    path = tmp_path / "none.parquet"
    with path.open("wb") as out:
        assert write_geoparquet([], out) == 0
    assert not PYTHON.exists() or len(geopandas_peer.read(path)) == 0
    assert spatial.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchone() == (0,)


def test_pystac_client_walks_the_catalogue(catalogue: Path) -> None:
    with pytest.warns(NoConformsTo):  # a folder of files is no API, and says no more than it is
        client = Client.open(str(catalogue / "catalog.json"))
    with pytest.warns(FallbackToPystac):
        (collection,) = client.get_collections()
        items = {item.id: item for item in collection.get_items()}
    assert set(items) == {"nadir", "oblique", "over the date line", "sky", "no zone"}
    assert items["oblique"].properties["view:azimuth"] == pytest.approx(60.0, abs=0.01)
    assert items["oblique"].properties["view:off_nadir"] == pytest.approx(40.0, abs=0.01)
    assert items["nadir"].properties["gsd"] == pytest.approx(100.0 / 3657.0, rel=1e-3)
    assert items["nadir"].properties["proj:shape"] == [3648, 5472]
    image = items["nadir"].assets["image"].get_absolute_href()
    assert image == str(catalogue / "images" / "nadir.JPG")


def test_stac_pydantic_and_pystac_accept_every_file_of_the_catalogue(catalogue: Path) -> None:
    stac_pydantic.Catalog.model_validate_json((catalogue / "catalog.json").read_text())
    stac_pydantic.Collection.model_validate_json((catalogue / "photos" / "collection.json").read_text())
    items = sorted((catalogue / "photos" / "items").glob("*.json"))
    assert len(items) == 5
    for path in items:
        read = json.loads(path.read_text())
        stac_pydantic.Item.model_validate(read)
        assert pystac.Item.from_dict(read).to_dict()["id"] == read["id"]
    whole = pystac.Catalog.from_file(str(catalogue / "catalog.json"))
    assert len(list(whole.get_items(recursive=True))) == 5


def test_where_only_the_cameras_clock_is_known_an_item_says_between_which_times_it_was(
    photos: list[PlacedPhoto],
) -> None:
    item = item_of(photos[4])
    assert item is not None
    properties = item["properties"]
    assert properties["datetime"] is None
    assert (properties["start_datetime"], properties["end_datetime"]) == (
        "2023-11-14T09:13:20Z",
        "2023-11-15T11:13:20Z",
    )


def test_a_photo_of_the_sky_has_an_item_without_a_place(photos: list[PlacedPhoto]) -> None:
    item = item_of(photos[3])
    assert item is not None
    assert item["geometry"] is None
    assert "bbox" not in item
    assert "flat or so high" in item["properties"]["groundside:why_no_footprint"]


def test_a_box_over_the_date_line_has_its_west_beyond_its_east(photos: list[PlacedPhoto]) -> None:
    item = item_of(photos[2])
    assert item is not None
    west, south, east, north = item["bbox"]
    assert west > 179.0
    assert east < -179.0
    assert south < DATE_LINE.lat < north
    assert len(item["geometry"]["coordinates"]) == 2


@needs_geopandas
def test_geojson_is_read_by_geopandas(photos: list[PlacedPhoto], tmp_path: Path) -> None:
    path = tmp_path / "photos.geojson"
    with path.open("wb") as out:
        assert write_geojson(photos, out) == len(photos)
    frame = geopandas_peer.read(path)
    assert len(frame) == len(photos)
    assert all(each.is_valid for each in frame["geometry"] if each is not None)
    rings = [f["geometry"]["coordinates"] for f in json.loads(path.read_text())["features"] if f["geometry"]]
    assert rings[0][0][0] == rings[0][0][-1]


def test_no_serial_and_no_name_of_a_person_is_in_any_export(
    photos: list[PlacedPhoto], parquet: Path, catalogue: Path
) -> None:
    out = io.BytesIO()
    write_geojson(photos, out)
    texts = [out.getvalue(), str(pq.read_table(parquet).to_pylist()).encode()]
    texts += [path.read_bytes() for path in catalogue.rglob("*.json")]
    for text in texts:
        assert not [word for word in CANARIES if word.encode() in text]
