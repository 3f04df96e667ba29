"""The offset of a camera's clock: found where the evidence is enough, and none where it is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.model.place import LonLat
from groundside.produce.imagery.clock_fit import Course, fit_clock
from groundside.reference.local_plane import LocalPlane

START_S = 1_778_000_000.0


def lawnmower(legs: int = 6, leg_s: float = 40.0, speed: float = 8.0) -> Course:
    """Back and forth, 30 m apart, a row for each fifth of a second."""
    times = np.arange(0.0, legs * leg_s, 0.2)
    leg, along = np.divmod(times, leg_s)
    x = np.where(leg % 2 == 0, along, leg_s - along) * speed
    return Course(START_S + times, np.column_stack([x, leg * 30.0]), LocalPlane(LonLat(7.5, 46.9)))


def photos(course: Course, offset_s: float, every_s: float, noise_m: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    at = np.arange(course.time_s[0] + 3.0, course.time_s[-1] - 3.0, every_s)
    noise = np.random.default_rng(5).normal(0.0, max(noise_m, 1e-12), (at.size, 2))
    return at + offset_s, course.at(at) + noise


@given(offset=st.floats(-50_000, 50_000), every=st.floats(2.0, 9.0), noise=st.floats(0.0, 3.0))
@settings(deadline=None, max_examples=25)
def test_the_offset_is_found_within_four_of_its_errors(offset: float, every: float, noise: float):
    course = lawnmower()
    clock, at = photos(course, offset, every, noise)
    fit = fit_clock(course, clock, at, 54_000.0)
    assert fit is not None
    assert abs(fit.offset_s - offset) <= 4.0 * fit.error_s + 0.02
    assert fit.error_s < 0.5


def test_a_clock_written_in_whole_seconds_is_not_known_better_than_that():
    course = lawnmower()
    clock, at = photos(course, 3600.4, 4.0)
    fit = fit_clock(course, np.floor(clock), at, 54_000.0)
    assert fit is not None
    assert fit.error_s >= 1.0 / np.sqrt(12.0)


def test_two_photos_are_not_enough():
    course = lawnmower()
    clock, at = photos(course, 0.0, 4.0)
    assert fit_clock(course, clock[:2], at[:2], 54_000.0) is None


def test_an_aircraft_that_hovers_tells_no_offset():
    times = START_S + np.arange(0.0, 300.0, 0.2)
    course = Course(times, np.zeros((times.size, 2)), LocalPlane(LonLat(7.5, 46.9)))
    clock, at = photos(course, 100.0, 10.0)
    assert fit_clock(course, clock, at, 54_000.0) is None


def test_a_course_flown_twice_leaves_it_open_which_time_it_was():
    once = lawnmower()
    later = once.time_s + 1000.0
    twice = Course(np.concatenate([once.time_s, later]), np.vstack([once.at_m, once.at_m]), once.plane)
    clock, at = photos(once, 30.0, 4.0)
    assert fit_clock(twice, clock, at, 54_000.0) is None


@pytest.mark.parametrize("away_m", [60.0, 1e6])
def test_photos_of_another_place_fit_no_course(away_m: float):
    course = lawnmower()
    clock, at = photos(course, 0.0, 4.0)
    assert fit_clock(course, clock, at + away_m * 5, 54_000.0) is None


def test_a_gap_in_the_track_is_no_place():
    course = lawnmower()
    held = (course.time_s < START_S + 50) | (course.time_s > START_S + 90)
    broken = Course(course.time_s[held], course.at_m[held], course.plane)
    assert np.isnan(broken.at(np.array([START_S + 70.0]))).all()
