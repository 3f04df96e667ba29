"""
Happenings of simulated fleets: every fault that was injected is found, and nothing grave where there was none.

A fault counts as found where a happening of its kind began within eight seconds of it, or lasted then. What a format
cannot hold cannot be found in it: `STATES` says which can. A wrong clock only shows where the recorder's own clock is
in the file (`groundside.simulate.truth.Truth.recorder_clock_us`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from math import cos, radians, sin

import pytest

from groundside.archive.reading import read
from groundside.model.happening import Happening, Severity
from groundside.model.track import Track
from groundside.produce.happenings.finding import happenings
from groundside.produce.happenings.measured import measured
from groundside.produce.happenings.wind import wind_of
from groundside.simulate.fleets import Wish, flight
from groundside.simulate.formats import FORMATS, LogFormat, files_of
from groundside.simulate.truth import Fault, Truth
from tests.conftest import Figure

SEED, FLIGHTS, FLIGHTS_IN_FULL, CLEAN = 2026, 16, 400, 4
_COMMON = {"link_lost", "battery_low", "battery_critical", "failsafe", "hard_landing"}
STATES = {
    "ardupilot-dataflash": {*_COMMON, "gnss_lost"}, "ardupilot-dataflash-text": {*_COMMON, "gnss_lost"},
    "px4-ulog": {*_COMMON, "gnss_lost"}, "mavlink-tlog": {*_COMMON, "gnss_lost", "clock_jump"},
    "mavlink-raw": {*_COMMON, "gnss_lost"}, "dji-flight-record": {*_COMMON, "gnss_lost"} - {"failsafe"},
    "airdata-csv": {*_COMMON, "gnss_lost"}, "litchi-csv": {*_COMMON, "gnss_lost"},
    "gpx": set[str](), "kml": set[str](), "igc": set[str](),
}  # fmt: skip
"""A DJI record states no failsafe: it is told from the mode, and only where that is soon after its cause."""
IN_PART = ("ardupilot-dataflash", "px4-ulog", "mavlink-tlog", "airdata-csv")
NEAR_US = 8_000_000


@cache
def truths(count: int, clean: bool) -> tuple[Truth, ...]:
    return tuple(flight(SEED, number, Wish(faults=()) if clean else Wish()) for number in range(count))


def told(truth: Truth, formats: tuple[str, ...], seed: int) -> Iterator[tuple[LogFormat, Track, tuple[Happening, ...]]]:
    for entry in FORMATS:
        if entry.name not in formats or not entry.fits(truth):
            continue
        files = files_of(entry, truth, seed)
        reading = read(memoryview(files[0].content), keys=json.loads(files[1].content) if len(files) > 1 else None)
        track = reading.timed_track()
        assert track is not None
        assert reading.kind is not None
        behind = reading.kind.own_clock_us
        series = measured(reading.tables, behind(reading.decoded) if behind else 0)
        yield entry, track, happenings(track, reading.log(), reading.recording().aircraft.kind, series)


def unheard_until(entry: LogFormat, truth: Truth, fault: Fault) -> int | None:
    """Say when a ground station heard of a fault: when a lost link came back, and never where it did not."""
    if not entry.name.startswith("mavlink"):
        return fault.start_us
    lost = [f for f in truth.faults if f.kind == "link_lost" and f.start_us < fault.start_us <= f.end_us]
    if not lost:
        return None if fault.kind == "link_lost" and fault.end_us >= truth.time_us[-1] else fault.start_us
    back_us = lost[0].end_us
    return (
        None
        if back_us >= truth.time_us[-1] - NEAR_US or fault.end_us - fault.start_us < back_us - fault.start_us
        else back_us
    )


def is_found(found: tuple[Happening, ...], kind: str, when_us: int) -> bool:
    times = [(h.start_us, h.end_us) for h in found if h.kind == kind and h.start_us is not None]
    return any(a - NEAR_US <= when_us and (b is None or when_us <= b + NEAR_US) for a, b in times)


@pytest.mark.timeout(1800)
def test_every_fault_that_a_format_can_hold_is_found(full: bool, figure: Figure):
    counted: Counter[str] = Counter()
    missed: list[str] = []
    for number, truth in enumerate(truths(FLIGHTS_IN_FULL if full else FLIGHTS, clean=False)):
        for entry, track, found in told(truth, tuple(STATES) if full else IN_PART, number) if truth.faults else ():
            for fault in truth.faults if track.time_basis.is_utc else ():
                heard_us = unheard_until(entry, truth, fault)
                if fault.kind in STATES[entry.name] and heard_us is not None:
                    counted[fault.kind] += 1
                    if not is_found(found, fault.kind, heard_us):
                        missed.append(f"{entry.name} {truth.name}: {fault}")
    figure("happenings", {"faults": dict(counted), "missed": missed[:20]})
    assert {*counted} >= _COMMON, counted
    assert not missed, "\n".join(missed[:40])


@pytest.mark.timeout(1800)
def test_nothing_grave_is_found_in_flights_without_a_fault(full: bool, figure: Figure):
    grave: list[str] = []
    flights = 0
    for number, truth in enumerate(truths(FLIGHTS_IN_FULL if full else CLEAN, clean=True)):
        assert not truth.faults
        for entry, _, found in told(truth, tuple(STATES) if full else IN_PART, number):
            flights += 1
            grave += [f"{entry.name} {truth.name}: {h}" for h in found if h.severity >= Severity.WARNING]
    figure("clean flights", {"files": flights, "grave": grave[:20]})
    assert flights >= CLEAN
    assert not grave, "\n".join(grave[:20])


@pytest.mark.parametrize("number", [0, 2, 4, 5])
def test_the_wind_found_from_turns_is_that_of_the_day(number: int):
    truth = flight(7, number, Wish(vehicles=("plane", "vtol"), faults=()))
    entry = next(f for f in FORMATS if f.name in {"ardupilot-dataflash", "px4-ulog"} and f.fits(truth))
    track = read(memoryview(files_of(entry, truth, number)[0].content)).timed_track()
    assert track is not None
    wind = wind_of(track, truth.aircraft.kind)
    assert wind is not None
    assert wind.error_mps is not None
    blows = radians(wind.from_deg + 180.0)
    north, east = wind.speed_mps * cos(blows), wind.speed_mps * sin(blows)
    apart = ((north - truth.wind_north_mps) ** 2 + (east - truth.wind_east_mps) ** 2) ** 0.5
    assert apart <= 3.0 * wind.error_mps
    assert apart <= 0.2
