"""What looks like a flight and is none, and what may be one."""

import numpy as np
import pytest

from groundside.model.recording import Aircraft, TimeBasis
from groundside.produce.flight.cut import cut
from tests.builders import legs, places, recording, track

ROWS = 6000
ARMED = [False] * 500 + [True] * 5000 + [False] * 500


def noise(scale: float, seed: int = 0, rows: int = ROWS) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, scale, rows)


def wander(scale: float, seed: int = 0) -> np.ndarray:
    """A slow random walk as of a receiver on the ground: some metres within minutes."""
    steps = noise(scale / np.sqrt(ROWS), seed)
    return np.cumsum(steps)


def test_armed_on_the_bench_is_a_bench_run():
    of = track(height_m=noise(0.1), east=noise(0.02), north=noise(0.02, 1), armed=ARMED)
    (found,) = cut(recording(of), of)
    assert (found.bench, found.airborne_s, found.takeoff_us) == (True, 0.0, None)
    assert found.home is not None
    assert any("never left the ground" in said for said in found.inferences)


def test_drift_of_the_height_is_no_flight():
    of = track(height_m=legs((600, 5.0)) + noise(0.1), east=0.0, armed=ARMED)
    (found,) = cut(recording(of), of)
    assert (found.bench, found.airborne_s) == (True, 0.0)


def test_a_receiver_wandering_on_the_ground_is_no_flight():
    of = track(height_m=noise(0.1), east=wander(30.0) + noise(0.3), north=wander(30.0, 1), armed=ARMED)
    (found,) = cut(recording(of), of)
    assert (found.bench, found.airborne_s) == (True, 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_a_satellite_track_of_a_receiver_that_lies_still_is_not_in_the_air(seed: int):
    of = track(
        altitude_m=300 + wander(8.0, seed) + noise(0.5, seed),
        east=wander(10.0, seed + 7),
        north=wander(10.0, seed + 8),
    )
    (found,) = cut(recording(of), of)
    assert not found.airborne_s


def test_a_jump_of_the_height_at_start_of_the_motors_is_no_flight():
    height = np.zeros(ROWS)
    height[500:5500] += 0.6
    of = track(height_m=height + noise(0.05), east=0.0, armed=ARMED)
    (found,) = cut(recording(of), of)
    assert not found.airborne_s


def test_an_aircraft_carried_about_is_no_flight():
    of = track(
        height_m=legs((20, 0), (2, 1.1), (300, 1.1), (2, 0), (20, 0)),
        east=legs((22, 0), (300, 400), (22, 400)),
    )
    (found,) = cut(recording(of), of)
    assert not found.airborne_s


def test_a_recorder_that_says_in_the_air_while_all_stands_still_is_not_believed():
    of = track(in_air=[False] * 100 + [True] * 500 + [False] * 100, height_m=0.02, east=0.0)
    (found,) = cut(recording(of), of)
    assert (found.bench, found.airborne_s) == (True, 0.0)
    assert any("stood still" in said for said in found.inferences)


def test_a_hop_of_two_seconds_is_no_flight():
    of = track(in_air=[False] * 100 + [True] * 20 + [False] * 100)
    (found,) = cut(recording(of), of)
    assert (found.bench, found.airborne_s) == (True, 0.0)


@pytest.mark.parametrize("kind", ["rover", "boat"])
def test_what_drives_or_swims_does_not_fly(kind: str):
    of = track(height_m=legs((60, 30)), east=legs((60, 600)), armed=[True] * 600)
    (found,) = cut(recording(of, aircraft=Aircraft(kind=kind)), of)
    assert (found.bench, found.airborne_s) == (True, 0.0)


def test_where_nothing_tells_whether_it_flew_that_is_said_and_not_zero():
    of = track(east=legs((60, 100)), north=0.0)
    (found,) = cut(recording(of), of)
    assert (found.bench, found.airborne_s) == (False, None)
    assert found.distance_m == pytest.approx(100.0, abs=1.0)
    assert any("nothing in the file tells" in said for said in found.inferences)


def test_a_clip_too_short_to_tell_is_not_called_a_bench_run():
    of = track(height_m=[0.4] * 6, hz=30.0, basis=TimeBasis.BOOT)
    (found,) = cut(recording(of), of)
    assert (found.bench, found.airborne_s) == (False, None)


def test_a_hover_at_one_metre_is_not_called_a_bench_run():
    of = track(height_m=legs((20, 0), (2, 1.1), (60, 1.1), (2, 0), (20, 0)), east=0.0, armed=[True] * 1040)
    (found,) = cut(recording(of), of)
    assert not found.bench


def test_a_clip_in_level_flight_below_take_off_is_in_the_air():
    of = track(height_m=np.full(600, -6.0), east=legs((60, 500)), north=0.0, basis=TimeBasis.LOCAL)
    (found,) = cut(recording(of), of)
    assert found.airborne_s == pytest.approx(59.9)


def test_a_low_and_fast_flight_is_a_flight():
    of = track(height_m=legs((20, 0), (1, 0.9), (60, 0.9), (1, 0), (20, 0)), east=legs((21, 0), (60, 600), (21, 600)))
    (found,) = cut(recording(of), of)
    assert found.airborne_s == pytest.approx(60.0, abs=4.0)


def test_a_hover_is_no_landing():
    of = track(height_m=legs((20, 0), (10, 50), (300, 50), (25, 0), (20, 0)), east=0.0)
    (found,) = cut(recording(of), of)
    assert found.airborne_s == pytest.approx(335.0, abs=3.0)


def test_a_landing_far_below_the_take_off_is_one_where_the_motors_stop():
    of = track(
        height_m=legs((20, 0), (10, 50), (60, 50), (30, -80), (60, -80)),
        east=0.0,
        armed=[True] * 1300 + [False] * 500,
    )
    (found,) = cut(recording(of), of)
    assert found.airborne_s == pytest.approx(100.0, abs=4.0)
    assert found.landing_us is not None


def test_coarse_positions_make_no_speed_of_their_rounding():
    # Rounded to 1e-4 degree, some 10 m, once a second, as early subtitles have it; flown at 5 m/s.
    lon, lat = (np.round(axis, 4) for axis in places(np.arange(120) * 5.0, np.zeros(120)))
    of = track(height_m=np.full(120, 30.0), lon=lon, lat=lat, hz=1.0)
    (found,) = cut(recording(of), of)
    assert found.max_speed_mps == pytest.approx(5.0, abs=0.6)
    assert found.distance_m == pytest.approx(595.0, abs=20.0)
