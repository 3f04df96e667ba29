"""Real RedEdge captures: the vendor's own numbers, reference stacks, and the way from a folder to reflectance."""

from __future__ import annotations

import json
import math
import re
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from groundside.archive.crop_calibrating import Calibration, CaptureResult, Order
from groundside.decode.captures.grouping import band_of, captures_of
from groundside.decode.captures.pixels import pixels_of
from groundside.model.capture import Band
from groundside.produce.crop.alignment.undistortion import matrix_of, undistorted
from groundside.produce.crop.radiometry.fusion import predicted
from groundside.produce.crop.radiometry.light_sensor import level_irradiance
from groundside.produce.crop.radiometry.panel import Looked, looks, measured, within
from groundside.produce.crop.radiometry.signal import signal_of

pytestmark = pytest.mark.corpus

VENDOR = ((809.0, 613.0), (648.0, 615.0), (646.0, 454.0), (808.0, 452.0))
VENDOR_CODE = ((460, 599), (583, 599), (584, 478), (462, 477))
ALBEDOS = {"blue": 0.64, "green": 0.65, "red": 0.65, "nir": 0.60, "red edge": 0.64}
TITLES = {"blue": "Blue", "green": "Green", "red": "Red", "nir": "NIR", "red edge": "Red edge"}


@lru_cache(maxsize=16)
def read(file: Path) -> tuple[Band, np.ndarray]:
    data = file.read_bytes()
    return band_of(data, file.name), pixels_of(data)


def median_of(image: np.ndarray) -> float:
    """The reference counts saturated pixels, which have no value here, as what they are at least: the brightest."""
    return float(np.median(np.where(np.isnan(image), np.inf, image)))


@pytest.fixture(scope="module")
def crop(corpus: Path) -> Path:
    return corpus / "crop"


@pytest.fixture(scope="module")
def reference(crop: Path) -> dict[str, Any]:
    return json.loads((crop / "reference" / "micasense_reference.json").read_text())


def capture(folder: Path, stem: str) -> list[tuple[Band, np.ndarray]]:
    made = [read(folder / f"{stem}_{number}.tif") for number in range(1, 6)]
    return sorted(made, key=lambda one: one[0].index)


def test_the_panel_of_2017_equals_the_vendors_own_test(crop: Path):
    band, numbers = read(crop / "rededge2017" / "panel_IMG_0000_1.tif")
    flat = undistorted(numbers, band.lens, band.size)
    raw = flat[within(VENDOR, numbers.shape)]
    assert raw.mean() == pytest.approx(45_406, rel=0.01)
    assert raw.std() == pytest.approx(738, rel=0.05)
    panel = measured(Looked(band, numbers, flat, None), VENDOR)
    assert panel.pixels == pytest.approx(26_005, rel=0.001)
    assert panel.saturated == 0
    assert panel.mean == pytest.approx(0.170284, rel=0.01)
    assert panel.deviation == pytest.approx(0.0033873, rel=0.02)
    assert math.pi * panel.mean / 0.67 == pytest.approx(0.7984, rel=0.001)
    assert band.exposure is not None
    assert panel.mean / band.exposure.coefficients[0] == pytest.approx(1162, rel=0.01)


def test_the_camera_of_2017_whose_focal_length_is_in_pixels_has_the_vendors_matrix(crop: Path):
    band, _ = read(crop / "rededge2017" / "panel_IMG_0000_1.tif")
    assert band.lens is not None
    matrix = matrix_of(band.lens)
    assert (matrix[0, 0], matrix[1, 1]) == pytest.approx((1449.4, 1449.4), abs=0.05)
    assert (matrix[0, 2], matrix[1, 2]) == pytest.approx((627.6, 479.9), abs=0.05)


