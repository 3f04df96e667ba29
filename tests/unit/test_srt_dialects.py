"""Every way in which DJI writes subtitles, with invented places."""

import math

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.dji_srt import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis

ARROW = "00:00:0{0},000 --> 00:00:0{1},000"


def read(text: str | bytes) -> Decoded:
    raw = text.encode() if isinstance(text, str) else text
    assert FORMAT.recognises(raw[:65536])
    return FORMAT.decode(memoryview(raw), Options())


def subtitles(*bodies: str, first: int = 1, line_end: str = "\n") -> str:
    """One cue a second, each with one of the bodies."""
    cues = [f"{first + i}\n{ARROW.format(i, i + 1)}\n{body}\n" for i, body in enumerate(bodies)]
    return "\n".join(cues).replace("\n", line_end)


def column(decoded: Decoded, name: str) -> list:
    return decoded.tables["cues"].column(name).to_pylist()


def said(decoded: Decoded) -> str:
    return " ".join(decoded.facts["inferences"])


NEW = (
    '<font size="28">FrameCnt: {n}, DiffTime: 33ms\n2031-02-03 04:05:0{n}.250\n'
    "[iso: 110] [shutter: 1/1000.0] [fnum: 2.8] [ev: -0.3] [ct: 5500] [color_md: dlog_m] [focal_len: 24.00] "
    "[latitude: 10.500001] [longitude: -20.250002] [rel_alt: 12.500 abs_alt: 345.250] "
    "[gb_yaw: -90.5 gb_pitch: -30.0 gb_roll: 0.1] </font>"
)


def test_a_new_model_gives_position_camera_and_gimbal_by_name():
    decoded = read(subtitles(NEW.format(n=1), NEW.format(n=2)))
    first = decoded.tables["cues"].slice(0, 1).to_pylist()[0]
    expected = {
        "index": 1, "start_ms": 0, "end_ms": 1000, "lat": 10.500001, "lon": -20.250002, "rel_alt_m": 12.5,
        "abs_alt_m": 345.25, "iso": 110.0, "f_number": 2.8, "ev": -0.3, "ct_k": 5500.0, "focal_len_mm": 24.0,
        "gimbal_yaw_deg": -90.5, "gimbal_pitch_deg": -30.0, "gimbal_roll_deg": 0.1, "frame_count": 1.0, "frame_ms": 33.0,
        "color_md": "dlog_m", "wall_clock": "2031-02-03T04:05:01.250000",
    }  # fmt: skip
    assert {name: first[name] for name in expected} == expected
    assert first["shutter_s"] == pytest.approx(0.001)
    assert decoded.facts["coordinate_order_basis"] == "named"
    assert decoded.account.skipped == 0 and not decoded.problems


def test_the_wall_clock_is_local_and_never_called_utc():
    decoded = read(subtitles(NEW.format(n=1), NEW.format(n=2)))
    recording, track = FORMAT.recording(decoded), FORMAT.track(decoded)
    assert recording.time_basis is track.time_basis is TimeBasis.LOCAL
    assert recording.start_us is None and recording.time_error_s is None
    assert recording.local_start == "2031-02-03T04:05:01.250000"
    assert track.time_us.tolist() == [0, 1_000_000]
    assert track.floats("gimbal_yaw_deg").tolist() == [269.5, 269.5]
    assert track.floats("height_m").tolist() == [12.5, 12.5]


OLD_BRACKETS = (
    '<font size="36">SrtCnt : {n}, DiffTime : 40ms\n2021-07-08 09:10:1{n},{ms},904\n'
    "[iso : 100] [shutter : 1/80.0] [fnum : 280] [ev : 0] [ct : 5174] [color_md : default] [focal_len : 240] "
    "[latitude : -35.5] [longtitude : 60.25] [altitude: 117.000000] </font>"
)


def test_old_brackets_have_hundredths_tenths_a_spelling_of_their_own_and_microseconds():
    decoded = read(subtitles(OLD_BRACKETS.format(n=1, ms=438), OLD_BRACKETS.format(n=2, ms=478)))
    assert column(decoded, "f_number") == [2.8, 2.8]
    assert column(decoded, "focal_len_mm") == [24.0, 24.0]
    assert (column(decoded, "lon")[0], column(decoded, "lat")[0]) == (60.25, -35.5)
    assert column(decoded, "wall_clock")[0] == "2021-07-08T09:10:11.438904"
    assert "hundredths" in said(decoded) and "tenths" in said(decoded)


