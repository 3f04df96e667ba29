"""Each quirk of docs/reference/photo-metadata.md, on a file that has it and nothing else."""

import math
from fractions import Fraction
from pathlib import Path

import pytest

from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.model.photo import Above, HeightSensor, Photo, Zero
from tests import photo_builders as made

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "photo-metadata.md"
SOMEWHERE = made.place(48.25, 11.5, 500.0)
TAKEN = {made.TAKEN: "2031:05:06 10:00:00"}


def read(data: bytes) -> Photo:
    return read_photo(Window.over(data))[0]


def named(photo: Photo) -> set[str]:
    return {each.name for each in photo.quirks}


def plain(packet: str = "", gps: object = SOMEWHERE, exif: object = TAKEN, **image: object) -> Photo:
    first = {made.MAKE: image.get("make", "DJI"), made.MODEL: image.get("model", "M1")}
    return read(made.jpeg(made.tiff(first, exif, gps), packet))  # type: ignore[arg-type]


def test_a_photo_of_nothing_odd_has_only_the_quirk_of_its_clock():
    photo = plain(made.nadir())
    assert named(photo) == {"local-time"}
    assert photo.position is not None
    assert photo.position.place.lat == pytest.approx(48.25, abs=1e-9)
    assert photo.camera_attitude is not None
    assert (photo.camera_attitude.yaw_deg, photo.camera_attitude.pitch_deg, photo.camera_attitude.roll_deg) == (
        30,
        -90,
        0,
    )
    assert (photo.height_above_takeoff_m, photo.altitude.value_m if photo.altitude else None) == (60.0, 150.0)
    assert not photo.problems


@pytest.mark.parametrize("roll", ["+180.00", "-180.00"])
def test_a_roll_of_180_at_nadir_is_a_yaw_turned_round(roll: str):
    photo = plain(made.nadir(GimbalRollDegree=roll, FlightYawDegree="+210.00"))
    assert named(photo) == {"local-time", "roll-180"}
    assert photo.camera_attitude is not None
    assert (photo.camera_attitude.yaw_deg, photo.camera_attitude.pitch_deg, photo.camera_attitude.roll_deg) == (
        210,
        -90,
        0,
    )


def test_a_roll_of_180_just_before_nadir_is_a_pitch_just_past_it():
    photo = plain(made.nadir(GimbalRollDegree="+180.00", GimbalPitchDegree="-89.90", FlightYawDegree="+210.00"))
    assert photo.camera_attitude is not None
    assert photo.camera_attitude.pitch_deg == pytest.approx(-90.1)
    assert photo.camera_attitude.yaw_deg == 210


def test_a_camera_that_hangs_upside_down_and_looks_ahead_is_left_as_it_is():
    photo = plain(made.nadir(GimbalRollDegree="+180.00", GimbalPitchDegree="-10.00"))
    assert "roll-180" not in named(photo)
    assert photo.camera_attitude is not None
    assert photo.camera_attitude.roll_deg == 180


def test_the_gimbal_yaw_counts_where_it_differs_from_the_aircraft():
    photo = plain(made.nadir(GimbalYawDegree="+120.00"))
    assert named(photo) == {"local-time", "yaw-differs"}
    assert photo.camera_attitude is not None
    assert photo.camera_attitude.yaw_deg == 120


def test_the_aircraft_yaw_is_taken_where_the_gimbal_states_none():
    photo = plain(made.dji(GimbalPitchDegree="-60.0", GimbalRollDegree="0.0", FlightYawDegree="-31.0"))
    assert named(photo) == {"local-time", "yaw-from-aircraft"}
    assert photo.camera_attitude is not None
    assert photo.camera_attitude.yaw_deg == 329


def test_pix4d_counts_pitch_from_nadir_and_sensefly_turns_the_roll():
    packet = made.xmp({"Camera:Yaw": "12.5", "Camera:Pitch": "3", "Camera:Roll": "-4"})
    other, sensefly = plain(packet, make="Parrot"), plain(packet, make="senseFly")
    assert named(other) == {"local-time", "pitch-from-nadir"}
    assert named(sensefly) == {"local-time", "pitch-from-nadir", "sensefly-roll"}
    assert other.camera_attitude is not None and sensefly.camera_attitude is not None
    assert (other.camera_attitude.roll_deg, sensefly.camera_attitude.roll_deg) == (-4, 4)
    assert other.camera_attitude.zero is Zero.NADIR


