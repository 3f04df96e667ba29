"""Digital numbers to signal, by each maker's published model; numbers from those models' own documents."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundside.model.capture import Band, Exposure, Light, Plane, Radial
from groundside.produce.crop.radiometry import dji, micasense, sequoia
from groundside.produce.crop.radiometry.light_sensor import level_irradiance, sun_sensor_angle, transmission
from groundside.produce.crop.radiometry.modified_cameras import MIXTURES, bands, vigour
from groundside.produce.crop.radiometry.signal import signal_of
from groundside.produce.crop.radiometry.sunlight import sun_of
from groundside.produce.crop.radiometry.vignetting import gain
from groundside.produce.logbook.sun import elevation_deg

M3M = Exposure(0.001, 1.044, 3200.0, 16, adjustment=1.002)
NOON_US = 1_563_364_800_000_000


def band(maker: str = "micasense", exposure: Exposure | None = None, **more: object) -> Band:
    said = {"model": "RedEdge", "name": "nir", "index": 3, "capture": "c", "size": (4, 3), "file": "a_4.tif"} | more
    return Band(maker=maker, exposure=exposure, **said)  # pyright: ignore[reportArgumentType]


def test_mavic_3m_camera_signal_equals_the_guide():
    numbers = np.full((3, 4), 20_000, np.uint16)
    assert dji.camera_signal(numbers.astype(float), M3M, 2.0**16)[0, 0] == pytest.approx(245.543732, abs=1e-6)
    light = dji.signal(numbers, band("dji", M3M), M3M)
    assert light[0, 0] == pytest.approx(246.034820, abs=1e-5)
    assert light[0, 0] / 2000 == pytest.approx(0.12301741, abs=1e-8)


def test_p4_multispectral_counts_from_65535():
    exposure = Exposure(0.001, 1.0, 4096.0, 16)
    numbers = np.full((3, 4), 20_000, np.uint16)
    p4m, m3m = (dji.signal(numbers, band("dji", exposure, model=name), exposure)[0, 0] for name in ("FC6360", "M3M"))
    assert p4m / m3m == pytest.approx(65_536 / 65_535)


def test_dji_multiplies_by_its_vignetting_and_micasense_divides():
    coefficients = (1e-4, 2e-7, -3e-10, 4e-13, -5e-16, 6e-19)
    at_five = 1 + sum(k * 5.0 ** (power + 1) for power, k in enumerate(coefficients))
    multiplied = gain(Radial((1.0, 2.0), coefficients, divides=False), (8, 8))
    divided = gain(Radial((1.0, 2.0), coefficients, divides=True), (8, 8))
    assert isinstance(multiplied, np.ndarray)
    assert isinstance(divided, np.ndarray)
    assert multiplied[2, 6] == pytest.approx(at_five)
    assert multiplied[6, 4] == pytest.approx(at_five)
    assert multiplied[2, 1] == 1.0
    assert (multiplied * divided) == pytest.approx(1.0)


def test_vignetting_in_x_and_y_divides_by_its_polynomial():
    plane = gain(Plane(((0, 0), (1, 0), (0, 2)), (0.5, 1.0, 2.0)), (4, 10))
    assert isinstance(plane, np.ndarray)
    assert plane[2, 5] == pytest.approx(1 / (0.5 + 0.5 + 2 * 0.25))


def test_sequoia_equals_its_application_note():
    exposure = Exposure(1 / 333, 6.21, 5008.3, 16, (271665.8, 5008.3, 2581.1), 2.2)
    assert sequoia.sensor_irradiance(np.array([[20_000.0]]), exposure)[0, 0] == pytest.approx(9.48829, abs=1e-5)


def test_micasense_radiance_follows_its_equation_row_by_row():
    exposure = Exposure(0.0005, 2.0, 4800.0, 16, (1.5e-4, 1e-7, 2e-5))
    numbers = np.full((3, 4), 30_000, np.uint16)
    made = micasense.radiance(numbers, band(exposure=exposure), exposure)
    for row in range(3):
        of_row = 1 / (1 + 1e-7 * row / 0.0005 - 2e-5 * row)
        assert made[row] == pytest.approx(of_row * 25_200 * 1.5e-4 / (2.0 * 0.0005 * 65_536))


@pytest.mark.parametrize("maker", ["micasense", "dji", "sequoia"])
def test_numbers_below_black_are_dark_and_never_wrap(maker: str):
    exposure = Exposure(0.001, 1.0, 4800.0, 16, (1.5e-4, 4800.0, 1e-5), 2.2)
    light = signal_of(np.array([[0, 100, 4799, 4800]], np.uint16), band(maker, exposure))
    assert light is not None
    assert (light == 0).all()


def test_saturated_pixels_have_no_value():
    exposure = Exposure(0.001, 1.0, 4800.0, 16, (1.5e-4, 0.0, 0.0))
    light = signal_of(np.array([[65_519, 65_520, 65_535]], np.uint16), band(exposure=exposure))
    assert light is not None
    assert np.isnan(light).tolist() == [[False, True, True]]


def test_without_exposure_there_is_no_signal():
    assert signal_of(np.ones((3, 4), np.uint16), band()) is None


def test_thermal_numbers_are_hundredths_of_a_kelvin():
    assert micasense.celsius(np.array([[29_315]], np.uint16))[0, 0] == pytest.approx(20.0)


def test_sentera_mixtures_equal_what_sentera_publishes():
    red_nir = bands(np.array([[[120, 7, 60]]], np.uint8), MIXTURES["5.4mm-0001_0015"])
    edge_nir = bands(np.array([[[120, 7, 80]]], np.uint8), MIXTURES["5.4mm-0001_0016"])
    assert (red_nir[0][0, 0], red_nir[1][0, 0]) == pytest.approx((62.04, 226.68))
    assert vigour(*red_nir)[0, 0] == pytest.approx(0.57024, abs=1e-5)
    assert (edge_nir[0][0, 0], edge_nir[1][0, 0]) == pytest.approx((43.52, 153.16))
    assert vigour(*edge_nir)[0, 0] == pytest.approx(0.55745, abs=1e-5)


def test_a_channel_at_its_end_gives_no_vigour():
    low, high = bands(np.array([[[255, 0, 60], [120, 255, 60], [0, 0, 0]]], np.uint8), MIXTURES["5.4mm-0001_0015"])
    assert np.isnan(vigour(low, high)).all()


def test_the_sun_stands_where_the_ephemeris_says_and_in_the_south_at_noon():
    height, azimuth = sun_of(0.0, 45.0, NOON_US)
    assert height == pytest.approx(float(elevation_deg(0.0, 45.0, NOON_US)))
    spring_noon = 1_553_083_639_000_000
    height, azimuth = sun_of(0.0, 45.0, spring_noon)
    assert azimuth == pytest.approx(180.0, abs=0.1)
    morning, evening = (sun_of(0.0, 45.0, spring_noon + hours * 3_600_000_000)[1] for hours in (-6, 6))
    assert morning == pytest.approx(90.0, abs=1.0)
    assert evening == pytest.approx(270.0, abs=1.0)
    assert height == pytest.approx(45.0, abs=0.3)


def test_a_level_sensor_sees_the_sun_at_its_zenith_distance():
    assert sun_sensor_angle(math.radians(60), 1.0, (2.0, 0.0, 0.0)) == pytest.approx(math.radians(30))


def test_a_sensor_tilted_towards_the_sun_sees_it_straight_on():
    tilt = -math.radians(30)  # the nose goes down, towards a sun ahead
    assert sun_sensor_angle(math.radians(60), 1.0, (1.0, tilt, 0.0)) == pytest.approx(0.0, abs=1e-7)


def test_less_light_passes_at_a_slant():
    straight, slanted = transmission(0.0), transmission(math.radians(70))
    assert 0.9 < straight < 1.0
    assert 0.0 < slanted < straight


def test_tilting_the_sensor_changes_what_it_measures_but_not_the_level_irradiance():
    """The levelled value of a tilted sensor equals that of a level one in the same sky, by the model's own physics."""
    place = {"taken_us": NOON_US, "position": (0.0, 45.0)}
    height, azimuth = (math.radians(angle) for angle in sun_of(0.0, 45.0, NOON_US))
    found: list[float] = []
    for pose in ((0.3, 0.0, 0.0), (0.3, 0.2, -0.1), (2.0, -0.15, 0.1)):
        angle = sun_sensor_angle(height, azimuth, pose)
        measured = 1.2 * (1 / 6 + math.cos(angle)) * transmission(angle)
        level = level_irradiance(band(light=Light(measured, pose_rad=pose), **place))
        assert level is not None
        assert level.how == "levelled"
        found.append(level.irradiance)
    assert found == pytest.approx([1.2 * (math.sin(height) + 1 / 6)] * 3)


def test_what_the_camera_levelled_itself_is_taken_as_it_is():
    level = level_irradiance(band(light=Light(1.0, horizontal=1.3), taken_us=NOON_US, position=(0.0, 45.0)))
    assert level is not None
    assert (level.irradiance, level.how) == (1.3, "sensor")


def test_direct_and_diffuse_parts_make_a_level_irradiance():
    band_here = band(light=Light(1.0, direct=1.0, scattered=0.2), taken_us=NOON_US, position=(0.0, 45.0))
    level = level_irradiance(band_here)
    assert level is not None
    height = math.radians(sun_of(0.0, 45.0, NOON_US)[0])
    assert level.irradiance == pytest.approx(math.sin(height) + 0.2)


def test_without_a_position_the_sensor_stays_tilted_and_says_so():
    level = level_irradiance(band(light=Light(1.1, pose_rad=(0.0, 0.0, 0.0)), taken_us=NOON_US))
    assert level is not None
    assert (level.irradiance, level.how) == (1.1, "tilted")
    assert level_irradiance(band()) is None