def test_an_altitude_of_unknown_reference_is_kept_but_not_flown():
    decoded = read(subtitles(OLD_BRACKETS.format(n=1, ms=438)))
    assert column(decoded, "altitude_m") == [117.0]
    assert np.isnan(FORMAT.track(decoded).floats("altitude_m")).all()
    assert "[altitude]" in said(decoded)


def test_cues_without_the_line_with_the_arrow_take_their_time_from_the_wall_clock():
    body = "[latitude : -20.5] [longtitude : 49.25] [iso : 100] [shutter : 1/60.0] [ev : 0] [fnum : 220]\n"
    decoded = read(f"1\n2019.03.07 14:11:51,393,525,393,525\n{body}\n2\n2019.03.07 14:11:53,393,525\n{body}")
    assert column(decoded, "index") == [1, 2] and column(decoded, "start_ms") == [None, None]
    track = FORMAT.track(decoded)
    assert track.time_us.tolist() == [0, 2_000_000]
    assert "wall clock" in said(decoded)
    assert decoded.account.skipped == 0


MAVIC_PRO = "HOME({lon},{lat}) 2019.3.7 14:11:5{n}\nGPS({lon},{lat},16) BAROMETER:1.9\nISO:100 Shutter:60 EV: Fnum:2.2"


def test_mavic_pro_writes_longitude_first_and_the_values_prove_it():
    decoded = read(subtitles(*(MAVIC_PRO.format(lon=130.5, lat=-12.25, n=n) for n in range(3))))
    assert column(decoded, "lon") == [130.5] * 3 and column(decoded, "lat") == [-12.25] * 3
    assert column(decoded, "home_lon") == [130.5] * 3
    assert decoded.facts["coordinate_order"] == "lon,lat" and decoded.facts["coordinate_order_basis"] == "values"
    assert column(decoded, "satellites") == [16] * 3
    assert column(decoded, "shutter_s")[0] == pytest.approx(1 / 60)
    assert "past 90" in said(decoded) and "count of satellites" in said(decoded)
    recording = FORMAT.recording(decoded)
    assert (recording.home.lon, recording.home.lat) == (130.5, -12.25)
    assert FORMAT.track(decoded).floats("height_m").tolist() == [1.9] * 3


def test_where_no_value_tells_the_way_of_writing_does_and_it_is_said_to_be_ambiguous():
    decoded = read(subtitles(MAVIC_PRO.format(lon=10.5, lat=12.25, n=1)))
    assert column(decoded, "lon") == [10.5]
    assert decoded.facts["coordinate_order_basis"] == "writing"
    assert "ambiguous" in said(decoded)


def test_the_same_flight_in_the_older_writing_has_hb_and_an_unpadded_date():
    decoded = read(
        subtitles(
            "HOME(130.5,-12.25) 2019.3.7 14:11:51\nGPS(130.5,-12.25,16) Hb:1.9 Hs:2.1\nISO:100 TV:60 EV: 0 IR:F2.8"
        )
    )
    assert column(decoded, "barometer_m") == [1.9] and column(decoded, "height_sensor_m") == [2.1]
    assert column(decoded, "f_number") == [2.8] and column(decoded, "ev") == [0.0]
    assert column(decoded, "wall_clock") == ["2019-03-07T14:11:51.000000"]


CAMERA_LINE = (
    "F/5.6, SS 400, ISO 100, EV +0.7, GPS (-59.5, -34.25, 16), HOME (-59.25, -34.5, 7.60m), D 153.32m, H 17.39m, "
    "H.S 1.84m/s, V.S -0.10m/s, F.PRY (-8.9°, 2.9°, -75.0°), G.PRY (-27.3°, 0.0°, -76.0°) "
)


