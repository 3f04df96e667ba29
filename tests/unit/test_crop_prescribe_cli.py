"""`groundside crop prescribe` and `crop field`, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from typer.testing import CliRunner, Result

from groundside.errors import BadRequest, GroundsideError, NotFound, NotUnderstood
from groundside.see.cli import main
from tests import crop_fields, geopandas_peer
from tests.geopandas_peer import needs_geopandas
from tests.prescriptions import utm_raster

WEST, NORTH = 500_000, 5_000_000


def run(*words: object) -> Result:
    return CliRunner().invoke(main.app, ["crop", *map(str, words)])


def said(*words: object) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def refused(*words: object) -> GroundsideError:
    done = run(*words)
    assert isinstance(done.exception, GroundsideError), (done.output, done.exception)
    return done.exception


def boundary(path: Path, west: float = 10, north: float = 10, side: float = 80) -> Path:
    """A square in the raster, metres from its upper left corner."""
    from pyproj import Transformer

    corners = [(0, 0), (0, side), (side, side), (side, 0), (0, 0)]
    places = [(WEST + west + x, NORTH - north - y) for x, y in corners]
    back = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)
    ring = [list(back.transform(*at)) for at in places]
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    return path


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Weak in the west, strong in the east."""
    values = np.where(np.arange(100) < 50, 0.3, 0.7)[None, :].repeat(100, axis=0)
    return utm_raster(tmp_path / "index.tif", values + np.linspace(0, 0.02, 100)[:, None])


@pytest.fixture
def rates(tmp_path: Path) -> Path:
    """60 kg N/ha in the west, 20 in the east, as `crop nitrogen` writes it."""
    values = np.where(np.arange(100) < 50, 60.0, 20.0)[None, :].repeat(100, axis=0)
    told = {"model": "nfoa", "inputs": '{"days_gdd": 120.0}', "sources": "Raun et al. 2002; b", "confidence": "low: x"}
    return utm_raster(tmp_path / "rate.tif", values, rate=True, **told)


def test_one_date_alone_gives_no_rate_but_says_what_would_be_evidence(index: Path, tmp_path: Path):
    answer = said("prescribe", index, "--to", "isoxml", "--out", tmp_path / "usb")
    assert answer["outcome"] == "not enough evidence for a rate"
    assert any("trial" in help_ for help_ in answer["would_help"])
    assert any("strip" in help_ for help_ in answer["would_help"])
    assert answer["written"] == []
    assert not (tmp_path / "usb").exists()
    shown = run("prescribe", index)
    assert shown.stdout.startswith("not enough evidence for a rate; here is what would be\n")


def test_what_would_be_evidence_stands_on_the_page_too(index: Path, tmp_path: Path):
    from groundside.archive.crop_prescribing import PrescribeOrder, prescribe
    from groundside.see.report.prescription import prescription_told

    answer = said("prescribe", index, "--to", "pdf", "--out", tmp_path / "missing.pdf")
    assert answer["written"] == [str(tmp_path / "missing.pdf")]
    assert (tmp_path / "missing.pdf").read_bytes().startswith(b"%PDF")
    missing = prescribe(PrescribeOrder("index", index), lambda _: None)
    told = json.dumps(prescription_told(missing, "index", 0))
    assert "Not enough evidence for a rate" in told
    assert all(json.dumps(each)[1:-1] in told for each in answer["would_help"])


def test_typed_rates_over_a_map_of_a_model_are_still_typed(rates: Path):
    answer = said("prescribe", rates, "--holds", "index", "--rates", "10,90")
    assert (answer["evidence"]["model"], answer["evidence"]["enough"]) == ("typed", False)


def test_typed_rates_make_a_prescription_that_says_that_nothing_stands_behind_them(index: Path, tmp_path: Path):
    answer = said("prescribe", index, "--rates", "60,20", "--to", "geojson", "--out", tmp_path / "a.geojson")
    assert answer["outcome"] == "rates as given; not enough evidence for a rate"
    assert answer["evidence"]["enough"] is False
    assert answer["evidence"]["model"] == "typed"
    assert answer["evidence"]["missing"]["would_help"]
    kept = json.loads((tmp_path / "a.geojson").read_text())
    assert [feature["properties"]["rate"] for feature in kept["features"]] == [20.0, 60.0]
    west = min(at[0] for at in kept["features"][0]["geometry"]["coordinates"][0][0])
    assert west > min(at[0] for at in kept["features"][1]["geometry"]["coordinates"][0][0]), "60 is in the weak west"


