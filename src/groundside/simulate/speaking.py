"""
What an autopilot says while it flies, in its own words.

Texts as ArduCopter, ArduPlane and PX4 send them: seen in their public logs and sources; those of a DJI app are plain
descriptions of our own, since its words are not ours to copy. Severities after RFC 5424, table 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from groundside.simulate.failing import runs
from groundside.simulate.truth import Fault, Said, Truth

Autopilot = Literal["ardupilot", "px4", "dji"]
CRITICAL, WARNING, INFORMATION = 2, 4, 6
LONGEST = 50
Line = tuple[int, str]


def said(truth: Truth, autopilot: Autopilot) -> tuple[Said, ...]:
    """Give the messages of a flight, in order of time."""
    words = _WORDS[autopilot] | (
        _PLANE if autopilot == "ardupilot" and truth.aircraft.kind in {"plane", "vtol"} else {}
    )
    spoken = [*_states(truth, words), *_faults(truth, words)]
    return tuple(sorted(spoken, key=lambda s: s.time_us))


def _states(truth: Truth, words: dict[str, Line]) -> Iterator[Said]:
    fixed = np.flatnonzero(truth.has_fix)
    if len(fixed):
        yield from _say(int(truth.time_us[fixed[0]]), words, "fix")
    for begin, end in runs(truth.armed):
        yield from _say(int(truth.time_us[begin]), words, "armed")
        yield from _say(int(truth.time_us[min(end, len(truth) - 1)]), words, "disarmed")
    for begin, end in runs(truth.in_air):
        yield from _say(int(truth.time_us[begin]), words, "takeoff")
        yield from _say(int(truth.time_us[end]), words, "landing")


def _faults(truth: Truth, words: dict[str, Line]) -> Iterator[Said]:
    for fault in truth.faults:
        detail = _detail(truth, fault)
        yield from _say(fault.start_us, words, fault.kind, detail)
        if fault.end_us > fault.start_us and fault.end_us < truth.time_us[-1]:
            yield from _say(fault.end_us, words, f"{fault.kind} over")


def _detail(truth: Truth, fault: Fault) -> tuple[float, ...]:
    row = int(np.searchsorted(truth.time_us, fault.start_us))
    if fault.kind == "hard_landing":
        return (fault.value,)
    if not fault.kind.startswith("battery"):
        return ()
    which = int(truth.battery_percent[:, row].argmin())
    used_mah = float(truth.battery_current_a[which, : row + 1].sum()) / 36.0
    return which + 1, float(truth.battery_voltage_v[which, row]), used_mah


def _say(time_us: int, words: dict[str, Line], what: str, detail: tuple[float, ...] = ()) -> Iterator[Said]:
    if what in words:
        severity, text = words[what]
        yield Said(time_us, severity, (text % detail if "%" in text else text)[:LONGEST])


_WORDS: dict[str, dict[str, Line]] = {
    "ardupilot": {
        "fix": (INFORMATION, "EKF3 IMU0 is using GPS"),
        "armed": (INFORMATION, "Arming motors"),
        "disarmed": (INFORMATION, "Disarming motors"),
        "takeoff": (INFORMATION, "Mission: 1 Takeoff"),
        "gnss_lost": (CRITICAL, "GPS Glitch or Compass error"),
        "gnss_lost over": (CRITICAL, "Glitch cleared"),
        "battery_low": (WARNING, "Battery %d is low %.2fV used %.0f mAh"),
        "battery_critical": (WARNING, "Battery %d is critical %.2fV used %.0f mAh"),
        "link_lost": (WARNING, "GCS Failsafe"),
        "link_lost over": (WARNING, "GCS Failsafe Cleared"),
        "hard_landing": (INFORMATION, "SIM Hit ground at %.2f m/s"),
    },
    "px4": {
        "armed": (INFORMATION, "Armed by external command"),
        "disarmed": (INFORMATION, "Disarmed by landing"),
        "takeoff": (INFORMATION, "Takeoff detected"),
        "landing": (INFORMATION, "Landing detected"),
        "battery_low": (WARNING, "Low battery level! Return advised"),
        "battery_critical": (CRITICAL, "Critical battery level!"),
        "link_lost": (INFORMATION, "Connection to ground station lost"),
        "failsafe": (INFORMATION, "Returning to launch"),
    },
    "dji": {
        "gnss_lost": (WARNING, "GPS signal weak (simulated)"),
        "battery_low": (WARNING, "Low battery (simulated)"),
        "battery_critical": (CRITICAL, "Critically low battery (simulated)"),
        "link_lost": (WARNING, "Aircraft disconnected (simulated)"),
        "link_lost over": (INFORMATION, "Aircraft connected (simulated)"),
        "failsafe": (WARNING, "Returning to home (simulated)"),
        "hard_landing": (WARNING, "Hard landing (simulated)"),
    },
}
_PLANE: dict[str, Line] = {
    "armed": (INFORMATION, "Throttle armed"),
    "disarmed": (INFORMATION, "Throttle disarmed"),
    "gnss_lost": (WARNING, "EKF3 IMU0 stopped aiding"),
    "gnss_lost over": (INFORMATION, "EKF3 IMU0 is using GPS"),
    "link_lost": (WARNING, "Failsafe. Long event on: type=2/reason=3"),
    "link_lost over": (WARNING, "Failsafe. Long event off: reason=3"),
}
"""What ArduPlane says differently."""
