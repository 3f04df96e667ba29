"""
A fleet of simulated flights in every format: what is read is what was flown.

The encoders share no code and no table with the decoders. `make prove` flies a thousand.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from groundside.archive.deriving import Derivation, derive, log_in
from groundside.decode.known import formats
from groundside.model.flight import Cut
from groundside.simulate.fleets import flight
from groundside.simulate.formats import FORMATS, LogFormat, files_of
from groundside.simulate.truth import Fault, Sortie, Truth
from tests.conftest import Figure

SEED, PARTS, FLIGHTS, FLIGHTS_IN_FULL = 2026, 4, 24, 1000
WITHIN_S, WITHIN_DEG = 1.0, 1e-6
ROUNDED_DEG = {"igc": 1.19e-5, "dji-srt": 0.72e-4, "dji-flight-record": WITHIN_DEG}
"""Half of the last digit of both axes, where a format has fewer: IGC thousandths of a minute; old subtitles four decimals."""
CLIPS = {"dji-srt", "ppk-mrk"}
"""Part of a flight only: neither take-off nor landing is in them."""
WITHOUT_UTC = {"dji-csv"}
"""Some dialects state local time only: then the time in the air must be right."""
MARKED = {"ppk-mrk": 80}
"""Where the simulator's mark is a line that no such file has, and so is rightly passed over."""
TWO_BATTERIES = {
    "ardupilot-dataflash", "ardupilot-dataflash-text", "px4-ulog", "mavlink-tlog", "mavlink-raw",
}  # fmt: skip
STATES_FAULTS = {
    "ardupilot-dataflash": {"gnss_lost", "battery_low", "battery_critical", "failsafe"},
    "ardupilot-dataflash-text": {"gnss_lost", "battery_low", "battery_critical", "failsafe"},
    "px4-ulog": {"gnss_lost", "battery_low", "battery_critical", "failsafe"},
    "mavlink-tlog": {"gnss_lost", "link_lost"},
}
NEAR_US = 6_000_000
"""An autopilot acts on a lost link five seconds after it says so."""


@dataclass(frozen=True, slots=True)
class Case:
    """One flight in one format, read."""

    format: str
    truth: Truth
    found: Derivation
    content: bytes

    def events(self) -> list[dict[str, object]]:
        """What the log says besides its track, read when it is asked for."""
        return log_in(memoryview(self.content), None).events.to_pylist()


def cases(part: int, count: int) -> Iterator[Case]:
    for number in range(part, count, PARTS):
        truth = flight(SEED, number)
        for entry in FORMATS:
            if entry.fits(truth) and (truth.sorties or entry.name not in CLIPS):
                yield read(entry, truth, number)


def read(entry: LogFormat, truth: Truth, seed: int) -> Case:
    files = files_of(entry, truth, seed)
    keys = json.loads(files[1].content) if len(files) > 1 else None
    found = derive(memoryview(files[0].content), keys, 1 << 30)
    assert found.format == entry.name, (entry.name, truth.name, found.format, found.decoded.problems[:3])
    assert found.simulated, (entry.name, truth.name)
    assert found.state == "read", (entry.name, truth.name, found.state)
    beside = found.decoded.account.skipped - found.decoded.account.unknown
    assert beside <= MARKED.get(entry.name, 0), (entry.name, found.decoded.problems[:3])
    return Case(entry.name, truth, found, files[0].content)


def test_every_format_that_is_read_can_be_simulated():
    entered = {"flight-entry", "photo", "video"}  # what a person, or a camera, writes
    assert {f.name for f in formats()} - entered == {f.name for f in FORMATS}


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_read_is_what_was_flown(part: int, full: bool, figure: Figure):
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    for case in cases(part, FLIGHTS_IN_FULL if full else FLIGHTS):
        counted[case.format] += 1
        wrong += [f"{case.format} {case.truth.name}: {what}" for what in faults_of(case)]
    figure(f"fleet part {part}", {"files": dict(counted), "wrong": len(wrong), "examples": wrong[:20]})
    assert sum(counted.values()) > 20
    assert not wrong, "\n".join(wrong[:40])


def faults_of(case: Case) -> Iterator[str]:
    """Say all that differs from the truth."""
    yield from _flights(case)
    yield from _positions(case)
    yield from _batteries(case)
    yield from _events(case)


def _flights(case: Case) -> Iterator[str]:
    cuts = [c for c in case.found.cuts if not c.bench]
    if not case.truth.sorties:
        # An altitude that stays the same may be that of a hover: then it is not known whether anything flew.
        cuts = [c for c in cuts if c.airborne_s is not None]
    if case.format in CLIPS:
        return
    if len(cuts) != len(case.truth.sorties):
        yield f"{len(cuts)} flights for {len(case.truth.sorties)}"
        return
    for cut, sortie in zip(cuts, case.truth.sorties, strict=True):
        yield from _ends(case, cut, sortie)