@pytest.mark.parametrize(
    ("folder", "stem", "key"),
    [("rededge2017", "panel_IMG_0000", "seq_panel"), ("rededge2019", "panel_before_IMG_0000", "moghi_before")],
)
def test_the_code_is_read_in_all_bands_and_lies_where_zbar_saw_it(
    folder: str, stem: str, key: str, crop: Path, reference: dict[str, Any]
):
    for seen in looks(capture(crop / folder, stem)):
        said = reference[key][TITLES[seen.band.name]]
        assert seen.code is not None
        assert seen.code.serial == said["serial"]
        code = np.array(seen.code.corners)
        assert all(np.abs(code - corner).max(axis=1).min() <= 3 for corner in np.array(said["qr"]))
        by_code, by_hand = measured(seen), measured(seen, tuple(map(tuple, said["corners"])))
        assert by_hand.pixels == said["radiance"][2]
        assert by_hand.mean == pytest.approx(said["radiance"][0], rel=1e-6)
        assert by_hand.deviation == pytest.approx(said["radiance"][1], rel=1e-6)
        assert by_code.mean == pytest.approx(said["radiance"][0], rel=0.002)


def test_the_first_band_of_2017_shows_its_code_where_the_vendor_says(crop: Path):
    seen = looks([read(crop / "rededge2017" / "panel_IMG_0000_1.tif")])[0]
    assert seen.code is not None
    code = np.array(seen.code.corners)
    assert all(np.abs(code - corner).max(axis=1).min() <= 3 for corner in VENDOR_CODE)


def test_the_level_light_sensor_equals_the_reference(crop: Path, reference: dict[str, Any]):
    for folder, stem, key in (
        ("rededge2017", "panel_IMG_0000", "seq_panel"),
        ("rededge2019", "panel_before_IMG_0000", "moghi_before"),
    ):
        for band, _ in capture(crop / folder, stem):
            level, said = level_irradiance(band), reference[key][TITLES[band.name]]
            assert level is not None
            assert level.how == "levelled"
            assert level.irradiance == pytest.approx(said["irr_dls_horizontal"], rel=2e-4)
            assert level.sun_elevation_deg == pytest.approx(said["sun_el"], abs=0.02)


def test_radiance_of_the_flight_equals_the_reference_stack(crop: Path, reference: dict[str, Any]):
    stack = np.load(crop / "reference" / "moghi_IMG_0007_radiance_f4.npy")
    for place, (band, numbers) in enumerate(capture(crop / "rededge2019", "flight_IMG_0007")):
        light = signal_of(numbers, band)
        assert light is not None
        few, known = light[::4, ::4], np.isfinite(light[::4, ::4])
        assert (~known).mean() < 1e-3
        assert few[known] == pytest.approx(stack[place][known], rel=1e-6)
        said = reference["moghi_IMG_0007"]["stats"][TITLES[band.name]]["radiance_mean_std_p2_25_50_75_98"]
        assert median_of(light) == pytest.approx(said[4], abs=2e-6)


def results_of(folder: Path, order: Order) -> tuple[Calibration, list[CaptureResult]]:
    made = Calibration(folder, order, None, lambda _: None)
    return made, list(made.results())


def test_reflectance_by_the_panel_equals_the_reference_stack(crop: Path, reference: dict[str, Any]):
    said = reference["moghi_before"]
    corners = {name: tuple(map(tuple, said[title]["corners"])) for name, title in TITLES.items()}
    order = Order("panel", ALBEDOS, "panel_before_IMG_0000_1.tif", corners, align=False)
    _, results = results_of(crop / "rededge2019", order)
    stack = np.load(crop / "reference" / "moghi_IMG_0007_reflectance_panel_f4.npy")
    flight = next(one for one in results if one.capture.name == "flight_IMG_0007")
    assert [one.band.name for one in flight.bands] == list(TITLES)
    for place, one in enumerate(flight.bands):
        few = one.image[::4, ::4]
        known = np.isfinite(few)
        assert few[known] == pytest.approx(stack[place][known], rel=1e-6)
        median = reference["moghi_IMG_0007"]["stats"][TITLES[one.band.name]]["refl_panel"][4]
        assert median_of(one.image) == pytest.approx(median, abs=2e-6)


def test_a_flight_is_calibrated_and_aligned_from_its_folder_alone(crop: Path):
    made, results = results_of(crop / "rededge2019", Order(albedos=ALBEDOS))
    assert not made.problems
    assert len(made.panels.references) == 5
    flight = next(one for one in results if one.capture.name == "flight_IMG_0007")
    assert flight.reference == "green"
    for one in flight.bands:
        assert one.how is not None
        assert one.how.method == "panel-light"
        assert one.placed is not None
        assert one.placed.residual.median_px is not None
        assert one.placed.residual.median_px < 0.5
        assert one.placed.residual.p90_px is not None
        assert one.placed.residual.p90_px < 1.0
    panel = next(one for one in results if one.capture.name == "panel_before_IMG_0000")
    for one in panel.bands:
        assert one.how is not None
        assert one.how.light_ratio == pytest.approx(1.0)


