"""What is served to QGIS-like programs, read by them over a real connection; and each requirement of the standard."""

import re
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pystac
import pytest
import requests
import shapely
import stac_pydantic
import stac_pydantic.api
from pystac_client import Client

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.see.web.server import Server
from groundside.settings import Settings
from tests.photo_flights import photo, shots

WHO = Caller("tester", "test")
COUNT = 9
TABLE = Path("docs/reference/ogc-api-features.md")
REQUIREMENTS = [
    "root-op", "root-success", "api-definition-op", "api-definition-success", "conformance-op",
    "conformance-success", "http", "query-param-unknown", "query-param-invalid", "crs84",
    "fc-md-op", "fc-md-success", "fc-md-links", "fc-md-items", "fc-md-items-links",
    "fc-md-extent", "sfc-md-op", "sfc-md-success", "fc-op", "fc-limit-definition",
    "fc-limit-response-1", "fc-bbox-definition", "fc-bbox-response", "fc-time-definition", "fc-time-response",
    "fc-response", "fc-links", "fc-rel-type", "fc-timeStamp", "fc-numberMatched",
    "fc-numberReturned", "f-op", "f-success", "f-links",
]  # fmt: skip
"""Of the class Core of OGC 17-069r4, by their names in that document."""
READ_BY_GDAL = """
import sys
import pyogrio
pyogrio.set_gdal_config_options({"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": sys.argv[2]})
info, _, shapes, _ = pyogrio.raw.read("OAPIF:" + sys.argv[1], layer="photos")
print(len(shapes), info["crs"], info["geometry_type"])
"""