def _ends(case: Case, cut: Cut, sortie: Sortie) -> Iterator[str]:
    if not cut.time_basis.is_utc:
        true_s = (sortie.landing_us - sortie.takeoff_us) / 1e6
        if case.format not in WITHOUT_UTC or cut.airborne_s is None or abs(cut.airborne_s - true_s) > 2 * WITHIN_S:
            yield f"{cut.time_basis}, {cut.airborne_s} s in the air for {true_s:.1f} s"
        return
    for name, found, true in (
        ("take-off", cut.takeoff_us, sortie.takeoff_us),
        ("landing", cut.landing_us, sortie.landing_us),
    ):
        heard_us = _unheard_until(case, true)
        if found is None and true < heard_us and heard_us > case.truth.time_us[-1] - NEAR_US:
            continue  # the link was lost for good before: nothing of it is in the file
        if found is None:
            yield f"{name} unknown"
        elif not -WITHIN_S * 1e6 <= found - true <= heard_us - true + WITHIN_S * 1e6:
            yield f"{name} {(found - true) / 1e6:+.2f} s"


def _positions(case: Case) -> Iterator[str]:
    track, truth = case.found.track, case.truth
    if track is None:
        yield "no track"
        return
    lon, lat = track.floats("lon"), track.floats("lat")
    known = np.isfinite(lon)
    if not known.any():
        yield "no position"
        return
    limit = max(ROUNDED_DEG.get(case.format, WITHIN_DEG), WITHIN_DEG)
    off = nearest_deg(truth, lon[known], lat[known])
    if off.max() > limit:
        yield f"position off by {off.max():.2e} deg ({int((off > limit).sum())} of {off.size})"


def nearest_deg(truth: Truth, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """
    How far each position is from the path that was flown, in degrees.

    From the path and not from its samples, because some formats state positions at whole seconds, between them.
    """
    true = truth.lon + 1j * truth.lat
    start, along = true[:-1], np.diff(true)
    usable = np.isfinite(start) & np.isfinite(along)
    start, along = start[usable], along[usable]
    length = np.maximum(np.abs(along) ** 2, 1e-300)
    found = [
        np.abs(here - start - along * np.clip(((here - start) * along.conj()).real / length, 0.0, 1.0)).min()
        for here in lon + 1j * lat
    ]
    return np.array(found)


def _batteries(case: Case) -> Iterator[str]:
    track, truth = case.found.track, case.truth
    if track is None or case.format not in TWO_BATTERIES:
        return
    for slot in range(len(truth.batteries)):
        volts = track.floats("battery_voltage_v" + ("" if slot == 0 else f"_{slot + 1}"))
        volts = volts[np.isfinite(volts)]
        true = truth.battery_voltage_v[slot]
        if not volts.size:
            yield f"battery {slot + 1} missing"
        elif abs(volts.min() - true.min()) > 0.1 or abs(volts.max() - true.max()) > 0.1:
            yield f"battery {slot + 1} {volts.min():.2f}-{volts.max():.2f} V, not {true.min():.2f}-{true.max():.2f} V"


def _events(case: Case) -> Iterator[str]:
    stated = STATES_FAULTS.get(case.format, set())
    end_us = case.truth.time_us[-1]
    events = case.events() if stated & {each.kind for each in case.truth.faults} else []
    for fault in case.truth.faults:
        if fault.kind == "link_lost" and fault.end_us >= end_us:
            continue  # a link that never came back looks like a recording that ended
        heard_us = _unheard_until(case, fault.start_us)
        if fault.kind not in stated or (heard_us > fault.start_us and heard_us > fault.end_us - NEAR_US):
            continue
        if not _found(events, fault, heard_us):
            yield f"{fault.kind} not found"
        if fault.kind == "hard_landing" and not _fell(case, fault):
            yield "hard landing does not show"


def _unheard_until(case: Case, time_us: int) -> int:
    """Say when a ground station could first hear of what happened then: at once, or when a lost link came back."""
    lost = [f for f in case.truth.faults if f.kind == "link_lost" and f.start_us < time_us <= f.end_us]
    return lost[0].end_us if lost and case.format.startswith("mavlink") else time_us


def _found(events: list[dict[str, object]], fault: Fault, heard_us: int) -> bool:
    times = [t for e in events if e["kind"] == fault.kind and isinstance(t := e["time_us"], int)]
    if any(abs(t - heard_us) <= NEAR_US for t in times):
        return True
    # A second failsafe while the first lasts changes no state that a log could tell.
    lasting = [t for t in times if t <= fault.start_us]
    ended = [e["time_us"] for e in events if e["kind"] == f"{fault.kind}_cleared"]
    return bool(lasting) and not any(isinstance(t, int) and lasting[-1] < t < fault.start_us for t in ended)


def _fell(case: Case, fault: Fault) -> bool:
    """Whether the speed down at touch-down is in the track, where the format states speeds down."""
    track = case.found.track
    if track is None or case.format in CLIPS:
        return True
    down, at = track.floats("vd_mps"), track.time_us
    at_touchdown = np.abs(at - fault.start_us) <= 2_000_000
    near = np.isfinite(down) & (at_touchdown | (not track.time_basis.is_utc))
    return not np.isfinite(down).any() or (near.any() and float(down[near].max()) >= fault.value - 0.5)
