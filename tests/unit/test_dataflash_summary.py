"""Clock, vehicle, home and track: what a log is about."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from groundside.decode.formats.dataflash import FORMAT
from groundside.model.place import LonLat
from groundside.model.recording import TimeBasis
from groundside.model.table import origin_of
from groundside.produce.flight.cut import cut
from groundside.reference.ardupilot import MODES
from tests.dataflash_builder import LogBuilder, decoded, track_table, with_gps

WEEK_2000 = 1_525_564_782_000_000
"""Start of GPS week 2000: 2018-05-06 00:00:00 on the GPS scale, 18 s earlier in UTC."""


def rounded(table: pa.Table, name: str, digits: int = 6) -> list[float | None]:
    values = table[name].to_pylist()
    return [None if v is None or (isinstance(v, float) and math.isnan(v)) else round(v, digits) for v in values]


def attitude(log: LogBuilder, *rows: tuple[int, float]) -> LogBuilder:
    log.define("ATT", "Qfff", "TimeUS,Roll,Pitch,Yaw")
    for time_us, yaw in rows:
        log.add("ATT", time_us, 1.0, -2.0, yaw)
    return log


def test_utc_comes_from_satellite_time_less_the_leap_seconds():
    log = LogBuilder().define("MSG", "QZ", "TimeUS,Message").add("MSG", 9_000_000, "hello")
    recording = FORMAT.recording(decoded(with_gps(log)))
    assert recording.time_basis is TimeBasis.UTC_GNSS
    assert recording.start_us == WEEK_2000 - 1_000_000
    assert recording.duration_s == 1.8
    assert recording.time_error_s == pytest.approx(0.22)


def test_without_a_three_dimensional_fix_utc_is_unknown():
    result = decoded(with_gps(LogBuilder(), status=2))
    recording, track = FORMAT.recording(result), FORMAT.track(result)
    assert (recording.time_basis, recording.start_us, recording.time_error_s) == (TimeBasis.BOOT, None, None)
    assert track is not None
    assert track.time_us.tolist()[0] == 10_000_000
    assert any("UTC is unknown" in text for text in recording.inferences)


def test_week_zero_is_no_week():
    assert FORMAT.recording(decoded(with_gps(LogBuilder(), week=0))).time_basis is TimeBasis.BOOT


def test_a_week_reduced_modulo_1024_is_put_right_and_stated():
    recording = FORMAT.recording(decoded(with_gps(LogBuilder(), week=2000 - 1024)))
    assert recording.start_us == WEEK_2000
    assert any("modulo 1024" in text for text in recording.inferences)


def test_a_few_fixes_with_the_wrong_time_do_not_move_the_clock_but_are_stated():
    log = with_gps(LogBuilder(), rows=20)
    log.add("GPS", 14_000_000, 3, 500_000_000, 2000, 12, 500_000_020, 10_000_000, 100.0, 5.0, 90.0, -1.0)
    result = decoded(log)
    assert FORMAT.recording(result).start_us == WEEK_2000
    assert any("1 of 21 fixes of GPS disagree" in p.what for p in result.problems)


def test_where_fixes_disagree_on_the_time_the_error_is_as_large_as_they_are_apart():
    log = with_gps(LogBuilder(), rows=10)
    for n in range(10):
        log.add("GPS", 12_000_000 + n, 3, 60_000 + n, 2000, 12, 500_000_000, 10_000_000, 100.0, 5.0, 90.0, -1.0)
    assert (FORMAT.recording(decoded(log)).time_error_s or 0) > 20


def test_old_logs_count_milliseconds_and_keep_the_boot_time_of_a_fix_in_a_column_of_its_own():
    log = LogBuilder().define("GPS", "BIHBLLeeI", "Status,TimeMS,Week,NSats,Lat,Lng,RelAlt,Alt,T")
    log.define("IMU", "If", "TimeMS,AccX").add("IMU", 4_000, 0.0)
    for n in range(3):
        log.add("GPS", 3, 18_000 + n * 200, 2000, 9, 500_000_000, 10_000_000, 150, 10_000, 5_000 + n * 200)
    result = decoded(log)
    assert FORMAT.recording(result).start_us == WEEK_2000 + 18_000_000 - 1_000_000
    assert rounded(track_table(result), "height_m") == [1.5, 1.5, 1.5]
    assert origin_of(track_table(result), "height_m").startswith("GPS.RelAlt")


def test_a_millisecond_clock_that_wraps_goes_on_counting_in_every_table():
    log = LogBuilder().define("IMU", "If", "TimeMS,AccX").define("BARO", "If", "TimeMS,Alt")
    for n in range(4):
        log.add("IMU", (2**32 - 1_000 + n * 500) % 2**32, 0.0)
    log.add("BARO", 700, 1.0)
    recording = FORMAT.recording(decoded(log))
    assert recording.duration_s == 1.7


def test_a_single_damaged_time_does_not_lengthen_the_recording():
    log = LogBuilder().define("IMU", "Qf", "TimeUS,AccX")
    for n in range(10):
        log.add("IMU", 2**45 if n == 5 else 1_000_000 + n * 100_000, 0.0)
    result = decoded(log)
    assert FORMAT.recording(result).duration_s == 0.9
    assert any("1 records state a time that cannot be" in p.what for p in result.problems)


def test_a_clock_that_starts_again_is_a_problem_with_its_place():
    log = LogBuilder().define("IMU", "Qf", "TimeUS,AccX")
    for time_us in (50_000_000, 50_100_000, 1_000_000, 1_100_000):
        log.add("IMU", time_us, 0.0)
    problems = decoded(log).problems
    assert [(p.offset, p.what) for p in problems] == [
        (len(log.bytes) - 30, "The boot clock goes back by more than a second.")
    ]


def test_events_without_a_clock_take_the_time_of_the_record_before_them():
    log = with_gps(LogBuilder().define("EV", "B", "Id").define("MODE", "Mh", "Mode,ThrCrs"), rows=2)
    log.add("EV", 10).add("MODE", 5, 0)
    for n in (2, 3):
        log.add(
            "GPS",
            10_000_000 + n * 200_000,
            3,
            n * 200,
            2000,
            9,
            500_000_000,
            10_000_000,
            100.0,
            0.0,
            0.0,
            0.0,
        )
    track = track_table(decoded(log))
    assert track["armed"].to_pylist() == [False, True, True, True]
    assert track["mode"].to_pylist() == [None, "mode 5", "mode 5", "mode 5"]


def test_firmware_board_and_kind_are_read_from_what_the_log_says():
    log = LogBuilder().define("MSG", "QZ", "TimeUS,Message")
    for text in (
        "ArduCopter V4.5.7 (abcd1234)",
        "ChibiOS: 12345678",
        "CubeX 00112233 44556677 8899AABB",
        "Frame: HEXA/X",
    ):
        log.add("MSG", 1, text)
    aircraft = FORMAT.recording(decoded(log)).aircraft
    assert (aircraft.firmware, aircraft.kind) == ("ArduCopter V4.5.7 (abcd1234)", "multirotor")
    assert aircraft.serial == "00112233 44556677 8899AABB"
    assert decoded(log).facts["board"] == "CubeX"


@pytest.mark.parametrize(
    ("text", "parameters", "kind"),
    [
        ("ArduPlane V4.3.0 (1)", {}, "plane"),
        ("ArduPlane V4.3.0 (1)", {"Q_ENABLE": 1.0}, "vtol"),
        ("APM:Copter V3.2 (1)", {}, "multirotor"),
        ("ArduCopter V4.3.0 (1)", {"FRAME_CLASS": 6.0}, ""),
        ("APMrover2 V3.1 (1)", {}, "rover"),
        ("hello", {"SYSID_SW_TYPE": 20.0}, "rover"),
        ("hello", {}, ""),
    ],
)
def test_the_kind_of_aircraft_follows_firmware_and_parameters(text: str, parameters: dict[str, float], kind: str):
    log = LogBuilder().define("MSG", "QZ", "TimeUS,Message").add("MSG", 1, text)
    log.define("PARM", "QNf", "TimeUS,Name,Value")
    for name, value in parameters.items():
        log.add("PARM", 1, name, value)
    assert FORMAT.recording(decoded(log)).aircraft.kind == kind


@pytest.mark.peer
@pytest.mark.parametrize("kind", ["copter", "plane", "rover", "sub"])
def test_modes_have_the_numbers_that_pymavlink_gives_them(kind: str):
    from pymavlink import mavutil

    theirs = {
        "copter": mavutil.mode_mapping_acm,
        "plane": mavutil.mode_mapping_apm,
        "rover": mavutil.mode_mapping_rover,
        "sub": mavutil.mode_mapping_sub,
    }[kind]

    def plain(name: str) -> str:
        return name.upper().replace("_", "").replace(" ", "")

    assert {n: plain(m) for n, m in MODES[kind].items()} == {n: plain(m) for n, m in theirs.items()}


def home(log: LogBuilder) -> LonLat | None:
    return FORMAT.recording(decoded(log)).home


def test_home_is_where_the_autopilot_held_it_when_first_armed():
    log = with_gps(LogBuilder()).define("ORGN", "QBLLe", "TimeUS,Type,Lat,Lng,Alt").define("EV", "QB", "TimeUS,Id")
    log.add("ORGN", 10_000_000, 0, 1, 1, 0).add("ORGN", 10_000_000, 1, 10_000_000, 20_000_000, 0)
    log.add("ORGN", 10_500_000, 1, 30_000_000, 40_000_000, 0).add("EV", 10_400_000, 10)
    log.add("ORGN", 90_000_000, 1, 50_000_000, 60_000_000, 0)
    assert home(log) == LonLat(4.0, 3.0)


def test_home_is_mission_item_zero_where_nothing_better_is_said():
    log = with_gps(LogBuilder()).define("CMD", "QHHLL", "TimeUS,CTot,CNum,Lat,Lng")
    assert home(log.add("CMD", 1, 2, 1, 1, 1).add("CMD", 1, 2, 0, 10_000_000, 20_000_000)) == LonLat(2.0, 1.0)


def test_home_is_the_first_fix_once_armed_or_the_first_fix_at_all():
    log = with_gps(LogBuilder())
    assert home(log) == LonLat(1.0, 50.0)
    log.define("EV", "QB", "TimeUS,Id").add("EV", 10_300_000, 10)
    assert home(log) == LonLat(1.0, 50.0000002)


def test_zero_zero_is_no_home():
    log = LogBuilder().define("ORGN", "QBLLe", "TimeUS,Type,Lat,Lng,Alt").add("ORGN", 5, 1, 0, 0, 0)
    assert home(log) is None


def test_the_track_prefers_the_estimate_that_flies_the_vehicle():
    log = with_gps(LogBuilder()).define("POS", "QLLfff", "TimeUS,Lat,Lng,Alt,RelHomeAlt,RelOriginAlt")
    for n in range(3):
        log.add("POS", 10_100_000 + n * 100_000, 510_000_000, 20_000_000, 120.0, 20.0 + n, 19.0)
    track = track_table(decoded(log))
    assert (origin_of(track, "lon"), origin_of(track, "height_m")) == (
        "POS.Lng",
        "POS.RelHomeAlt, above home",
    )
    assert rounded(track, "lat") == [51.0] * 3
    assert rounded(track, "height_m") == [20.0, 21.0, 22.0]
    assert rounded(track, "altitude_m") == [120.0] * 3
    assert track["time_us"].to_pylist() == [WEEK_2000 + 100_000 * n for n in (1, 2, 3)]
    assert rounded(track, "ve_mps") == [5.0] * 3
    assert rounded(track, "vd_mps") == [-1.0] * 3


def test_rows_without_a_fix_are_kept_without_a_position():
    log = with_gps(LogBuilder(), rows=3)
    log.add("GPS", 11_000_000, 1, 0, 0, 2, 500_000_000, 10_000_000, 100.0, 0.0, 0.0, 0.0)
    track = track_table(decoded(log))
    assert rounded(track, "lon") == [1.0, 1.0, 1.0, None]
    assert track["fix"].to_pylist() == [3, 3, 3, 0]
    assert track["satellites"].to_pylist() == [12, 12, 12, 2]


def test_a_receiver_that_has_fixes_is_chosen_over_one_that_has_none():
    log = (
        LogBuilder()
        .define("GPS", "QBBIHBLLf", "TimeUS,I,Status,GMS,GWk,NSats,Lat,Lng,Alt")
        .units("GPS", "s#-------", "F--------")
    )
    for n in range(3):
        log.add("GPS", 10_000_000 + n, 0, 1, 0, 0, 0, 0, 0, 0.0)
        log.add("GPS", 10_000_000 + n, 1, 3, 18_000, 2000, 9, 500_000_000, 10_000_000, 1.0)
    assert origin_of(track_table(decoded(log)), "lat") == "GPS[1].Lat"


def test_headings_are_interpolated_the_short_way_across_north():
    log = attitude(with_gps(LogBuilder(), rows=3), (10_100_000, 350.0), (10_300_000, 10.0))
    track = track_table(decoded(log))
    assert rounded(track, "yaw_deg") == [None, 0.0, None]
    assert rounded(track, "roll_deg") == [None, 1.0, None]
    assert rounded(track, "pitch_deg") == [None, -2.0, None]
    assert "ATT.Yaw, interpolated" in origin_of(track, "yaw_deg")


def test_nothing_is_interpolated_across_more_than_two_seconds():
    log = attitude(
        with_gps(LogBuilder(), rows=6, step_us=1_000_000),
        (10_000_000, 10.0),
        (12_000_000, 30.0),
        (15_000_000, 60.0),
    )
    assert rounded(track_table(decoded(log)), "yaw_deg") == [10.0, 20.0, 30.0, None, None, 60.0]


def test_both_batteries_are_kept():
    log = with_gps(LogBuilder(), rows=2).define("BAT", "QBfffcB", "TimeUS,Inst,Volt,Curr,CurrTot,Temp,RemPct")
    log.units("BAT", "s#v----", "F------")
    for time_us in (10_000_000, 10_200_000):
        log.add("BAT", time_us, 0, 16.0, 10.0, 100.0, 0, 80).add("BAT", time_us, 1, 22.0, 20.0, 0.0, 3150, 255)
    result = decoded(log)
    track = track_table(result)
    assert [rounded(track, f"battery_{c}")[0] for c in ("voltage_v", "current_a", "percent")] == [
        16.0,
        10.0,
        80.0,
    ]
    assert [rounded(track, f"battery_{c}_2")[0] for c in ("voltage_v", "current_a", "temperature_c")] == [
        22.0,
        20.0,
        31.5,
    ]
    assert rounded(track, "battery_percent_2") == rounded(track, "battery_temperature_c") == [None, None]
    assert [battery.slot for battery in FORMAT.recording(result).batteries] == [1, 2]


def test_whole_numbers_of_old_current_records_are_hundredths():
    log = with_gps(LogBuilder(), rows=2).define("CURR", "QhhfH", "TimeUS,Volt,Curr,CurrTot,Volt2")
    log.define("PARM", "QNf", "TimeUS,Name,Value").add("PARM", 1, "BATT_CAPACITY", 1000.0)
    log.add("CURR", 10_000_000, 1660, 1234, 250.0, 1111).add("CURR", 10_200_000, 1660, 1234, 250.0, 1111)
    track = track_table(decoded(log))
    assert rounded(track, "battery_voltage_v") == [16.6, 16.6]
    assert rounded(track, "battery_current_a") == [12.34, 12.34]
    assert rounded(track, "battery_percent") == [75.0, 75.0]
    assert rounded(track, "battery_voltage_v_2") == [11.11, 11.11]
    assert "BATT_CAPACITY" in origin_of(track, "battery_percent")


def test_modes_armed_and_in_air_hold_until_the_next_record():
    log = with_gps(LogBuilder(), rows=5)
    log.define("MSG", "QZ", "TimeUS,Message").add("MSG", 10_000_000, "ArduCopter V4.0.0 (1)")
    log.define("MODE", "QMBB", "TimeUS,Mode,ModeNum,Rsn").add("MODE", 10_100_000, 5, 5, 1).add(
        "MODE", 10_500_000, 99, 99, 1
    )
    log.define("EV", "QB", "TimeUS,Id")
    for time_us, event in ((10_100_000, 10), (10_300_000, 28), (10_500_000, 18), (10_700_000, 11)):
        log.add("EV", time_us, event)
    track = track_table(decoded(log))
    assert track["mode"].to_pylist() == [None, "Loiter", "Loiter", "mode 99", "mode 99"]
    assert track["armed"].to_pylist() == [False, True, True, True, False]
    assert track["in_air"].to_pylist() == [False, False, True, False, False]


def test_a_landing_after_which_the_log_paused_is_a_row_of_its_own_and_ends_the_flight():
    """A log pauses while disarmed: the landing lies between the last position before the pause and the next after it."""
    log = LogBuilder().define("EV", "QB", "TimeUS,Id").define("POS", "QLLff", "TimeUS,Lat,Lng,Alt,RelHomeAlt")
    log.add("EV", 10_500_000, 10).add("EV", 11_000_000, 28)
    for tenth in range(100, 300):
        log.add("POS", tenth * 100_000, 100_000_000 + tenth, 80_000_000, 100.0, min(tenth - 100, 300 - tenth) / 10)
    log.add("EV", 29_950_000, 18).add("EV", 29_960_000, 11)
    log.add("EV", 600_000_000, 10).add("EV", 605_000_000, 28)
    for tenth in range(6_020, 6_200):
        log.add("POS", tenth * 100_000, 100_000_000, 80_000_000, 100.0, max(0, min(tenth - 6_050, 6_190 - tenth)) / 10)
    log.add("EV", 619_000_000, 18)
    result = decoded(log)
    table = track_table(result)
    paused = [
        (t, a)
        for t, a in zip(table["time_us"].to_pylist(), table["in_air"].to_pylist(), strict=True)
        if 29_900_000 < t < 602_000_000
    ]
    assert paused == [(29_950_000, False), (29_960_000, False), (600_000_000, False)]
    assert all(math.isnan(table["lon"][i].as_py()) for i in range(200, 203))
    track = FORMAT.track(result)
    flights = cut(FORMAT.recording(result), track)
    assert [round(f.airborne_s or 0, 1) for f in flights] == pytest.approx([18.9, 13.9], abs=0.2)


def test_a_gimbal_is_given_from_north_and_from_the_horizon():
    log = with_gps(LogBuilder(), rows=2).define("MNT", "QBfffff", "TimeUS,I,Roll,Pitch,DesPitch,YawB,YawE")
    log.add("MNT", 10_000_000, 0, 0.0, -90.0, 0.0, 5.0, -170.0).add("MNT", 10_200_000, 0, 0.0, -80.0, 0.0, 5.0, -170.0)
    track = track_table(decoded(log))
    assert rounded(track, "gimbal_pitch_deg") == [-90.0, -80.0]
    assert rounded(track, "gimbal_yaw_deg") == [190.0, 190.0]


def test_the_velocity_is_that_of_the_core_in_use():
    log = with_gps(LogBuilder(), rows=2).define("XKF1", "QBfff", "TimeUS,C,VN,VE,VD").units("XKF1", "s#---", "F----")
    log.define("XKF4", "QBb", "TimeUS,C,PI").units("XKF4", "s#-", "F--")
    for time_us in (10_000_000, 10_200_000):
        log.add("XKF1", time_us, 0, 1.0, 1.0, 1.0).add("XKF1", time_us, 1, 2.0, 3.0, 4.0).add("XKF4", time_us, 0, 1)
    track = track_table(decoded(log))
    assert [rounded(track, f"v{axis}_mps")[0] for axis in "ned"] == [2.0, 3.0, 4.0]
    assert origin_of(track, "vn_mps").startswith("XKF1[1].VN")


@pytest.mark.parametrize(("kind", "expected"), [(3.0, [50.0, 50.0]), (0.0, [None, None])])
def test_receiver_strength_counts_only_where_it_is_measured(kind: float, expected: list[float | None]):
    log = (
        with_gps(LogBuilder(), rows=2).define("RSSI", "Qf", "TimeUS,RXRSSI").define("PARM", "QNf", "TimeUS,Name,Value")
    )
    log.add("PARM", 1, "RSSI_TYPE", kind).add("RSSI", 10_000_000, 0.5).add("RSSI", 10_200_000, 0.5)
    assert rounded(track_table(decoded(log)), "link_percent") == expected


def test_height_without_any_source_above_home_is_altitude_less_its_start():
    log = LogBuilder().define("GPS", "QBIHBLLf", "TimeUS,Status,GMS,GWk,NSats,Lat,Lng,Alt")
    for n in range(3):
        log.add("GPS", 10_000_000 + n, 3, n, 2000, 9, 500_000_000, 10_000_000, 100.0 + n)
    track = track_table(decoded(log))
    assert rounded(track, "height_m") == [0.0, 1.0, 2.0]
    assert "less its value" in origin_of(track, "height_m")


def test_times_of_a_track_always_increase():
    log = LogBuilder().define("GPS", "QBIHBLLf", "TimeUS,Status,GMS,GWk,NSats,Lat,Lng,Alt")
    for time_us in (10, 30, 20, 30, 40):
        log.add("GPS", 10_000_000 + time_us, 3, 0, 2000, 9, 500_000_000, 10_000_000, 100.0)
    track = FORMAT.track(decoded(log))
    assert track is not None
    assert (np.diff(track.time_us) > 0).all()
    assert len(track.time_us) == 4


def test_a_log_without_positions_has_no_track():
    log = attitude(LogBuilder(), (1, 0.0), (2, 0.0))
    assert FORMAT.track(decoded(log)) is None