def test_a_rate_map_keeps_its_model_inputs_and_sources(rates: Path):
    answer = said("prescribe", rates)
    assert answer["outcome"] == "prescription"
    told = answer["evidence"]
    assert (told["model"], told["inputs"], told["sources"]) == ("nfoa", {"days_gdd": 120.0}, ["Raun et al. 2002", "b"])
    assert answer["made"]["given_kg"] == pytest.approx(40.0, rel=0.03)


@needs_geopandas
def test_every_format_is_written_for_a_field_and_a_product(rates: Path, tmp_path: Path):
    field = boundary(tmp_path / "mead.geojson")
    common = ("prescribe", rates, "--field", field, "--cell", 5, "--product", "urea", "--step", 10)
    folder = tmp_path / "usb"
    assert (
        len(said(*common, "--to", "isoxml", "--isoxml-version", "3.3", "--grid-type", 1, "--out", folder)["written"])
        == 2
    )
    said(*common, "--to", "shapefile", "--profile", "trimble", "--out", folder)
    table = geopandas_peer.read(folder / "AgGPS" / "Prescriptions" / "MEAD.shp")
    assert sorted(set(table["TGT_RATE"])) == [40.0, 130.0], "20 and 60 kg N as urea, in steps of 10"
    answer = said(*common, "--to", "geotiff", "--out", tmp_path / "rx.tif")
    with rasterio.open(tmp_path / "rx.tif") as source:
        assert set(np.unique(source.read(1))) == {-9999.0, 40.0, 130.0}
    assert sum(zone["area_ha"] for zone in answer["zones"]) == pytest.approx(0.64, rel=0.02)


def test_cost_and_saving_come_with_the_interval_of_the_model(tmp_path: Path):
    field = boundary(tmp_path / "mead.geojson", side=100, west=0, north=0)
    between = {"low": 130.0, "high": 200.0, "level": 0.9, "method": "profile likelihood"}
    answer = {
        "model": "eonr", "rate_kg_ha": 160.0, "confidence": "medium", "why": "a trial", "inputs": {}, "notes": ["one year"],
        "sources": [{"title": "Ours", "url": "", "where": ""}], "interval": between,
    }  # fmt: skip
    (tmp_path / "answer.json").write_text(json.dumps({"outcome": "rate", "answer": answer}))
    made = said(
        "prescribe", "--answer", tmp_path / "answer.json", "--field", field, "--flat", 200, "--price", 0.92, "--product",
        "urea", "--cell", 2,
    )  # fmt: skip
    assert made["evidence"]["enough"] is True
    area = sum(zone["area_ha"] for zone in made["zones"])
    assert area == pytest.approx(1.0, rel=0.01)
    bill = made["bill"]
    assert bill["saving"] == pytest.approx(40 * area * 2, rel=1e-3)
    assert bill["saving_interval"]["low"] == pytest.approx(0.0, abs=1e-6)
    assert bill["saving_interval"]["high"] == pytest.approx(70 * area * 2, rel=1e-3)
    assert bill["saving_interval"]["level"] == 0.9


def test_an_answer_that_there_is_not_enough_evidence_stays_one(tmp_path: Path, index: Path):
    asked = run("nitrogen", index, "--json")
    (tmp_path / "answer.json").write_text(asked.stdout)
    answer = said("prescribe", index, "--rates", "60,20", "--answer", tmp_path / "answer.json")
    assert answer["outcome"] == "not enough evidence for a rate"


def test_zones_as_drawn_with_their_rates(tmp_path: Path):
    whole = boundary(tmp_path / "whole.geojson", side=100, west=0, north=0)
    wet = boundary(tmp_path / "wet.geojson", side=40)
    answer = said("prescribe", "--zone", f"{whole}=50", "--zone", f"{wet}=0", "--cell", 2)
    assert [(zone["said"], zone["rate"]) for zone in answer["zones"]] == [("wet", 0.0), ("whole", 50.0)]
    assert answer["zones"][0]["area_ha"] == pytest.approx(0.16, rel=0.02)


def test_a_narrow_strip_is_smoothed_away_by_a_wide_spreader(tmp_path: Path):
    values = np.full((100, 100), 50.0)
    values[:, 49:51] = 100.0
    path = utm_raster(tmp_path / "rate.tif", values, rate=True)
    sharp = said("prescribe", path, "--cell", 2, "--step", 25)
    wide = said("prescribe", path, "--cell", 2, "--step", 25, "--width", 24, "--least-area", 0.05)
    assert len(sharp["zones"]) > 1
    assert [zone["rate"] for zone in wide["zones"]] == [50.0]
    assert sharp["evidence"]["model"] == "unknown"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--rates", "60,20"), "rates already"),
        (("--to", "isoxml"), "belong together"),
        (("--rates", "a"), "no rates"),
        (("--zone", "a.geojson"), "with a rate"),
        (("--band", "9"), "bands"),
        (("--product", "dung"), "no product"),
    ],
)
def test_what_does_not_fit_together_is_refused_in_words(rates: Path, words: tuple[str, ...], what: str):
    error = refused("prescribe", rates, *words)
    assert isinstance(error, BadRequest)
    assert what in error.what
    assert error.try_this


