"""Panel, light sensor, or both; against what a real flight of 2019 showed."""

from __future__ import annotations

import math

import pytest

from groundside.model.capture import Band, Light, Panel, Part
from groundside.produce.crop.radiometry.fusion import (
    NoReflectance,
    Reference,
    combined,
    predicted,
    reflectance_of,
)
from groundside.produce.crop.radiometry.light_sensor import Level

FLIGHT = {
    "blue": (0.64, (0.17359111481139125, 1.1204320624989461), (0.14672296403828164, 0.9804484380964564)),
    "green": (0.65, (0.18862866256911165, 1.0498820211944468), (0.1605143423180206, 0.9126885480995045)),
    "red": (0.65, (0.16910437818794652, 1.045709661679261), (0.1448206464012481, 0.9145726985735909)),
    "nir": (0.60, (0.0896847066643194, 0.5013645287587734), (0.07815972544665872, 0.44416187007230645)),
    "red edge": (0.64, (0.12154953301353845, 0.7925469051992355), (0.1050287004428702, 0.6992536372702987)),
}
"""Reflectance of the panel; its radiance and the level light sensor before, and after. From micasense_reference.json."""
SHOWN = {
    "panel-light": (-3.4, -2.1, -2.1, -1.6, -2.1),
    "panel": (-15.5, -14.9, -14.4, -12.9, -13.6),
    "light": (-26.5, -15.0, -23.5, -7.9, -26.3),
}


def band(name: str, capture: str, level: float | None, taken_us: int | None = None, *, absolute: bool = True) -> Band:
    light = None if level is None else Light(level, horizontal=level if absolute else None, absolute=absolute)
    return Band(
        f"{capture}.tif", "micasense", "RedEdge", name, 1, capture, (8, 6), None, light=light, taken_us=taken_us
    )


def panel(name: str, capture: str, radiance: float, level: float | None, taken_us: int | None = None) -> Reference:
    seen = Panel("RP02", (), (), "code", radiance, radiance * 0.02, 7000, 0, FLIGHT[name][0], "given")
    here = band(name, capture, level, taken_us)
    return Reference(here, seen, None if level is None else Level(level, "sensor"))


def both(name: str) -> tuple[Reference, Reference]:
    _, before, after = FLIGHT[name]
    return panel(name, "before", *before, 0), panel(name, "after", *after, 3_600_000_000)


@pytest.mark.parametrize("method", SHOWN)
def test_each_method_predicts_the_panel_after_the_flight_as_was_measured(method: str):
    errors: list[float] = []
    for name in FLIGHT:
        before, after = both(name)
        value = predicted(after, [before, after], method)
        assert value is not None
        errors.append(round(100 * (value / FLIGHT[name][0] - 1), 1))
    assert errors == pytest.approx(list(SHOWN[method]), abs=0.06)


def test_panel_and_light_sensor_together_are_within_four_per_cent_and_the_default():
    for name in FLIGHT:
        before, after = both(name)
        how = reflectance_of(after.band, [before])
        assert how.method == "panel-light"
        assert abs(math.pi * after.panel.mean / how.irradiance / FLIGHT[name][0] - 1) <= 0.04


def test_the_nearest_panel_in_time_is_used():
    before, after = both("green")
    late = band("green", "flight", 1.0, 3_000_000_000)
    assert reflectance_of(late, [before, after]).panel_file == "after.tif"
    assert reflectance_of(band("green", "flight", 1.0, 60_000_000), [before, after]).panel_file == "before.tif"


def test_two_panels_that_disagree_say_how_far():
    before, after = both("blue")
    how = reflectance_of(band("blue", "flight", 1.0, 0), [before, after])
    part = next(part for part in how.parts if "disagreement" in part.what)
    assert part.relative == pytest.approx(0.034 / math.sqrt(2), rel=0.05)
    assert how.relative_uncertainty == pytest.approx(math.hypot(0.02, part.relative))


def test_without_a_light_sensor_the_panel_alone_is_used_and_said():
    before, _ = both("red")
    how = reflectance_of(band("red", "flight", None), [before])
    assert how.method == "panel"
    assert "no light sensor at the capture" in how.notes[0]
    assert how.irradiance == before.irradiance


def test_what_was_asked_for_and_is_not_there_is_refused():
    before, _ = both("red")
    flight = band("red", "flight", None)
    with pytest.raises(NoReflectance, match="the capture has no light sensor"):
        reflectance_of(flight, [before], "panel-light")
    with pytest.raises(NoReflectance, match="no light sensor"):
        reflectance_of(flight, [before], "light")
    with pytest.raises(NoReflectance, match="no panel was found for the band red"):
        reflectance_of(band("red", "flight", 1.0), [], "panel")
    with pytest.raises(NoReflectance, match="neither"):
        reflectance_of(flight, [])


def test_the_light_sensor_alone_says_that_it_biases_indices():
    how = reflectance_of(band("red", "flight", 1.1), [])
    assert (how.method, how.irradiance) == ("light", 1.1)
    assert how.relative_uncertainty == pytest.approx(0.21)
    assert "indices" in how.notes[0]


def test_a_light_sensor_without_a_physical_unit_gives_relative_reflectance_of_unknown_uncertainty():
    how = reflectance_of(band("nir", "flight", 2000.0, absolute=False), [])
    assert how.method == "relative"
    assert how.irradiance == pytest.approx(math.pi * 2000)
    assert how.relative_uncertainty is None


def test_a_panel_gives_a_relative_light_sensor_its_scale():
    before = panel("nir", "before", 300.0, 2000.0)
    how = reflectance_of(band("nir", "flight", 1000.0, absolute=False), [before])
    assert how.method == "panel-light"
    assert how.irradiance == pytest.approx(before.irradiance / 2)


def test_uncertainties_add_in_squares_and_unknown_ones_are_left_out():
    assert combined([Part("a", 0.03), Part("b", 0.04), Part("c", None)]) == pytest.approx(0.05)
    assert combined([Part("c", None)]) is None


def test_a_single_panel_is_not_its_own_check():
    before, _ = both("red")
    assert predicted(before, [before]) is None
