"""Raw captures: what their tags say, and the traps that real files hold."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from groundside.decode.captures.grouping import band_of, captures_of, stem_of
from groundside.decode.captures.moments import moment_us
from groundside.decode.captures.pixels import pixels_of
from groundside.decode.captures.tags import NotAnImage
from groundside.model.capture import Plane, Radial
from tests.captures import ASCII, ISO, MAKE, MODEL, ORIGINAL, RATIONAL, SHORT, RedEdge, mavic3m, tiff, xmp_of

PIXELS = np.arange(48, dtype=np.uint16).reshape(6, 8) * 1000
NOON_US = int(datetime(2019, 7, 17, 22, 50, 17, tzinfo=UTC).timestamp()) * 1_000_000


def test_a_negative_fraction_of_a_second_is_taken_off_and_said():
    band = band_of(RedEdge(PIXELS, subsec="-182458").file(), "IMG_0000_1.tif")
    assert band.taken_us == NOON_US - 182_458
    assert "negative" in band.quirks[0]


def test_a_fraction_counts_its_digits_from_the_point():
    assert moment_us("2017:10:19 20:40:39", "200173789") == moment_us("2017:10:19 20:40:39.200174")
    assert moment_us("2017:13:19 20:40:39", "2") is None
    assert moment_us("never") is None


def test_a_focal_length_without_a_unit_is_in_pixels():
    more = {"Camera:PerspectiveFocalLength": "1449.36", "Camera:PerspectiveFocalLengthUnits": ""}
    band = band_of(RedEdge(PIXELS, more=more).file(), "IMG_0000_1.tif")
    assert band.lens is not None
    assert band.lens.focal_px == pytest.approx((1449.36, 1449.36))
    assert any("in pixels" in quirk for quirk in band.quirks)


def test_a_focal_length_in_millimetres_is_turned_into_pixels():
    lens = band_of(RedEdge(PIXELS).file(), "IMG_0000_1.tif").lens
    assert lens is not None
    assert lens.focal_px[0] == pytest.approx(1450 * 8 / 1280, rel=1e-5)
    assert lens.centre == pytest.approx((4.0, 3.0), rel=1e-5)


def test_a_void_gps_measurement_gives_no_position():
    assert band_of(RedEdge(PIXELS, lat_lon=None).file(), "IMG_0000_1.tif").position is None


def test_a_position_south_and_west_has_its_signs_and_longitude_first():
    band = band_of(RedEdge(PIXELS, lat_lon=(-36.5, -119.25)).file(), "IMG_0000_1.tif")
    assert band.position == pytest.approx((-119.25, -36.5))


def test_bands_are_told_apart_by_what_the_file_says_and_not_by_its_number():
    files = {
        "IMG_0000_5.tif": RedEdge(PIXELS, "Red edge", 4),
        "IMG_0000_4.tif": RedEdge(PIXELS, "NIR", 3),
        "IMG_0000_9.tif": RedEdge(PIXELS, "Blue", 0),
    }
    captures, left_out = captures_of(band_of(one.file(), name) for name, one in files.items())
    assert [band.name for band in captures[0].bands] == ["blue", "nir", "red edge"]
    assert [band.file for band in captures[0].bands] == ["IMG_0000_9.tif", "IMG_0000_4.tif", "IMG_0000_5.tif"]
    assert not left_out


@pytest.mark.parametrize("written", ["0.00015,1e-7,2e-6", ["0.00015", "1e-7", "2e-6"], ["0.00015, 1e-7, 2e-6"]])
def test_a_list_and_a_text_with_commas_are_the_same(written: str | list[str]):
    band = band_of(RedEdge(PIXELS, more={"MicaSense:RadiometricCalibration": written}).file(), "IMG_0000_1.tif")
    assert band.exposure is not None
    assert band.exposure.coefficients == (0.00015, 1e-7, 2e-6)


def test_the_known_wrong_exposure_of_early_firmware_is_read_right_and_said():
    band = band_of(RedEdge(PIXELS, exposure_s=1 / 6329).file(), "IMG_0000_1.tif")
    assert band.exposure is not None
    assert band.exposure.time_s == 0.000274
    assert "fault" in band.quirks[0]


def test_captures_of_one_moment_come_together_and_in_order_of_time():
    late = RedEdge(PIXELS, "Red", 2, capture="b", moment="2019:07:17 23:00:00")
    early = RedEdge(PIXELS, "Red", 2, capture="a")
    made, _ = captures_of([band_of(late.file(), "IMG_0001_3.tif"), band_of(early.file(), "IMG_0000_3.tif")])
    assert [capture.key for capture in made] == ["a", "b"]


def test_the_same_band_twice_is_left_out_once_and_said():
    one = RedEdge(PIXELS).file()
    made, left_out = captures_of([band_of(one, "IMG_0000_2.tif"), band_of(one, "copy/IMG_0000_2.tif")])
    assert len(made) == 1
    assert left_out == [("copy/IMG_0000_2.tif", "is the same band of the same capture as IMG_0000_2.tif")]


def test_the_second_light_sensor_gives_level_irradiance_in_its_own_scale():
    more = {"DLS:HorizontalIrradiance": "120.0", "DLS:SpectralIrradiance": "100.0"}
    light = band_of(RedEdge(PIXELS, more=more).file(), "IMG_0000_1.tif").light
    assert light is not None
    assert light.horizontal == pytest.approx(1.2)
    scaled = band_of(RedEdge(PIXELS, more=more | {"DLS:IrradianceScaleToSIUnits": "0.1"}).file(), "a_1.tif").light
    assert scaled is not None
    assert scaled.horizontal == pytest.approx(12.0)


def test_level_irradiance_of_firmware_that_got_it_wrong_is_not_taken():
    more = {"DLS:HorizontalIrradiance": "120.0", "DLS:DirectIrradiance": "100", "DLS:ScatteredIrradiance": "20"}
    band = band_of(RedEdge(PIXELS, software="v5.1.6", more=more).file(), "IMG_0000_1.tif")
    assert band.light is not None
    assert band.light.horizontal is None
    assert (band.light.direct, band.light.scattered) == pytest.approx((1.0, 0.2))


def test_newer_vignetting_is_a_polynomial_of_x_and_y():
    more = {"Camera:VignettingPolynomial2DName": ["0,0,1,0,0,1"], "Camera:VignettingPolynomial2D": ["1.0,0.5,0.25"]}
    band = band_of(RedEdge(PIXELS, more=more).file(), "IMG_0000_1.tif")
    assert band.vignetting == Plane(((0, 0), (1, 0), (0, 1)), (1.0, 0.5, 0.25))


def test_dji_multispectral_tags_are_read_as_the_guide_says():
    data = mavic3m(PIXELS, DewarpData="2022-10-24;2200.5,2201.5,1.5,-2.5,0.1,-0.2,0.001,0.002,0.05")
    band = band_of(data, "DJI_20230309_0001_MS_NIR.TIF")
    assert band.exposure is not None
    assert band.lens is not None
    assert (band.name, band.wavelength_nm, band.width_nm) == ("nir", 860.0, 52.0)
    assert (band.exposure.time_s, band.exposure.gain, band.exposure.black_level) == (0.001, 1.044, 3200.0)
    assert band.lens.centre == (5.5, 0.5)
    assert band.lens.distortion == (0.1, -0.2, 0.001, 0.002, 0.05)
    assert band.vignetting == Radial((4.0, 3.0), (0.0,) * 6, divides=False)
    assert band.light is not None
    assert not band.light.absolute
    assert "experimental" in band.quirks[0]


def sequoia(**more: str | list[str]) -> bytes:
    said: dict[str, str | list[str]] = {
        "Camera:BandName": ["Green"], "Camera:CaptureUUID": "c", "Camera:SensorModel": ["271665.8,5008.3,2581.1"],
        "Camera:IrradianceCalibrationMeasurement": "0,600,14,1,1,600,320,37,2,600,5120,626,3,600,65535,15660",
        "Camera:IrradianceList": "ITbVCAAAAAAiAAIAAQBkAMqhzsIrNQy8/EwAwQ==", **more,
    }  # fmt: skip
    exif = {
        0x829A: (RATIONAL, 0.003),
        0x829D: (RATIONAL, 2.2),
        ISO: (SHORT, 206),
        ORIGINAL: (ASCII, "2018:04:13 08:06:58"),
    }
    main = {MAKE: (ASCII, "Parrot"), MODEL: (ASCII, "Sequoia")}
    return tiff(PIXELS, main, exif, {9: (ASCII, "V")}, xmp_of(said))


def test_a_sequoia_says_what_its_sunshine_sensor_counted_by_gain_and_time():
    band = band_of(sequoia(), "IMG_180413_080658_0000_GRE.TIF")
    assert band.light is not None
    assert band.light.measured == pytest.approx(34 / (1.0 * 100))
    brighter = band_of(sequoia(**{"Camera:IrradianceList": "ITbVCAAAAAAiAAIAAgBkAMqhzsIrNQy8/EwAwQ=="}), "a_GRE.TIF")
    assert brighter.light is not None
    assert brighter.light.measured == pytest.approx(34 / (16.0 * 100))
    assert any("void" in quirk for quirk in band.quirks)


def test_pixels_come_out_as_they_were_recorded():
    assert (pixels_of(RedEdge(PIXELS).file()) == PIXELS).all()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no TIFF or JPEG"),
        (b"II*\0" + b"\xff" * 40, "which no camera here has|no TIFF"),
        (tiff(PIXELS, {MAKE: (ASCII, "Somebody")}, {}), "no multispectral camera"),
        (RedEdge(PIXELS, band="").file(), "which band"),
    ],
)
def test_what_is_no_capture_says_why(data: bytes, why: str):
    with pytest.raises(NotAnImage, match=why):
        band_of(data, "IMG_0000_1.tif")


def test_an_image_cut_short_says_so():
    import struct

    whole = RedEdge(PIXELS).file()
    at = struct.unpack("<I", whole[4:8])[0]
    lying = bytearray(whole)
    entry = whole.find(struct.pack("<HHI", 0x111, 4, 1), at)
    lying[entry + 8 : entry + 12] = struct.pack("<I", len(whole) - 4)
    with pytest.raises(NotAnImage, match="ends before"):
        pixels_of(bytes(lying))


def test_names_lose_only_what_tells_bands_apart():
    names = [
        "000/IMG_0007_4.tif",
        "IMG_180413_080658_0000_GRE.TIF",
        "DJI_20230309024757_0001_MS_RE.TIF",
        "IMG_00006.jpg",
    ]
    stems = ["IMG_0007", "IMG_180413_080658_0000", "DJI_20230309024757_0001", "IMG_00006"]
    assert [stem_of(name) for name in names] == stems
