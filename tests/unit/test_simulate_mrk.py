"""What the simulator writes as Timestamp.MRK, read with a regular expression made from published samples."""

import re
from dataclasses import replace

import numpy as np
import pytest
from pyproj import Geod

from groundside.simulate import places
from groundside.simulate.writers import mrk
from groundside.simulate.writers.mrk import Camera
from tests.surveyed import LOST, flown

LINE = re.compile(
    r"(\d+)\t(\d+\.\d{6})\t\[(\d{4})\]\t *(-?\d+),N\t *(-?\d+),E\t *(-?\d+),V\t(-?\d+\.\d{8}),Lat\t(-?\d+\.\d{8}),Lon\t"
    r"(-?\d+\.\d{3}),Ellh\t(\d\.\d{6}), (\d\.\d{6}), (\d\.\d{6})\t(\d+),Q"
)
GPS_EPOCH_S, WEEK_S, LEAP_S = 315_964_800, 604_800, 18


def read(data: bytes) -> np.ndarray:
    *rows, last = data.decode("ascii").splitlines()
    assert last == "SIMULATED by Groundside"
    return np.array([[float(x) for x in LINE.fullmatch(row).groups()] for row in rows])


def utc(rows: np.ndarray) -> np.ndarray:
    return GPS_EPOCH_S + rows[:, 2] * WEEK_S + rows[:, 1] - LEAP_S


@pytest.mark.parametrize("field", [places.SALT_FLAT, places.PLAIN])
def test_each_photo_says_when_and_where_it_was_taken(field):
    truth = flown(field)
    rows = read(mrk.write(truth, 4))
    at = utc(rows) * 1e6
    assert len(rows) > 20
    for column, values, half in ((6, truth.lat, 0.51e-8), (7, truth.lon, 0.51e-8)):
        assert np.abs(rows[:, column] - np.interp(at, truth.time_us, values)).max() <= half + 1e-10
    height = np.interp(at, truth.time_us, truth.altitude_m) + Camera().undulation_m
    assert np.abs(rows[:, 8] - height).max() <= 0.00051
    assert rows[:, 0].tolist() == list(range(1, len(rows) + 1))
    assert set(rows[:, 12]) == {50.0}


def test_the_truth_of_the_photos_is_given_to_who_asks():
    taken, rows = mrk.exposures(flown(), 4), read(mrk.write(flown(), 4))
    assert utc(rows) == pytest.approx(taken.time_us / 1e6, abs=1e-6)
    assert rows[:, 8] == pytest.approx(taken.ellipsoidal_m, abs=0.00051)


def test_photos_are_taken_on_the_legs_of_the_mission_and_as_far_apart_as_asked():
    truth = flown()
    rows = read(mrk.write(truth, 4, Camera(spacing_m=20.0, interval_s=0.0)))
    before = np.searchsorted(truth.time_us, utc(rows) * 1e6 + 1.0) - 1
    assert set(truth.mode[before]) == {"mission"} and truth.in_air[before].all()
    _, _, apart = Geod(ellps="WGS84").inv(rows[:-1, 7], rows[:-1, 6], rows[1:, 7], rows[1:, 6])
    assert apart.max() < 22.5 and np.median(apart) == pytest.approx(20.0, abs=1.5)
    slower = read(mrk.write(truth, 4, Camera(spacing_m=0.0, interval_s=3.0)))
    assert np.diff(utc(slower)).min() > 2.89 and np.median(np.diff(utc(slower))) == pytest.approx(3.0, abs=0.11)


def test_the_offset_of_the_camera_turns_with_the_aircraft():
    taken, rows = mrk.exposures(flown(), 4), read(mrk.write(flown(), 4))
    ahead = np.hypot(rows[:, 3], rows[:, 4])
    assert np.abs(ahead - 36.0).max() < 1.0 and set(rows[:, 5]) == {192.0}
    bearing = np.degrees(np.arctan2(rows[:, 4], rows[:, 3]))
    assert np.abs(np.mod(bearing - taken.yaw_deg + 180.0, 360.0) - 180.0).max() < 2.0


def test_a_photo_without_a_fix_has_zeros_for_its_place_and_says_so():
    truth = flown(loses_fix=True)
    rows = read(mrk.write(truth, 4))
    first, last = truth.time_us[LOST][[0, -1]] / 1e6
    lost = (utc(rows) >= first) & (utc(rows) < last)
    assert lost.sum() >= 3 and not rows[lost][:, 6:12].any()
    assert set(rows[lost][:, 12]) == {0.0} and np.isnan(mrk.exposures(truth, 4).lat).sum() >= lost.sum()
    assert rows[~lost][:, 12].max() == 50.0


def test_without_corrections_it_is_a_single_fix_of_metres():
    rows = read(mrk.write(flown(), 4, Camera(rtk=False)))
    assert set(rows[:, 12]) == {16.0} and rows[:, 9:12].min() > 0.5


def test_the_last_line_says_that_it_is_simulated_unless_told_not_to():
    data = mrk.write(flown(), 4)
    assert mrk.write(flown(), 4, Camera(marked=False)) + b"SIMULATED by Groundside\n" == data


def test_where_nothing_flew_there_is_no_photo():
    truth = flown()
    grounded = replace(truth, in_air=np.zeros(len(truth), bool))
    assert mrk.write(grounded, 4, Camera(marked=False)) == b""


def test_the_seed_draws_when_the_shutter_opens_and_nothing_else():
    one, other = read(mrk.write(flown(), 1)), read(mrk.write(flown(), 2))
    assert mrk.write(flown(), 1) == mrk.write(flown(), 1)
    assert len(one) == len(other) and 0.0 < np.abs(utc(one) - utc(other)).max() < 0.1
