"""Happenings of flights made up for it, each of which shows one thing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from groundside.model.happening import Happening, Limits, Series, Severity
from groundside.model.log import EVENT_KINDS, EVENTS, MESSAGES, PARAMETERS, Log, rows_of
from groundside.model.place import LonLat
from groundside.model.recording import TimeBasis
from groundside.model.track import Track
from groundside.produce.happenings.fences import outside
from groundside.produce.happenings.finding import happenings
from groundside.produce.happenings.kinds import KINDS
from groundside.produce.happenings.measured import measured
from groundside.produce.happenings.wind import STATED, wind_of
from groundside.produce.happenings.words import topic
from tests.builders import START_US, legs, places, track

HEIGHT = legs((10, 0), (16, 40), (60, 40), (40, 0), (10, 0))
IN_AIR = (HEIGHT > 0).tolist()


def at(seconds: float) -> int:
    return START_US + round(seconds * 1e6)


def hop(**columns: Any) -> Track:
    still = {"east": 0.0, "north": 0.0, "vn_mps": 0.0, "ve_mps": 0.0, "in_air": IN_AIR}
    return track(**({"height_m": HEIGHT, "vd_mps": -np.gradient(HEIGHT, 0.1)} | still | columns))


def log(events: Any = (), messages: Any = (), parameters: Any = ()) -> Log:
    return Log(
        TimeBasis.UTC_GNSS,
        parameters=rows_of(PARAMETERS, [(None, name, value, float("nan"), "") for name, value in parameters]),
        messages=rows_of(MESSAGES, [(at(s), severity, text, "") for s, severity, text in messages]),
        events=rows_of(EVENTS, [(at(s), kind, text, "EV.Id") for s, kind, text in events]),
    )


def grave(found: tuple[Happening, ...]) -> list[str]:
    return [one.kind for one in found if one.severity >= Severity.WARNING]


def the(found: tuple[Happening, ...], kind: str) -> Happening:
    (only,) = [one for one in found if one.kind == kind]
    return only


def series(quantity: str, values: Any, hz: float = 10.0) -> Series:
    rows = np.arange(len(values))
    return Series(
        quantity, START_US + (rows / hz * 1e6).astype(np.int64), np.asarray(values, float), "VIBE", "VibeX", rows
    )


def test_in_a_quiet_flight_nothing_happened():
    assert happenings(hop(), log(), "multirotor") == ()


def test_what_is_stated_to_last_reaches_to_its_end_and_has_both_rows_as_evidence():
    found = happenings(hop(), log([(30, "link_lost", "Gone"), (45, "link_regained", "Back")]))
    one = the(found, "link_lost")
    assert (one.start_us, one.end_us, one.severity) == (at(30), at(45), Severity.WARNING)
    assert [(e.table, e.first_row, e.end_row, e.says) for e in one.evidence] == [
        ("events", 0, 1, "Gone"),
        ("events", 1, 2, "Back"),
    ]
    assert one.evidence[0].origin == "EV.Id"
    assert one.sentence == "The link was lost: Gone."


def test_what_was_not_over_when_the_recording_ended_has_no_end():
    assert the(happenings(hop(), log([(30, "link_lost", "")])), "link_lost").end_us is None


def test_a_link_lost_on_the_ground_is_a_notice_and_so_is_what_is_over_in_a_moment():
    ground = log([(2, "link_lost", ""), (6, "link_regained", "")])
    brief = log([(30, "link_lost", ""), (30.2, "link_regained", "")])
    assert grave(happenings(hop(), ground)) == grave(happenings(hop(), brief)) == []
    assert the(happenings(hop(), ground), "link_lost").severity is Severity.NOTICE


def test_it_happened_where_the_aircraft_was():
    east = legs((10, 0), (16, 0), (60, 480), (50, 480))
    found = happenings(hop(east=east), log([(56, "battery_low", "")]))
    lon, lat = places(240.0, 0.0)
    place = the(found, "battery_low").place
    assert place is not None
    assert (place.lon, place.lat) == (pytest.approx(float(lon), abs=1e-6), pytest.approx(float(lat), abs=1e-6))


def test_what_log_and_words_and_track_tell_is_one_happening_with_all_evidence():
    link = np.full(len(HEIGHT), 80.0)
    link[320:450] = 0.0
    said = log(
        [(31, "link_lost", "Gone"), (45, "link_regained", "")],
        [(31.5, 4, "GCS Failsafe"), (46, 4, "GCS Failsafe Cleared")],
    )
    one = the(happenings(hop(link_percent=link), said), "link_lost")
    assert (one.start_us, one.end_us) == (at(31), at(46))
    assert {e.table for e in one.evidence} == {"events", "messages", "track"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Crash: Disarming: AngErr=65>30, Accel=0.6<3.0", "crash"),
        ("EKF variance", "estimator"),
        ("EKF3 lane switch 1", "estimator"),
        ("GPS Glitch or Compass error", "gnss_lost"),
        ("Compass error", "compass"),
        ("Vibration compensation ON", "vibration"),
        ("Potential Thrust Loss (3)", "motor"),
        ("Battery 1 is low 21.95V used 3310 mAh", "battery_low"),
        ("Critical battery level!", "battery_critical"),
        ("Radio Failsafe", "link_lost"),
        ("Failsafe. Long event on: type=2/reason=3", "link_lost"),
        ("Fence Breached", "geofence"),
        ("Parachute: Released", "emergency"),
    ],
)
def test_words_of_autopilots_are_understood(text: str, kind: str):
    found = topic(text)
    assert found is not None
    assert (found.kind, found.over) == (kind, False)


@pytest.mark.parametrize(
    "text", ["PreArm: Compass not calibrated", "Arm: Battery 1 low", "Mission: 3 WP", "Arming motors", ""]
)
def test_words_of_every_flight_tell_of_nothing(text: str):
    assert topic(text) is None


def test_what_is_said_to_be_over_ends_what_was_said_to_begin():
    said = log(messages=[(30, 4, "Vibration compensation ON"), (40, 4, "Vibration compensation OFF")])
    one = the(happenings(hop(), said), "vibration")
    assert (one.start_us, one.end_us) == (at(30), at(40))


def test_a_text_of_high_severity_that_nobody_knows_is_a_notice_and_one_that_says_fail_a_warning():
    found = happenings(hop(), log(messages=[(30, 1, "Initialising APM..."), (40, 3, "Accel #0 fail:  TIMEOUT!")]))
    assert [(one.kind, one.severity) for one in found] == [("message", Severity.NOTICE), ("error", Severity.WARNING)]


def test_a_fix_lost_in_the_air_is_seen_and_one_not_yet_found_on_the_ground_is_not():
    fix = np.full(len(HEIGHT), 3)
    fix[:50], fix[400:520] = 0, 1
    one = the(happenings(hop(fix=fix.tolist())), "gnss_lost")
    assert (one.start_us, one.end_us) == (at(40), at(52))
    assert one.evidence[0].table == "track"
    assert (one.evidence[0].first_row, one.evidence[0].end_row) == (400, 520)


def test_a_charge_below_the_usual_thresholds_is_seen_and_a_gauge_that_is_not_there_is_not():
    percent = legs((136, 2), start=40.0)
    found = happenings(hop(battery_percent=percent, battery_percent_2=0.0))
    assert grave(found) == ["battery_low", "battery_critical"]
    assert the(found, "battery_critical").severity is Severity.CRITICAL
    assert "BAT_CRIT_THR" in the(found, "battery_critical").sources[0].where


@pytest.mark.parametrize(("speed_mps", "severity"), [(0.7, None), (2.5, Severity.WARNING), (4.0, Severity.CRITICAL)])
@pytest.mark.parametrize("with_speed", [True, False])
def test_a_landing_is_hard_by_its_speed_down(speed_mps: float, severity: Severity | None, with_speed: bool):
    height = legs((10, 0), (10, 25), (20, 25), (10, 2 * speed_mps), (2, 0), (10, 0))
    down = -np.gradient(height, 0.1) if with_speed else np.nan
    found = [
        h
        for h in happenings(hop(height_m=height, vd_mps=down, in_air=(height > 0).tolist()))
        if h.kind == "hard_landing"
    ]
    assert [h.severity for h in found] == ([] if severity is None else [severity])
    assert all(h.value == pytest.approx(speed_mps, rel=0.1) for h in found)


def test_limits_of_height_distance_and_fence_are_compared_with_when_given():
    east = legs((26, 0), (30, 300), (30, 0), (50, 0))
    corners = [places(x, y) for x, y in ((-50, -50), (200, -50), (200, 50), (-50, 50))]
    fence = tuple(LonLat(float(lon), float(lat)) for lon, lat in corners)
    of = hop(east=east)
    assert grave(happenings(of)) == []
    found = happenings(of, limits=Limits(max_height_m=30.0, max_range_m=250.0, fence=fence))
    assert sorted(grave(found)) == ["geofence", "height_limit", "range_limit"]
    assert the(found, "height_limit").value == pytest.approx(40.0)
    assert the(found, "geofence").start_us == pytest.approx(at(46), abs=200_000)
    assert the(found, "geofence").end_us == pytest.approx(at(66), abs=200_000)
    assert grave(happenings(of, limits=Limits(max_height_m=41.0, max_range_m=310.0))) == []


def test_a_fence_across_the_date_line_is_one():
    fence = (LonLat(179.9, 10), LonLat(-179.9, 10), LonLat(-179.9, 11), LonLat(179.9, 11))
    lon, lat = np.array([179.95, -179.95, 179.5, np.nan]), np.array([10.5, 10.5, 10.5, np.nan])
    assert outside(fence, lon, lat).tolist() == [False, False, True, False]
    assert not outside(fence[:2], lon, lat).any()


def test_vibration_above_what_ardupilot_calls_acceptable_is_a_warning_and_twice_that_critical():
    values = legs((30, 12), (0.1, 40), (5, 40), (0.1, 12), (20, 12), (0.1, 65), (3, 65), (0.1, 12), (40, 12))
    found = happenings(hop(), series=(series("vibration_mps2", values),))
    assert [(one.kind, one.severity) for one in found] == [
        ("vibration", Severity.WARNING),
        ("vibration", Severity.CRITICAL),
    ]
    assert found[0].value == pytest.approx(40.0)
    assert found[0].evidence[0].table == "VIBE"
    assert values[found[0].evidence[0].first_row : found[0].evidence[0].end_row].min() > 30


def test_a_single_peak_of_vibration_is_nothing_and_vibration_on_the_ground_a_notice():
    peak, ground = np.full(1300, 12.0), np.full(1300, 12.0)
    peak[600:605], ground[10:60] = 50.0, 50.0
    assert happenings(hop(), series=(series("vibration_mps2", peak),)) == ()
    assert [one.severity for one in happenings(hop(), series=(series("vibration_mps2", ground),))] == [Severity.NOTICE]


def test_clips_are_counted_in_the_air_and_many_are_a_warning():
    few, many = np.zeros(1300), np.zeros(1300)
    few[600:], many[600:900] = 5.0, np.arange(300)
    many[900:] = 299.0
    assert the(happenings(hop(), series=(series("clips", few),)), "clipping").severity is Severity.NOTICE
    one = the(happenings(hop(), series=(series("clips", many),)), "clipping")
    assert (one.severity, one.value) == (Severity.WARNING, 299.0)


def test_what_the_filter_rejects_is_a_warning_with_the_ratio():
    ratio = np.full(1300, 0.2)
    ratio[500:540] = 1.8
    found = happenings(hop(), series=(series("velocity_ratio", ratio), series("compass_ratio", ratio)))
    assert [(one.kind, one.value) for one in found] == [("compass", 1.8), ("estimator", 1.8)]


def test_a_return_right_after_the_link_was_lost_is_a_failsafe_and_one_without_a_cause_is_not():
    mode = ["Auto"] * 350 + ["RTL"] * (len(HEIGHT) - 350)
    found = happenings(hop(mode=mode), log([(31, "link_lost", "")]))
    assert the(found, "failsafe").sentence == "The mode became RTL 4 s after the link was lost."
    assert happenings(hop(mode=mode)) == ()


def test_leaning_further_than_the_autopilot_is_set_to_allow_is_a_notice():
    roll = np.zeros(len(HEIGHT))
    roll[400:410] = 41.0
    one = the(happenings(hop(roll_deg=roll), log(parameters=[("ANGLE_MAX", 3500.0)]), "multirotor"), "lean")
    assert (one.value, one.severity) == (41.0, Severity.NOTICE)
    assert happenings(hop(roll_deg=roll), log(), "multirotor") == ()


def test_a_recording_that_ends_in_the_air_says_so():
    of = hop()
    short = Track(of.table.slice(0, 600), of.time_basis, of.time_error_s)
    assert the(happenings(short), "cut_short").evidence[0].first_row == 599


def test_quantities_are_taken_from_tables_of_each_kind_of_autopilot_on_the_clock_of_the_track():
    tables = {
        "VIBE[1]": pa.table({"TimeUS": [2_000_000, 1_000_000], "VibeX": [1.0, 2.0], "VibeY": [9.0, 1.0], "VibeZ": [3.0, 3.0], "Clip": [4, 3]}),
        "VIBRATION": pa.table({"time_us": [5], **{f"vibration_{a}": [7.0] for a in "xyz"}, **{f"clipping_{n}": [n] for n in range(3)}}),
        "EKF4": pa.table({"TimeMS": [3], "SV": [0.5], "SP": [0.1], "SH": [0.2], "SMX": [0.1], "SMY": [1.5], "SMZ": [0.3]}),
        "WIND": pa.table({"time_us": [9], "direction": [90.0], "speed": [5.0]}),
        "GPS": pa.table({"TimeUS": [1]}),
    }  # fmt: skip
    found = {(s.table, s.quantity): s for s in measured(tables, 100)}
    vibe = found["VIBE[1]", "vibration_mps2"]
    assert (vibe.time_us.tolist(), vibe.values.tolist(), vibe.source_rows.tolist()) == (
        [1_000_100, 2_000_100],
        [3.0, 9.0],
        [1, 0],
    )
    assert found["VIBRATION", "clips"].values.tolist() == [3.0]
    assert found["EKF4", "compass_ratio"].values.tolist() == [1.5]
    assert found["EKF4", "velocity_ratio"].time_us.tolist() == [3100]
    assert found["WIND", "wind_east_mps"].values == pytest.approx([-5.0])
    assert not any(table == "GPS" for table, _ in found)


def test_every_kind_of_event_that_logs_have_is_known():
    endings = {"gnss_regained", "link_regained", "failsafe_cleared"}
    assert {*EVENT_KINDS} - endings <= {*KINDS}


def circling(wind_east_mps: float, airspeed_mps: float = 16.0) -> Track:
    height = legs((10, 0), (20, 60), (120, 60), (30, 0), (10, 0))
    yaw = np.radians(legs((30, 0), (120, 4 * 360.0), (40, 4 * 360.0)))
    air = height > 0
    ve, vn = (airspeed_mps * np.sin(yaw) + wind_east_mps) * air, airspeed_mps * np.cos(yaw) * air
    return track(
        height_m=height,
        ve_mps=ve,
        vn_mps=vn,
        yaw_deg=np.degrees(yaw) % 360.0,
        east=np.cumsum(ve) / 10,
        north=np.cumsum(vn) / 10,
    )


def test_turns_on_a_wing_tell_the_wind_and_rotors_do_not():
    wind = wind_of(circling(5.0), "plane")
    assert wind is not None
    assert (wind.speed_mps, wind.from_deg) == (pytest.approx(5.0, abs=0.05), pytest.approx(270.0, abs=1.0))
    assert wind.sources[0].url.startswith("https://doi.org/")
    assert wind_of(circling(5.0), "multirotor") is None


def test_a_straight_flight_does_not_tell_the_wind():
    height = legs((10, 0), (10, 60), (100, 60), (20, 0), (10, 0))
    vn = np.where(height > 0, 16.0, 0.0)
    of = track(height_m=height, vn_mps=vn, ve_mps=0.0, yaw_deg=0.0, north=np.cumsum(vn) / 10, east=0.0)
    assert wind_of(of, "plane") is None


def test_a_wind_that_the_log_states_counts_before_any_other_and_zeros_are_none():
    north, east = (series(f"wind_{way}_mps", np.full(1300, value)) for way, value in (("north", -3.0), ("east", 0.0)))
    wind = wind_of(circling(5.0), "plane", (north, east))
    assert wind is not None
    assert (wind.basis, wind.speed_mps, wind.from_deg) == (STATED, pytest.approx(3.0), pytest.approx(0.0))
    nothing = tuple(series(f"wind_{way}_mps", np.zeros(1300)) for way in ("north", "east"))
    assert wind_of(hop(), "multirotor", nothing) is None
