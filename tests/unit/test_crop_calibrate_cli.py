"""`groundside crop calibrate`, as a person types it, on captures made here."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from typer.testing import CliRunner, Result

from groundside.errors import BadRequest, GroundsideError, NotFound
from groundside.see.cli import main
from tests.captures import RedEdge, ground, mavic3m, panel_scene

BANDS = (("Blue", 0, 475), ("Green", 1, 560), ("NIR", 3, 840))
ALBEDO = "blue=0.5,green=0.5,nir=0.5"
PANEL_DN, BLACK = 40_000, 4_800

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def run(*words: str) -> Result:
    return CliRunner().invoke(main.app, ["crop", "calibrate", *words])


@lru_cache
def field() -> np.ndarray:
    return (ground(size=(360, 240)) * 20_000 + BLACK).astype(np.uint16)


def write(folder: Path, name: str, pixels: np.ndarray, capture: str, **more: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for band, index, wavelength in BANDS:
        one = RedEdge(pixels, band, index, capture, wavelength=wavelength, **more)
        (folder / f"{name}_{index + 1}.tif").write_bytes(one.file())


@pytest.fixture
def flight(tmp_path: Path) -> Path:
    """A panel, and a field half an hour later under 10 % less light."""
    write(tmp_path / "in", "IMG_0000", panel_scene(panel_dn=PANEL_DN), "p")
    later = {
        "moment": "2019:07:17 23:20:17",
        "more": {"DLS:HorizontalIrradiance": "108", "DLS:SpectralIrradiance": "9"},
    }
    write(tmp_path / "in", "IMG_0001", field(), "f", **later)
    for file in (tmp_path / "in").glob("IMG_0000*"):
        file.unlink()
    level = {"DLS:HorizontalIrradiance": "120", "DLS:SpectralIrradiance": "1"}
    write(tmp_path / "in", "IMG_0000", panel_scene(panel_dn=PANEL_DN), "p", more=level)
    return tmp_path / "in"


def test_a_flight_becomes_reflectance_by_panel_and_light_sensor(flight: Path, tmp_path: Path):
    result = run(str(flight), "--out", str(tmp_path / "out"), "--panel-albedo", ALBEDO, "--json")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert summary["written"] == ["IMG_0000.tif", "IMG_0001.tif"]
    with rasterio.open(tmp_path / "out" / "IMG_0001.tif") as made:
        stack = made.read()
        assert made.descriptions == ("blue", "green", "nir")
        assert made.tags()["GROUNDSIDE_REFLECTANCE"] == "panel-light"
        assert made.tags(3)["wavelength_nm"] == "840"
        assert made.tags(1, ns="IMAGERY")["CENTRAL_WAVELENGTH_UM"] == "0.475"
        assert np.isnan(made.nodata)
    wanted = (field().astype(np.float64) - BLACK) / (PANEL_DN - BLACK) * 0.5 / 0.9
    assert np.nanmedian(np.abs(stack[1] - wanted)) < 1e-3
    beside = json.loads((tmp_path / "out" / "IMG_0001.json").read_text())
    blue = beside["bands"][0]
    assert blue["reflectance"]["light_ratio"] == pytest.approx(0.9)
    assert 0.0 < blue["relative_uncertainty"] < 0.1
    assert blue["alignment"]["residual_px"]["median_px"] < 0.1
    assert blue["camera"]["exposure"]["black_level"] == BLACK
    assert json.loads((tmp_path / "out" / "calibration.json").read_text()) == summary


def test_bands_stay_as_recorded_in_files_of_their_own_without_alignment(flight: Path, tmp_path: Path):
    result = run(
        str(flight), "--out", str(tmp_path / "out"), "--panel-albedo", ALBEDO, "--no-align", "--method", "panel"
    )
    assert result.exit_code == 0, result.output
    with rasterio.open(tmp_path / "out" / "IMG_0001_nir.tif") as made:
        nir = made.read(1)
    summary = json.loads((tmp_path / "out" / "calibration.json").read_text())
    panel = next(one for one in summary["panels"] if one["band"] == "nir")
    radiance = (field().astype(np.float64) - BLACK) * 1.5e-4 / (0.001 * 65_536)
    assert nir == pytest.approx(np.pi * radiance / panel["irradiance"], rel=1e-6)


def test_int16_says_its_scale_and_what_stands_for_nothing(flight: Path, tmp_path: Path):
    options = ("--panel-albedo", ALBEDO, "--type", "int16", "--no-align")
    assert run(str(flight), "--out", str(tmp_path / "a"), *options).exit_code == 0
    assert run(str(flight), "--out", str(tmp_path / "b"), *options[:2], "--no-align").exit_code == 0
    with (
        rasterio.open(tmp_path / "a" / "IMG_0001_nir.tif") as whole,
        rasterio.open(tmp_path / "b" / "IMG_0001_nir.tif") as exact,
    ):
        assert (whole.dtypes, whole.nodata, whole.scales) == (("int16",), -32768.0, (0.0001,))
        assert np.abs(whole.read(1) * 1e-4 - exact.read(1)).max() <= 0.5e-4 + 1e-7


def test_a_panel_whose_reflectance_nobody_knows_is_asked_for_and_never_guessed(flight: Path, tmp_path: Path):
    result = run(str(flight), "--out", str(tmp_path / "out"))
    assert isinstance(result.exception, BadRequest)
    assert "RP02-1603036-SC" in str(result.exception)
    assert "--panel-albedo" in result.exception.try_this
    assert not (tmp_path / "out").exists()


def test_a_bad_file_is_named_and_the_rest_goes_on(flight: Path, tmp_path: Path):
    (flight / "IMG_0002_1.tif").write_bytes(b"II*\0 nothing more")
    cut = (flight / "IMG_0001_4.tif").read_bytes()
    (flight / "IMG_0001_4.tif").write_bytes(cut[: len(cut) // 2])
    result = run(str(flight), "--out", str(tmp_path / "out"), "--panel-albedo", ALBEDO, "--json")
    assert result.exit_code == 13
    summary = json.loads(result.stdout)
    assert {one["file"] for one in summary["problems"]} == {"IMG_0002_1.tif", "IMG_0001_4.tif"}
    assert [band["band"] for band in summary["captures"][1]["bands"]] == ["blue", "green"]


def test_without_a_light_sensor_the_panel_alone_is_used_with_a_note(tmp_path: Path):
    write(tmp_path / "in", "IMG_0000", panel_scene(panel_dn=PANEL_DN), "p", light=None)
    result = run(str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--panel-albedo", ALBEDO, "--no-align", "--json")
    assert result.exit_code == 0
    band = json.loads(result.stdout)["captures"][0]["bands"][0]
    assert band["method"] == "panel"
    assert "no light sensor" in band["reflectance"]["notes"][0]


def test_with_neither_panel_nor_light_sensor_nothing_is_made_and_each_file_says_why(tmp_path: Path):
    write(tmp_path / "in", "IMG_0001", field(), "f", light=None)
    result = run(str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--json")
    assert result.exit_code == 13
    capture = json.loads(result.stdout)["captures"][0]
    assert (capture["files"], capture["bands"]) == ([], [])
    assert len(capture["problems"]) == 3
    assert "neither a panel nor a light sensor" in capture["problems"][0]["what"]


def test_by_light_alone_the_raster_does_not_claim_to_be_reflectance_by_a_panel(tmp_path: Path):
    write(tmp_path / "in", "IMG_0001", field(), "f")
    assert run(str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--no-align").exit_code == 0
    with rasterio.open(tmp_path / "out" / "IMG_0001_nir.tif") as made:
        assert "GROUNDSIDE_REFLECTANCE" not in made.tags()
        assert made.tags(1)["method"] == "light"


def test_two_panels_check_each_other(flight: Path, tmp_path: Path):
    level = {"DLS:HorizontalIrradiance": "60", "DLS:SpectralIrradiance": "1"}
    half = (PANEL_DN - BLACK) // 2 + BLACK
    dim = panel_scene(panel_dn=half)
    write(flight, "IMG_0009", dim, "q", moment="2019:07:17 23:50:17", more=level)
    result = run(str(flight), "--out", str(tmp_path / "out"), "--panel-albedo", ALBEDO, "--no-align", "--json")
    assert result.exit_code == 0, result.output
    checks = json.loads(result.stdout)["panel_checks"]
    assert len(checks) == 6
    assert all(abs(check["relative_error"]) < 2e-3 for check in checks)


def test_a_panel_named_and_marked_by_hand_is_the_only_one(flight: Path, tmp_path: Path):
    words = ["--panel", "IMG_0000_2.tif", "--no-align", "--json", "--panel-albedo", ALBEDO]
    corners = "80,230,160,230,160,300,80,300"
    for band in ("blue", "green", "nir"):
        words += ["--panel-corners", f"{band}={corners}"]
    result = run(str(flight), "--out", str(tmp_path / "out"), *words)
    assert result.exit_code == 0, result.output
    panels = json.loads(result.stdout)["panels"]
    assert {(one["found_by"], one["pixels"]) for one in panels} == {("hand", 81 * 71)}


def test_of_panels_of_the_same_name_the_one_whose_folder_was_named_is_taken(flight: Path, tmp_path: Path):
    write(flight / "after", "IMG_0000", panel_scene(panel_dn=PANEL_DN), "q")
    words = ("--panel-albedo", ALBEDO, "--no-align", "--json")
    for named, wanted in (("after/IMG_0000_2.tif", "after/"), (str(flight / "after" / "IMG_0000_1.tif"), "after/")):
        result = run(str(flight), "--out", str(tmp_path / "out"), *words, "--panel", named)
        assert {one["file"][:6] for one in json.loads(result.stdout)["panels"]} == {wanted}


def test_a_thermal_band_is_left_out(flight: Path, tmp_path: Path):
    (flight / "IMG_0001_6.tif").write_bytes(RedEdge(np.full((20, 24), 29_315, np.uint16), "LWIR", 5, "f").file())
    result = run(str(flight), "--out", str(tmp_path / "out"), "--panel-albedo", ALBEDO, "--no-align", "--json")
    assert result.exit_code == 0
    assert [band["band"] for band in json.loads(result.stdout)["captures"][1]["bands"]] == ["blue", "green", "nir"]


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (["--panel-albedo", "blue=1.5"], BadRequest, "no reflectance"),
        (["--panel-albedo", "violet=0.5"], BadRequest, "no band"),
        (["--panel-albedo", "missing.json"], NotFound, "no file"),
        (["--panel-corners", "blue=1,2,3"], BadRequest, "four corners"),
        (["--panel-corners", "blue=1,2,3,4,5,6,7,8"], BadRequest, "which image"),
        (["--panel", "IMG_7777_1.tif"], BadRequest, "no image of this folder"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    words: list[str], error: type[GroundsideError], says: str, flight: Path, tmp_path: Path
):
    result = run(str(flight), "--out", str(tmp_path / "out"), *words)
    assert isinstance(result.exception, error)
    assert says in str(result.exception)


def test_panel_reflectance_may_stand_in_a_json_or_csv_file(flight: Path, tmp_path: Path):
    (tmp_path / "panel.json").write_text('{"Blue": 0.5, "Green": 0.5, "NIR": 0.5}')
    (tmp_path / "panel.csv").write_text("band,reflectance\nblue,0.5\ngreen,0.5\nnir,0.5\n")
    for name in ("panel.json", "panel.csv"):
        words = ("--panel-albedo", str(tmp_path / name), "--no-align", "--json")
        result = run(str(flight), "--out", str(tmp_path / name[6:]), *words)
        assert {one["albedo"] for one in json.loads(result.stdout)["panels"]} == {0.5}


def test_a_folder_without_captures_says_what_is_in_it(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "photo.jpg").write_bytes(b"\xff\xd8\xff nothing")
    result = run(str(tmp_path / "in"), "--out", str(tmp_path / "out"))
    assert isinstance(result.exception, BadRequest)
    assert "photo.jpg" in str(result.exception)
    assert isinstance(run(str(tmp_path / "no"), "--out", str(tmp_path / "out")).exception, NotFound)


def test_what_is_written_below_the_folder_is_not_read_again(flight: Path):
    words = ("--out", str(flight / "made"), "--panel-albedo", ALBEDO, "--no-align", "--json")
    first, again = run(str(flight), *words), run(str(flight), *words)
    assert json.loads(again.stdout)["written"] == json.loads(first.stdout)["written"]
    assert not json.loads(again.stdout)["problems"]


def test_folders_below_keep_captures_of_the_same_name_apart(flight: Path, tmp_path: Path):
    write(flight / "001", "IMG_0001", field(), "g")
    result = run(str(flight), "--out", str(tmp_path / "out"), "--panel-albedo", ALBEDO, "--no-align", "--json")
    assert "001/IMG_0001_nir.tif" in json.loads(result.stdout)["written"]
    assert (tmp_path / "out" / "001" / "IMG_0001_nir.tif").is_file()


def test_dji_without_a_panel_is_relative_and_says_that_it_is_experimental(tmp_path: Path):
    (tmp_path / "in").mkdir()
    for band in ("Red", "NIR"):
        (tmp_path / "in" / f"DJI_1_MS_{band}.TIF").write_bytes(mavic3m(field(), band))
    result = run(str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--json")
    assert result.exit_code == 0, result.output
    capture = json.loads(result.stdout)["captures"][0]
    assert {band["says"] for band in capture["bands"]} == {"relative reflectance"}
    assert all("experimental" in band["quirks"][0] for band in capture["bands"])
    with rasterio.open(tmp_path / "out" / capture["files"][0]) as made:
        assert "GROUNDSIDE_REFLECTANCE" not in made.tags()


def test_a_newer_panel_says_its_reflectance_in_its_code(tmp_path: Path):
    text = "RP04-1901231-SC" + "0475" + "500" + "0840" + "500"
    scene = np.roll(panel_scene(text, panel_dn=PANEL_DN), (-6, 0), axis=(0, 1))
    write(tmp_path / "in", "IMG_0000", scene, "p", model="Altum", software="v1.3.0")
    result = run(str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--no-align", "--json")
    assert result.exit_code == 0, result.output
    panels = json.loads(result.stdout)["panels"]
    assert {(one["albedo"], one["albedo_from"]) for one in panels} == {(0.5, "the panel's code")}
