"""GPX: points, times, segments, extensions; and what is no track."""

from __future__ import annotations

import io

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.gpx import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.flight import Cut, Flight
from groundside.model.recording import TimeBasis
from groundside.model.track import Track
from groundside.see.exports.formats.gpx import EXPORT
from tests import builders

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Someone" xmlns="http://www.topografix.com/GPX/1/1">\n'


def point(lat: object = 45.5, lon: object = -98.5, inner: str = "", tag: str = "trkpt") -> str:
    return f'<{tag} lat="{lat}" lon="{lon}">{inner}</{tag}>\n'


def at(second: float, zone: str = "Z", inner: str = "") -> str:
    return point(45.5 + second / 1e5, inner=f"<time>2025-06-15T12:00:{second:06.3f}{zone}</time>{inner}")


def gpx(*segments: str, before: str = "", after: str = "") -> bytes:
    inner = "".join(f"<trkseg>\n{points}</trkseg>\n" for points in segments)
    return f"{HEAD}{before}<trk><name>One</name>\n{inner}</trk>\n{after}</gpx>\n".encode()


def decode(content: bytes) -> Decoded:
    decoded = FORMAT.decode(memoryview(content), Options())
    account = decoded.account
    assert account.decoded + account.skipped == account.total == len(content)
    assert sum(p.length for p in decoded.problems) == account.skipped
    return decoded


def test_every_element_of_a_point_is_a_column_with_its_unit():
    inner = "<ele>120.5</ele><speed>3.5</speed><course>90</course><fix>3d</fix><sat>14</sat><hdop>0.8</hdop>"
    decoded = decode(gpx(at(0, inner=inner) + at(1)))
    row = decoded.tables["track_points"].to_pylist()[0]
    assert (row["lon"], row["ele_m"], row["speed_mps"], row["fix"], row["sat"], row["hdop"]) == (
        -98.5,
        120.5,
        3.5,
        "3d",
        14,
        0.8,
    )
    track = FORMAT.track(decoded)
    assert track is not None
    first = track.table.to_pylist()[0]
    assert (first["altitude_m"], first["fix"], first["satellites"]) == (120.5, 3, 14)
    assert (round(first["vn_mps"], 9), first["ve_mps"]) == (0, 3.5)
    assert np.isnan(first["height_m"])


def test_times_with_a_zone_are_utc_and_fractions_are_kept():
    track = FORMAT.track(decode(gpx(at(0.25, "Z") + at(1, "+00:00") + at(2.5, "Z"))))
    recording = FORMAT.recording(decode(gpx(at(0.25, "+02:00") + at(1.5, "+02:00"))))
    assert track is not None
    assert track.time_basis is TimeBasis.UTC_DEVICE
    assert np.diff(track.time_us).tolist() == [750_000, 1_500_000]
    assert recording.start_us == 1_749_981_600_250_000
    assert recording.duration_s == 1.25


def test_times_without_a_zone_are_those_of_a_wall_clock():
    decoded = decode(gpx(at(1, "") + at(3, "")))
    recording, track = FORMAT.recording(decoded), FORMAT.track(decoded)
    assert recording.time_basis is TimeBasis.LOCAL
    assert recording.start_us is None
    assert recording.local_start.startswith("2025-06-15T12:00:01")
    assert track is not None
    assert track.time_us.tolist() == [0, 2_000_000]
    assert any("wall clock" in text for text in recording.inferences)


def test_points_without_any_time_are_a_table_but_no_track():
    decoded = decode(gpx(point() + point(45.6)))
    assert FORMAT.track(decoded) is None
    assert decoded.tables["track_points"].num_rows == 2
    assert FORMAT.recording(decoded).time_basis is TimeBasis.NONE
    assert any("no track" in text for text in FORMAT.recording(decoded).inferences)


def test_extensions_of_any_name_are_columns_under_their_tag():
    inner = (
        "<extensions><speed>9</speed><gpxtpx:TrackPointExtension><gpxtpx:atemp>21.5</gpxtpx:atemp>"
        '<x:state on="yes">idle</x:state></gpxtpx:TrackPointExtension></extensions>'
    )
    row = decode(gpx(at(0, inner=inner) + at(1))).tables["track_points"].to_pylist()[0]
    assert (row["gpxtpx:atemp"], row["x:state"], row["x:state@on"], row["extensions/speed"]) == (21.5, "idle", "yes", 9)
    assert "speed_mps" not in row


def test_segments_are_numbered_and_a_gap_is_said():
    decoded = decode(gpx(at(0) + at(1), at(30) + at(31)))
    assert decoded.tables["track_points"].column("segment").to_pylist() == [0, 0, 1, 1]
    track = FORMAT.track(decoded)
    assert track is not None
    assert track.table.num_rows == 4
    assert any("2 segments" in text for text in FORMAT.recording(decoded).inferences)


