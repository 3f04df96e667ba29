"""Finding a panel by its code, measuring it, and knowing when it may not be used."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from groundside.decode.captures.grouping import band_of
from groundside.model.capture import Band
from groundside.produce.crop.radiometry.panel import Looked, NoPanel, looks, measured, within
from groundside.produce.crop.radiometry.panel_code import (
    Code,
    albedo_in,
    areas_beside,
    code_in,
    likeness_in,
)
from groundside.produce.crop.radiometry.signal import signal_of
from tests.captures import RedEdge, panel_scene

NEW = "RP04-1901231-SC04750500" + "0840" + "0520"


def seen(scene: NDArray[np.uint16], **more: str) -> tuple[Band, NDArray[np.uint16]]:
    return band_of(RedEdge(scene, more=dict(more)).file(), "IMG_0000_2.tif"), scene


def test_a_panel_beside_its_code_is_found_and_measured():
    band, scene = seen(panel_scene(panel_dn=40_000))
    panel = measured(looks([(band, scene)])[0])
    assert (panel.serial, panel.found_by, panel.saturated) == ("RP02-1603036-SC", "code", 0)
    known = signal_of(np.full((1, 1), 40_000, np.uint16), band)
    assert known is not None
    assert panel.mean == pytest.approx(float(known[0, 0]), rel=1e-3)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_panel_is_found_however_it_lies(turns: int):
    scene = np.ascontiguousarray(np.rot90(panel_scene(size=(400, 400)), turns))
    panel = measured(looks([seen(scene)])[0])
    upright = measured(looks([seen(panel_scene(size=(400, 400)))])[0])
    assert panel.mean == pytest.approx(upright.mean, rel=2e-3)


def test_a_dark_and_flat_image_of_a_code_is_still_read():
    dim = (panel_scene().astype(np.float64) * 0.08 + 5_000).astype(np.uint16)
    code = code_in(dim)
    assert code is not None
    assert code.serial == "RP02-1603036-SC"


def test_a_field_shows_no_panel():
    field = np.random.default_rng(1).integers(8_000, 30_000, (240, 320)).astype(np.uint16)
    assert code_in(field, quick=True) is None
    with pytest.raises(NoPanel, match="no code"):
        measured(looks([seen(field)])[0])


def test_a_code_that_is_of_no_panel_is_passed_over():
    assert code_in(panel_scene("https://example.org/"), quick=True) is None


def test_a_saturated_panel_is_refused():
    scene = panel_scene(panel_dn=40_000)
    scene[228, 80:160] = 65_520
    with pytest.raises(NoPanel, match="saturated"):
        measured(looks([seen(scene)])[0])


def test_a_panel_outside_the_image_is_refused():
    with pytest.raises(NoPanel, match="outside"):
        measured(looks([seen(panel_scene(size=(300, 240)))])[0])


def test_a_panel_marked_by_hand_needs_no_code():
    band, scene = seen(panel_scene("no code here"))
    hand = ((80.0, 230.0), (160.0, 230.0), (160.0, 300.0), (80.0, 300.0))
    panel = measured(Looked(band, scene, scene, None), hand)
    assert (panel.found_by, panel.corners, panel.pixels) == ("hand", hand, 81 * 71)


def test_a_panel_that_the_camera_marked_is_taken_where_there_is_no_code():
    band, scene = seen(panel_scene("no code here"), **{"Camera:ReflectArea": "80,230,160,230,160,300,80,300"})
    panel = measured(looks([(band, scene)])[0])
    assert panel.found_by == "camera"


def test_a_code_unread_in_one_band_is_found_by_its_likeness_to_another():
    scene = panel_scene()
    code = code_in(scene)
    assert code is not None
    moved = np.roll(np.roll(scene, 14, axis=0), -9, axis=1)
    again = likeness_in(moved, scene, code)
    assert again is not None
    assert np.array(again.corners) - np.array(code.corners) == pytest.approx(np.array([[-9, 14]] * 4))
    field = np.random.default_rng(1).integers(8_000, 30_000, scene.shape).astype(np.uint16)
    assert likeness_in(field, scene, code) is None


def test_a_newer_panel_is_looked_for_on_all_four_sides():
    code = Code("RP04-1901231-SC", ((100.0, 100.0), (200.0, 100.0), (200.0, 200.0), (100.0, 200.0)))
    middles = [np.mean(area, axis=0).round().tolist() for area in areas_beside(code)]
    assert middles == [[150, 307], [150, -7], [307, 150], [-7, 150]]
    old = Code("RP02-1603036-SC", code.corners)
    assert [np.mean(area, axis=0).round().tolist() for area in areas_beside(old)] == [[150, 318]]


def test_a_newer_code_holds_the_reflectance_at_two_wavelengths():
    text = "RP04-1901231-SC" + "0475" + "500" + "0840" + "520"
    assert albedo_in(text, 475) == pytest.approx(0.5)
    assert albedo_in(text, 840) == pytest.approx(0.52)
    assert albedo_in(text, 657.5) == pytest.approx(0.51)


@pytest.mark.parametrize(
    "text", ["RP02-1603036-SC", "RP04-1901231-SC", "RP04-1901231-SC0840500047552", "RP02-1603036-SC04755000840520"]
)
def test_a_code_without_a_sensible_reflectance_gives_none(text: str):
    assert albedo_in(text, 560) is None


def test_pixels_on_the_edge_of_a_polygon_are_inside():
    inside = within(((1, 1), (4, 1), (4, 3), (1, 3)), (6, 7))
    assert inside.sum() == 12
    assert inside[1:4, 1:5].all()


def test_a_polygon_that_leaves_the_image_holds_nothing():
    assert within(((-1, 1), (4, 1), (4, 3), (1, 3)), (6, 7)).sum() == 0
