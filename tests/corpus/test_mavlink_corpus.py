"""Real telemetry: the same values and times as pymavlink, and nothing lost that it does not lose too."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from groundside.decode.format import HEAD_BYTES
from groundside.decode.formats.mavlink_raw import FORMAT as RAW
from groundside.decode.formats.mavlink_tlog import FORMAT as TLOG
from groundside.model.decoded import Decoded
from groundside.model.late import LateTables
from groundside.model.recording import TimeBasis
from tests.mavlink_builder import decoded
from tests.mavlink_kernel import walk_by_both

pytestmark = pytest.mark.corpus

FLIGHT = "tlog/dronekit-python__flight.tlog"
ONE_FRAME = "tlog/pymavlink__capture.mav2.battery_status.tlog"
TEXT_FIRST = "tlog_raw/uav-sysid__mav.tlog.raw"
LOGS = (
    "tlog/UAVLogViewer__vtol.tlog",
    "tlog/autonomous-soaring__mav.tlog",
    FLIGHT,
    ONE_FRAME,
    "tlog/uav-sysid__mav.tlog",
)
STREAMS = ("tlog_raw/autonomous-soaring__mav.tlog.raw", TEXT_FIRST)
FLOWN = (*LOGS[:3], LOGS[4], *STREAMS)

SKIPPED = {FLIGHT: 27_613, ONE_FRAME: 14, TEXT_FIRST: 111}
"""
Bytes that are in no record known here, all others 0.

