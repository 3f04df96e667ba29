"""Real logs: the same values as pyulog, what PX4's own tools say of them, and what damage costs."""

from __future__ import annotations

import contextlib
import io
import random
import re
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pytest
from pyulog import ULog

from groundside import native
from groundside.decode.format import HEAD_BYTES
from groundside.decode.formats.ulog import FORMAT
from groundside.decode.formats.ulog.clock import utc_by_name
from groundside.decode.formats.ulog.series import clock_of
from groundside.decode.formats.ulog.texts import said_in
from groundside.decode.formats.ulog.walk import walk
from groundside.decode.known import recognise
from groundside.model.decoded import Decoded
from groundside.model.late import LateTables
from groundside.model.recording import TimeBasis
from tests.ulog_builder import decoded

pytestmark = pytest.mark.corpus

SAMPLE, APPENDED, SMALL, TAGGED = (
    f"ulog/pyulog__{name}.ulg"
    for name in ("sample", "sample_appended_multiple", "sample_log_small", "sample_logging_tagged_and_default_params")
)
SIH = "sitl/px4_sih_flight1.ulg"
NAMES = (SAMPLE, APPENDED, SMALL, TAGGED, SIH)
TOPICS_AND_ROWS = {SAMPLE: (15, 64542), APPENDED: (20, 6852), SMALL: (70, 14604), TAGGED: (96, 21229)}
READ: dict[str, Decoded] = {}


def bytes_of(corpus: Path, name: str) -> bytes:
    return (corpus / "flights" / name).read_bytes()


def read(corpus: Path, name: str) -> Decoded:
    if name not in READ:
        READ[name] = decoded(bytes_of(corpus, name))
    return READ[name]


def peer(corpus: Path, name: str) -> ULog:
    return ULog(str(corpus / "flights" / name))


def table_name(data: ULog.Data) -> str:
    return f"{data.name}[{data.multi_id}]" if data.multi_id else data.name


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_is_read(corpus: Path, name: str):
    result = read(corpus, name)
    assert result.account.skipped == 0
    assert recognise(bytes_of(corpus, name)[:HEAD_BYTES]) is FORMAT


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_every_column_is_that_of_pyulog(corpus: Path, name: str):
    result, other = read(corpus, name), peer(corpus, name)
    assert {table_name(d) for d in other.data_list} == {t for t in result.tables if t not in "PQLOM"}
    compared = 0
    for data in other.data_list:
        table = result.tables[table_name(data)]
        expected = {c: v for c, v in data.data.items() if "_padding" not in c}
        assert table.column_names == list(expected)
        for column, values in expected.items():
            ours = table[column].to_numpy()
            assert ours.dtype in {values.dtype, np.dtype(bool)}, column
            assert np.array_equal(ours.astype(values.dtype), values, equal_nan=values.dtype.kind == "f"), column
            compared += len(values)
    assert compared > 50_000


@pytest.mark.parametrize("name", TOPICS_AND_ROWS)
def test_topics_and_rows_are_as_many_as_the_manifest_says(corpus: Path, name: str):
    tables = {n: t for n, t in read(corpus, name).tables.items() if n not in "PQLOM"}
    assert (len(tables), sum(t.num_rows for t in tables.values())) == TOPICS_AND_ROWS[name]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_text_and_information_are_those_of_pyulog(corpus: Path, name: str):
    result, other = read(corpus, name), peer(corpus, name)
    assert FORMAT.log is not None
    log = FORMAT.log(result)
    rows = log.parameters.to_pylist()
    initial = {p["name"]: p["value"] for p in rows if p["time_us"] is None}
    assert initial == pytest.approx(other.initial_parameters)
    changed = [(p["name"], pytest.approx(p["value"])) for p in rows if p["time_us"] is not None]
    assert Counter(n for n, _ in changed) == Counter(n for _, n, _ in other.changed_parameters)
    stated = {**other.get_default_parameters(0), **other.get_default_parameters(1)}
    for p in rows:
        assert p["default"] == pytest.approx(stated.get(p["name"], float("nan")), nan_ok=True)
    lines = [(m.timestamp, m.log_level - 48, m.message) for m in other.logged_messages]
    lines += [(m.timestamp, m.log_level - 48, m.message) for ms in other.logged_messages_tagged.values() for m in ms]
    shift = clock_of(result).shift_us
    assert Counter(lines) == Counter((m["time_us"] - shift, m["severity"], m["text"]) for m in log.messages.to_pylist())
    assert result.facts["information"] == {
        k: v.hex() if isinstance(v, bytes) else v for k, v in other.msg_info_dict.items()
    }
    pieces = result.tables["M"].to_pylist() if "M" in result.tables else []
    assert Counter(p["key"] for p in pieces if not p["continued"]) == Counter(
        {k: len(v) for k, v in other.msg_info_multiple_dict.items()}
    )