def test_routes_and_waypoints_are_kept_apart_and_said():
    rest = (
        point(tag="wpt", inner="<name>home</name>") + f"<rte>{point(1, 2, tag='rtept')}{point(3, 4, tag='rtept')}</rte>"
    )
    decoded = decode(gpx(at(0) + at(1), after=rest))
    assert decoded.tables["waypoints"].column("name").to_pylist() == ["home"]
    assert decoded.tables["route_points"].column("lat").to_pylist() == [1, 3]
    assert decoded.tables["track_points"].num_rows == 2
    assert any("plans or marks" in text for text in FORMAT.recording(decoded).inferences)


def test_a_document_of_waypoints_alone_has_no_track_and_says_so():
    decoded = decode(f"{HEAD}{point(tag='wpt')}</gpx>".encode())
    assert FORMAT.track(decoded) is None
    assert any("no track point" in problem.what for problem in decoded.problems)


def test_zero_zero_and_places_off_the_globe_are_no_positions():
    content = gpx(
        at(0)
        + at(1).replace('lon="-98.5"', 'lon="0"').replace('lat="45.50001"', 'lat="0"')
        + at(2).replace("-98.5", "-198.5")
    )
    track = FORMAT.track(decode(content))
    assert track is not None
    assert np.isfinite(track.floats("lon")).tolist() == [True, False, False]


def test_a_point_whose_time_is_damaged_stays_in_the_table_and_costs_no_other_its_place():
    content = (
        gpx("".join(at(n) for n in range(10)))
        .replace(b"12:00:04", b"19:00:04")
        .replace(b"12:00:07.000Z", b"12:00:x7.000Z")
    )
    decoded = decode(content)
    track = FORMAT.track(decoded)
    assert track is not None
    assert decoded.tables["track_points"].num_rows == 10
    assert track.table.num_rows == 8
    assert any("cannot be read" in p.what for p in decoded.problems)


def test_a_second_track_at_the_same_time_is_not_mixed_in():
    other = "<trk><trkseg>" + at(0.5) + at(1.5) + "</trkseg></trk>"
    decoded = decode(gpx("".join(at(n) for n in range(5)), after=other))
    track = FORMAT.track(decoded)
    assert track is not None
    assert track.table.num_rows == 5
    assert any("second track" in text for text in FORMAT.recording(decoded).inferences)


def test_tracks_one_after_the_other_are_one_in_order_of_time():
    later = "<trk><trkseg>" + at(30) + at(31) + "</trkseg></trk>\n"
    decoded = decode(gpx(at(0) + at(1), before=later))
    track = FORMAT.track(decoded)
    assert track is not None
    assert (np.diff(track.time_us) > 0).all()
    assert track.table.num_rows == 4


def test_a_hostile_number_of_columns_does_not_multiply_memory():
    rows = "".join(at(n % 60, inner=f"<extensions><x:c{n}>1</x:c{n}></extensions>") for n in range(3000))
    content = gpx(rows)
    decoded = decode(content)
    assert decoded.tables["track_points"].nbytes < 6 * len(content)
    assert any("left out" in problem.what for problem in decoded.problems)


@pytest.mark.parametrize("content", [b"", b"<gpx", b"<gpx>", b"<gpx><trk><trkseg><trkpt/>", b"\0" * 50, b"<kml/>"])
def test_next_to_nothing_is_a_problem_and_no_failure(content: bytes):
    decoded = decode(content)
    assert FORMAT.track(decoded) is None
    assert FORMAT.recording(decoded).start_us is None
    assert decoded.problems


def test_only_gpx_is_recognised():
    assert FORMAT.recognises(gpx(at(0)))
    assert FORMAT.recognises(b"\xef\xbb\xbf\r\n" + gpx(at(0)))
    assert not FORMAT.recognises(b"<kml></kml>")
    assert not FORMAT.recognises(b"PK\x03\x04")
    assert not FORMAT.recognises(b"")


def exported(track: Track) -> bytes:
    basis = track.time_basis
    summary = Cut(
        ordinal=0, first_row=0, end_row=0, time_basis=basis, time_error_s=0.1, recording_start_us=None, recording_s=1.0
    )
    flight = Flight(id="f1", case="general", sources=(), summary=summary, simulated=True)
    out = io.BytesIO()
    EXPORT.write(flight, track, out)
    return out.getvalue()


def test_what_groundside_exports_reads_back():
    hundred = np.arange(100.0)
    track = builders.track(
        east=hundred,
        north=hundred / 2,
        height_m=hundred,
        altitude_m=hundred + 300,
        satellites=[14] * 100,
        fix=[3] * 100,
    )
    decoded = decode(exported(track))
    back = FORMAT.track(decoded)
    assert back is not None
    np.testing.assert_array_equal(back.time_us, track.time_us)
    for name in ("lon", "lat", "height_m", "altitude_m"):
        np.testing.assert_allclose(back.floats(name), track.floats(name), atol=1e-3 if name.endswith("_m") else 1e-9)
    assert back.table.column("fix").to_pylist() == [3] * 100
    assert decoded.facts["simulated"] is True
    assert decoded.problems == ()
