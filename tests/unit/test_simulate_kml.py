"""What the simulator writes as KML and KMZ, read with the standard library's XML parser and unpacker."""

import io
import zipfile
from datetime import datetime
from xml.etree import ElementTree

import numpy as np
import pytest

from groundside.simulate import places
from groundside.simulate.writers import kml
from groundside.simulate.writers.kml import Export
from tests.surveyed import LOST, TIP, WARNING, flown

KML, GX = "{http://www.opengis.net/kml/2.2}", "{http://www.google.com/kml/ext/2.2}"


def read(data: bytes) -> ElementTree.Element:
    root = ElementTree.fromstring(data)
    assert root.tag == f"{KML}kml"
    return root.find(f"{KML}Document")


def tracks(data: bytes) -> list[ElementTree.Element]:
    return list(read(data).iter(f"{GX}Track"))


def whens(track: ElementTree.Element) -> np.ndarray:
    return np.array([datetime.fromisoformat(w.text).timestamp() for w in track.findall(f"{KML}when")])


def numbers(track: ElementTree.Element, name: str) -> np.ndarray:
    return np.array([[float(x) for x in c.text.split()] for c in track.findall(f"{GX}{name}")])


def array(track: ElementTree.Element, name: str) -> list[str]:
    return [v.text for v in track.find(f".//{GX}SimpleArrayData[@name='{name}']")]


@pytest.mark.parametrize("field", [places.SALT_FLAT, places.PLAIN, places.HIGH_SALT_FLAT])
@pytest.mark.parametrize("interleaved", [False, True])
def test_the_track_says_when_and_where_the_aircraft_was(field, interleaved):
    truth = flown(field)
    (track,) = tracks(kml.write_kml(truth, 0, Export(rate_hz=10.0, interleaved=interleaved)))
    rows = np.flatnonzero(truth.has_fix)
    places_said = numbers(track, "coord")
    assert np.abs(whens(track) - truth.time_us[rows] / 1e6).max() < 1e-3
    for column, values, half in ((0, truth.lon, 0.51e-7), (1, truth.lat, 0.51e-7), (2, truth.altitude_m, 0.0051)):
        assert np.abs(places_said[:, column] - values[rows]).max() <= half
    assert track.findtext(f"{KML}altitudeMode") == "absolute"


@pytest.mark.parametrize("interleaved", [False, True])
def test_times_come_before_places_or_beside_them(interleaved):
    (track,) = tracks(kml.write_kml(flown(), 0, Export(angles=True, extended=False, interleaved=interleaved)))
    names = [child.tag for child in track][1:]
    each = [f"{KML}when", f"{GX}coord", f"{GX}angles"]
    count = len(names) // 3
    assert names == (each * count if interleaved else [name for name in each for _ in range(count)])


def test_angles_are_heading_tilt_and_roll():
    truth = flown()
    (track,) = tracks(kml.write_kml(truth, 0, Export(rate_hz=10.0, angles=True)))
    rows, angles = np.flatnonzero(truth.has_fix), numbers(track, "angles")
    turned = np.mod(angles[:, 0] - truth.yaw_deg[rows] + 180.0, 360.0) - 180.0
    assert np.abs(turned).max() <= 0.051
    assert np.abs(angles[:, 1] - truth.pitch_deg[rows]).max() <= 0.051
    assert np.abs(angles[:, 2] - truth.roll_deg[rows]).max() <= 0.051


def test_values_beside_the_places_are_as_many_and_those_of_the_schema():
    truth = flown()
    data = kml.write_kml(truth, 0, Export(rate_hz=10.0))
    (track,) = tracks(data)
    rows = np.flatnonzero(truth.has_fix)
    speed, height = (np.array([float(x) for x in array(track, n)]) for n in ("speed", "height"))
    assert np.abs(speed - np.hypot(truth.vn_mps, truth.ve_mps)[rows]).max() <= 0.0051
    assert np.abs(height - truth.height_m[rows]).max() <= 0.0051
    assert array(track, "mode") == truth.mode[rows].tolist()
    assert [int(x) for x in array(track, "satellites")] == truth.satellites[rows].tolist()
    fields = [f.get("name") for f in read(data).iter(f"{GX}SimpleArrayField")]
    assert fields == [a.get("name") for a in track.iter(f"{GX}SimpleArrayData")]
    link = track.find(f"{KML}ExtendedData/{KML}SchemaData").get("schemaUrl")
    assert link == "#" + read(data).find(f"{KML}Schema").get("id")


def test_an_outage_makes_it_a_multi_track():
    truth = flown(loses_fix=True)
    data = kml.write_kml(truth)
    multi = read(data).find(f"{KML}Placemark/{GX}MultiTrack")
    before, after = (whens(t) for t in multi.findall(f"{GX}Track"))
    first, last = truth.time_us[LOST][[0, -1]] / 1e6
    assert before[-1] < first <= last < after[0]
    assert multi.findtext(f"{GX}interpolate") == "0"
    (joined,) = tracks(kml.write_kml(truth, 0, Export(segments=False)))
    assert len(whens(joined)) == len(before) + len(after)


def test_without_time_it_is_a_line_that_says_when_nowhere():
    truth = flown(loses_fix=True)
    data = kml.write_kml(truth, 0, Export(timed=False, rate_hz=10.0))
    lines = [e.findtext(f"{KML}coordinates").split() for e in read(data).iter(f"{KML}LineString")]
    assert b"<when>" not in data and len(lines) == 2
    found = np.array([[float(x) for x in place.split(",")] for line in lines for place in line])
    expected = np.column_stack([truth.lon, truth.lat, truth.altitude_m])[truth.has_fix]
    assert np.abs(found - expected).max() <= 0.0051
    assert np.abs(found - expected)[:, :2].max() <= 0.51e-7


def test_what_was_said_stands_where_and_when_it_was():
    truth = flown(loses_fix=True)
    marks = [p for p in read(kml.write_kml(truth)).findall(f"{KML}Placemark") if p.find(f"{KML}Point") is not None]
    names = [p.findtext(f"{KML}name") for p in marks]
    assert names[0] == "Home" and {WARNING, TIP, "gnss lost"} == set(names[1:])
    tip = marks[names.index(TIP)]
    when = datetime.fromisoformat(tip.findtext(f"{KML}TimeStamp/{KML}when")).timestamp()
    assert when == pytest.approx(truth.time_us[LOST][0] / 1e6 + 2.0, abs=1e-3)


def test_it_says_that_it_is_simulated_and_keeps_awkward_names():
    document = read(kml.write_kml(flown()))
    assert document.findtext(f"{KML}description") == "SIMULATED by Groundside"
    assert document.findtext(f"{KML}name") == "flight <1> & more"


def test_the_archive_holds_the_same_deflated_and_nothing_else():
    with zipfile.ZipFile(io.BytesIO(kml.write_kmz(flown()))) as archive:
        (entry,) = archive.infolist()
        assert (entry.filename, entry.compress_type) == ("doc.kml", zipfile.ZIP_DEFLATED)
        assert archive.testzip() is None
        assert archive.read(entry) == kml.write_kml(flown())
        assert entry.compress_size < entry.file_size / 5


def test_the_same_truth_gives_the_same_bytes():
    assert kml.write_kmz(flown(), 1) == kml.write_kmz(flown(), 2)
