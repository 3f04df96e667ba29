"""Exports, read back by programs that know nothing of Groundside."""

import csv
import io
import json
import xml.etree.ElementTree as ET

import numpy as np
import pyarrow.parquet as pq
import pytest

from groundside.errors import BadRequest
from groundside.model.flight import Cut, Flight, Place
from groundside.model.recording import Aircraft, TimeBasis
from groundside.model.table import Column
from groundside.model.track import COLUMNS, Track, track_of
from groundside.see.exports.known import choose, exports

START = 1_900_000_000_000_000
GPX = "{http://www.topografix.com/GPX/1/1}"
KML = "{http://www.opengis.net/kml/2.2}"
GX = "{http://www.google.com/kml/ext/2.2}"
GPX_ORDER = [
    "ele",
    "time",
    "magvar",
    "geoidheight",
    "name",
    "cmt",
    "desc",
    "src",
    "link",
    "sym",
    "type",
    "fix",
    "sat",
    "extensions",
]
ALL = ["csv", "geojson", "gpx", "kml", "parquet"]


def make_flight(*, simulated: bool = False, place: str = "Testville", basis: TimeBasis = TimeBasis.UTC_GNSS) -> Flight:
    summary = Cut(
        ordinal=0, first_row=0, end_row=0, time_basis=basis, time_error_s=0.1, recording_start_us=START if basis.is_utc else None,
        recording_s=1.0, aircraft=Aircraft(name="Kite"),
    )  # fmt: skip
    return Flight(
        id="f1", case="general", sources=(), summary=summary, place=Place(name=place, time_zone=""), simulated=simulated
    )


def make_track(lon, lat, *, times_s=None, basis: TimeBasis = TimeBasis.UTC_GNSS, **more) -> Track:
    times = np.arange(len(lon)) if times_s is None else np.asarray(times_s, float)
    columns = {
        "time_us": Column((times * 1e6).astype(np.int64) + (START if basis.is_utc else 0)),
        "lon": Column(np.asarray(lon, float), "deg", "made up"),
        "lat": Column(np.asarray(lat, float), "deg", "made up"),
    }
    columns |= {n: Column(v if isinstance(v, list) else np.asarray(v), origin="made up") for n, v in more.items()}
    return track_of(columns, basis, 0.1 if basis.is_utc else None)


def written(name: str, flight: Flight, track: Track) -> bytes:
    out = io.BytesIO()
    choose(name).write(flight, track, out)
    assert not out.closed
    return out.getvalue()


def xml(name: str, flight: Flight, track: Track) -> ET.Element:
    return ET.fromstring(written(name, flight, track))


STRAIGHT = make_track(
    [10.5, 10.6, 10.7], [-20.5, -20.6, -20.7], height_m=np.array([1.0, 2.0, 3.0]), altitude_m=np.array([101.0, np.nan, 103.0]),
    vn_mps=np.array([3.0, 3.0, 3.0]), ve_mps=np.array([4.0, 4.0, np.nan]), satellites=np.array([9, 10, 11]), fix=np.array([3, 0, 6]),
    mode=["AUTO", "=cmd()", None],
)  # fmt: skip


def test_the_five_formats_are_known_by_name_and_any_other_is_refused_with_advice():
    assert [e.name for e in exports()] == ALL
    assert choose("GPX").suffix == ".gpx"
    with pytest.raises(BadRequest) as refused:
        choose("../../etc/passwd")
    assert "gpx" in refused.value.try_this


def test_gpx_has_every_point_with_time_elevation_and_elements_in_the_order_of_the_schema():
    root = xml("gpx", make_flight(), STRAIGHT)
    assert root.get("version") == "1.1" and root.get("creator")
    assert [c.tag for c in root] == [GPX + "metadata", GPX + "trk"]
    assert [c.tag for c in root[0]] == [GPX + n for n in ("name", "desc", "time")]
    points = root.findall(f"{GPX}trk/{GPX}trkseg/{GPX}trkpt")
    assert [(float(p.get("lon")), float(p.get("lat"))) for p in points] == [(10.5, -20.5), (10.6, -20.6), (10.7, -20.7)]
    assert [p.findtext(GPX + "ele") for p in points] == ["101.000", None, "103.000"]
    assert [p.findtext(GPX + "time") for p in points] == [f"2030-03-17T17:46:4{n}.000Z" for n in range(3)]
    assert [p.findtext(GPX + "fix") for p in points] == ["3d", "none", "dgps"]
    for point in points:
        places = [GPX_ORDER.index(child.tag.removeprefix(GPX)) for child in point]
        assert places == sorted(places)


