"""Phases of flights made up for it, each of which shows one thing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from groundside.model.happening import Phase, PhaseSpan
from groundside.model.track import Track
from groundside.produce.flight.phases import phases_of
from tests.builders import legs, track

HOP_S = (10.0, 10.0, 40.0, 20.0, 10.0)


def told(of: Track, kind: str = "multirotor") -> list[str]:
    return [span.phase.value for span in phases_of(of, kind)]


def seconds(spans: tuple[PhaseSpan, ...], phase: Phase) -> float:
    return sum(span.seconds for span in spans if span.phase is phase)


def hop(height_m: float = 40.0, **columns) -> Track:
    height = legs((10, 0), (height_m / 2.5, height_m), (30, height_m), (height_m / 2.0, 0), (10, 0))
    down = -np.gradient(height, 0.1)
    still = {"east": 0.0, "north": 0.0, "vn_mps": 0.0, "ve_mps": 0.0}
    return track(height_m=height, vd_mps=down, **(still | columns))


def path(*corners: tuple[float, float], speed_mps: float = 8.0, height_m: float = 40.0, mode: str = "") -> Track:
    """Up to a height, along straight lines from (0, 0) and back there, and down."""
    points = np.array([(0.0, 0.0), *corners, (0.0, 0.0)])
    times = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T) / speed_mps)])
    at = np.arange(0.0, times[-1], 0.1)
    up, down = int(height_m / 2.5 * 10), int(height_m / 2.0 * 10)
    east, north = (
        np.concatenate([np.zeros(100 + up), np.interp(at, times, points[:, axis]), np.zeros(down + 100)])
        for axis in (0, 1)
    )
    height = np.concatenate(
        [
            np.zeros(100),
            np.linspace(0, height_m, up),
            np.full(len(at), height_m),
            np.linspace(height_m, 0, down),
            np.zeros(100),
        ]
    )
    ve, vn = np.gradient(east, 0.1), np.gradient(north, 0.1)
    modes = {"mode": [mode] * len(height)} if mode else {}
    return track(
        east=east, north=north, height_m=height, ve_mps=ve, vn_mps=vn, vd_mps=-np.gradient(height, 0.1), **modes
    )


LAWNMOWER = ((60, 80), (60, 200), (85, 200), (85, 80), (110, 80), (110, 200), (135, 200), (135, 80))
DELIVERY = ((150, 60), (260, 300), (420, 380), (300, 120))


def test_a_hop_is_take_off_climb_hover_descent_and_landing():
    assert told(hop()) == ["ground", "takeoff", "climb", "hover", "descent", "landing", "ground"]


def test_take_off_and_landing_reach_to_thirty_five_feet():
    spans = phases_of(hop(), "multirotor")
    assert seconds(spans, Phase.TAKEOFF) == pytest.approx(10.7 / 2.5, abs=1.0)
    assert seconds(spans, Phase.LANDING) == pytest.approx(10.7 / 2.0, abs=1.0)


def test_a_hop_lower_than_that_is_a_hover_between_take_off_and_landing():
    in_air = (legs((10, 0), (0.8, 2), (30, 2), (1, 0), (10, 0)) > 0).tolist()
    assert told(hop(2.0, in_air=in_air)) == ["ground", "takeoff", "hover", "landing", "ground"]


def test_lines_side_by_side_are_a_survey_and_the_ways_there_and_back_are_not():
    spans = phases_of(path(*LAWNMOWER, mode="Auto"), "multirotor")
    names = [span.phase.value for span in spans]
    assert names == ["ground", "takeoff", "climb", "transit", "survey", "transit", "descent", "landing", "ground"]
    lines = 4 * 120 + 3 * 25
    assert seconds(spans, Phase.SURVEY) == pytest.approx(lines / 8.0, abs=3.0)


def test_lines_side_by_side_are_a_survey_without_any_mode_too():
    assert "survey" in told(path(*LAWNMOWER))


@pytest.mark.parametrize("mode", ["", "Auto", "Loiter"])
def test_a_way_over_several_points_is_no_survey(mode: str):
    assert "survey" not in told(path(*DELIVERY, mode=mode))


def test_two_lines_at_right_angles_flown_by_hand_are_no_survey():
    corners = ((60, 80), (60, 200), (140, 200))
    assert "survey" not in told(path(*corners, mode="Loiter"))
    assert "survey" in told(path(*corners, mode="Auto"))


def test_what_is_flown_while_returning_is_no_survey():
    assert "survey" not in told(path(*LAWNMOWER, mode="RTL"))


def test_a_plane_taxies_runs_up_and_rolls_out():
    speed = legs((10, 0), (2, 2.5), (26, 2.5), (2, 0), (10, 0), (6, 15), (60, 15), (8, 0), (10, 0))
    height = legs((54, 0), (8, 30), (30, 30), (24, 0), (18, 0))
    of = track(north=np.cumsum(speed) / 10, east=0.0, vn_mps=speed, ve_mps=0.0, height_m=height)
    spans = phases_of(of, "plane")
    names = [span.phase.value for span in spans]
    assert names[:4] == ["ground", "taxi", "ground", "takeoff"]
    assert names[-2:] == ["landing", "ground"]
    assert spans[3].seconds == pytest.approx(6.0 + 10.7 / 3.75, abs=1.5)
    assert spans[1].seconds == pytest.approx(29.0, abs=2.0)


def test_a_wing_that_goes_round_and_round_stays_over_a_place():
    height = legs((10, 0), (15, 50), (90, 50), (20, 0), (10, 0))
    turns = np.radians(legs((35, 0), (60, 60 * 12.0), (50, 60 * 12.0)))
    ve, vn = 16 * np.sin(turns), 16 * np.cos(turns)
    ground = height <= 0
    ve[ground], vn[ground] = 0.0, 0.0
    of = track(east=np.cumsum(ve) / 10, north=np.cumsum(vn) / 10, height_m=height, ve_mps=ve, vn_mps=vn)
    assert seconds(phases_of(of, "plane"), Phase.HOVER) == pytest.approx(60.0, abs=4.0)
    assert "hover" not in told(path(*LAWNMOWER, speed_mps=16.0), "plane")


def test_what_was_not_recorded_in_the_air_is_unknown():
    of = hop()
    kept = np.r_[0:300, 500 : of.table.num_rows]
    spans = phases_of(Track(of.table.take(kept), of.time_basis, of.time_error_s), "multirotor")
    lost = [span for span in spans if span.phase is Phase.UNKNOWN]
    assert [span.seconds for span in lost] == [pytest.approx(20.1)]


def test_a_break_on_the_ground_is_time_on_the_ground():
    of = hop(in_air=(legs((10, 0), (16, 40), (30, 40), (20, 0), (10, 0)) > 0).tolist())
    kept = np.r_[0:10, 80 : of.table.num_rows]
    spans = phases_of(Track(of.table.take(kept), of.time_basis, of.time_error_s), "multirotor")
    assert Phase.UNKNOWN not in {span.phase for span in spans}


def test_positions_alone_do_not_tell_whether_it_hovered_or_stood():
    of = track(east=0.0, north=np.zeros(600))
    assert {span.phase for span in phases_of(of)} == {Phase.UNKNOWN}


def test_a_track_without_rows_has_no_phases_and_one_row_is_a_moment():
    assert phases_of(track(time_us=np.zeros(0, np.int64))) == ()
    (only,) = phases_of(track(height_m=np.array([3.0])))
    assert (only.phase, only.first_row, only.end_row, only.seconds) == (Phase.UNKNOWN, 0, 1, 0.0)


def test_spans_follow_each_other_and_are_the_whole_track():
    of = path(*LAWNMOWER)
    spans = phases_of(of, "multirotor")
    assert (spans[0].start_us, spans[-1].end_us) == (of.time_us[0], of.time_us[-1])
    assert (spans[0].first_row, spans[-1].end_row) == (0, of.table.num_rows)
    assert all(
        a.end_us == b.start_us and a.end_row == b.first_row and a.phase is not b.phase for a, b in pairwise(spans)
    )
