"""The API of findings, assets, what is hidden in photos, and tiles: what the page asks."""

import io
import json
import struct
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.see.web.app import PREFIX, create_app
from groundside.see.web.session import new_token
from tests.picture_verbs import nadir_photo

HOST = "127.0.0.1:8321"
TOKEN = new_token()
WHO = Caller("tester", "test")
WIDE = (1300, 700)


def gradient() -> bytes:
    """A picture whose colours tell where a pixel is; stored lying, shown upright (EXIF 6)."""
    rows, columns = np.mgrid[0 : WIDE[1], 0 : WIDE[0]]
    picture = np.stack([columns * 255 // WIDE[0], rows * 255 // WIDE[1], np.full_like(rows, 40)], axis=2)
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(picture.astype(np.uint8)).save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with Archive.open(tmp_path_factory.mktemp("inspected") / "archive", create=True) as it:
        it.receive(WHO, "DJI_0001.JPG", [nadir_photo()])
        it.receive(WHO, "turned.jpg", [gradient()])
        app = create_app(it, TOKEN, frozenset({HOST}), None, 1 << 20)
        headers = {"authorization": f"Bearer {TOKEN}", "x-groundside": "1"}
        with TestClient(app, base_url=f"http://{HOST}{PREFIX}", headers=headers) as client:
            yield client


def got(api: TestClient, path: str) -> dict:
    answer = api.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def sent(api: TestClient, path: str, body: object = None, status: int = 200) -> dict:
    answer = api.post(path, json={} if body is None else body)
    assert answer.status_code == status, answer.text
    return answer.json()


def photo_id(api: TestClient, name: str = "DJI_0001.JPG") -> str:
    return next(each["id"] for each in got(api, "/photos")["photos"] if each["file"] == name)


def test_a_finding_is_pinned_narrowed_down_to_changed_and_told_with_its_history(api: TestClient):
    photo = photo_id(api)
    sent(api, "/assets", {"name": "Tower 12", "type": "tower", "photo": photo_id(api, "turned.jpg")})
    body = {"photo": photo, "x": 31.5, "y": 23.5, "type": "rust", "severity": "major", "asset": "tower 12"}
    made = sent(api, "/findings", body)
    assert made["ground"]["error_95"]["major_m"] > 1.0
    lon, lat = made["ground"]["lon_lat"]
    near, far = f"{lon - 1},{lat - 1},{lon + 1},{lat + 1}", f"{lon + 1},{lat - 1},{lon + 2},{lat + 1}"
    for fit, asked in (
        (True, f"photo={photo}"), (True, "asset=tower%2012"), (True, "severity=major&status=open"), (True, f"box={near}"),
        (False, "status=closed"), (False, f"box={far}"), (False, "type=crack"),
        (False, f"photo={photo_id(api, 'turned.jpg')}"),
    ):  # fmt: skip
        assert [each["id"] for each in got(api, f"/findings?{asked}")["findings"]] == [made["id"]] * fit, asked
    changed = sent(api, f"/findings/{made['id']}", {"status": "closed", "note": "painted", "assigned": "Ann"})
    assert [each["status"] for each in changed["history"]] == ["open", "closed"]
    assert changed["history"][0]["asset"] == "Tower 12"
    assert got(api, f"/findings/{made['id']}") == changed
    (asset,) = got(api, "/assets")["assets"]
    assert (asset["findings"], len(asset["photos"])) == ([made["id"]], 2)


def test_a_box_goes_over_the_antimeridian(api: TestClient):
    lon = got(api, "/findings")["findings"][0]["ground"]["lon_lat"][0]
    assert got(api, f"/findings?box={lon - 0.5},-90,-179,90")["findings"] != []
    assert got(api, "/findings?box=170,-90,-170,90")["findings"] == []


def test_the_report_comes_as_geojson_and_as_pdf(api: TestClient):
    collection = json.loads(api.get("/findings.geojson?severity=major").content)
    assert collection["features"][0]["properties"]["asset"] == "Tower 12"
    made = api.get("/findings.pdf?severity=major")
    assert (made.headers["content-type"], made.content[:5]) == ("application/pdf", b"%PDF-")
    assert "attachment" in made.headers["content-disposition"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/findings", {"x": 1, "y": 1, "type": "rust"}),
        ("/findings", {"photo": "PHOTO", "x": -1, "y": 1, "type": "rust"}),
        ("/findings", {"photo": "PHOTO", "x": 65, "y": 1, "type": "rust"}),
        ("/findings", {"photo": "PHOTO", "x": 1, "y": 1, "type": " "}),
        ("/findings", {"photo": "PHOTO", "x": 1, "y": 1, "type": "rust", "colour": "red"}),
        ("/findings", {"photo": "PHOTO", "x": 1, "y": 1, "type": "rust", "severity": "awful"}),
        ("/assets", {"name": ""}),
        ("/redactions/PHOTO/edit", {}),
        ("/redactions/PHOTO/edit", {"add": [{"x": 1, "y": 1, "width": 0, "height": 4}]}),
    ],
)
def test_what_makes_no_sense_is_refused(api: TestClient, path: str, body: dict):
    photo = photo_id(api)
    said = {name: photo if value == "PHOTO" else value for name, value in body.items()}
    sent(api, path.replace("PHOTO", photo), said, 400)
    for asked in ("status=gone", "box=1,2,3", "box=a,b,c,d", "box=0,5,1,4", "colour=red", "photo=1"):
        assert api.get(f"/findings?{asked}").status_code == 400, asked


def test_boxes_are_drawn_confirmed_and_hidden_and_the_queue_says_who_did_what(api: TestClient):
    photo = photo_id(api)
    assert got(api, f"/redactions/{photo}") | {"file": ""} == {
        "photo": photo, "file": "", "confirmed": False, "boxes": [], "dismissed": [], "code": None, "why": None,
        "who": None, "at": None, "at_us": 0, "history": [],
    }  # fmt: skip
    assert api.get(f"/photos/{photo}/derivative").status_code == 403
    proposed = sent(api, f"/redactions/{photo}/propose")
    assert proposed["code"].startswith("yunet")
    plate = {"x": 4, "y": 4, "width": 20, "height": 8, "shown": "plate"}
    drawn = sent(api, f"/redactions/{photo}/edit", {"add": [plate], "seen_us": proposed["at_us"]})
    assert drawn["boxes"] == [{**plate, "score": None}]
    assert [each["photo"] for each in got(api, "/redactions?unconfirmed=true")["reviews"]] == [photo]
    done = sent(api, f"/redactions/{photo}/confirm", {"seen_us": drawn["at_us"]})
    assert [(each["who"], each["confirmed"], each["boxes"]) for each in done["history"]] == [
        ("owner", False, 0), ("owner", False, 1), ("owner", True, 1),
    ]  # fmt: skip
    assert got(api, "/redactions?unconfirmed=true")["reviews"] == []
    made = api.get(f"/photos/{photo}/derivative")
    assert made.headers["groundside-hidden"] == "1"
    assert made.headers["content-disposition"].endswith(f'"photo-{photo[:8]}.jpg"')
    assert b"SERIAL77" not in made.content
    hidden = np.asarray(Image.open(io.BytesIO(made.content)))
    assert np.ptp(hidden[5:11, 5:23].reshape(-1, 3), axis=0).max() <= 8
    kept = api.get(f"/photos/{photo}/derivative?keep=time&keep=camera").content
    assert b"2031" in kept and b"2031" not in made.content


def test_what_somebody_else_changed_meanwhile_is_neither_removed_nor_confirmed_unseen(api: TestClient):
    photo = photo_id(api, "turned.jpg")
    box = {"x": 1, "y": 1, "width": 9, "height": 9}
    first = sent(api, f"/redactions/{photo}/edit", {"add": [box], "seen_us": 0})
    sent(api, f"/redactions/{photo}/edit", {"add": [box], "seen_us": first["at_us"]})
    for path, body in (("edit", {"remove": [1]}), ("confirm", {})):
        refused = sent(api, f"/redactions/{photo}/{path}", {**body, "seen_us": first["at_us"]}, 409)
        assert "since you looked" in refused["error"]["what"]
    assert len(got(api, f"/redactions/{photo}")["boxes"]) == 2


def taken_apart(framed: bytes) -> list[np.ndarray]:
    images, at = [], 0
    while at < len(framed):
        (size,) = struct.unpack_from("<I", framed, at)
        images.append(np.asarray(Image.open(io.BytesIO(framed[at + 4 : at + 4 + size]))))
        at += 4 + size
    return images


def test_tiles_put_together_are_the_picture_upright_at_every_level(api: TestClient):
    photo = photo_id(api, "turned.jpg")
    laid = got(api, f"/photos/{photo}/layout")
    assert laid == {"width_px": WIDE[1], "height_px": WIDE[0], "orientation": 6, "tile_px": 512, "levels": 3}
    for level in range(laid["levels"]):
        wide, high = (-(-laid[side] >> level) for side in ("width_px", "height_px"))
        columns, rows = -(-wide // 512), -(-high // 512)
        asked = ",".join(f"{column}-{row}" for row in range(rows) for column in range(columns))
        tiles = taken_apart(api.get(f"/photos/{photo}/tiles?level={level}&of={asked}").content)
        whole = np.vstack([np.hstack(tiles[row * columns : (row + 1) * columns]) for row in range(rows)]).astype(int)
        assert whole.shape == (high, wide, 3)
        down, across = np.mgrid[0:high, 0:wide]
        assert abs(whole[..., 0] - down * 255 / high).max() < 12
        assert abs(whole[..., 1] - (wide - 1 - across) * 255 / wide).max() < 12


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("level=0&of=9-9", 404),
        ("level=0&of=0-5", 404),
        ("level=7&of=0-0", 400),
        ("level=0&of=", 400),
        ("level=0&of=-1-0", 400),
    ],
)
def test_a_tile_that_is_not_there_is_refused(api: TestClient, asked: str, status: int):
    assert api.get(f"/photos/{photo_id(api, 'turned.jpg')}/tiles?{asked}").status_code == status


def test_tiles_of_what_is_no_photo_of_the_archive_are_not_found(api: TestClient):
    assert api.get(f"/photos/{'0' * 32}/layout").status_code == 404
    assert api.get(f"/photos/{'0' * 32}/tiles?level=0&of=0-0").status_code == 404