def test_a_maker_note_tells_the_attitude_where_there_is_no_xmp():
    values = {
        1: "DJI",
        6: (11, [1.5]),
        7: (11, [46.0]),
        8: (11, [3.0]),
        9: (11, [-89.5]),
        10: (11, [45.0]),
        11: (11, [0.0]),
    }
    out = bytearray()
    at = made._directory(out, values, ">")
    note = bytes(out[at:]).ljust(256, b"\0")
    photo = plain(exif={**TAKEN, 0x927C: note})
    assert "attitude-from-note" in named(photo)
    assert photo.camera_attitude is not None and photo.aircraft_attitude is not None
    assert (photo.camera_attitude.yaw_deg, photo.camera_attitude.pitch_deg) == (45.0, -89.5)
    assert photo.aircraft_attitude.yaw_deg == 46.0


@pytest.mark.parametrize(
    ("written", "above", "sensor"),
    [
        ("PressureAlt", Above.UNSTATED, HeightSensor.BAROMETER),
        ("GpsFusionAlt", Above.UNSTATED, HeightSensor.FUSED),
        ("RtkAlt", Above.ELLIPSOID, HeightSensor.RTK),
    ],
)
def test_the_altitude_type_tells_sensor_and_reference(written: str, above: Above, sensor: HeightSensor):
    photo = plain(made.nadir(AltitudeType=written), gps=made.place(48.25, 11.5, 150.0))
    assert named(photo) == {"altitude-type", "local-time"}
    assert [(each.value_m, each.above, each.sensor) for each in photo.altitudes[:2]] == [(150.0, above, sensor)] * 2


def test_an_altitude_below_the_sea_counts_downwards():
    photo = plain(gps=made.place(31.5, 35.5, 420.0, ref=1))
    assert named(photo) == {"below-sea", "local-time"}
    assert photo.altitude is not None
    assert photo.altitude.value_m == -420.0


def test_a_wrong_altitude_reference_gives_way_to_the_maker():
    photo = plain(made.nadir(), gps=made.place(48.25, 11.5, 150.0, ref=1))
    assert named(photo) == {"altitude-ref-wrong", "local-time"}
    assert [each.value_m for each in photo.altitudes[:2]] == [150.0, 150.0]


def test_exif_3_may_state_heights_above_the_ellipsoid():
    photo = plain(gps=made.place(31.5, 35.5, 20.0, ref=3))
    assert photo.altitude is not None
    assert (photo.altitude.value_m, photo.altitude.above) == (-20.0, Above.ELLIPSOID)


@pytest.mark.parametrize("name", ["GpsLongtitude", "GpsLongitude"])
def test_a_misspelt_longitude_is_read_and_named(name: str):
    photo = plain(made.dji(GpsLatitude="-12.345678901", **{name: "+45.987654321"}), gps=None)
    assert ("misspelt-longitude" in named(photo)) == (name == "GpsLongtitude")
    assert photo.position is not None
    assert (photo.position.place.lat, photo.position.place.lon) == (-12.345678901, 45.987654321)


def test_a_void_measurement_is_no_position():
    photo = plain(gps={**SOMEWHERE, 9: "V"})
    assert named(photo) == {"gps-void", "local-time"}
    assert (photo.position, photo.altitude) == (None, None)


def test_a_position_of_0_0_is_none():
    photo = plain(made.dji(GpsLatitude="0.0", GpsLongitude="0.0"), gps=made.place(0.0, 0.0))
    assert named(photo) == {"local-time", "zero-position"}
    assert photo.position is None


def test_a_place_that_is_not_on_earth_is_none():
    assert "impossible-position" in named(plain(made.dji(GpsLatitude="91.0", GpsLongitude="10.0"), gps=None))


def test_a_fraction_of_0_over_0_is_no_position():
    photo = plain(gps={**SOMEWHERE, made.LAT: (made.RATIONAL, [(0, 0)] * 3)})
    assert named(photo) == {"local-time", "zero-over-zero"}
    assert photo.position is None


def test_seconds_of_0_over_0_count_as_none():
    photo = plain(gps={**SOMEWHERE, made.LAT: (made.RATIONAL, [(48, 1), (15, 1), (0, 0)])})
    assert named(photo) == {"local-time", "zero-over-zero"}
    assert photo.position is not None
    assert photo.position.place.lat == 48.25


def test_a_missing_hemisphere_is_assumed_and_named():
    gps = {tag: value for tag, value in SOMEWHERE.items() if tag != made.LON_REF}
    photo = plain(gps=gps)
    assert named(photo) == {"gps-ref-missing", "local-time"}
    assert photo.position is not None
    assert photo.position.place.lon == pytest.approx(11.5)


