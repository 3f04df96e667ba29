"""The API of fields over a real archive: what is seen, what is said, what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from pydantic import TypeAdapter
from rasterio.io import MemoryFile
from starlette.testclient import TestClient

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.see import crop_schema
from groundside.see.web.app import PREFIX, create_app
from groundside.see.web.session import new_token
from tests.crop_fields import COLUMNS, EDGE, FIELD, ROWS, STRIP, lon_lat, ortho, ring, vigour, weather

HOST = "127.0.0.1:8321"
TOKEN = new_token()
TESTER = Caller("tester", "test")
LIMIT = 4 << 20
NFOA = {"model": "nfoa", "inputs": {"ndvi_rich": 0.8, "days_gdd": 100}}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("crop") / "archive", create=True) as it:
        yield it


@pytest.fixture(scope="module")
def api(archive: Archive) -> Iterator[TestClient]:
    app = create_app(archive, TOKEN, frozenset({HOST}), None, LIMIT)
    headers = {"authorization": f"Bearer {TOKEN}", "x-groundside": "1"}
    with TestClient(app, base_url=f"http://{HOST}{PREFIX}", headers=headers) as client:
        yield client
        app.state.fields.close()


def stated(api: TestClient, name: str, **said: object) -> str:
    answer = api.post("/crop/fields", json={"name": name, "areas": [[FIELD]], **said})
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def sent(api: TestClient, field: str, content: bytes, **said: str) -> dict[str, object]:
    query = {"field": field, "name": "mead.tif", "taken": "2026-05-28", **said}
    answer = api.post("/crop/images", params=query, content=content)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def field(api: TestClient) -> str:
    return stated(api, "Mead", crop="winter wheat", begun="2026-04-20", began_with="sown")


@pytest.fixture(scope="module")
def image(api: TestClient, field: str) -> str:
    return str(sent(api, field, ortho())["id"])


def picture(api: TestClient, path: str) -> np.ndarray:
    answer = api.get(path)
    assert answer.headers["content-type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.content)))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/crop/choices", crop_schema.CropChoicesShape),
        ("/crop/fields", crop_schema.FieldsShape),
        ("/crop/fields/{field}", crop_schema.FieldPageShape),
        ("/crop/images/{image}", crop_schema.ImageLookShape),
        ("/crop/images/{image}/index/ndvi", crop_schema.LayerShape),
        ("/crop/images/{image}/probe?at=11.47696,46.4942&index=ndvi", crop_schema.ProbeShape),
    ],
)
def test_answers_have_the_shape_that_the_document_says(
    api: TestClient, field: str, image: str, path: str, kind: type
) -> None:
    answer = api.get(path.format(field=field, image=image))
    assert answer.status_code == 200, answer.text
    TypeAdapter(kind).validate_python(answer.json())


def test_an_index_is_that_of_the_field_alone_and_what_is_outside_is_transparent(api: TestClient, image: str) -> None:
    told = api.get(f"/crop/images/{image}/index/ndvi").json()
    inside = (ROWS - 2 * EDGE) * (COLUMNS - 2 * EDGE)
    assert told["count"] == sum(told["bars"]) == inside
    green = vigour()[EDGE:-EDGE, EDGE:-EDGE]
    nir, red = 0.2 + 0.3 * green, 0.16 - 0.12 * green
    assert told["mean"] == pytest.approx(float(((nir - red) / (nir + red)).mean()), abs=1e-4)
    drawn = picture(api, f"/crop/images/{image}/picture?layer=ndvi")
    assert drawn.shape == (ROWS, COLUMNS, 4)
    there = np.zeros((ROWS, COLUMNS), bool)
    there[EDGE:-EDGE, EDGE:-EDGE] = True
    assert (drawn[..., 3] == np.where(there, 255, 0)).all()
    dark = drawn[..., :3].astype(int).sum(axis=2)
    assert dark[130, 230] > dark[130, 60], "the weak spot is lighter"


def test_the_scale_of_colours_is_the_one_that_was_asked_for(api: TestClient, image: str) -> None:
    path = f"/crop/images/{image}/picture?layer=ndvi"
    one, other = (picture(api, f"{path}&low={low}&high={high}") for low, high in ((0.0, 0.1), (0.9, 1.0)))
    last, first = np.array([11, 63, 63]), np.array([246, 232, 193])
    assert (one[130, 60, :3] == last).all()
    assert (other[130, 60, :3] == first).all()
    assert api.get(f"{path}&low=1&high=1").status_code == 400


def test_one_place_says_bands_index_stage_rate_and_why(api: TestClient, field: str, image: str) -> None:
    api.post(f"/crop/fields/{field}/weather", json={"name": "days.csv", "table": weather()})
    rate = api.post("/crop/rate", json={"image": image, **NFOA}).json()["rate"]
    lon, lat = lon_lat(230.5, 130.5)
    told = api.get(f"/crop/images/{image}/probe?at={lon},{lat}&index=ndre&rate={rate}").json()
    assert (told["row"], told["column"]) == (130, 230)
    assert told["bands"]["nir"] == pytest.approx(0.2 + 0.3 * vigour()[130, 230], abs=1e-4)
    assert told["stage"]["stage"] == "first tiller"
    assert told["why"] == "as the model has it"
    advice = told["advice"]
    assert advice["model"] == "nfoa"
    assert advice["inputs"]["ndvi_field"] != pytest.approx(told["index"]), "the index of the rate, not the one shown"
    assert advice["rate_kg_ha"] == pytest.approx(told["rate_kg_ha"], abs=0.01)
    assert advice["sources"]
    outside = api.get(f"/crop/images/{image}/probe?at=7,47&index=ndvi")
    assert outside.status_code == 404


def test_the_mean_of_a_strip_is_that_of_its_pixels(api: TestClient, field: str, image: str) -> None:
    said = {"kind": "strip", "name": "west", "areas": [[STRIP[:-1]]]}
    strip = api.post(f"/crop/fields/{field}/patches", json=said).json()["patches"][-1]["id"]
    told = api.get(f"/crop/images/{image}/patches/{strip}?index=ndvi").json()
    green = vigour()[EDGE:-EDGE, EDGE : EDGE + 40]
    nir, red = 0.2 + 0.3 * green, 0.16 - 0.12 * green
    assert told["pixels"] == green.size
    assert told["mean"] == pytest.approx(float(((nir - red) / (nir + red)).mean()), abs=1e-4)


def test_one_date_is_not_enough_evidence_in_the_same_words_as_answer_json_and_pdf(api: TestClient, image: str) -> None:
    asked = {"prescription": {"image": image}}
    answers = [
        api.post("/crop/rate", json={"image": image}).json()["answer"],
        api.post("/crop/prescription", json={"image": image}).json(),
        json.loads(api.post("/crop/prescription/file", json={**asked, "to": "json"}).content),
    ]
    assert len({(each["what"], tuple(each["would_help"])) for each in answers}) == 1
    assert "N-rich strip" in " ".join(answers[0]["would_help"])
    assert api.post("/crop/prescription/file", json={**asked, "to": "pdf"}).content.startswith(b"%PDF")
    refused = api.post("/crop/prescription/file", json={**asked, "to": "isoxml"})
    assert refused.status_code == 400
    assert "Not enough evidence" in refused.json()["error"]["what"]


def test_a_prescription_is_taken_away_in_every_format_and_stands_once_in_the_calendar(
    api: TestClient, field: str, image: str, tmp_path: Path
) -> None:
    rate = api.post("/crop/rate", json={"image": image, **NFOA}).json()["rate"]
    asked = {"image": image, "rate": rate, "product": "urea", "width": 12, "limits": {"step": 10}, "price": 0.4}
    shown = api.post("/crop/prescription", json=asked).json()
    assert shown["outcome"] == "prescription"
    assert {zone["rate"] % 10 for zone in shown["zones"]} == {0}
    assert len(shown["outlines"]["features"]) == len(shown["zones"])
    files = {
        to: api.post("/crop/prescription/file", json={"prescription": asked, "to": to}).content
        for to in ("isoxml", "shapefile", "geojson", "geotiff")
    }
    assert "TASKDATA/TASKDATA.XML" in zipfile.ZipFile(io.BytesIO(files["isoxml"])).namelist()
    assert any(name.endswith(".shp") for name in zipfile.ZipFile(io.BytesIO(files["shapefile"])).namelist())
    with MemoryFile(files["geotiff"]) as memory, memory.open() as raster:
        rates = raster.read(1)
    assert set(np.unique(rates[rates > 0])) == {zone["rate"] for zone in shown["zones"]}
    assert len(json.loads(files["geojson"])["features"]) == len(shown["zones"])
    entries = [e for e in api.get(f"/crop/fields/{field}").json()["calendar"] if e["kind"] == "prescription"]
    assert len(entries) == 1
    assert "isoxml, shapefile, geojson, geotiff" in entries[0]["more"]


def test_a_trial_gives_one_rate_for_the_field(api: TestClient, image: str) -> None:
    rates = range(0, 241, 30)
    table = "nitrogen,yield\n" + "\n".join(f"{n},{4000 + 50 * n - 0.14 * n * n + (n % 7)}" for n in rates)
    asked = {"image": image, "model": "eonr", "table": table, "price_nitrogen": 1.0, "price_yield": 0.2}
    told = api.post("/crop/rate", json=asked).json()
    assert (told["outcome"], told["layer"]) == ("rate", None)
    made = api.post("/crop/prescription", json={"image": image, "rate": told["rate"]}).json()
    assert [zone["rate"] for zone in made["zones"]] == [pytest.approx(told["answer"]["rate_kg_ha"], abs=0.01)]


def test_zones_are_spread_as_drawn_but_no_model_stands_behind_them(api: TestClient, field: str, image: str) -> None:
    assert api.post("/crop/prescription", json={"image": image, "zones_drawn": True}).status_code == 400
    said = {"kind": "zone", "name": "west", "areas": [[STRIP[:-1]]], "rate_kg_ha": 40}
    zone = api.post(f"/crop/fields/{field}/patches", json=said).json()["patches"][-1]["id"]
    made = api.post("/crop/prescription", json={"image": image, "zones_drawn": True}).json()
    assert [each["rate"] for each in made["zones"] if each["rate"]] == [40]
    assert made["evidence"]["enough"] is False
    assert api.post(f"/crop/records/{zone}/drop").status_code == 200


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_capture_lies_where_its_corners_are_said_to_lie(api: TestClient, field: str) -> None:
    refused = api.post(
        f"/crop/images?field={field}&name=c.tif&taken=2026-06-01", content=ortho(placed=False)
    )  # fmt: skip
    assert refused.status_code == 400
    assert "where on the ground" in refused.json()["error"]["what"]
    corners = ";".join(f"{lon},{lat}" for lon, lat in ring(0, 0, COLUMNS, ROWS)[:4])
    seen = sent(api, field, ortho(placed=False), corners=corners, name="c.tif")
    lon, lat = lon_lat(100.5, 50.5)
    told = api.get(f"/crop/images/{seen['id']}/probe?at={lon},{lat}&index=ndvi").json()
    assert (told["row"], told["column"]) == (50, 100)


def test_an_index_that_needs_a_panel_is_refused_without_one_and_bands_may_be_said(api: TestClient, field: str) -> None:
    seen = sent(api, field, ortho(panel=False, names=False), bands="red=3,nir=5", name="plain.tif")
    assert seen["indices"] == ["ndvi"]
    assert "panel" in str(seen["without"]["savi"])  # pyright: ignore
    assert api.get(f"/crop/images/{seen['id']}/index/savi").status_code >= 400
    assert api.get(f"/crop/images/{seen['id']}/index/ndvi").json()["count"] > 0


def test_an_image_of_another_place_has_no_index_in_this_field(api: TestClient) -> None:
    far = [[lon + 1.0, lat] for lon, lat in FIELD]
    field = stated(api, "Far", areas=[[far]])
    image = sent(api, field, ortho())["id"]
    answer = api.get(f"/crop/images/{image}/index/ndvi")
    assert answer.status_code == 400
    assert "inside the boundary" in answer.json()["error"]["what"]


def folders() -> set[Path]:
    import tempfile

    return {each for top in Path(tempfile.gettempdir()).glob("groundside-fields-*") for each in top.iterdir()}


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 415),
        (b"no raster at all", 415),
        (b'<VRTDataset rasterXSize="9" rasterYSize="9"/>', 415),
        (ortho()[:2000], 415),
        (b"II*\0" + bytes(LIMIT), 413),
    ],
    ids=["empty", "text", "another driver", "cut short", "too large"],
)
def test_what_is_no_raster_is_refused_and_nothing_is_left_of_it(
    api: TestClient, field: str, content: bytes, status: int
) -> None:
    before = folders()
    answer = api.post(f"/crop/images?field={field}&name=../../x.tif&taken=2026-05-28", content=content)
    assert answer.status_code in {status, 400}, answer.text
    assert "/tmp" not in answer.text
    assert folders() == before


def test_a_small_file_that_unpacks_to_more_pixels_than_the_page_computes_with_is_refused(
    api: TestClient, field: str
) -> None:
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", width=60_000, height=60_000, count=1, dtype="uint8", tiled=True, blockxsize=512,
            blockysize=512, compress="zstd", sparse_ok=True, crs="EPSG:32632",
            transform=rasterio.Affine(0.1, 0, 690_000, 0, -0.1, 5_152_000),
        ):  # fmt: skip
            pass
        content = memory.read()
    assert len(content) < 1 << 20
    answer = api.post(f"/crop/images?field={field}&name=huge.tif&taken=2026-05-28", content=content)
    assert answer.status_code == 400
    assert "pixels" in answer.json()["error"]["what"]


@pytest.mark.parametrize("image", ["..%2f..", "00000000", "zzzzzzzz", "%2fetc%2fpasswd", "1" * 64])
def test_only_what_the_archive_holds_as_an_image_of_a_field_is_read(api: TestClient, image: str) -> None:
    for path in ("", "/index/ndvi", "/picture?layer=ndvi", "/probe?at=1,1"):
        assert api.get(f"/crop/images/{image}{path}").status_code in {400, 404, 422}


def test_an_image_that_was_taken_back_is_not_shown_any_more_though_its_bytes_are_kept(
    api: TestClient, archive: Archive, field: str
) -> None:
    image = sent(api, field, ortho(0.9), name="old.tif")["id"]
    assert api.get(f"/crop/images/{image}/picture?layer=ndvi").status_code == 200
    api.post(f"/crop/records/{image}/drop")
    assert api.get(f"/crop/images/{image}/picture?layer=ndvi").status_code == 404
    assert "old.tif" in {each.file for each in archive.files(TESTER)}


def test_every_look_at_an_image_is_in_the_ledger(api: TestClient, archive: Archive, image: str) -> None:
    before = archive.ledger(TESTER).size
    api.get(f"/crop/images/{image}/picture?layer=ndvi")
    assert archive.ledger(TESTER).size > before


def test_another_boundary_makes_the_index_anew(api: TestClient) -> None:
    field = stated(api, "Half")
    image = sent(api, field, ortho())["id"]
    whole = api.get(f"/crop/images/{image}/index/ndvi").json()["count"]
    stated(api, "Half", areas=[[ring(EDGE, EDGE, COLUMNS // 2, ROWS - EDGE)]])
    assert api.get(f"/crop/images/{image}/index/ndvi").json()["count"] == whole // 2
    history = api.get(f"/crop/fields/{field}").json()["history"]
    assert len(history) == 2
