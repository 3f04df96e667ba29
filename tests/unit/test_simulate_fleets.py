"""A fleet of short flights is varied, always the same for a seed, and can be written in every format there is."""

import hashlib
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from groundside.archive.simulating import simulated_files, simulations
from groundside.decode.format import HEAD_BYTES
from groundside.decode.known import formats as decoders
from groundside.errors import BadRequest
from groundside.simulate.batch import BatchFile
from groundside.simulate.failing import MISHAPS
from groundside.simulate.fleets import AUTOPILOTS, Wish, fleet, flight
from groundside.simulate.formats import FORMATS, files_of, named
from groundside.simulate.truth import Truth

GROUNDSIDE = Path(sys.executable).with_name("groundside")
MARKS = (b"SIMULATED", "SIMULATED".encode("utf-16-le"))


@cache
def flights() -> tuple[Truth, ...]:
    return tuple(fleet(3, 48))


@cache
def batch_of(count: int, *formats: str, seed: int = 2, **wishes) -> tuple[BatchFile, ...]:
    return tuple(simulated_files(count, seed, formats=formats, **wishes))


def logs(files: tuple[BatchFile, ...]) -> list[BatchFile]:
    return [f for f in files if f.format]


def test_flights_are_short_and_of_every_kind():
    kinds = Counter(t.aircraft.kind for t in flights())
    assert set(kinds) == {"multirotor", "plane", "vtol"} and kinds["multirotor"] > 18
    lengths = [s.landing_us - s.takeoff_us for t in flights() for s in t.sorties]
    assert min(lengths) > 50e6 and max(lengths) < 250e6
    assert 80e6 < np.median(lengths) < 200e6


def test_flights_differ_in_place_mission_battery_autopilot_and_what_goes_wrong():
    assert len({t.field.name for t in flights()}) >= 6
    assert len({t.mission for t in flights()}) == 4
    assert {len(t.batteries) for t in flights()} == {1, 2}
    assert {(t.aircraft.kind, t.autopilot) for t in flights()} == {
        (v, a) for v, many in AUTOPILOTS.items() for a in many
    }
    found = {f.kind for t in flights() for f in t.faults}
    assert found == {*MISHAPS, "failsafe"}
    assert 10 < sum(not t.faults for t in flights()) < 35
    assert {len(t.sorties) for t in flights()} == {0, 1, 2}


def test_a_flight_depends_on_its_number_and_the_seed_alone():
    again, other = flight(3, 11), flight(4, 11)
    assert flights()[11].lon.tobytes() == again.lon.tobytes() and flights()[11].settings == again.settings
    assert len(other) != len(again) or other.lon.tobytes() != again.lon.tobytes()


def test_a_wish_is_granted_and_the_rest_is_drawn():
    wish = Wish(("plane",), ("px4",), ("gnss_lost", "clock_jump"), 6.0)
    for truth in fleet(1, 4, wish):
        assert (truth.aircraft.kind, truth.autopilot) == ("plane", "px4")
        assert {f.kind for f in truth.faults} == {"gnss_lost", "clock_jump"}
    assert all(t.faults == () for t in fleet(1, 4, Wish(faults=())))


@pytest.mark.parametrize("entry", FORMATS, ids=lambda f: f.name)
def test_every_format_is_written_labelled_the_same_twice_and_with_its_truth(entry):
    files = batch_of(2, entry.name)
    for log in logs(files):
        assert log.name.startswith("SIMULATED_") and log.name.endswith(entry.suffix)
        scrambled = entry.name == "dji-flight-record" and log.content[10] >= 13
        assert scrambled or any(mark in log.content for mark in MARKS)
        beside = json.loads(next(f.content for f in files if f.name == f"{log.name}.truth.json"))
        assert beside == log.facts and beside["file"] == log.name
        assert beside["vehicle"] in entry.vehicles and beside["autopilot"] in entry.autopilots
    digest = [hashlib.sha256(f.content).hexdigest() for f in simulated_files(2, 2, formats=[entry.name])]
    assert digest == [hashlib.sha256(f.content).hexdigest() for f in files]


@pytest.mark.parametrize("entry", FORMATS, ids=lambda f: f.name)
def test_every_vehicle_that_writes_a_format_can_with_everything_going_wrong(entry):
    for vehicle in entry.vehicles:
        for log in logs(batch_of(1, entry.name, vehicles=(vehicle,), faults=tuple(MISHAPS))):
            assert len(log.content) > 200
            assert log.facts["vehicle"] == vehicle