@pytest.mark.parametrize("degree", ["°".encode(), "°".encode("latin-1")], ids=["utf-8", "latin-1"])
def test_a_line_of_camera_settings_gives_attitude_of_aircraft_and_gimbal(degree):
    raw = subtitles(CAMERA_LINE).encode().replace("°".encode(), degree)
    decoded = read(raw)
    row = decoded.tables["cues"].to_pylist()[0]
    expected = {
        "lon": -59.5, "lat": -34.25, "home_lon": -59.25, "home_lat": -34.5, "home_altitude_m": 7.6, "distance_m": 153.32,
        "height_m": 17.39, "horizontal_speed_mps": 1.84, "vertical_speed_mps": -0.1, "pitch_deg": -8.9, "roll_deg": 2.9,
        "yaw_deg": -75.0, "gimbal_pitch_deg": -27.3, "gimbal_yaw_deg": -76.0, "ev": 0.7, "f_number": 5.6, "satellites": 16,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    track = FORMAT.track(decoded)
    assert track.time_basis is TimeBasis.BOOT
    assert track.floats("yaw_deg").tolist() == [285.0]
    assert decoded.account.skipped == 0


def test_speeds_that_are_not_available_are_not_zero():
    decoded = read(
        subtitles("F/2.8, SS 30.15, ISO 260, EV -1.7, GPS (-121.5, 48.25, 17), D 2.2m, H 200.7m, H.S n/a, V.S n/a ")
    )
    assert math.isnan(column(decoded, "horizontal_speed_mps")[0])
    assert column(decoded, "ev") == [-1.7]
    assert decoded.account.skipped == 0


def test_avata_writes_latitude_first_with_an_altitude_and_a_barometer_in_parentheses():
    body = "GPS(39.5,{lon},69.800) BAROMETER(91.2) HOME(39.25,{lon})"
    for lon, basis in ((116.5, "values"), (16.5, "writing")):
        decoded = read(subtitles(body.format(lon=lon)))
        assert (column(decoded, "lat"), column(decoded, "lon")) == ([39.5], [lon])
        assert decoded.facts["coordinate_order_basis"] == basis
        assert column(decoded, "satellites") == [None] and column(decoded, "gps_altitude_m") == [69.8]
        assert np.isnan(FORMAT.track(decoded).floats("height_m")).all()


def test_a_third_number_with_its_unit_means_latitude_first():
    decoded = read(subtitles("2031.08.07 20:10:01\nGPS(36.5,-6.25,0.0M) BAROMETER:97.7M"))
    assert (column(decoded, "lat"), column(decoded, "lon")) == ([36.5], [-6.25])
    assert decoded.facts["coordinate_order"] == "lat,lon" and decoded.facts["coordinate_order_basis"] == "writing"
    assert math.isnan(column(decoded, "gps_altitude_m")[0])
    assert not decoded.facts["barometer_is_height"]


def test_the_values_overrule_the_way_of_writing():
    decoded = read(subtitles("GPS(136.5,-6.25,0.0M) BAROMETER:97.7M"))
    assert (column(decoded, "lon"), column(decoded, "lat")) == ([136.5], [-6.25])
    assert "otherwise" in said(decoded)


def test_the_order_is_that_of_the_file_not_of_the_line():
    decoded = read(subtitles(*(MAVIC_PRO.format(lon=lon, lat=-12.25, n=1) for lon in (89.9, 89.99, 90.01))))
    assert column(decoded, "lon") == [89.9, 89.99, 90.01]


def test_bare_numbers_are_longitude_latitude_altitude():
    decoded = read(subtitles("-121.500000,37.250000,115.5", "-121.500001,37.250000,115.6"))
    assert column(decoded, "lat") == [37.25, 37.25] and column(decoded, "gps_altitude_m") == [115.5, 115.6]
    assert decoded.facts["dialects"] == ["bare tuple"]
    assert np.isnan(FORMAT.track(decoded).floats("altitude_m")).all()
    assert "kept as altitude in the table, not used in the track, because nothing says above what" in said(decoded)
    assert "taken as altitude" not in said(decoded)


def test_a_tuple_that_nothing_explains_is_said_to_be_a_guess():
    decoded = read(subtitles("GPS(10.5,20.25)"))
    assert decoded.facts["coordinate_order_basis"] == "assumed"
    assert "ambiguous" in said(decoded)


def test_matrice_writes_a_second_camera_after_a_lone_zero_and_a_blank_line():
    body = (
        '<font size="28">FrameCnt: 1, DiffTime: 33ms\n2031-12-04 16:36:51.746\n[iso: 150] [fnum: 2.8] [dzoom: 1.00]\n'
        "[latitude: 30.5] [longitude: 120.25] [rel_alt: -0.000 abs_alt: 17.337]\n"
        "[drone_speedx: 0.5 drone_speedy: -0.1 drone_speedz: 0.0]\n[drone_yaw: -19.8 drone_pitch: -3.3 drone_roll: 0.0]\n"
        "[gb_yaw: -3.6 gb_pitch: 0.0 gb_roll: 0.0]\n\n0\n[ae_meter_md : 0] [dzoom_ratio: 10000, delta:0]\n</font>"
    )
    decoded = read(subtitles(body, body))
    assert decoded.tables["cues"].num_rows == 2 and decoded.account.skipped == 0
    assert column(decoded, "yaw_deg") == [-19.8, -19.8] and column(decoded, "drone_speed_x_mps") == [0.5, 0.5]
    assert column(decoded, "delta") == [0.0, 0.0] or column(decoded, "dzoom_ratio_delta") == [0.0, 0.0]


def test_mavic_2_enterprise_names_the_family_of_its_angles_once():
    decoded = read(
        subtitles(
            "[latitude: -36.5] [longtitude: 74.25] [altitude: 28.736000] [Drone: Yaw:-146.0, Pitch:-0.6, Roll:1.3]"
        )
    )
    assert (column(decoded, "yaw_deg"), column(decoded, "pitch_deg"), column(decoded, "roll_deg")) == (
        [-146.0],
        [-0.6],
        [1.3],
    )


def test_keys_nobody_here_knows_become_columns_of_their_own():
    decoded = read(
        subtitles(
            "[latitude: 1.5] [longitude: 2.5] [shift x: 0.25, y: 0.50] [pp_target:0.0, 1.0] [eis: close] [ct: 5574, tint: 8]"
        )
    )
    assert column(decoded, "shift_x") == [0.25] and column(decoded, "shift_y") == [0.5]
    assert column(decoded, "pp_target") == ["0.0, 1.0"] and column(decoded, "eis") == ["close"]
    assert column(decoded, "ct_k") == [5574.0]
    assert decoded.account.skipped == 0


def test_zero_zero_is_no_fix_and_is_counted():
    decoded = read(
        subtitles(
            "[latitude: 0.000000] [longitude: 0.000000] [rel_alt: 0.4 abs_alt: 269.1]",
            "[latitude: 1.5] [longitude: 0.0]",
        )
    )
    assert [math.isnan(v) for v in column(decoded, "lat")] == [True, False]
    assert decoded.facts["no_fix"] == 1 and decoded.facts["positions"] == 1
    assert "no fix" in said(decoded)


def test_a_latitude_past_90_never_comes_out_even_where_it_has_a_name():
    decoded = read(subtitles("[latitude: 999] [longitude: -32.4]", "[latitude: 45.5] [longitude: -32.4]"))
    assert math.isnan(column(decoded, "lat")[0]) and decoded.facts["impossible_positions"] == 1


def test_impossible_positions_are_a_problem_at_the_first_of_them():
    good, bad = "[latitude: 45.5] [longitude: -32.4]", "[latitude: 45.5] [longitude: -180.5]"
    raw = subtitles(good, bad, "GPS(10.5,999.5,3)", good).encode()
    (problem,) = read(raw).problems
    what = "2 positions are on no place on Earth (latitude past 90 or longitude past 180): left out."
    assert problem.what == what and problem.length == 0
    assert raw[problem.offset :].startswith(b"2\n00:00:01")


def test_half_a_position_is_a_problem_of_its_own_and_not_called_impossible():
    raw = subtitles(
        "[latitude: 45.5] [longitude: -32.4]", "[latitude: 45.5] [iso: 1]", "[latitude: 4.5] [longitude: 3.5]"
    )
    decoded = read(raw)
    (problem,) = decoded.problems
    assert "lack their latitude or their longitude" in problem.what
    assert raw[problem.offset :].startswith("2\n00:00:01")
    assert (decoded.facts["impossible_positions"], decoded.facts["incomplete_positions"]) == (0, 1)
    assert math.isnan(column(decoded, "lat")[1])


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("first", [0, 1])
def test_byte_order_mark_line_ends_and_first_number_do_not_matter(line_end, mark, first):
    decoded = read(mark + subtitles(NEW.format(n=1), NEW.format(n=2), first=first, line_end=line_end))
    assert column(decoded, "index") == [first, first + 1]
    assert column(decoded, "lat") == [10.500001] * 2
    assert decoded.account.skipped == 0


def test_periods_before_the_milliseconds_are_read_too():
    decoded = read("1\n00:01:02.500 --> 00:01:03.5\n[latitude: 1.5] [longitude: 2.5]\n")
    assert column(decoded, "start_ms") == [62_500] and column(decoded, "end_ms") == [63_500]


def test_exposure_without_position_is_kept_but_is_no_track():
    decoded = read(subtitles("[iso : 100] [shutter : 1/240.0] [fnum : 280]"))
    assert decoded.tables["cues"].num_rows == 1
    assert FORMAT.track(decoded) is None