def test_gpx_extensions_have_height_and_ground_speed_where_they_are_known():
    points = xml("gpx", make_flight(), STRAIGHT).findall(f".//{GPX}trkpt")
    gs = "{urn:groundside:track:1}"
    assert [p.findtext(f"{GPX}extensions/{gs}height") for p in points] == ["1.000", "2.000", "3.000"]
    assert [p.findtext(f"{GPX}extensions/{gs}speed") for p in points] == ["5.000", "5.000", None]


@pytest.mark.parametrize("basis", [TimeBasis.LOCAL, TimeBasis.BOOT])
def test_no_export_gives_a_time_as_utc_that_is_none(basis):
    track = make_track([1.5, 1.6], [2.5, 2.6], basis=basis)
    flight = make_flight(basis=basis)
    assert xml("gpx", flight, track).find(f".//{GPX}trkpt/{GPX}time") is None
    assert xml("kml", flight, track).find(f".//{KML}when") is None
    feature = json.loads(written("geojson", flight, track))["features"][0]
    assert feature["properties"]["times_s"] == [0.0, 1.0] and "times" not in feature["properties"]
    rows = list(csv.DictReader(io.StringIO(written("csv", flight, track).decode())))
    assert [r["time_s"] for r in rows] == ["0", "1"] and "time_utc" not in rows[0]
    assert b"Z</" not in written("gpx", flight, track)


def test_kml_has_a_track_with_time_where_utc_is_known():
    root = xml("kml", make_flight(), STRAIGHT)
    track = root.find(f".//{GX}MultiTrack/{GX}Track")
    assert [w.text for w in track.findall(KML + "when")] == [f"2030-03-17T17:46:4{n}.000Z" for n in range(3)]
    assert track.findtext(GX + "coord").split() == ["10.500000000", "-20.500000000", "1.000"]
    assert track.findtext(KML + "altitudeMode") == "relativeToGround"
    assert "above ground" in root.findtext(f"{KML}Document/{KML}description")


@pytest.mark.parametrize(
    ("known", "mode"),
    [({"altitude_m": [7.0, 8.0]}, "absolute"), ({}, "clampToGround"), ({"height_m": [1.0, np.nan]}, "clampToGround")],
)
def test_kml_says_above_what_its_heights_are(known, mode):
    track = make_track([1.5, 1.6], [2.5, 2.6], basis=TimeBasis.BOOT, **{n: np.array(v) for n, v in known.items()})
    root = xml("kml", make_flight(basis=TimeBasis.BOOT), track)
    assert [m.text for m in root.iter(KML + "altitudeMode")] == [mode]
    assert len(root.findtext(f".//{KML}coordinates").split()) == 2


def test_a_line_is_cut_where_five_seconds_are_missing_but_not_at_a_short_dropout():
    lon = [1.0, 1.1, np.nan, 1.3, 1.4, 1.5]
    track = make_track(lon, [2.0] * 6, times_s=[0, 1, 2, 3, 20, 21])
    segments = xml("gpx", make_flight(), track).findall(f".//{GPX}trkseg")
    assert [len(s) for s in segments] == [3, 2]
    features = json.loads(written("geojson", make_flight(), track))["features"]
    assert [len(f["geometry"]["coordinates"]) for f in features] == [3, 2]
    assert len(xml("kml", make_flight(), track).findall(f".//{GX}Track")) == 2


def test_a_slow_track_is_not_cut_at_every_row():
    track = make_track([1.0, 1.1, 1.2], [2.0] * 3, times_s=[0, 10, 20])
    assert len(json.loads(written("geojson", make_flight(), track))["features"]) == 1


def test_geojson_is_cut_at_the_antimeridian_with_the_point_on_it():
    track = make_track([179.0, -179.0, 179.5], [10.0, 12.0, 12.0], height_m=np.array([0.0, 10.0, 10.0]))
    features = json.loads(written("geojson", make_flight(), track))["features"]
    lines = [f["geometry"]["coordinates"] for f in features]
    assert lines == [
        [[179.0, 10.0], [180.0, 11.0]],
        [[-180.0, 11.0], [-179.0, 12.0], [-180.0, 12.0]],
        [[180.0, 12.0], [179.5, 12.0]],
    ]
    assert features[0]["properties"]["height_m"] == [0.0, 5.0]
    assert features[0]["properties"]["times"] == ["2030-03-17T17:46:40.000Z", "2030-03-17T17:46:40.500Z"]
    for feature in features:
        length = len(feature["geometry"]["coordinates"])
        assert all(len(feature["properties"][n]) == length for n in ("times", "height_m", "altitude_m"))


