"""What happened in real logs, and what other analysers say of the same ones; docs/reference/happenings.md explains it."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from groundside.archive.reading import Reading, read
from groundside.model.happening import Happening, Phase, PhaseSpan, Severity
from groundside.produce.flight.phases import phases_of
from groundside.produce.happenings.finding import happenings
from groundside.produce.happenings.measured import measured
from groundside.produce.happenings.wind import STATED, wind_of

pytestmark = pytest.mark.corpus

LOG171 = "bin/dronekit-la-testdata__log171.bin"
TRUTH = "bin_truth/dronekit-la-testdata__log171.bin-expected-json"
FOUND: dict[str, Counter[str]] = {
    LOG171: Counter(estimator=1, compass=1),
    "bin/ardupilot-log-diagnosis__sample.bin": Counter(),
    "bin/autonomous-soaring__00000001.BIN": Counter(),
    "bin/dataflash_logs__2014-10-18_20-04-24.bin": Counter(),
    "bin/dataflash_logs__2014-10-18_21-19-07.bin": Counter(),
    "bin/uav-sysid__00000002.BIN": Counter(),
    "sitl/px4_sih_flight1.ulg": Counter(error=2),
    "ulog/pyulog__sample.ulg": Counter(error=2),
    "ulog/pyulog__sample_appended_multiple.ulg": Counter(),
    "ulog/pyulog__sample_log_small.ulg": Counter(),
    "ulog/pyulog__sample_logging_tagged_and_default_params.ulg": Counter(),
    "tlog/UAVLogViewer__vtol.tlog": Counter(),
}
"""Warnings and worse."""


@cache
def reading(path: Path) -> Reading:
    return read(memoryview(path.read_bytes()))


def found_in(path: Path) -> tuple[Happening, ...]:
    of = reading(path)
    assert of.kind is not None
    shift = of.kind.own_clock_us(of.decoded) if of.kind.own_clock_us else 0
    return happenings(of.timed_track(), of.log(), of.recording().aircraft.kind, measured(of.tables, shift))


def phases_in(path: Path) -> tuple[PhaseSpan, ...]:
    track = reading(path).timed_track()
    assert track is not None
    return phases_of(track, reading(path).recording().aircraft.kind)


@pytest.mark.parametrize("name", FOUND)
def test_what_is_grave_in_a_real_log_is_this_and_nothing_else(corpus: Path, name: str):
    assert Counter(h.kind for h in found_in(corpus / "flights" / name) if h.severity >= Severity.WARNING) == FOUND[name]


class Log171:
    """What dronekit-la publishes of log171.bin, and what we find in it, in seconds since boot."""

    def __init__(self, corpus: Path) -> None:
        path = corpus / "flights" / LOG171
        of = reading(path)
        assert of.kind is not None
        assert of.kind.own_clock_us is not None
        self.shift_us = of.kind.own_clock_us(of.decoded)
        self.ours = found_in(path)
        self.theirs: dict[str, Any] = json.loads((corpus / "flights" / TRUTH).read_text())["tests"]

    def spans(self, kind: str) -> list[tuple[float, float]]:
        """List when we say that something of a kind was, to a second."""
        return [
            ((h.start_us - self.shift_us) / 1e6 - 1.0, ((h.end_us or h.start_us) - self.shift_us) / 1e6 + 1.0)
            for h in self.ours
            if h.kind == kind and h.start_us is not None
        ]

    def failed(self, test: str, reason: str) -> list[tuple[float, float]]:
        """List when they say that something failed."""
        results = [r for r in self.theirs[test]["results"] if r["status"] == "FAIL" and r["reason"].startswith(reason)]
        return [
            (r.get("timestamp_start", r.get("timestamp")) / 1e6, r.get("timestamp_stop", r.get("timestamp")) / 1e6)
            for r in results
        ]


@pytest.fixture
def log171(corpus: Path) -> Log171:
    return Log171(corpus)


@pytest.mark.parametrize(
    ("test", "reason", "kind"),
    [
        ("Good EKF", "velocity_variance exceeds", "estimator"),
        ("Good EKF", "pos_horiz_variance exceeds", "estimator"),
        ("Good EKF", "compass_variance exceeds", "compass"),
        ("Crash Test", "Vehicle is past maximum allowed angle", "lean"),
    ],
)
def test_what_dronekit_la_holds_to_be_a_failure_in_flight_is_found_at_that_time(
    log171: Log171, test: str, reason: str, kind: str
):
    theirs, ours = log171.failed(test, reason), log171.spans(kind)
    assert theirs
    # Theirs last until the value is half the limit, ours until it is below the limit.
    assert all(any(a <= stop and start <= b for a, b in ours) for start, stop in theirs), (theirs, ours)


def test_the_worst_of_what_the_filter_rejected_is_the_same_number(log171: Log171):
    results = [
        r for r in log171.theirs["Good EKF"]["results"] if r["reason"].startswith("velocity_variance exceeds fail")
    ]
    (one,) = [h for h in log171.ours if h.kind == "estimator"]
    assert results[0]["evidence"][0] == f"max-variance={one.value:.6f}"


def test_the_error_that_dronekit_la_counts_is_evidence_of_the_same_happening(log171: Log171):
    assert len(log171.theirs["Error Flags"]["results"]) == 1
    (one,) = [h for h in log171.ours if h.kind == "estimator"]
    assert {e.table for e in one.evidence} == {"events", "EKF4"}
    assert any("EKF variance" in e.says for e in one.evidence)


def test_arming_and_flying_agree_with_dronekit_la_and_so_does_that_the_battery_was_well(log171: Log171):
    armed = [h for h in log171.ours if h.kind == "armed"]
    (evidence,) = log171.theirs["Ever Armed"]["results"][0]["evidence"]
    assert [f"Armed at {(h.start_us or 0) - log171.shift_us}" for h in armed] == [evidence]
    assert log171.theirs["Ever Flew"]["status"] == "PASS"
    assert [h.kind for h in log171.ours if h.kind == "takeoff"] == ["takeoff"]
    assert log171.theirs["Battery"]["status"] == "PASS"
    assert not [h for h in log171.ours if h.kind.startswith("battery")]


DIFFERENT = {
    "Altitude Estimate Divergence", "Attitude Control", "Attitude Estimate Divergence", "AutoPilot Health",
    "Compass Vector Length", "GPS Fix", "Gyro Drift", "Position Estimate Divergence", "Truncated Log", "Parameters",
}  # fmt: skip
AGREED = {"Good EKF", "Crash Test", "Error Flags"}


def test_every_other_failure_of_dronekit_la_is_a_difference_that_the_reference_explains(log171: Log171):
    failed = {name for name, test in log171.theirs.items() if test["status"] == "FAIL"}
    assert failed == AGREED | DIFFERENT
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "happenings.md").read_text()
    assert [name for name in sorted(DIFFERENT | {"Compass Offsets", "Motor Balance"}) if name not in page] == []


@pytest.mark.parametrize(
    "name", ["pyulog__sample", "pyulog__sample_logging_tagged_and_default_params", "pyulog__sample_log_small"]
)
def test_messages_that_pyulog_lists_as_errors_are_found_in_px4_samples(corpus: Path, name: str):
    listed = (corpus / "flights" / "ulog_truth" / f"{name}_messages.txt").read_text().splitlines()
    errors = [line.split("ERROR:", 1)[1].strip() for line in listed if " ERROR:" in line]
    found = [h for h in found_in(corpus / "flights" / "ulog" / f"{name}.ulg") if h.kind == "error"]
    # The same text again within eight seconds is the same happening, and both rows are its evidence.
    assert [evidence.says for h in found for evidence in h.evidence] == errors


@pytest.mark.parametrize("name", ["pyulog__sample", "pyulog__sample_log_small"])
def test_dropouts_that_pyulog_counts_are_found_in_px4_samples(corpus: Path, name: str):
    dropouts = [h for h in found_in(corpus / "flights" / "ulog" / f"{name}.ulg") if h.kind == "dropout"]
    assert len(dropouts) == {"pyulog__sample": 4, "pyulog__sample_log_small": 1}[name]


def test_a_flight_of_the_real_px4_in_simulation_has_the_phases_of_its_mission(corpus: Path):
    spans = phases_in(corpus / "flights" / "sitl" / "px4_sih_flight1.ulg")
    names = [span.phase for span in spans]
    assert names[:3] == [Phase.GROUND, Phase.TAKEOFF, Phase.CLIMB]
    assert names[-3:] == [Phase.DESCENT, Phase.LANDING, Phase.GROUND]
    survey = [span for span in spans if span.phase is Phase.SURVEY]
    # The mission was one lawnmower of five lines.
    assert len(survey) == 1
    assert survey[0].seconds > 80.0


@pytest.mark.parametrize("path", ["bin", "ulog", "tlog", "sitl", "dji_csv", "dji_txt", "track"])
def test_phases_of_real_flights_cover_them_and_hardly_any_is_brief(corpus: Path, path: str):
    for file in sorted((corpus / "flights" / path).iterdir())[:3]:
        track = reading(file).timed_track()
        if track is None or not track.table.num_rows:
            continue
        spans = phases_of(track, reading(file).recording().aircraft.kind)
        assert (spans[0].first_row, spans[-1].end_row) == (0, track.table.num_rows)
        assert all(a.end_us == b.start_us for a, b in pairwise(spans))
        brief = [
            s for s in spans[1:-1] if s.seconds < 0.5 and s.phase not in {Phase.TAKEOFF, Phase.LANDING, Phase.GROUND}
        ]
        assert len(brief) <= len(spans) // 10, (file.name, brief)


def test_vibration_in_a_telemetry_log_is_found_by_ardupilots_own_guidance(corpus: Path):
    found = found_in(corpus / "flights" / "tlog" / "dronekit-python__flight.tlog")
    shaken = [h for h in found if h.kind == "vibration"]
    assert {h.severity for h in shaken} == {Severity.WARNING, Severity.CRITICAL}
    assert all((h.value or 0.0) > 30.0 for h in shaken)
    assert sum(h.kind == "battery_low" for h in found) >= 2


def test_a_wind_that_is_not_in_a_real_log_is_not_made_up(corpus: Path):
    for name in ("tlog/UAVLogViewer__vtol.tlog", LOG171, "bin/ardupilot-log-diagnosis__sample.bin"):
        of = reading(corpus / "flights" / name)
        track = of.timed_track()
        assert track is not None
        assert of.kind is not None
        shift = of.kind.own_clock_us(of.decoded) if of.kind.own_clock_us else 0
        wind = wind_of(track, of.recording().aircraft.kind, measured(of.tables, shift))
        assert wind is None or wind.basis == STATED