@pytest.mark.parametrize("name", [SAMPLE, APPENDED, SMALL, TAGGED])
def test_the_text_is_what_ulog_messages_printed(corpus: Path, name: str):
    truth = name.replace("ulog/", "ulog_truth/").replace(".ulg", "_messages.txt")
    # One line is no text of the log but an event, whose words pyulog knows.
    printed = [x for x in bytes_of(corpus, truth).decode().splitlines() if x and "logging: opening log file" not in x]
    levels = ("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG")
    ours: list[str] = []
    for m in read(corpus, name).tables["L"].to_pylist():
        seconds = m["timestamp"] // 1_000_000
        clock = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        # A tab at the end says that the same is also an event; a tag, that it is none of PX4's own.
        if m["tag"] is None and not m["text"].endswith("\t"):
            ours.append(f"{clock} {levels[m['severity']]}: {m['text']}")
    assert printed == ours
    assert printed


@pytest.mark.parametrize("name", [SAMPLE, APPENDED])
def test_counts_are_what_ulog_info_printed(corpus: Path, name: str):
    result = read(corpus, name)
    printed = bytes_of(corpus, name.replace("ulog/", "ulog_truth/").replace(".ulg", "_info.txt")).decode()
    found = re.finditer(r"^ (\w+) \((\d+), \d+\) +(\d+) +\d+$", printed, re.MULTILINE)
    counts = {f"{m[1]}[{m[2]}]" if m[2] != "0" else m[1]: int(m[3]) for m in found}
    assert counts == {n: t.num_rows for n, t in result.tables.items() if n not in "PQLOM"}
    minutes, seconds = map(int, re.search(r"duration: 0:(\d+):(\d+)", printed).groups())  # pyright: ignore[reportOptionalMemberAccess]
    assert int(FORMAT.recording(result).duration_s or 0) == 60 * minutes + seconds
    dropouts = re.search(r"Dropouts: count: (\d+), total duration: ([\d.]+) s, max: (\d+) ms, mean: (\d+) ms", printed)
    if dropouts:
        lost = result.tables["O"]["duration"].to_pylist()
        assert (len(lost), max(lost), sum(lost) // len(lost)) == tuple(int(dropouts[n]) for n in (1, 3, 4))
        assert len(lost) == result.facts["dropouts"] == 4
    else:
        assert "O" not in result.tables


def bits(table: pa.Table) -> list[bytes]:
    return [repr(column.to_pylist()).encode() for column in table.columns]


@pytest.mark.parametrize("name", [SAMPLE, APPENDED, SMALL, TAGGED])
def test_kernels_and_their_twins_read_a_real_log_alike(corpus: Path, name: str):
    ours = read(corpus, name)
    with patch.object(native, "PLAIN", True):
        plainly = decoded(bytes_of(corpus, name))
        assert (plainly.facts, plainly.problems, plainly.account) == (ours.facts, ours.problems, ours.account)
        assert list(plainly.tables) == list(ours.tables)
        for table, expected in ours.tables.items():
            assert plainly.tables[table].schema.equals(expected.schema, check_metadata=True), table
            assert bits(plainly.tables[table].slice(0, 500)) == bits(expected.slice(0, 500)), table
            assert plainly.tables[table].num_rows == expected.num_rows


@pytest.mark.parametrize("name", [SAMPLE, SMALL, SIH])
def test_a_stretch_of_a_real_log_has_the_rows_of_that_time_and_no_others(corpus: Path, name: str):
    result = read(corpus, name)
    clock = clock_of(result)
    assert isinstance(result.tables, LateTables)
    assert clock.first_us is not None
    assert clock.last_us is not None
    third = (clock.last_us - clock.first_us) // 3
    start, stop = clock.first_us + third, clock.first_us + 2 * third
    cut = 0
    for table, part in result.tables.between(start, stop).items():
        whole = result.tables[table]
        if table in "PQLOM" or "timestamp" not in whole.column_names:
            continue
        times = whole["timestamp"].to_numpy()
        inside = (times >= start) & (times < stop)
        assert part.schema.equals(whole.schema, check_metadata=True)
        assert bits(part.slice(0, 200)) == bits(whole.filter(pa.array(inside)).slice(0, 200)), table
        assert part.num_rows == int(inside.sum())
        cut += whole.num_rows - part.num_rows
    assert cut > 1000


def test_take_off_and_landing_are_when_the_log_says_so_in_words(corpus: Path):
    assert FORMAT.log is not None
    for name in (SMALL, SIH):
        log = FORMAT.log(read(corpus, name))
        said = {m["text"].strip(): m["time_us"] for m in log.messages.to_pylist()}
        events = {e["kind"]: e["time_us"] for e in log.events.to_pylist()}
        for words, kind in (
            ("Takeoff detected", "takeoff"),
            ("Landing detected", "landing"),
            ("Disarmed by landing", "disarmed"),
        ):
            stated = said.get(f"[commander] {words}")
            if stated is not None:
                assert abs(events[kind] - stated) < 100_000, (name, kind)


def test_the_name_of_a_file_agrees_with_its_receiver(corpus: Path):
    data = memoryview(bytes_of(corpus, TAGGED))
    by_name = utc_by_name(said_in(data, walk(data).others))
    clock = clock_of(read(corpus, TAGGED))
    assert by_name is not None
    assert clock.basis is TimeBasis.UTC_GNSS
    assert clock.utc_offset_us is not None
    assert abs(by_name.offset_us - clock.utc_offset_us) / 1e6 < by_name.error_s + (clock.error_s or 0)


def test_a_flight_without_satellite_time_is_dated_by_the_name_of_its_file(corpus: Path):
    result = read(corpus, SIH)
    recording = FORMAT.recording(result)
    assert recording.time_basis is TimeBasis.UTC_DEVICE
    assert recording.time_error_s is not None
    assert 0.5 <= recording.time_error_s < 0.51
    assert recording.duration_s == pytest.approx(227.9, abs=0.1)
    assert recording.aircraft.kind == "multirotor"
    assert any("autopilot's own clock" in said for said in recording.inferences)


def test_the_track_of_a_flight_holds_together(corpus: Path):
    track = FORMAT.track(read(corpus, SIH))
    assert track is not None
    flying = np.array(track.table["in_air"].to_pylist())
    height = track.floats("height_m")
    assert 0 < flying.sum() < len(flying)
    assert np.abs(height[~flying]).max() < 2
    assert set(track.table["mode"].unique().to_pylist()) == {"Mission", "Return"}
    seconds = track.time_us / 1e6
    metres_north = np.radians(track.floats("lat")) * 6_371_000
    metres_east = np.radians(track.floats("lon")) * 6_371_000 * np.cos(np.radians(np.nanmean(track.floats("lat"))))
    for metres, column in ((metres_north, "vn_mps"), (metres_east, "ve_mps"), (-height, "vd_mps")):
        stated, moved = track.floats(column), np.gradient(metres, seconds)
        known = np.isfinite(stated) & np.isfinite(moved) & flying
        assert np.corrcoef(stated[known], moved[known])[0, 1] > 0.97, column
        assert 0.9 < np.polyfit(stated[known], moved[known], 1)[0] < 1.1, column


def test_yaw_is_the_heading_that_the_estimator_states(corpus: Path):
    for name in (SIH, SMALL):
        result = read(corpus, name)
        track, local = FORMAT.track(result), result.tables["vehicle_local_position"]
        assert track is not None
        boot = track.time_us - clock_of(result).shift_us
        heading = np.interp(boot, local["timestamp"].to_numpy().astype(float), np.unwrap(local["heading"].to_numpy()))
        away = (track.floats("yaw_deg") - np.degrees(heading) + 180) % 360 - 180
        assert np.nanmedian(np.abs(away)) < 1, name


def test_two_batteries_are_two(corpus: Path):
    track = FORMAT.track(read(corpus, SMALL))
    assert track is not None
    assert 20 < np.nanmean(track.floats("battery_voltage_v")) < 26
    assert 45 < np.nanmean(track.floats("battery_voltage_v_2")) < 52
    assert [b.slot for b in FORMAT.recording(read(corpus, SMALL)).batteries] == [1, 2]


def damaged(data: bytes, kind: str, rng: random.Random) -> bytes:
    at, size = rng.randrange(len(data)), rng.randint(1, 200)
    if kind == "truncate":
        return data[:at]
    if kind == "overwrite":
        return data[:at] + rng.randbytes(min(size, len(data) - at)) + data[at + size :]
    if kind == "delete":
        return data[:at] + data[at + size :]
    if kind == "insert":
        return data[:at] + rng.randbytes(size) + data[at:]
    block = 4096
    first = rng.randrange(len(data) - 3 * block)
    second = rng.randrange(first + block, len(data) - block)
    return b"".join(
        (
            data[:first],
            data[second : second + block],
            data[first + block : second],
            data[first : first + block],
            data[second + block :],
        )
    )


def rows(table: pa.Table, columns: list[str]) -> Counter[tuple[object, ...]]:
    values = [np.ascontiguousarray(table[c].to_numpy()) for c in columns]
    as_bytes = [v.astype(np.uint8) if v.dtype == bool else v for v in values]
    return Counter(zip(*(v.view(f"V{v.dtype.itemsize}").tolist() for v in as_bytes), strict=True))


def peer_rows(data: ULog.Data, columns: list[str]) -> Counter[tuple[object, ...]]:
    values = [np.ascontiguousarray(data.data[c]) for c in columns]
    return Counter(zip(*(v.view(f"V{v.dtype.itemsize}").tolist() for v in values), strict=True))


@pytest.mark.parametrize("kind", ["truncate", "overwrite", "delete", "insert", "swap"])
def test_after_damage_no_fewer_rows_are_kept_than_by_pyulog_and_few_others_appear(corpus: Path, kind: str):
    data = bytes_of(corpus, APPENDED)
    whole = read(corpus, APPENDED)
    columns = {
        n: [c for c in t.column_names if "_padding" not in c] for n, t in whole.tables.items() if n not in "PQLOM"
    }
    true = {n: rows(whole.tables[n], c) for n, c in columns.items()}
    for seed in range(12):
        some = damaged(data, kind, random.Random(f"{kind} {seed}"))
        ours = {n: rows(t, columns[n]) for n, t in decoded(some).tables.items() if t.column_names == columns.get(n)}
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                listed = ULog(io.BytesIO(some)).data_list
            # What pyulog refuses altogether it recovers nothing of.
            except Exception:
                listed = []
        theirs = {
            table_name(d): peer_rows(d, columns[table_name(d)])
            for d in listed
            if set(columns.get(table_name(d), ["?"])) <= set(d.data)
        }
        kept = sum((ours.get(n, Counter()) & t).total() for n, t in true.items())
        assert kept >= sum((theirs.get(n, Counter()) & t).total() for n, t in true.items()), seed
        assert sum((o - true[n]).total() for n, o in ours.items()) <= 8, seed