def test_a_lone_position_is_a_point():
    track = make_track([1.5], [2.5])
    feature = json.loads(written("geojson", make_flight(), track))["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [1.5, 2.5]}
    kml = xml("kml", make_flight(basis=TimeBasis.BOOT), make_track([1.5], [2.5], basis=TimeBasis.BOOT))
    assert len(kml.findtext(f".//{KML}coordinates").split()) == 2


def test_csv_has_all_columns_with_units_and_unknown_is_empty():
    rows = list(csv.DictReader(io.StringIO(written("csv", make_flight(), STRAIGHT).decode())))
    names = {"lon": "lon_deg", "lat": "lat_deg"}
    assert list(rows[0]) == ["time_utc", *(names.get(n, n) for n in COLUMNS)]
    assert [r["altitude_m"] for r in rows] == ["101", "", "103"]
    assert rows[0]["time_utc"] == "2030-03-17T17:46:40.000Z" and rows[0]["roll_deg"] == ""
    assert [float(r["lon_deg"]) for r in rows] == [10.5, 10.6, 10.7]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_in_a_csv_runs_as_a_formula(text):
    track = make_track([1.5, 1.6], [2.5, 2.6], mode=[text, "fine = yes"])
    rows = list(csv.DictReader(io.StringIO(written("csv", make_flight(), track).decode(), newline="")))
    assert [r["mode"] for r in rows] == ["'" + text, "fine = yes"]


def test_a_text_with_commas_quotes_and_line_ends_stays_one_cell():
    track = make_track([1.5], [2.5], mode=['a,"b"\nc'])
    rows = list(csv.DictReader(io.StringIO(written("csv", make_flight(), track).decode(), newline="")))
    assert rows[0]["mode"] == 'a,"b"\nc'


def test_parquet_is_the_table_itself_with_what_it_is():
    table = pq.read_table(io.BytesIO(written("parquet", make_flight(), STRAIGHT)))
    assert table.schema.names == list(COLUMNS)
    assert table.column("lon").to_pylist() == [10.5, 10.6, 10.7]
    assert table.schema.metadata[b"time_basis"] == b"utc_gnss" and table.schema.metadata[b"time_error_s"] == b"0.1"
    assert table.schema.field("lon").metadata[b"origin"] == b"made up"


@pytest.mark.parametrize("name", ALL)
def test_a_simulated_flight_says_so_in_every_format_and_a_real_one_never(name):
    real, simulated = (written(name, make_flight(simulated=s), STRAIGHT) for s in (False, True))
    assert b"SIMULATED" in simulated
    assert b"SIMULATED" not in real


HOSTILE = "</name><script>alert(1)</script>&\x00\x08\x1b\ufffe\ud800 \"'é"


@pytest.mark.parametrize("name", ALL)
def test_a_hostile_name_breaks_no_format(name):
    out = written(name, make_flight(place=HOSTILE), STRAIGHT)
    if name in {"gpx", "kml"}:
        text = "".join(ET.fromstring(out).itertext())
        assert "<script>alert(1)</script>&" in text and "\x1b" not in text
    elif name == "geojson":
        assert "<script>" in json.loads(out)["name"]
    assert b"<script>" not in out or name in {"geojson", "parquet"}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("basis", [TimeBasis.UTC_GNSS, TimeBasis.BOOT])
def test_a_track_without_positions_or_without_rows_gives_a_valid_file(name, basis):
    for lon in ([], [np.nan, np.nan]):
        out = written(name, make_flight(simulated=True, basis=basis), make_track(lon, lon, basis=basis))
        if name in {"gpx", "kml"}:
            ET.fromstring(out)
        elif name == "geojson":
            collection = json.loads(out)
            assert collection["features"] == [] and collection["label"] == "SIMULATED"
        elif name == "parquet":
            assert pq.read_table(io.BytesIO(out)).num_rows == len(lon)
        else:
            assert len(list(csv.DictReader(io.StringIO(out.decode())))) == len(lon)


@pytest.mark.parametrize("name", ALL)
def test_times_past_any_calendar_are_written_all_the_same(name):
    track = make_track([1.5, 1.6], [2.5, 2.6], times_s=[0, 8e12])
    assert written(name, make_flight(), track)
