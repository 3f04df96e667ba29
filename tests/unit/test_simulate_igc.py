"""What the simulator writes as IGC, read with regular expressions made from the specification."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from groundside.simulate import places
from groundside.simulate.writers import igc
from groundside.simulate.writers.igc import Recorder
from tests.surveyed import LOST, TIP, WARNING, flown

FIX = re.compile(
    r"B(\d\d)(\d\d)(\d\d)(\d\d)(\d\d\d\d\d)([NS])(\d\d\d)(\d\d\d\d\d)([EW])([AV])(-?\d{4,5})(-?\d{4,5})(.*)"
)
HALF_MINUTE_STEP = 0.5 / 60_000.0
BEFORE_MIDNIGHT_US = 1_780_012_740_000_000
"""2026-05-28 23:59:00 UTC."""


def lines(data: bytes) -> list[str]:
    text = data.decode("ascii")
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    return text.split("\r\n")[:-1]


def fixes(data: bytes) -> list[re.Match]:
    found = [FIX.fullmatch(line) for line in lines(data) if line.startswith("B")]
    assert all(found)
    return found


def degrees(fix: re.Match, first: int, more: str = "") -> float:
    whole, minutes, half = (fix.group(first + i) for i in range(3))
    value = int(whole) + float(f"{minutes[:2]}.{minutes[2:]}{more}") / 60.0
    return -value if half in "SW" else value


def seconds(fix: re.Match) -> int:
    hours, minutes, rest = (int(fix.group(i)) for i in (1, 2, 3))
    return hours * 3600 + minutes * 60 + rest


def extensions(data: bytes) -> dict[str, slice]:
    """Where the I record says that each code stands, counted from the end of the fixed part of a B record."""
    (said,) = [line for line in lines(data) if line.startswith("I")]
    found = re.findall(r"(\d\d)(\d\d)([A-Z]{3})", said[3:])
    assert int(said[1:3]) == len(found)
    return {code: slice(int(a) - 36, int(b) - 35) for a, b, code in found}


def at(truth, values: np.ndarray, data: bytes, rate: int = 1) -> np.ndarray:
    """The truth at the times of the fixes, which are at whole fractions of seconds."""
    first = -(-truth.start_us * rate // 1_000_000)
    times = (first + np.arange(len(fixes(data)))) * 1_000_000 / rate
    return np.interp(times, truth.time_us, values)


@pytest.mark.parametrize("field", [places.SALT_FLAT, places.PLAIN, places.TIDAL_FLAT, places.HIGH_SALT_FLAT])
def test_each_fix_says_where_the_aircraft_was_to_a_thousandth_of_a_minute(field):
    truth = flown(field)
    data = igc.write(truth)
    known = np.array([f.group(10) == "A" for f in fixes(data)])
    for first, values in ((4, truth.lat), (7, truth.lon)):
        found = np.array([degrees(f, first) for f in fixes(data)])
        assert np.abs(found - at(truth, values, data))[known].max() <= HALF_MINUTE_STEP * 1.001
    altitude = np.array([int(f.group(12)) for f in fixes(data)])
    assert np.abs(altitude - at(truth, truth.altitude_m, data))[known].max() <= 0.5
    assert known.sum() > 150


def test_fixes_come_each_whole_second_from_the_first_sample_to_the_last():
    truth = flown()
    clock = np.array([seconds(f) for f in fixes(igc.write(truth))])
    assert set(np.diff(clock)) == {1}
    assert 0.0 <= clock[0] - truth.start_us / 1e6 % 86_400 < 1.0
    assert 0.0 <= truth.time_us[-1] / 1e6 % 86_400 - clock[-1] < 1.0


def test_a_flight_over_midnight_goes_on_at_zero_under_the_date_of_its_start():
    data = igc.write(flown(places.SALT_FLAT, start_us=BEFORE_MIDNIGHT_US))
    clock = np.array([seconds(f) for f in fixes(data)])
    assert clock[0] == 86_340 and 0 in clock and set(np.diff(clock)) == {1, -86_399}
    assert "HFDTEDATE:280526,01" in lines(data)


@pytest.mark.parametrize(("rate", "width"), [(2, 1), (5, 1), (10, 1), (4, 2), (8, 3)])
def test_more_than_one_fix_a_second_has_digits_of_the_second(rate, width):
    truth = flown()
    data = igc.write(truth, 0, Recorder(rate_hz=rate))
    where = extensions(data)["TDS"]
    assert where.stop - where.start == width
    clock = np.array([seconds(f) + float("0." + f.group(13)[where]) for f in fixes(data)])
    assert np.abs(np.diff(clock) - 1.0 / rate).max() < 1e-6
    assert clock[0] >= truth.start_us / 1e6 % 86_400


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_more_digits_of_the_minutes_are_as_good_as_they_promise(digits):
    truth = flown(places.PLAIN)
    data = igc.write(truth, 0, Recorder(digits=digits))
    where = extensions(data)
    known = np.array([f.group(10) == "A" for f in fixes(data)])
    for first, code, values in ((4, "LAD", truth.lat), (7, "LOD", truth.lon)):
        found = np.array([degrees(f, first, f.group(13)[where[code]]) for f in fixes(data)])
        assert np.abs(found - at(truth, values, data))[known].max() <= HALF_MINUTE_STEP * 1.001 / 10**digits


def test_what_stands_behind_a_fix_is_as_long_as_the_i_record_says():
    data = igc.write(flown(), 0, Recorder(rate_hz=2, digits=2))
    where = extensions(data)
    assert list(where) == ["FXA", "SIU", "LAD", "LOD", "TDS"]
    assert {len(f.group(13)) for f in fixes(data)} == {max(w.stop for w in where.values())}
    truth = flown()
    satellites = np.array([int(f.group(13)[where["SIU"]]) for f in fixes(data)])
    assert satellites.min() >= truth.satellites.min() and satellites.max() <= truth.satellites.max()
    bare = igc.write(flown(), 0, Recorder(accuracy=False))
    assert not [line for line in lines(bare) if line.startswith("I")]
    assert {f.group(13) for f in fixes(bare)} == {""}


def test_without_a_fix_it_keeps_the_last_place_and_says_that_it_is_void():
    truth = flown(loses_fix=True)
    data = igc.write(truth)
    found = fixes(data)
    clock = np.array([seconds(f) for f in found])
    lost = (clock > truth.time_us[LOST][0] / 1e6 % 86_400) & (clock < truth.time_us[LOST][-1] / 1e6 % 86_400)
    void = np.array([f.group(10) == "V" for f in found])
    assert lost.sum() >= 5 and void[lost].all()
    last = np.flatnonzero(lost)[0] - 1
    while void[last]:
        last -= 1
    assert {f.group(0)[7:24] for f, out in zip(found, lost, strict=True) if out} == {found[last].group(0)[7:24]}
    assert {f.group(12) for f, out in zip(found, lost, strict=True) if out} == {"00000"}
    assert found[0].group(0)[7:25] == "0000000N00000000EV"
    pressure = np.array([int(f.group(11)) for f in found])
    assert np.abs(pressure - at(truth, truth.altitude_m, data)).max() <= 0.5


def test_a_place_of_which_the_receiver_is_not_sure_is_void_too():
    truth = flown()
    fix = truth.fix.copy()
    fix[LOST] = 2
    assert "V" in {f.group(10) for f in fixes(igc.write(replace(truth, fix=fix)))[40:]}
    assert "V" not in {f.group(10) for f in fixes(igc.write(truth))[40:]}


def test_events_stand_before_the_fix_of_their_time_and_words_beside_them():
    truth = flown(loses_fix=True)
    said = lines(igc.write(truth))
    for line, following in pairwise(said):
        if line.startswith("E"):
            assert following[0] in "EB" and line[1:7] == following[1:7]
    codes = [line[7:10] for line in said if line.startswith("E")]
    assert codes == ["PEV", "GDC", "GCN", "PEV"]
    lost = next(line for line in said if line.startswith("E") and line.endswith("GDC"))
    after = datetime.strptime(lost[1:7], "%H%M%S").replace(tzinfo=UTC)
    wanted = truth.time_us[LOST][0] / 1e6 % 86_400
    assert 0.0 <= after.hour * 3600 + after.minute * 60 + after.second - wanted < 1.0
    assert {f"LXXX{WARNING}", f"LXXX{TIP}", "LXXXtake-off", "LXXXlanding"} <= set(said)


@pytest.mark.parametrize(("long_date", "line"), [(True, "HFDTEDATE:280526,01"), (False, "HFDTE280526")])
def test_the_date_has_two_forms(long_date, line):
    assert lines(igc.write(flown(), 0, Recorder(long_date=long_date)))[1] == line


def test_it_says_that_it_is_simulated_and_signs_nothing_that_is_not_drawn_by_lot():
    said = lines(igc.write(flown(), 1))
    assert said[0].startswith("AXXX") and "SIMULATED by Groundside" in said[0]
    assert "LXXXSIMULATED by Groundside" in said and "HFTZNTIMEZONE:-6" in said
    assert max(len(line) for line in said) <= 76
    assert all(re.fullmatch(r"G[0-9A-F]{64}", line) for line in said[-4:])
    other = lines(igc.write(flown(), 2))
    assert said[:-4] == other[:-4] and said[-4:] != other[-4:]
    assert igc.write(flown(), 1) == igc.write(flown(), 1)
