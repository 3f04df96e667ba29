"""The API of photos, and the same as OGC API Features with STAC items."""

import struct
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.see.web.app import PREFIX, create_app
from groundside.see.web.session import new_token
from tests.photo_flights import Shot, photo, shots

WHO = Caller("tester", "test")
HOST = "127.0.0.1:8321"
ROOT = f"http://{HOST}{PREFIX}"
TOKEN = new_token()
COUNT = 12


@pytest.fixture(scope="module")
def taken() -> list[Shot]:
    return shots(0.0, every_s=0.0, count=COUNT)


@pytest.fixture(scope="module")
def api(taken: list[Shot], tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    root = tmp_path_factory.mktemp("photos")
    (root / "card").mkdir()
    for each in taken:
        (root / "card" / each.name).write_bytes(each.content)
    (root / "card" / "later.JPG").write_bytes(photo(99, taken[0].at_us + 86_400_000_000, None, model="Other"))
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(WHO, [root / "card"], workers="0")
        app = create_app(it, TOKEN, frozenset({HOST}), None, 1 << 20)
        headers = {"authorization": f"Bearer {TOKEN}", "x-groundside": "1"}
        with TestClient(app, base_url=ROOT, headers=headers) as client:
            yield client


def got(api: TestClient, path: str) -> dict:
    answer = api.get(path.removeprefix(ROOT))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_photos_come_by_the_page_the_latest_first(api: TestClient, taken: list[Shot]):
    page = got(api, "/photos?limit=3&offset=1")
    assert page["total"] == COUNT + 1
    assert [each["file"] for each in page["photos"]] == [each.name for each in taken[::-1][:3]]
    one = page["photos"][0]
    assert one["utc"] is None and one["camera_clock"].startswith("20")
    assert one["outline"][0][0] == one["outline"][0][-1]


def test_a_click_on_the_map_is_answered_with_what_sees_the_place(api: TestClient):
    of = got(api, "/photos?camera=fc63&limit=1")["photos"][0]
    centre = got(api, f"/photos/{of['id']}")["footprint"]["centre"]["lon_lat"]
    seen = got(api, f"/photos?seeing={centre[0]},{centre[1]}")["photos"]
    assert of["id"] in {each["id"] for each in seen}
    assert all(each["seen_off_nadir_deg"] is not None for each in seen)


@pytest.mark.parametrize("asked", ["seeing=north", "seeing=200,1", "near=1,2", "flight=abc", "limit=0", "colour=red"])
def test_a_question_that_makes_no_sense_is_refused(api: TestClient, asked: str):
    assert api.get(f"/photos?{asked}").status_code == 400


def test_small_images_come_many_at_once_and_originals_byte_for_byte(api: TestClient, taken: list[Shot]):
    ids = [each["id"] for each in got(api, "/photos?camera=fc63&limit=3")["photos"]]
    answer = api.get(f"/photos/thumbnails?of={','.join([*ids, '0' * 32])}").content
    sizes, at = [], 0
    while at < len(answer):
        (size,) = struct.unpack_from("<I", answer, at)
        assert size == 0 or answer[at + 4 : at + 7] == b"\xff\xd8\xff"
        sizes.append(size)
        at += 4 + size
    assert len(sizes) == 4 and sizes[3] == 0 and min(sizes[:3]) > 0
    assert api.get(f"/photos/{ids[0]}/thumbnail").headers["content-type"] == "image/jpeg"
    original = api.get(f"/photos/{ids[0]}/original")
    assert original.content == taken[-1].content
    assert original.headers["cache-control"] == "no-store"
    assert api.get(f"/photos/{'0' * 32}/original").status_code == 404


def test_joining_is_asked_for_by_the_page(api: TestClient):
    assert api.post("/photos/join").json()["looked_at"] >= 0


def links(of: dict, rel: str) -> list[str]:
    return [each["href"] for each in of["links"] if each["rel"] == rel]


def test_req_1_to_6_landing_page_api_definition_and_conformance(api: TestClient):
    start = got(api, "/ogc")
    for rel in ("service-desc", "service-doc", "conformance", "data"):
        (href,) = links(start, rel)
        assert api.get(href.removeprefix(ROOT)).status_code == 200, rel
    (definition,) = links(start, "service-desc")
    assert "/api/v1/ogc/collections/{collection}/items" in got(api, definition)["paths"]
    conforms = got(api, links(start, "conformance")[0])["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms


def test_req_7_a_method_that_is_not_there_is_refused_as_http_says(api: TestClient):
    assert api.put("/ogc/collections").status_code == 405
    assert api.get("/ogc/collections/none").status_code in {400, 404}


def test_req_9_to_18_collections_say_where_when_and_where_their_items_are(api: TestClient):
    listed = got(api, links(got(api, "/ogc"), "data")[0])
    assert links(listed, "self")
    (one,) = listed["collections"]
    assert one == got(api, links(one, "self")[0])
    assert [each for each in one["links"] if each["rel"] == "items" and each["type"] == "application/geo+json"]
    ((west, south, east, north),) = one["extent"]["spatial"]["bbox"]
    assert west < east and south < north
    ((first, last),) = one["extent"]["temporal"]["interval"]
    assert first < last
    everything = got(api, links(one, "items")[0] + "?limit=100")
    for each in everything["features"]:
        if each["geometry"]:
            assert west - 1e-9 <= each["bbox"][0] and each["bbox"][2] <= east + 1e-9


def test_req_19_to_21_limit_is_kept_and_pages_hold_every_item_once(api: TestClient):
    seen: list[str] = []
    at: str | None = "/ogc/collections/photos/items?limit=5"
    while at:
        page = got(api, at)
        assert page["numberReturned"] == len(page["features"]) <= 5
        assert page["numberMatched"] == COUNT + 1
        seen += [each["id"] for each in page["features"]]
        at = next(iter(links(page, "next")), None)
    assert len(seen) == len(set(seen)) == COUNT + 1
    assert got(api, "/ogc/collections/photos/items?limit=100000")["numberReturned"] == COUNT + 1
    assert got(api, "/ogc/collections/photos/items")["numberReturned"] == 10


def test_req_22_to_24_bbox_holds_exactly_what_meets_it(api: TestClient):
    everything = got(api, "/ogc/collections/photos/items?limit=100")["features"]
    import shapely

    one = next(each for each in everything if each["geometry"])
    west, south, east, north = one["bbox"]
    middle = (west + east) / 2
    box = shapely.box(west, south, middle, (south + north) / 2)
    found = got(api, f"/ogc/collections/photos/items?limit=100&bbox={','.join(map(str, box.bounds))}")
    true = {
        e["id"] for e in everything if e["geometry"] and shapely.intersects(shapely.geometry.shape(e["geometry"]), box)
    }
    assert {each["id"] for each in found["features"]} == true
    assert found["numberMatched"] == len(true) and one["id"] in true
    tall = f"{west},{south},-10,{east},{north},9000"
    assert one["id"] in {e["id"] for e in got(api, f"/ogc/collections/photos/items?limit=99&bbox={tall}")["features"]}
    around = f"{max(west + 1, -170)},-90,{west - 1},90"
    assert got(api, f"/ogc/collections/photos/items?bbox={around}")["numberMatched"] == 0


def test_req_25_to_26_datetime_holds_what_was_taken_then(api: TestClient, taken: list[Shot]):
    everything = got(api, "/ogc/collections/photos/items?limit=100")["features"]
    clocks = sorted(each["camera_clock"] for each in got(api, "/photos?limit=100")["photos"])
    asked = f"{clocks[2]}Z/{clocks[4]}Z"
    assert got(api, f"/ogc/collections/photos/items?datetime={asked}")["numberMatched"] == 3
    assert got(api, f"/ogc/collections/photos/items?datetime={clocks[2]}Z")["numberMatched"] == 1
    assert got(api, f"/ogc/collections/photos/items?datetime=../{clocks[4]}Z")["numberMatched"] == 5
    assert got(api, f"/ogc/collections/photos/items?datetime={clocks[4]}Z/..")["numberMatched"] == len(everything) - 4
    assert len(taken) == COUNT


@pytest.mark.parametrize(
    "asked",
    [
        "limit=0", "limit=x", "offset=-1", "bbox=1,2,3", "bbox=1,2,3,nan", "bbox=0,50,1,40", "bbox=0,-91,1,0",
        "datetime=yesterday", "datetime=2026-05-01", "datetime=../..", "colour=red",
        "datetime=2026-05-02T00:00:00Z/2026-05-01T00:00:00Z",
    ],
)  # fmt: skip
def test_req_8_and_27_a_parameter_that_is_unknown_or_makes_no_sense_is_400(api: TestClient, asked: str):
    assert api.get(f"/ogc/collections/photos/items?{asked}").status_code == 400


def test_req_28_to_33_pages_link_to_themselves_say_when_and_what_media_type(api: TestClient):
    answer = api.get("/ogc/collections/photos/items?limit=2&offset=2")
    assert answer.headers["content-type"] == "application/geo+json"
    page = answer.json()
    assert page["type"] == "FeatureCollection"
    assert page["timeStamp"].endswith("Z")
    assert all(each.get("rel") and each.get("type") for each in page["links"])
    for rel in ("self", "next", "prev"):
        (href,) = links(page, rel)
        assert got(api, href)["numberReturned"] == 2


def test_req_34_to_36_one_item_links_to_itself_and_its_collection(api: TestClient):
    item = got(api, "/ogc/collections/photos/items?limit=1&offset=3")["features"][0]
    assert got(api, links(item, "self")[0]) == item
    assert got(api, links(item, "collection")[0])["id"] == item["collection"] == "photos"
    assert api.get(item["assets"]["thumbnail"]["href"].removeprefix(ROOT)).content[:2] == b"\xff\xd8"
    assert api.get(f"/ogc/collections/photos/items/{'0' * 32}").status_code == 404


def test_items_and_collection_are_valid_stac(api: TestClient):
    from stac_pydantic import Collection, Item

    collection = got(api, "/ogc/collections/photos")
    Collection.model_validate(collection)
    for each in got(api, "/ogc/collections/photos/items?limit=100")["features"]:
        Item.model_validate(each)
    assert "SERIAL" not in str(collection)