def test_every_decoder_has_its_simulator_and_recognises_what_it_writes():
    entered = {"flight-entry", "photo", "video"}  # what a person, or a camera, writes
    flown = [f for f in decoders() if f.name not in entered]
    assert {f.name for f in flown} <= {f.name for f in FORMATS}
    for kind in flown:
        for log in logs(batch_of(2, kind.name)):
            assert kind.recognises(log.content[:HEAD_BYTES]), log.name
            assert log.name.lower().endswith(kind.suffixes)


def test_without_a_format_all_come_by_turns():
    written = [f.format for f in logs(batch_of(len(FORMATS)))]
    assert written == [f.name for f in FORMATS]


def test_a_flight_is_written_in_all_formats_named_that_make_sense_for_it():
    files = logs(batch_of(4, "px4-ulog", "mavlink-tlog", "dji-srt"))
    by_flight = [{f.format for f in files if f.flight == n} for n in (1, 2, 3, 4)]
    assert {"px4-ulog", "mavlink-tlog"} == by_flight[0] and {"dji-srt"} == by_flight[2]
    assert len({f.facts["takeoff_us"] for f in files if f.flight == 1}) == 1


def test_keys_lie_beside_an_encrypted_record():
    files = batch_of(6, "dji-flight-record")
    locked = [f.name for f in logs(files) if f.content[10] >= 13]
    assert locked
    assert {f.name for f in files if f.name.endswith(".keys.json")} == {n.replace(".txt", ".keys.json") for n in locked}


def test_the_same_flight_is_told_by_a_ulog_and_a_telemetry_log_alike():
    truth = flight(2, 0, Wish(("plane",), ("px4",), ()))
    assert [named(n).fits(truth) for n in ("px4-ulog", "mavlink-tlog", "ardupilot-dataflash", "dji-srt", "gpx")] == [
        True, True, False, False, True,
    ]  # fmt: skip
    assert files_of(named("px4-ulog"), truth, 1)[0].content[:4] == b"ULog"


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        ({"formats": ["nonsense"]}, "nonsense"),
        ({"vehicles": ["balloon"]}, "balloon"),
        ({"faults": ["fire"]}, "fire"),
        ({"wind_mps": 40.0}, "40"),
        ({"wind_mps": float("nan")}, "nan"),
        ({"formats": ["dji-srt"], "vehicles": ["plane"]}, "None of the aircraft"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_flown(wishes, says):
    with pytest.raises(BadRequest, match=says):
        simulated_files(1, 1, **wishes)


def test_what_can_be_simulated_is_listed():
    known = simulations()
    assert [f["name"] for f in known["formats"]] == [f.name for f in FORMATS]
    assert set(known["faults"]) == set(MISHAPS) and "vtol" in known["vehicles"]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([GROUNDSIDE, "simulate", *map(str, words)], capture_output=True, text=True, check=False)


def test_the_command_writes_files_with_their_truth_and_says_so_in_json(tmp_path: Path):
    done = run(tmp_path / "logs", "--count", 2, "--seed", 4, "--format", "gpx", "--vehicle", "plane", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0 and len(told) == 2
    for log in told:
        file = tmp_path / "logs" / log["file"]
        assert file.stat().st_size == log["bytes"]
        assert json.loads(file.with_name(f"{file.name}.truth.json").read_text())["sorties"] == log["sorties"]
    assert len(list((tmp_path / "logs").iterdir())) == 4


def test_the_command_writes_over_nothing_unless_forced(tmp_path: Path):
    words = (tmp_path, "--count", 1, "--format", "igc", "--fault", "none")
    assert run(*words).returncode == 0
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    refused = run(*words)
    assert refused.returncode == 7 and "--force" in refused.stderr
    assert run(*words, "--force").returncode == 0
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_bad_request_makes_no_folder(tmp_path: Path):
    assert run(tmp_path / "logs", "--fault", "fire").returncode == 2
    assert run().returncode == 2
    assert not (tmp_path / "logs").exists()


def test_the_command_lists_what_there_is():
    assert json.loads(run("--list", "--json").stdout) == simulations()
    assert "hard_landing" in run("--list").stdout


def test_stopped_at_the_keyboard_it_leaves_whole_files_only(tmp_path: Path):
    words = [str(GROUNDSIDE), "simulate", str(tmp_path), "--count", "100000", "--seed", "4", "--format", "gpx"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        deadline = time.monotonic() + 60.0
        while len(list(tmp_path.glob("*.gpx"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 130
    left = sorted(p.name for p in tmp_path.iterdir())
    assert left and not [n for n in left if n.startswith(".")]
    expected = {f.name: f.content for f in simulated_files(3, 4, formats=["gpx"])}
    assert {n: (tmp_path / n).read_bytes() for n in expected if n in left} == {
        n: c for n, c in expected.items() if n in left
    }
    assert all((tmp_path / n).read_bytes().endswith((b"</gpx>\n", b"</gpx>", b"}")) for n in left)
