"""Real logs: the same values as pymavlink, and what another analyser found in one of them."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest

import groundside
from groundside import native
from groundside.decode.ardupilot.clock import boot_us
from groundside.decode.ardupilot.timed import clock_of
from groundside.decode.format import HEAD_BYTES
from groundside.decode.formats.dataflash import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis
from tests.dataflash_builder import decoded
from tests.gathering import bits

pytestmark = pytest.mark.corpus

LOG171 = "dronekit-la-testdata__log171.bin"
NAMES = (
    "ardupilot-log-diagnosis__sample.bin",
    "autonomous-soaring__00000001.BIN",
    "dataflash_logs__2014-10-18_20-04-24.bin",
    "dataflash_logs__2014-10-18_21-19-07.bin",
    "dataflash_logs__2015-07-23_10-21-40_52.bin",
    LOG171,
    "pymavlink__test.BIN",
    "rust_dataflash_parser__minimal.bin",
    "uav-sysid__00000002.BIN",
)
UNREAD_BY_PYMAVLINK = {
    # Its FMT counts lengths without the header. pymavlink then fails to unpack each TST record and drops it.
    ("rust_dataflash_parser__minimal.bin", "TST"): 3,
}
FLIGHTS = (*NAMES[:4], LOG171, "pymavlink__test.BIN", "uav-sysid__00000002.BIN")


def read(corpus: Path, name: str) -> Decoded:
    return decoded((corpus / "flights" / "bin" / name).read_bytes())


def columns_of_pymavlink(path: Path) -> dict[str, dict[str, list[object]]]:
    """Read a log by pymavlink's public attributes into columns, by message and instance."""
    from pymavlink.DFReader import DFReader_binary

    tables: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    with DFReader_binary(str(path)) as reader:
        while (message := reader.recv_msg()) is not None:
            name, instance = message.get_type(), message.fmt.instance_field
            table = tables[name if instance is None else f"{name}[{getattr(message, instance)}]"]
            for column in message.get_fieldnames():
                table[column].append(getattr(message, column))
    return tables


def test_every_log_of_the_corpus_is_looked_at(corpus: Path):
    assert sorted(path.name for path in (corpus / "flights" / "bin").iterdir()) == sorted(NAMES)


@pytest.mark.peer
@pytest.mark.parametrize("name", NAMES)
def test_every_column_of_every_message_equals_pymavlinks(corpus: Path, name: str, capfd: pytest.CaptureFixture[str]):
    ours = read(corpus, name).tables
    theirs = columns_of_pymavlink(corpus / "flights" / "bin" / name)
    capfd.readouterr()  # pymavlink prints what it cannot unpack
    unread = {table: rows for (file, table), rows in UNREAD_BY_PYMAVLINK.items() if file == name}
    assert set(ours) == set(theirs) | set(unread)
    assert {table: ours[table].num_rows for table in unread} == unread
    for table, columns in theirs.items():
        for column, values in columns.items():
            assert_equal(ours[table][column], values, f"{table}.{column}")


def assert_equal(ours: pa.ChunkedArray, theirs: list[object], what: str) -> None:
    assert len(ours) == len(theirs), what
    if pa.types.is_floating(ours.type) or pa.types.is_integer(ours.type):
        wide = np.float64 if pa.types.is_floating(ours.type) else object
        if wide is object:
            assert ours.to_pylist() == theirs, what
        else:
            np.testing.assert_allclose(ours.to_numpy(), np.array(theirs, float), rtol=1e-6, atol=0, err_msg=what)
    else:
        assert ours.to_pylist() == [list(v) if hasattr(v, "typecode") else v for v in theirs], what


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_is_accounted_for_and_every_skip_is_a_problem(corpus: Path, name: str):
    result = read(corpus, name)
    assert result.account.total == (corpus / "flights" / "bin" / name).stat().st_size
    assert sum(p.length for p in result.problems) == result.account.skipped < 100


@pytest.mark.parametrize("name", NAMES)
def test_real_logs_are_recognised_and_nothing_else_in_the_corpus_is(corpus: Path, name: str):
    assert FORMAT.recognises((corpus / "flights" / "bin" / name).read_bytes()[:HEAD_BYTES])


def test_no_other_file_of_the_corpus_is_taken_for_a_dataflash_log(corpus: Path):
    for path in sorted((corpus / "flights").rglob("*")):
        if path.is_file() and path.parent.name != "bin":
            with path.open("rb") as file:
                assert not FORMAT.recognises(file.read(HEAD_BYTES)), path.name


@pytest.mark.parametrize("name", FLIGHTS)
def test_every_real_flight_has_a_track_with_utc_and_plausible_values(corpus: Path, name: str):
    result = read(corpus, name)
    recording, track = FORMAT.recording(result), FORMAT.track(result)
    assert track is not None
    assert recording.time_basis is track.time_basis is TimeBasis.UTC_GNSS
    assert recording.start_us is not None
    assert 2014 <= int(str(np.datetime64(recording.start_us, "us"))[:4]) <= 2026
    assert (recording.time_error_s or 9) < 0.5
    added = len(track.time_us) - (recording.rows_expected or 0)  # for arming and landing while the log paused
    assert 0 <= added <= 6
    assert np.isnan(track.floats("lon")).sum() >= added
    assert recording.start_us <= track.time_us[0] <= track.time_us[-1]
    assert track.time_us[-1] <= recording.start_us + (recording.duration_s or 0) * 1e6 + 1
    assert recording.aircraft.firmware and recording.aircraft.kind
    for column, low, high in (
        ("height_m", -50, 300),
        ("vn_mps", -30, 30),
        ("yaw_deg", 0, 360),
        ("pitch_deg", -90, 90),
    ):
        values = track.floats(column)
        known = values[np.isfinite(values)]
        assert len(known) > 0.9 * len(values), column
        assert low <= known.min() <= known.max() <= high, column
    assert recording.home is not None
    lon, lat = track.floats("lon"), track.floats("lat")
    assert np.nanmax(np.hypot(lon - recording.home.lon, lat - recording.home.lat)) < 0.02