def test_the_traps_of_2019_and_of_the_sequoia_are_said_and_stop_nothing(crop: Path, tmp_path: Path):
    band, _ = read(crop / "rededge2019" / "flight_IMG_0007_4.tif")
    assert band.name == "nir"
    assert any("negative" in quirk for quirk in band.quirks)
    for file in (crop / "sequoia").iterdir():
        shutil.copy(file, tmp_path)
    made, results = results_of(tmp_path, Order())
    assert not made.problems
    assert [one.label for one in results[0].bands] == ["relative reflectance"] * 4
    assert all(one.band.position is None for one in results[0].bands)
    assert [one.band.name for one in results[0].bands] == ["green", "red", "red edge", "nir"]


def test_modified_cameras_give_relative_vigour_and_nothing_else(crop: Path):
    several = [band_of(file.read_bytes(), file.name) for file in sorted((crop / "sentera_d4k").iterdir())]
    captures, _ = captures_of(several)
    assert len(captures) == 2
    _, results = results_of(crop / "sentera_d4k", Order())
    labels = {one.capture.name: [band.label for band in one.bands] for one in results}
    assert labels == {"NDRE_IMG_00006": ["relative vigour"], "nRGB_IMG_00006": []}
    vigour = next(one for one in results if one.bands).bands[0].image
    assert np.isfinite(vigour).mean() > 0.5
    assert "no published mixture" in next(one for one in results if not one.bands).problems[0].what


def later(source: Path, out: Path, dimmed: float) -> None:
    """Write a real capture again as one of some seconds later under less light: pixels, light sensor, clock, identity."""
    data = bytearray(source.read_bytes())
    with Image.open(source) as image:
        strips = list(zip(image.tag_v2[273], image.tag_v2[279], strict=True))
        black, said = np.mean(image.tag_v2[50714]), str(image.tag_v2[306])
    for at, length in strips:
        numbers = np.frombuffer(bytes(data[at : at + length]), "<u2").astype(np.float64)
        data[at : at + length] = np.rint((numbers - black) * dimmed + black).astype("<u2").tobytes()
    later_said = f"{said[:17]}{59 if said[17:] != '59' else 58}"  # the sun hardly moves in a minute

    def less(found: re.Match[bytes]) -> bytes:
        return found[1] + f"{float(found[2]) * dimmed:.17f}".encode()[: len(found[2])]

    whole = bytes(data).replace(said.encode(), later_said.encode())
    whole = re.sub(rb"(<DLS:SpectralIrradiance>)([0-9.]+)", less, whole)
    identity = re.search(rb"<MicaSense:CaptureId>(\w+)<", whole)
    assert identity is not None
    out.write_bytes(whole.replace(identity[1], b"X" * len(identity[1])))


def test_a_panel_after_the_flight_is_found_and_predicted_in_every_band(crop: Path, tmp_path: Path):
    folder = tmp_path / "in"
    folder.mkdir()
    for file in sorted((crop / "rededge2019").glob("panel_before*.tif")):
        shutil.copy(file, folder / file.name.replace("panel_before_", ""))
        later(file, folder / file.name.replace("panel_before_IMG_0000", "IMG_0217"), 0.86)
    found = Calibration(folder, Order(albedos=ALBEDOS), None, lambda step: None)
    checks = found.checks()
    assert not found.problems
    assert len({capture.key for capture in found.captures}) == 2
    assert sorted(check.band for check in checks) == sorted(2 * ["blue", "green", "nir", "red", "red edge"])
    assert max(abs(check.relative_error) for check in checks) < 0.012
    by_panel = [
        predicted(one, several, "panel") / one.panel.albedo
        for several in found.panels.references.values()
        for one in several
        if one.band.file.startswith("IMG_0217")
    ]
    assert by_panel == pytest.approx([0.86] * 5, abs=0.005)