def test_nothing_to_go_by_and_an_answer_of_another_model_are_refused(rates: Path, tmp_path: Path):
    assert "Nothing says" in refused("prescribe").what
    (tmp_path / "a.json").write_text("[]")
    assert "no answer" in refused("prescribe", rates, "--answer", tmp_path / "a.json").what
    other = {"model": "osu", "rate_kg_ha": 1.0, "confidence": "", "why": "", "inputs": {}, "notes": [], "sources": []}
    (tmp_path / "a.json").write_text(json.dumps({"outcome": "rate", "answer": other}))
    assert "by the model nfoa" in refused("prescribe", rates, "--answer", tmp_path / "a.json").what


def test_a_field_is_stated_and_stated_anew_and_keeps_its_history(rates: Path, tmp_path: Path):
    archive = ("--archive", tmp_path / "archive")
    drawn = boundary(tmp_path / "b.geojson")
    assert "boundary" in refused("field", "add", "Mead", *archive).what
    said("field", "add", "Mead", "--boundary", drawn, "--crop", "wheat", "--sown", "2025-10-12", *archive)
    again = said("field", "add", "mead", "--crop", "maize", "--cultivar", "P9", "--sown", "2026-04-20", *archive)
    assert again["name"] == "Mead"
    assert [one["crop"] for one in again["history"]] == ["wheat", "maize"]
    assert again["history"][0]["ended_us"] == again["history"][1]["stated_us"]
    assert again["area_ha"] == pytest.approx(0.64, rel=0.01)
    [listed] = said("field", "list", *archive)
    assert (listed["crop"], listed["begun"], listed["began_with"]) == ("maize", "2026-04-20", "sown")
    made = said("prescribe", rates, "--field", "Mead", *archive)
    assert (made["name"], made["facts"]["crop"], made["facts"]["sown"]) == ("Mead", "maize", "2026-04-20")
    assert isinstance(near := refused("field", "show", "Maed", *archive), NotFound)
    assert "Mead" in near.try_this
    assert "wheat" in run("field", "show", "Mead", *archive).stdout
    said("field", "drop", "Mead", *archive)
    assert said("field", "list", *archive) == []


def test_a_vineyard_begins_with_bud_break_and_no_field_with_both(tmp_path: Path):
    drawn = boundary(tmp_path / "b.geojson")
    error = refused("field", "add", "V", "--boundary", drawn, "--sown", "2026-01-01", "--bud-break", "2026-04-01")
    assert "not with both" in error.what


def test_an_image_of_a_field_is_taken_in_by_the_shell(tmp_path):
    archive = ["--archive", tmp_path / "archive"]
    (tmp_path / "ortho.tif").write_bytes(crop_fields.ortho())
    (tmp_path / "field.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [crop_fields.FIELD]}))
    said("field", "add", "Mead", "--boundary", tmp_path / "field.geojson", *archive)
    ortho = ["field", "image", "Mead", tmp_path / "ortho.tif"]
    made = said(*ortho, "--taken", "2026-05-01", "--scale", 0.0001, *archive)
    assert (made["rows"], made["columns"], made["taken"]) == (crop_fields.ROWS, crop_fields.COLUMNS, "2026-05-01")
    assert "ndvi" in made["indices"]
    again = run(*ortho, "--taken", "2026-06-01", *archive)
    assert "ndvi" in again.output, again.exception
    listed = said("field", "images", "mead", *archive)
    assert [(one["file"], one["taken"], one["scale"]) for one in listed] == [
        ("ortho.tif", "2026-05-01", 0.0001), ("ortho.tif", "2026-06-01", None),
    ]  # fmt: skip
    assert "2026-06-01" in run("field", "images", "Mead", *archive).stdout
    assert isinstance(refused("field", "image", "Maed", *ortho[3:], "--taken", "2026-06-01", *archive), NotFound)
    assert isinstance(refused(*ortho, "--taken", "yesterday", *archive), BadRequest)
    assert isinstance(refused(*ortho[:3], tmp_path / "field.geojson", "--taken", "2026-06-01", *archive), NotUnderstood)
    assert len(said("field", "images", "Mead", *archive)) == 2
