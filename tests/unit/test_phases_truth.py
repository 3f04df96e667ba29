"""
Phases of simulated fleets, in every format that holds a whole flight: what is told is what was flown.

The truth is `groundside.simulate.doing`: from the plan and the way without noise. Each half second of the recording is
right where it is that of the truth, or of the truth at most a second and a half away: no recorder knows the moment at
which a climb turns into a flight. Times in which nothing was recorded (`Phase.UNKNOWN`) are counted apart.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest

from groundside.archive.reading import read
from groundside.model.happening import Phase, PhaseSpan
from groundside.model.track import Track
from groundside.produce.flight.phases import phases_of
from groundside.simulate.doing import DOING, stretches
from groundside.simulate.fleets import flight
from groundside.simulate.formats import FORMATS, LogFormat, files_of
from groundside.simulate.telling import facts_of
from groundside.simulate.truth import Truth
from tests.conftest import Figure
from tests.flown import flown

SEED, FLIGHTS, FLIGHTS_IN_FULL, PARTS = 2026, 20, 400, 2
CLIPS = {"dji-srt", "ppk-mrk"}
NEAR_US, STEP_US = 1_500_000, 500_000
LEAST, LEAST_WITHOUT_MODES = 0.95, 0.93
WITHOUT_MODES = {"litchi-csv"}
"""Of DJI's multirotors this tells only P-GPS, so that a survey called off after a line or two is a transit."""
UNKNOWN_AT_MOST = 0.05
IN_PART = ("ardupilot-dataflash", "px4-ulog", "gpx", "igc", "airdata-csv")
"""Without `--full`, one format of each kind of track: the others hold the same columns."""


def told(entry: LogFormat, truth: Truth, seed: int) -> tuple[Track, tuple[PhaseSpan, ...]] | None:
    files = files_of(entry, truth, seed)
    reading = read(memoryview(files[0].content), keys=json.loads(files[1].content) if len(files) > 1 else None)
    track = reading.timed_track()
    if track is None or not track.time_basis.is_utc:
        return None
    return track, phases_of(track, reading.recording().aircraft.kind)


def compared(truth: Truth, spans: tuple[PhaseSpan, ...]) -> tuple[int, int, int]:
    """Count the half seconds that are right, those that were told, and those of which nothing was recorded."""
    at = np.arange(max(truth.start_us, spans[0].start_us), min(int(truth.time_us[-1]), spans[-1].end_us), STEP_US)
    starts, names = np.array([s.start_us for s in spans]), np.array([s.phase.value for s in spans])
    said = names[np.searchsorted(starts, at, side="right") - 1]
    first, last = np.searchsorted(truth.time_us, at - NEAR_US), np.searchsorted(truth.time_us, at + NEAR_US)
    right = np.array([word in truth.doing[a : b + 1] for word, a, b in zip(said, first, last, strict=True)], np.bool_)
    unknown = said == Phase.UNKNOWN.value
    return int(right.sum()), int((~unknown).sum()), int(unknown.sum())


def cases(part: int, count: int, formats: tuple[str, ...]) -> Iterator[tuple[str, tuple[int, int, int]]]:
    for number in range(part, count, PARTS):
        truth = flight(SEED, number)
        for entry in FORMATS:
            if truth.sorties and entry.fits(truth) and entry.name in formats:
                found = told(entry, truth, number)
                if found is not None:
                    yield entry.name, compared(truth, found[1])


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(PARTS))
def test_nineteen_of_twenty_seconds_are_in_the_right_phase(part: int, full: bool, figure: Figure):
    formats = tuple(f.name for f in FORMATS if f.name not in CLIPS) if full else IN_PART
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for name, found in cases(part, FLIGHTS_IN_FULL if full else FLIGHTS, formats):
        counts[name] = [a + b for a, b in zip(counts[name], found, strict=True)]
    shares = {name: round(right / known, 4) for name, (right, known, _) in counts.items()}
    right, known, unknown = (sum(c[i] for c in counts.values()) for i in range(3))
    figure(f"phases part {part}", {"right": right, "half seconds": known, "unknown": unknown, "by format": shares})
    assert known > 3000
    assert right / known >= LEAST, shares
    assert unknown / known <= UNKNOWN_AT_MOST
    if full:
        assert all(
            share >= (LEAST_WITHOUT_MODES if name in WITHOUT_MODES else LEAST) for name, share in shares.items()
        ), shares


def test_the_truth_tells_of_every_sample_what_the_aircraft_did():
    truth = flown()
    assert len(truth.doing) == len(truth)
    assert {*np.unique(truth.doing)} <= set(DOING)
    assert ((truth.doing == "ground") <= ~truth.in_air).all()
    order = [word for word, a, b in stretches(truth.doing) if b - a > 10]
    assert order == [
        "ground",
        "takeoff",
        "climb",
        "hover",
        "transit",
        "survey",
        "transit",
        "hover",
        "descent",
        "landing",
        "ground",
    ]


def test_a_plane_without_a_pattern_of_its_own_truth_has_no_survey_on_the_ways():
    truth = flown("plane")
    words = [word for word, _, _ in stretches(truth.doing)]
    assert words.count("survey") >= 1
    assert words[-2:] == ["landing", "ground"]


def test_the_truth_beside_a_file_states_the_phases_and_the_wind():
    truth = flown("plane")
    facts = facts_of(truth)
    phases = facts["phases"]
    assert isinstance(phases, list)
    assert phases[0]["start_us"] == truth.start_us
    assert phases[-1]["end_us"] == truth.time_us[-1]
    assert np.hypot(facts["wind_to_north_mps"], facts["wind_to_east_mps"]) == pytest.approx(4.0)