def test_two_places_far_apart_are_named_and_exif_counts():
    photo = plain(made.dji(GpsLatitude="48.30", GpsLongitude="11.5"))
    assert "two-positions" in named(photo)
    assert photo.position is not None
    assert photo.position.tag == "GPS:GPSLatitude"


@pytest.mark.parametrize(
    ("digits", "expected_us"), [("-182458", 999_817_542 - 10**9), ("250", 250_000), ("05", 50_000)]
)
def test_fractions_of_a_second_are_digits_and_may_be_negative(digits: str, expected_us: int):
    whole = plain(exif=TAKEN, make="MicaSense").time.utc_us
    photo = plain(exif={**TAKEN, made.SUBSEC: digits}, make="MicaSense")
    assert named(photo) == {"micasense-utc"} | ({"negative-subsecond"} if digits.startswith("-") else set())
    assert whole is not None and photo.time.utc_us is not None
    assert photo.time.utc_us - whole == expected_us


def test_a_stated_offset_gives_utc():
    photo = plain(exif={**TAKEN, made.OFFSET: "+05:45"})
    assert not named(photo)
    assert (photo.time.basis, photo.time.offset_s) == ("exif-offset", 20_700.0)
    assert photo.time.local == "2031-05-06T10:00:00"


def test_gps_time_tells_the_zone_of_the_camera():
    photo = plain(exif={**TAKEN, 0x9291: "75"}, gps={**SOMEWHERE, 0x1D: "2031:05:06", 7: [8, 0, 0]})
    assert not named(photo)
    assert (photo.time.offset_s, photo.time.basis, photo.time.resolution_s) == (7200.0, "gps", 0.01)


def test_a_clock_that_no_zone_explains_gives_way_to_gps():
    photo = plain(gps={**SOMEWHERE, 0x1D: "2031:05:06", 7: [7, 58, 20]})
    assert named(photo) == {"clock-off"}
    assert photo.time.offset_s == 7300.0
    other = plain(gps={**SOMEWHERE, 0x1D: "2031:05:06", 7: [8, 0, 0]})
    assert photo.time.utc_us is not None and other.time.utc_us is not None
    assert other.time.utc_us - photo.time.utc_us == 100_000_000


def test_the_moment_of_exposure_in_utc_counts_most():
    photo = plain(made.dji(UTCAtExposure="2031-05-06T08:00:00.123456"))
    assert not named(photo)
    assert (photo.time.basis, photo.time.offset_s) == ("xmp-utc", 7200.0)
    assert photo.time.utc_us is not None and photo.time.utc_us % 1_000_000 == 123_456


def test_a_clock_of_zeros_is_no_time():
    photo = plain(exif={made.TAKEN: "0000:00:00 00:00:00"})
    assert (photo.time.utc_us, photo.time.local) == (None, "")


@pytest.mark.parametrize(("written", "expected"), [("5.5", 5.5), ("1466.6666", 5.5)])
def test_a_focal_length_without_unit_is_read_by_its_size(written: str, expected: float):
    exif = {**TAKEN, 0x920A: 5.5, 0xA20E: Fraction(800, 3), 0xA20F: Fraction(800, 3), 0xA210: (made.SHORT, [4])}
    packet = made.xmp({"Camera:ModelType": "perspective", "Camera:PerspectiveFocalLength": written})
    photo = plain(packet, exif=exif)
    assert named(photo) == {"focal-unit-missing", "local-time"}
    assert photo.optics.lens_model is not None
    assert photo.optics.lens_model.focal_mm == pytest.approx(expected, rel=1e-6)


def test_a_focal_length_in_an_unknown_unit_is_not_used():
    packet = made.xmp({
        "Camera:ModelType": "perspective", "Camera:PerspectiveFocalLength": "0.2", "Camera:PerspectiveFocalLengthUnits": "inch",
    })  # fmt: skip
    photo = plain(packet)
    assert "focal-unit-other" in named(photo)
    assert photo.optics.lens_model is not None
    assert photo.optics.lens_model.focal_mm is None


def test_an_image_that_was_made_smaller_says_what_its_calibration_is_of():
    packet = made.dji(CalibratedOpticalCenterX="4000.0", CalibratedOpticalCenterY="3000.0")
    photo = plain(packet, exif={**TAKEN, 0xA002: 8000, 0xA003: 6000})
    assert "resized" in named(photo)
    assert photo.optics.calibrated_for_px == (8000, 6000)


