"""What the simulator writes as GPX, read with the standard library's XML parser."""

from datetime import datetime
from xml.etree import ElementTree

import numpy as np
import pytest

from groundside.simulate import places
from groundside.simulate.writers import gpx
from groundside.simulate.writers.gpx import Export
from tests.surveyed import LOST, START_US, TIP, WARNING, flown

GPX = "{http://www.topografix.com/GPX/1/1}"
GARMIN = "{http://www.garmin.com/xmlschemas/TrackPointExtension/v2}"
ORDER = ["ele", "time", "name", "fix", "sat", "extensions"]
"""Of the elements that are written, as the schema's sequence has them."""


def read(data: bytes) -> ElementTree.Element:
    root = ElementTree.fromstring(data)
    assert root.tag == f"{GPX}gpx" and root.get("version") == "1.1"
    return root


def points(data: bytes) -> list[ElementTree.Element]:
    return read(data).findall(f"{GPX}trk/{GPX}trkseg/{GPX}trkpt")


def said(found: list[ElementTree.Element], *names: str) -> np.ndarray:
    path = "/".join(names)
    return np.array([float(p.findtext(path)) for p in found])


def times(found: list[ElementTree.Element]) -> np.ndarray:
    return np.array([datetime.fromisoformat(p.findtext(f"{GPX}time")).timestamp() for p in found])


@pytest.mark.parametrize("field", [places.SALT_FLAT, places.PLAIN, places.TIDAL_FLAT, places.HIGH_SALT_FLAT])
def test_each_point_says_when_and_where_the_aircraft_was(field):
    truth = flown(field)
    found = points(gpx.write(truth, 0, Export(rate_hz=10.0)))
    rows = np.flatnonzero(truth.has_fix)
    assert len(found) == len(rows)
    for name, values in (("lat", truth.lat), ("lon", truth.lon)):
        assert np.abs(np.array([float(p.get(name)) for p in found]) - values[rows]).max() <= 0.51e-7
    assert np.abs(said(found, f"{GPX}ele") - truth.altitude_m[rows]).max() <= 0.0051
    assert np.abs(times(found) - truth.time_us[rows] / 1e6).max() < 1e-3
    assert said(found, f"{GPX}sat").tolist() == truth.satellites[rows].tolist()


def test_speed_and_course_are_in_garmins_extension():
    truth = flown()
    found = points(gpx.write(truth, 0, Export(rate_hz=10.0)))
    rows = np.flatnonzero(truth.has_fix)
    path = (f"{GPX}extensions", f"{GARMIN}TrackPointExtension")
    north, east = truth.vn_mps[rows], truth.ve_mps[rows]
    speed, course = (said(found, *path, f"{GARMIN}{name}") for name in ("speed", "course"))
    assert np.abs(speed - np.hypot(north, east)).max() <= 0.0051
    fast = speed > 2.0
    assert fast.sum() > 100
    off = np.hypot(speed * np.cos(np.radians(course)) - north, speed * np.sin(np.radians(course)) - east)
    assert off[fast].max() < 0.05


def test_elements_come_in_the_order_of_the_schema():
    data = gpx.write(flown(loses_fix=True))
    for point in [*points(data), *read(data).findall(f"{GPX}wpt")]:
        names = [child.tag.removeprefix(GPX) for child in point]
        assert names == [name for name in ORDER if name in names]
    assert [c.tag.removeprefix(GPX) for c in read(data)][:2] == ["metadata", "wpt"]


@pytest.mark.parametrize(("rate", "step"), [(5.0, 2), (1.0, 10), (2.5, 4), (50.0, 1)])
def test_the_rate_is_as_asked(rate, step):
    truth = flown()
    rows = np.arange(0, len(truth), step)
    expected = truth.time_us[rows[truth.has_fix[rows]]] / 1e6
    assert times(points(gpx.write(truth, 0, Export(rate_hz=rate)))) == pytest.approx(expected, abs=1e-3)


def test_an_outage_parts_the_segments_and_has_no_point():
    truth = flown(loses_fix=True)
    segments = read(gpx.write(truth)).findall(f"{GPX}trk/{GPX}trkseg")
    assert len(segments) == 2
    before, after = (times(s.findall(f"{GPX}trkpt")) for s in segments)
    first, last = truth.time_us[LOST][[0, -1]] / 1e6
    assert before[-1] < first and first - before[-1] <= 0.201
    assert after[0] > last and after[0] - last <= 0.201
    joined = read(gpx.write(truth, 0, Export(segments=False))).findall(f"{GPX}trk/{GPX}trkseg")
    assert [len(s) for s in joined] == [len(before) + len(after)]


def test_without_time_nothing_says_when():
    data = gpx.write(flown(loses_fix=True), 0, Export(timed=False))
    assert b"<time>" not in data
    assert len(points(data)) == len(points(gpx.write(flown(loses_fix=True))))


def test_waypoints_are_the_home_point_and_what_was_said_with_its_time():
    truth = flown(loses_fix=True)
    found = read(gpx.write(truth)).findall(f"{GPX}wpt")
    names = [w.findtext(f"{GPX}name") for w in found]
    assert names[0] == "Home" and {WARNING, TIP, "gnss lost"} == set(names[1:])
    assert float(found[0].get("lat")) == pytest.approx(truth.home.lat, abs=1e-7)
    warned = found[names.index(WARNING)]
    assert times([warned])[0] == pytest.approx(truth.time_us[LOST][0] / 1e6, abs=1e-3)
    assert float(warned.get("lon")) == pytest.approx(truth.lon[LOST.start - 1], abs=1e-7)
    assert not read(gpx.write(truth, 0, Export(waypoints=False))).findall(f"{GPX}wpt")


def test_it_says_that_it_is_simulated_and_keeps_awkward_names():
    root = read(gpx.write(flown()))
    assert root.get("creator") == "SIMULATED by Groundside"
    assert root.findtext(f"{GPX}metadata/{GPX}desc") == "SIMULATED by Groundside"
    assert root.findtext(f"{GPX}trk/{GPX}name") == "flight <1> & more"
    assert datetime.fromisoformat(root.findtext(f"{GPX}metadata/{GPX}time")).timestamp() == START_US / 1e6


def test_the_airdata_style_says_speed_where_the_schema_has_no_place_for_it():
    truth = flown()
    data = gpx.write(truth, 0, Export(rate_hz=10.0, style="airdata"))
    found, rows = points(data), np.flatnonzero(truth.has_fix)
    assert np.abs(said(found, f"{GPX}speed") - np.hypot(truth.vn_mps, truth.ve_mps)[rows]).max() <= 0.0051
    assert np.abs(np.array([float(p.get("lon")) for p in found]) - truth.lon[rows]).max() < 1e-9
    assert [c.tag.removeprefix(GPX) for c in found[0]] == ["ele", "speed", "time"]
    assert read(data).find(f"{GPX}metadata") is None and b"SIMULATED" in data


def test_the_same_truth_gives_the_same_bytes():
    assert gpx.write(flown(), 1) == gpx.write(flown(), 2)