def test_log171_says_what_the_dronekit_analyser_found_in_it(corpus: Path):
    truth = json.loads((corpus / "flights" / "bin_truth" / f"{LOG171}-expected-json").read_text())
    result = read(corpus, LOG171)
    facts, track = result.facts, FORMAT.track(result)
    assert track is not None
    assert facts["records"] == truth["packet-count"]
    assert result.account.skipped == truth["bytes-dropped"]
    assert str(facts["vehicle"]) == truth["tests"]["Vehicle Definition"]["results"][0]["evidence"][0].lower()
    assert bool(facts["parameters"]) == (truth["tests"]["Any Parameters Seen"]["status"] == "PASS")
    amsl = np.max(result.tables["AHR2"]["Alt"].to_numpy())
    assert amsl == pytest.approx(truth["maximum-altitude-absolute"], abs=1e-3)

    clock = clock_of(result)
    armed_at = clock.placed_us["EV"][result.tables["EV"]["Id"].to_pylist().index(10)]
    assert armed_at == truth["tests"]["Ever Armed"]["results"][0]["timestamp-first-armed"]
    assert clock.last_us == truth["tests"]["Parameters"]["results"][0]["timestamp_stop"]
    boot_us = track.time_us - (clock.utc_offset_us or 0)
    bad = next(r for r in truth["tests"]["GPS Fix"]["results"] if r["reason"] == "GPS Fix Is Bad")
    fix = np.array(track.table["fix"].to_pylist())
    assert boot_us[fix >= 3][0] == bad["timestamp_stop"]
    speed = np.linalg.norm([track.floats(f"v{axis}_mps") for axis in "ned"], axis=0)
    assert np.nanmax(speed) == pytest.approx(truth["maximum-velocity"], rel=0.1)


# Not log171: its vertical estimate diverged before the crash, as its truth says too.
@pytest.mark.parametrize("name", [NAMES[0], NAMES[2], NAMES[3]])
def test_velocities_agree_with_how_the_position_changes(corpus: Path, name: str):
    track = FORMAT.track(read(corpus, name))
    assert track is not None
    seconds = track.time_us / 1e6
    metres_north = np.radians(track.floats("lat")) * 6_371_000
    metres_east = np.radians(track.floats("lon")) * 6_371_000 * np.cos(np.radians(np.nanmean(track.floats("lat"))))
    for metres, column in (
        (metres_north, "vn_mps"),
        (metres_east, "ve_mps"),
        (-track.floats("height_m"), "vd_mps"),
    ):
        stated, moved = track.floats(column), np.gradient(metres, seconds)
        known = np.isfinite(stated) & np.isfinite(moved)
        slope = np.polyfit(stated[known], moved[known], 1)[0]
        correlation = np.corrcoef(stated[known], moved[known])[0, 1]
        assert correlation > 0.5, column
        assert 0.5 < slope < 1.5, column


def same_values(one: pa.Table, other: pa.Table) -> bool:
    return one.schema.equals(other.schema, check_metadata=True) and all(
        bits(one[name]) == bits(other[name]) for name in one.column_names
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_kernels_read_a_real_log_as_their_plain_twins_do(corpus: Path, name: str):
    ours = read(corpus, name)
    with patch.object(native, "PLAIN", True):
        plainly = read(corpus, name)
        assert list(plainly.tables) == list(ours.tables)
        assert all(same_values(ours.tables[table], plainly.tables[table]) for table in ours.tables)
        assert (plainly.facts, plainly.problems, plainly.account) == (ours.facts, ours.problems, ours.account)


@pytest.mark.parametrize("name", FLIGHTS)
def test_a_stretch_of_a_real_flight_has_the_rows_of_that_time_and_no_others(corpus: Path, name: str):
    path = corpus / "flights" / "bin" / name
    whole = groundside.read(path)
    clock = clock_of(whole.decoded)
    assert clock.first_us is not None and clock.last_us is not None and clock.utc_offset_us is not None
    third = (clock.last_us - clock.first_us) // 3
    start, stop = clock.first_us + third, clock.first_us + 2 * third
    part = groundside.read(path, between=(start + clock.utc_offset_us, stop + clock.utc_offset_us)).tables
    assert set(part) == set(whole.tables)
    cut = 0
    for table, rows in whole.tables.items():
        times = boot_us(rows, clock.first_us)
        wanted = rows if times is None else rows.filter((times >= start) & (times < stop))
        assert same_values(part[table], wanted), table
        cut += rows.num_rows - part[table].num_rows
    assert cut > 0