def test_dewarp_data_is_read_and_what_is_not_it_is_named():
    data = " 2018-09-07;3657.02,3650.62,-4.03,23.1,-0.267,0.111,0.0009,0.00008,-0.033"
    photo, other = plain(made.dji(DewarpData=data, DewarpFlag="0")), plain(made.dji(DewarpData="2018;1,2"))
    assert photo.optics.dewarp is not None
    assert (photo.optics.dewarp.fy_px, photo.optics.dewarp.k3, photo.optics.dewarped) == (3650.62, -0.033, False)
    assert "dewarp-unusable" in named(other)


@pytest.mark.parametrize(
    ("flag", "state"), [(0, "none"), (16, "single"), (34, "float"), (50, "fixed"), (77, "unknown")]
)
def test_the_state_of_rtk(flag: int, state: str):
    photo = plain(made.dji(RtkFlag=flag, RtkStdLon="0.01", RtkStdLat="0.02", RtkStdHgt="0.03"))
    assert photo.rtk is not None
    assert (photo.rtk.state, photo.rtk.std_lat_m) == (state, 0.02)


def test_values_may_have_signs_and_be_fractions():
    photo = plain(made.nadir(GimbalPitchDegree="-899/10", RelativeAltitude="+61.50"))
    assert photo.camera_attitude is not None
    assert (photo.camera_attitude.pitch_deg, photo.height_above_takeoff_m) == (-89.9, 61.5)


def test_exif_that_gdal_wrote_anew_is_found():
    items = '<GDALMetadata><Item name="EXIF_Make">DJI</Item><Item name="EXIF_GPSLatitude">(24) (30) (36)</Item>' + (
        '<Item name="EXIF_GPSLatitudeRef">N</Item><Item name="EXIF_GPSLongitude">(120) (0) (36)</Item>'
        '<Item name="EXIF_GPSLongitudeRef">E</Item></GDALMetadata>'
    )
    photo = read(made.tiff({made.WIDTH: 100, made.HEIGHT: 50, 0xA480: items}))
    assert "exif-in-gdal" in named(photo)
    assert photo.position is not None
    assert photo.position.place.lat == pytest.approx(24.51)
    assert photo.camera.make == "DJI"


def test_a_packet_behind_gdals_mark_is_read():
    packet = b"xml:XMP=" + made.nadir().encode()
    photo = read(made.tiff({made.WIDTH: 100, made.HEIGHT: 50, made.XMP_TAG: (made.BYTE, packet)}))
    assert "xmp-prefixed" in named(photo)
    assert photo.height_above_takeoff_m == 60.0


@pytest.mark.parametrize("form", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_packet_in_utf_16_is_read(form: str):
    photo = plain(made.nadir().encode(form))
    assert "xmp-utf16" in named(photo)
    assert photo.height_above_takeoff_m == 60.0
    assert not photo.problems


def test_a_packet_that_is_no_xml_still_gives_its_plain_properties():
    photo = plain(made.nadir().replace("</rdf:RDF>", "<&"))
    assert "xmp-broken" in named(photo)
    assert photo.height_above_takeoff_m == 60.0
    assert "not well-formed" in photo.problems[0].what


def test_a_packet_in_an_unmarked_segment_is_read():
    photo = read(made.jpeg(more=[made.segment(0xE1, made.nadir().encode())]))
    assert "xmp-unmarked" in named(photo)
    assert photo.height_above_takeoff_m == 60.0


def test_serials_and_owners_are_kept_and_marked():
    exif = {**TAKEN, 0xA431: "CAM1", 0xA435: "LENS1", 0xA430: "Somebody"}
    photo = plain(made.dji(DroneSerialNumber="AIR1"), exif=exif)
    assert photo.sensitive == ("camera.serial", "camera.aircraft_serial", "camera.lens_serial", "camera.owner")
    assert not math.isnan(photo.camera.serial == "CAM1")


def test_the_range_finder_tells_its_target():
    packet = made.dji(LRFTargetDistance="105.3", LRFTargetLon="11.5", LRFTargetLat="48.25", LRFTargetAbsAlt="480.5")
    target = plain(packet).target
    assert target is not None and target.place is not None
    assert (target.distance_m, target.place.lon, target.altitudes[0].value_m) == (105.3, 11.5, 480.5)


def test_the_page_names_every_quirk_that_the_code_can():
    import re

    folder = Path(__file__).parents[2] / "src" / "groundside" / "decode" / "photos"
    code = "".join(path.read_text() for path in folder.rglob("*.py"))
    names = set(re.findall(r'quirk\(\s*"([a-z0-9-]+)"', code)) | set(
        re.findall(r'notes\.append\(\s*\("([a-z0-9-]+)"', code)
    )
    assert len(names) >= 25
    assert {name for name in names if f"`{name}`" not in PAGE.read_text()} == set()