@dataclass(frozen=True)
class Served:
    """A server that runs, and what opens it."""

    base: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **headers: str) -> requests.Response:
        address = path if path.startswith("http") else self.base + path
        answer = requests.get(address, headers={**self.headers, **headers}, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("ogc")
    (root / "card").mkdir()
    taken = shots(0.0, every_s=0.0, count=COUNT)
    for each in taken:
        (root / "card" / each.name).write_bytes(each.content)
    (root / "card" / "sky.JPG").write_bytes(photo(99, taken[0].at_us + 86_400_000_000, None, model="Other"))
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(WHO, [root / "card"], workers="0")
        server = Server(it, Settings(), port=0)
        running = threading.Thread(target=server.run)
        running.start()
        yield Served(f"{server.origin}/api/v1/ogc", server.address.partition("token=")[2])
        server.should_exit = True
        running.join()


@pytest.fixture
def client(served: Served) -> Client:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return Client.open(served.base, headers=served.headers)


def test_pystac_client_opens_the_catalogue_and_walks_all_of_it(client: Client):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (collection,) = client.get_collections()
        items = list(collection.get_items())
    assert len(items) == len({each.id for each in items}) == COUNT + 1
    assert all(isinstance(each, pystac.Item) and each.assets["thumbnail"].href.startswith("http") for each in items)
    one = collection.get_item(items[2].id)
    assert one is not None and one.to_dict()["geometry"] == items[2].to_dict()["geometry"]


def test_pystac_client_searches_by_place_time_id_and_geometry(client: Client):
    every = {each.id: each for each in client.search(method="GET", limit=4).items()}
    assert len(every) == client.search(method="GET").matched() == COUNT + 1
    one = next(each for each in every.values() if each.geometry)
    assert {each.id for each in client.search(method="GET", ids=[one.id, "0" * 32]).items()} == {one.id}
    assert list(client.search(method="GET", collections=["elsewhere"]).items()) == []
    line = shapely.LineString([one.bbox[:2], one.bbox[2:]])
    true = {i for i, e in every.items() if e.geometry and shapely.intersects(shapely.geometry.shape(e.geometry), line)}
    found = client.search(method="GET", intersects=shapely.geometry.mapping(line), limit=2)
    assert {each.id for each in found.items()} == true
    assert one.id in true
    assert one.id in {each.id for each in client.search(method="GET", bbox=one.bbox).items()}


@pytest.mark.parametrize(
    "asked", ["bbox=1,2,3,4&intersects={}", "intersects=here", 'intersects={"type":"Point"}', "a=1"]
)
def test_a_search_that_makes_no_sense_is_refused(served: Served, asked: str):
    answer = requests.get(f"{served.base}/search?{asked}", headers=served.headers, timeout=60)
    assert answer.status_code == 400, answer.text


def test_stac_pydantic_accepts_every_answer_as_the_api_of_stac_has_it(served: Served):
    landing = served.get("").json()
    stac_pydantic.api.LandingPage.model_validate(landing)
    stac_pydantic.Catalog.model_validate({name: value for name, value in landing.items() if name != "conformsTo"})
    collections = served.get("/collections").json()
    for each in collections["collections"]:
        stac_pydantic.Collection.model_validate(each)
        stac_pydantic.api.Collection.model_validate(each)
    for path in ("/collections/photos/items", "/search"):
        page = served.get(f"{path}?limit=3").json()
        stac_pydantic.api.ItemCollection.model_validate(page)
        for each in page["features"]:
            stac_pydantic.Item.model_validate(each)
            stac_pydantic.api.Item.model_validate(each)


def test_the_client_of_gdal_that_qgis_and_ogr_are_built_on_reads_the_collection(served: Served):
    argv = [sys.executable, "-c", READ_BY_GDAL, served.base, served.token]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == [str(COUNT + 1), "EPSG:4326", "Polygon"]


def test_the_definition_comes_in_the_media_type_of_its_link_and_lists_what_items_take(served: Served):
    (link,) = (each for each in served.get("").json()["links"] if each["rel"] == "service-desc")
    answer = served.get(link["href"], Accept=link["type"])
    assert answer.headers["content-type"] == link["type"] == "application/vnd.oai.openapi+json;version=3.1"
    definition = answer.json()
    assert definition["openapi"].startswith("3.1")
    operation = definition["paths"]["/api/v1/ogc/collections/{collection}/items"]["get"]
    taken = {each["name"]: each for each in operation["parameters"] if each["in"] == "query"}
    assert {"limit", "bbox", "datetime"} <= set(taken)
    limit = taken["limit"]["schema"]
    assert (limit["type"], limit["minimum"], limit["maximum"], limit["default"]) == ("integer", 1, 1000, 10)
    assert [each["minItems"] for each in taken["bbox"]["schema"]["oneOf"]] == [4, 6]
    assert all(each["style"] == "form" and each["explode"] is False for each in taken.values())
    (people,) = (each for each in served.get("").json()["links"] if each["rel"] == "service-doc")
    assert served.get(people["href"], Accept=people["type"]).headers["content-type"].startswith(people["type"])


def test_every_link_names_its_relation_and_media_type_and_every_answer_comes_in_it(served: Served):
    item = served.get("/collections/photos/items?limit=1").json()["features"][0]["id"]
    features = {"/collections/photos/items?limit=2&offset=2", f"/collections/photos/items/{item}", "/search?limit=2"}
    for path in ("", "/conformance", "/collections", "/collections/photos", *sorted(features)):
        answer = served.get(path)
        kind = "application/geo+json" if path in features else "application/json"
        assert answer.headers["content-type"] == kind, path
        for link in answer.json().get("links", []):
            assert link["rel"] and link["type"], (path, link)
            followed = served.get(link["href"])
            assert followed.headers["content-type"].split("; charset")[0] == link["type"], (path, link)
    for path in ("", "/collections", "/collections/photos", *sorted(features)):
        (own,) = (each for each in served.get(path).json()["links"] if each["rel"] == "self")
        assert own["href"].startswith(served.base)


def test_what_is_said_to_be_geojson_is_that(served: Served):
    page = served.get("/collections/photos/items?limit=100").json()
    assert page["type"] == "FeatureCollection"
    one = served.get(f"/collections/photos/items/{page['features'][0]['id']}").json()
    for each in (*page["features"], one):
        assert each["type"] == "Feature"
        assert set(each) >= {"id", "geometry", "properties", "links"}
        if each["geometry"]:
            shape = shapely.geometry.shape(each["geometry"])
            assert shape.is_valid
            west, south, east, north = shape.bounds
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90


def test_only_classes_are_claimed_whose_requirements_are_in_the_table(served: Served):
    claimed = served.get("/conformance").json()["conformsTo"]
    assert claimed == served.get("").json()["conformsTo"]
    ours = {each.rpartition("/")[2] for each in claimed if "ogcapi-features-1/1.0/conf" in each}
    assert ours == {"core", "geojson"}


def test_the_table_names_each_requirement_of_the_standard_with_tests_that_exist():
    rows = re.findall(r"^\| `(/req/[^`]+)` \| [^|]+ \| (.+) \|$", TABLE.read_text(), re.MULTILINE)
    named = [name for name, _ in rows]
    geojson = ["/req/geojson/definition", "/req/geojson/content"]
    assert named == [*(f"/req/core/{each}" for each in REQUIREMENTS), *geojson]
    sources = [
        Path(each).read_text() for each in ("tests/unit/test_photo_api.py", "tests/contract/test_ogc_clients.py")
    ]
    known = {name for source in sources for name in re.findall(r"^def (test_\w+)", source, re.MULTILINE)}
    for name, tests in rows:
        given = re.findall(r"`(test_\w+)`", tests)
        assert given and set(given) <= known, name
