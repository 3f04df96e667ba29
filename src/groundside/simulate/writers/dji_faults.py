"""
What a DJI record says of things that go wrong: tips of the app, and why the aircraft flies home by itself.

Numbers of flight actions from lvauvillier/dji-log-parser (record/osd.rs).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth

BATTERY_RETURN, BATTERY_LANDING, LINK_RETURN = 1, 2, 15
LINK_PATIENCE_US = 6_000_000
"""A failsafe this soon after the link was lost is because of it."""


def tips(truth: Truth) -> list[tuple[int, str]]:
    """What the app tells the pilot: sample and text."""
    said = [(1, MARK)]
    if truth.takeoff_us is not None:
        row = int(np.searchsorted(truth.time_us, truth.takeoff_us))
        said.append((row, "Home Point Updated. (simulated)"))
    said += [(int(row), m.text) for row, m in zip(_rows(truth), truth.messages, strict=True)]
    return said


def _rows(truth: Truth) -> NDArray[np.intp]:
    return np.searchsorted(truth.time_us, np.array([m.time_us for m in truth.messages], np.int64))


def actions(truth: Truth) -> NDArray[np.int64]:
    """Why the aircraft flies home or lands by itself; 0 where it does not."""
    out = np.zeros(len(truth), np.int64)
    for fault in truth.faults:
        since = (truth.time_us >= fault.start_us) & truth.in_air
        if fault.kind == "failsafe":
            landing = bool((truth.mode[since] == Phase.LANDING)[:1].any())
            by_battery = BATTERY_LANDING if landing else BATTERY_RETURN
            out[since] = LINK_RETURN if _link_just_lost(truth, fault.start_us) else by_battery
    return out


def _link_just_lost(truth: Truth, time_us: int) -> bool:
    lost = [time_us - f.start_us for f in truth.faults if f.kind == "link_lost"]
    return any(0 < ago <= LINK_PATIENCE_US for ago in lost)