FLIGHT: 1,314 records of 21 bytes whose message, number 142, follows no definition that pymavlink ships (the ground
station's own; all agree on CRC_EXTRA 113), and 19 bytes of a last record that was cut short.
ONE_FRAME: what follows its one frame. TEXT_FIRST: what the vehicle prints as it boots, before its first frame.
"""
BAD_FOR_PYMAVLINK = {FLIGHT: 1314, ONE_FRAME: 1, TEXT_FIRST: 14}
"""Chunks that pymavlink gives as BAD_DATA. Nothing that it understands is missing here, nor the other way round."""
Tables = dict[str, dict[str, list[Any]]]


def read(corpus: Path, name: str) -> Decoded:
    return decoded((corpus / "flights" / name).read_bytes(), clock=name.startswith("tlog/"))


def by_pymavlink(path: Path, clock: bool) -> tuple[Tables, int]:
    """Read a log into columns, by message and sender; and count what pymavlink could not understand."""
    os.environ["MAVLINK20"] = "1"
    from pymavlink import mavutil

    mavutil.set_dialect("all")
    log = mavutil.mavlogfile(str(path), robust_parsing=True, notimestamps=not clock)
    tables: Tables = defaultdict(lambda: defaultdict(list))
    bad = 0
    while (message := log.recv_msg()) is not None:
        name = message.get_type()
        if name == "BAD_DATA":
            bad += 1
            continue
        table = tables[f"{name}[{message.get_srcSystem()}/{message.get_srcComponent()}]"]
        table["time"].append(message._timestamp)
        for field in message.get_fieldnames():
            table[field].append(getattr(message, field))
    log.close()
    return tables, bad


def plain(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Give every table the name it would have among several senders; leave the unknown messages out."""
    found: dict[str, pa.Table] = {}
    for name, table in tables.items():
        if name != "UNKNOWN":
            metadata = table.schema.metadata
            sender = f"{metadata[b'system'].decode()}/{metadata[b'component'].decode()}"
            found[f"{name.split('[')[0]}[{sender}]"] = table
    return found


def test_every_log_of_the_corpus_is_looked_at(corpus: Path):
    there = [f"{folder}/{p.name}" for folder in ("tlog", "tlog_raw") for p in (corpus / "flights" / folder).iterdir()]
    assert sorted(there) == sorted([*LOGS, *STREAMS])


@pytest.mark.peer
@pytest.mark.parametrize("name", [*LOGS, *STREAMS])
def test_every_field_of_every_message_equals_pymavlinks(corpus: Path, name: str):
    ours = plain(dict(read(corpus, name).tables))
    theirs, bad = by_pymavlink(corpus / "flights" / name, name in LOGS)
    assert bad == BAD_FOR_PYMAVLINK.get(name, 0)
    assert set(ours) == set(theirs)
    for table, columns in theirs.items():
        times = columns.pop("time")
        if name in LOGS:
            assert ours[table]["time_us"].to_pylist() == [round(t * 1e6) for t in times], table
        assert ours[table].column_names[1:-1] == list(columns), table
        for column, values in columns.items():
            assert_equal(ours[table][column], values, f"{table}.{column}")


def assert_equal(ours: pa.ChunkedArray, theirs: list[Any], what: str) -> None:
    if pa.types.is_fixed_size_list(ours.type):
        rows = ours.to_pylist()
        assert len(rows) == len(theirs), what
        np.testing.assert_array_equal(np.array(rows), np.array([list(v) for v in theirs]), err_msg=what)
    elif pa.types.is_floating(ours.type):
        np.testing.assert_array_equal(ours.to_numpy(), np.array(theirs, ours.type.to_pandas_dtype()), err_msg=what)
    else:
        assert ours.to_pylist() == theirs, what


@pytest.mark.parametrize("name", [*LOGS, *STREAMS])
def test_every_byte_is_accounted_for_and_every_skip_is_explained(corpus: Path, name: str):
    result = read(corpus, name)
    assert result.account.total == (corpus / "flights" / name).stat().st_size
    assert sum(p.length for p in result.problems) == result.account.skipped == SKIPPED.get(name, 0)


@pytest.mark.parametrize("name", [*LOGS, *STREAMS])
def test_the_kernel_says_of_real_logs_what_its_twin_says(corpus: Path, name: str):
    data = (corpus / "flights" / name).read_bytes()
    assert len(walk_by_both(data, 8 * (name in LOGS)).at)
    changed = bytearray(data[:200_000])
    for at in np.random.default_rng(4).integers(0, len(changed), len(changed) // 2000).tolist():
        changed[at] ^= 0x5A
    walk_by_both(bytes(changed), 8 * (name in LOGS))


@pytest.mark.parametrize("name", FLOWN)
def test_part_of_a_real_log_is_the_same_part_of_its_whole_tables(corpus: Path, name: str):
    result = read(corpus, name)
    tables = result.tables
    assert isinstance(tables, LateTables)
    times = np.concatenate([tables[n]["time_us"].to_numpy() for n in tables])
    first, after = (int(t) for t in np.quantile(times, [0.4, 0.5]))
    cut = tables.between(first, after)
    for table in tables:
        when = tables[table]["time_us"].to_numpy()
        inside = tables[table].filter(pa.array((when >= first) & (when < after)))
        assert cut[table].schema.equals(inside.schema, check_metadata=True)
        assert str(cut[table].to_pylist()) == str(inside.to_pylist()), table  # as text: NaN is not equal to itself


def test_the_damaged_log_says_what_was_lost_and_by_which_rule(corpus: Path):
    result = read(corpus, FLIGHT)
    assert result.facts["frames"] == 75_477 + 1314
    assert result.facts["unknown_messages"] == {"142": 1314}
    assert result.account.unknown == 1314 * 21
    assert result.facts["skipped_bytes"] == {"cut short at the end": 19}
    assert set(result.tables["UNKNOWN"]["crc_extra"].to_pylist()) == {113}
    assert result.tables["UNKNOWN"]["time_us"].null_count == 0


@pytest.mark.parametrize("name", [*LOGS, *STREAMS])
def test_real_logs_are_recognised_by_their_content(corpus: Path, name: str):
    head = (corpus / "flights" / name).read_bytes()[:HEAD_BYTES]
    assert TLOG.recognises(head) == (name in LOGS)
    assert RAW.recognises(head) == (name in STREAMS)


def test_no_other_file_of_the_corpus_is_taken_for_mavlink(corpus: Path):
    for path in sorted((corpus / "flights").rglob("*")):
        if path.is_file() and path.parent.name not in {"tlog", "tlog_raw"}:
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
            assert not TLOG.recognises(head) and not RAW.recognises(head), path.name


@pytest.mark.parametrize("name", FLOWN)
def test_every_real_flight_has_a_track_in_utc_with_plausible_values(corpus: Path, name: str):
    result = read(corpus, name)
    recording, track = TLOG.recording(result), TLOG.track(result)
    assert track is not None
    assert recording.time_basis is track.time_basis is TimeBasis.UTC_GNSS
    assert recording.start_us is not None
    assert 2014 <= int(str(np.datetime64(recording.start_us, "us"))[:4]) <= 2026
    assert (recording.time_error_s or 9) < 0.5
    assert recording.rows_expected == len(track.time_us)
    assert recording.start_us <= track.time_us[0]
    assert track.time_us[-1] <= recording.start_us + (recording.duration_s or 0) * 1e6 + 1
    assert recording.aircraft.kind in {"multirotor", "plane", "vtol"}
    for column, low, high in (
        ("height_m", -50, 300),
        ("vn_mps", -40, 40),
        ("yaw_deg", 0, 360),
        ("pitch_deg", -90, 90),
    ):
        values = track.floats(column)
        known = values[np.isfinite(values)]
        assert len(known) > 0.9 * len(values), column
        assert low <= known.min() <= known.max() <= high, column
    assert recording.home is not None
    lon, lat = track.floats("lon"), track.floats("lat")
    assert np.nanmax(np.hypot(lon - recording.home.lon, lat - recording.home.lat)) < 0.05
    assert track.table["mode"].null_count < len(track.time_us) / 2


@pytest.mark.parametrize("session", ["autonomous-soaring__mav", "uav-sysid__mav"])
def test_a_stream_and_the_log_of_the_same_session_agree(corpus: Path, session: str):
    """MAVProxy wrote both: what was sent at a boot time was sent at one UTC and at one place."""
    log, stream = (read(corpus, n) for n in (f"tlog/{session}.tlog", f"tlog_raw/{session}.tlog.raw"))
    one, other = TLOG.track(log), RAW.track(stream)
    assert one is not None and other is not None
    first = dict(zip((one.time_us // 1000).tolist(), one.floats("lat").tolist(), strict=True))
    second = dict(zip((other.time_us // 1000).tolist(), other.floats("lat").tolist(), strict=True))
    both = set(first) & set(second)
    assert len(both) > 0.9 * min(len(first), len(second))
    assert str([first[t] for t in sorted(both)]) == str([second[t] for t in sorted(both)])


def test_velocities_agree_with_how_the_position_changes(corpus: Path):
    track = TLOG.track(read(corpus, LOGS[0]))
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
        assert np.corrcoef(stated[known], moved[known])[0, 1] > 0.8, column
        assert 0.7 < np.polyfit(stated[known], moved[known], 1)[0] < 1.2, column


@pytest.mark.parametrize("name", FLOWN)
def test_every_real_flight_has_a_log(corpus: Path, name: str):
    assert TLOG.log is not None
    log = TLOG.log(read(corpus, name))
    assert log.time_basis is TimeBasis.UTC_GNSS
    assert log.messages.num_rows and log.parameters.num_rows and log.events.num_rows
    assert set(log.messages["severity"].to_pylist()) <= set(range(8))
    assert log.identity["autopilot"] == "ARDUPILOTMEGA"
    times = log.events["time_us"].to_pylist()
    assert times == sorted(times)
