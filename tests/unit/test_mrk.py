"""DJI's MRK files: exposures, their clock, quality and damage, with invented flights."""

import numpy as np
import pytest

from groundside.decode.known import recognise
from groundside.decode.reading import Reading, read_bytes
from groundside.model.recording import TimeBasis
from groundside.reference.gps_time import utc_us
from tests.csv_flights import moments, mrk

ROWS = moments(40, 2.0)
START_US = int(utc_us(2300, 1_000_000))


def read(raw: bytes) -> Reading:
    reading = read_bytes(memoryview(raw))
    assert reading.format == "ppk-mrk"
    return reading


def column(reading: Reading, name: str) -> list:
    return reading.tables["exposures"].column(name).to_pylist()


def test_gps_time_becomes_utc_less_leap_seconds():
    recording = read(mrk(ROWS)).recording()
    assert recording.time_basis is TimeBasis.UTC_GNSS and recording.start_us == START_US
    assert recording.duration_s == 78.0 and recording.rows_expected == len(ROWS)


def test_microseconds_of_the_exposure_are_kept():
    raw = mrk(ROWS[:3]).replace(b"1002.000000", b"1002.123457")
    assert column(read(raw), "utc_us")[1] - START_US == 2_123_457


def test_a_track_has_the_cameras_positions_and_no_height():
    track = read(mrk(ROWS)).timed_track()
    np.testing.assert_allclose(track.floats("lat"), [r.lat for r in ROWS], atol=1e-8)
    assert np.isnan(track.floats("altitude_m")).all() and np.isnan(track.floats("height_m")).all()
    assert set(track.table.column("fix").to_pylist()) == {6}


def test_offsets_are_given_in_metres_and_not_added_and_it_is_said():
    reading = read(mrk(ROWS))
    assert column(reading, "camera_north_of_antenna_m")[0] == -0.025
    assert column(reading, "camera_below_antenna_m")[0] == 0.193
    text = " ".join(reading.recording().inferences)
    assert "not added" in text and "above the ellipsoid" in text
    assert column(reading, "ellipsoid_height_m")[0] == 130.0


@pytest.mark.parametrize(("quality", "fix"), [(0, 0), (16, 3), (34, 5), (49, 5), (50, 6), (52, None), (17, None)])
def test_quality_is_the_kind_of_fix_where_it_is_described(quality, fix):
    reading = read(mrk(ROWS[:2]).replace(b"50,Q", b"%d,Q" % quality))
    assert reading.timed_track().table.column("fix").to_pylist() == [fix, fix]
    assert any("not described" in text for text in reading.recording().inferences) == (fix is None)


def test_without_the_week_times_count_from_the_first():
    reading = read(mrk(ROWS, week=None))
    assert reading.recording().time_basis is TimeBasis.BOOT and reading.timed_track().time_us[1] == 2_000_000
    assert column(reading, "utc_us")[0] is None


def test_a_damaged_line_is_left_out_and_named_and_the_others_are_read():
    lines = mrk(ROWS).split(b"\n")
    lines[7] = lines[7].replace(b",Lat", b",Lbt")
    raw = b"\n".join(lines)
    reading = read(raw)
    problem = reading.problems[0]
    assert raw[problem.offset : problem.offset + problem.length] == lines[7] + b"\n" and "Line 8" in problem.what
    assert column(reading, "sequence") == [n for n in range(1, 41) if n != 8]


def test_a_line_glued_from_two_is_left_out():
    straight = [r.__class__(r.index, r.t, 12 * r.t, 0, 30, 12, 0, 0) for r in ROWS]
    lines = mrk(straight).split(b"\n")
    first, second = lines[5].split(b"\t"), lines[12].split(b"\t")
    glued = b"\t".join([*first[:6], *second[6:]])
    reading = read(b"\n".join([*lines[:5], glued, *lines[13:]]))
    assert column(reading, "sequence") == [1, 2, 3, 4, 5, *range(14, 41)]
    assert "glued" in reading.problems[0].what


def test_exposures_missing_from_the_file_cost_no_others():
    lines = mrk(ROWS).split(b"\n")
    reading = read(b"\n".join([*lines[:5], *lines[12:]]))
    assert len(column(reading, "sequence")) == 33 and not reading.problems


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_line_ends_blanks_and_a_missing_last_one_do_not_matter(line_end):
    raw = mrk(ROWS).replace(b"\n", line_end) + line_end
    assert len(column(read(raw), "sequence")) == 40 and not read(raw).problems
    assert len(column(read(raw.rstrip()), "sequence")) == 40


def test_positions_of_zero_are_none_but_the_exposure_is_kept():
    raw = (
        mrk(ROWS[:1])
        .replace(f"{ROWS[0].lat:.8f}".encode(), b"0.00000000")
        .replace(f"{ROWS[0].lon:.8f}".encode(), b"0.00000000")
    )
    assert np.isnan(read(raw).timed_track().floats("lat")).all()


def test_other_text_is_not_taken_for_exposures():
    for raw in (b"", b"1\t2\t3\n", b"Lat,Q\n" * 50, b"\0" * 1000):
        assert recognise(raw) is None
