from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources

import numpy as np

from groundside.reference.gps_time import (
    GPS_EPOCH_UNIX_S,
    KNOWN_UNTIL_UNIX_S,
    leap_seconds,
    utc_us,
    without_rollover,
)

MONTHS = {"Jan": 1, "Jul": 7, "Jun": 6, "Dec": 12}


def utc(week: int, milliseconds: int) -> str:
    at = int(utc_us(week, milliseconds))
    return datetime.fromtimestamp(at / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def test_the_gps_epoch_is_the_sixth_of_january_1980():
    assert utc(0, 0) == "1980-01-06T00:00:00.000000"


def test_week_2046_is_eighteen_leap_seconds_ahead_of_utc():
    assert utc(2046, 18_000) == "2019-03-24T00:00:00.000000"


def test_seventeen_leap_seconds_are_taken_off_just_before_2017_and_eighteen_just_after():
    week = 1930  # begins with the first of January 2017 on the GPS scale
    assert utc(week, 0) == "2016-12-31T23:59:43.000000"
    assert utc(week, 16_999) == "2016-12-31T23:59:59.999000"
    assert utc(week, 18_000) == "2017-01-01T00:00:00.000000"


def test_weeks_and_times_may_be_arrays():
    both = utc_us(np.array([2046, 2046], np.uint16), np.array([18_000, 18_250], np.uint32))
    assert np.diff(both).tolist() == [250_000]
    assert both.dtype == np.int64


def test_the_table_of_leap_seconds_is_that_of_the_time_zone_database():
    lines = (resources.files("tzdata") / "zoneinfo" / "leapseconds").read_text().splitlines()
    leaps = [line.split() for line in lines if line.startswith("Leap")]
    ends = [datetime(int(y), MONTHS[m], int(d), 23, 59, 59, tzinfo=UTC).timestamp() + 1 for _, y, m, d, *_ in leaps]
    since_gps = [int(end) for end in ends if end > GPS_EPOCH_UNIX_S]
    for n, end in enumerate(since_gps, start=1):
        midnight = np.array([(end - GPS_EPOCH_UNIX_S + n) * 1_000_000])
        assert leap_seconds(midnight - 1).tolist() == [n - 1]
        assert leap_seconds(midnight).tolist() == [n]
    last = np.array([(KNOWN_UNTIL_UNIX_S - GPS_EPOCH_UNIX_S) * 1_000_000])
    assert leap_seconds(last).tolist() == [len(since_gps)]


def test_weeks_reduced_modulo_1024_are_put_right_and_others_left():
    weeks = np.array([0, -1, 22, 1022, 1519, 1520, 2046])
    assert without_rollover(weeks, 1520).tolist() == [0, -1, 2070, 2046, 2543, 1520, 2046]
