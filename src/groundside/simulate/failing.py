"""What is to go wrong in a flight, when that shows, and what the aircraft makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.course import Action, Course, Order
from groundside.simulate.motion import RATE_HZ
from groundside.simulate.truth import Fault

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MISHAPS = {
    "gnss_lost": "the satellite position is lost for a while",
    "battery_low": "a battery not charged before take-off gets low; the aircraft returns",
    "battery_critical": "it gets critical on the way back; with rotors it lands at once",
    "link_lost": "the link to the ground is lost for a while; the aircraft returns",
    "hard_landing": "it touches down much too fast",
    "clock_jump": "the clock of the recorder is wrong by some seconds from then on",
}
"""Each kind that can be asked for, and what it does."""

OFF_GROUND_M = 0.1
"""The aircraft is in the air when it is higher than this above where it stood."""
LINK_PATIENCE_S, BATTERY_PATIENCE_S = 5.0, 1.0
LOW_PERCENT, CRITICAL_PERCENT, APART_PERCENT = 20.0, 10.0, 2.0
"""Usual thresholds; a flight planned to get critical has its low threshold just above, so that both come."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """
    Something to go wrong.

    Args:
        kind: one of `MISHAPS`.
        at: when, as a share of the first time in the air, 0 to 1; of the recording for a clock.
        lasts_s: how long a link or a position is lost.
        value: m/s down of a hard landing, seconds of a clock jump, threshold in percent of a battery; 0 takes what is
            usual.
    """

    kind: str
    at: float = 0.5
    lasts_s: float = 15.0
    value: float = 0.0


def wanted(mishaps: Sequence[Mishap], kind: str) -> Mishap | None:
    """Find the mishap of a kind."""
    return next((m for m in mishaps if m.kind == kind), None)


def thresholds(mishaps: Sequence[Mishap]) -> tuple[float, float]:
    """Give the percent at which a battery counts as low, and as critical."""
    critical, low = wanted(mishaps, "battery_critical"), wanted(mishaps, "battery_low")
    at_least = critical.value or CRITICAL_PERCENT if critical else CRITICAL_PERCENT
    if critical:
        return at_least + APART_PERCENT, at_least
    return (low.value or LOW_PERCENT if low else LOW_PERCENT), at_least


def airborne(way: Course) -> Flags:
    """Tell which samples are in the air."""
    return way.height_m > OFF_GROUND_M


def sample_at(way: Course, share: float) -> int:
    """Give the sample at a share of the first time in the air; of the whole where nothing flies."""
    air = runs(airborne(way))
    begin, end = air[0] if air else (0, len(way))
    return min(begin + int(share * (end - begin)), len(way) - 1)


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Give begin and end of each stretch that is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def battery_order(way: Course, percent: Floats, threshold: float, action: Action) -> Order | None:
    """Tell where the emptiest battery makes the aircraft come down; None where it never does, or not in the air."""
    sample = falls_to(percent, threshold)
    if sample is None or not airborne(way)[sample]:
        return None
    sample = min(sample + int(BATTERY_PATIENCE_S * RATE_HZ), len(way) - 1)
    return Order(sample, action) if airborne(way)[sample] else None


def falls_to(percent: Floats, threshold: float) -> int | None:
    """Give the first sample at which any battery is down to a threshold."""
    below = np.flatnonzero((percent <= threshold).any(axis=0))
    return int(below[0]) if len(below) else None


@dataclass(frozen=True, slots=True)
class Happened:
    """What a flight was like, sample by sample, for telling what went wrong in it."""

    time_us: NDArray[np.int64]
    in_air: Flags
    vd_mps: Floats
    percent: Floats
    link_sample: int | None
    orders: tuple[Order, ...]
    way: Course

    def fault(self, kind: str, begin: int, end: int | None = None, value: float = 0.0) -> Fault:
        """Make a fault of samples; a moment without an end."""
        last = len(self.time_us) - 1
        stop = min(begin if end is None else end, last)
        return Fault(kind, int(self.time_us[min(begin, last)]), int(self.time_us[stop]), value)


def faults(mishaps: Sequence[Mishap], it: Happened) -> tuple[Fault, ...]:
    """Tell what went wrong, in order of time."""
    found = [*_losses(mishaps, it), *_batteries(mishaps, it), *_landing(mishaps, it)]
    found += [it.fault("failsafe", o.sample) for o in it.orders]
    clock = wanted(mishaps, "clock_jump")
    if clock:
        begin = int(clock.at * (len(it.time_us) - 1))
        found.append(it.fault("clock_jump", begin, len(it.time_us) - 1, float(clock.value or 37.0)))
    return tuple(sorted(found, key=lambda f: (f.start_us, f.kind)))


def _losses(mishaps: Sequence[Mishap], it: Happened) -> list[Fault]:
    found: list[Fault] = []
    link, sky = wanted(mishaps, "link_lost"), wanted(mishaps, "gnss_lost")
    if link and it.link_sample is not None and it.link_sample < len(it.time_us):
        found.append(it.fault("link_lost", it.link_sample, it.link_sample + int(link.lasts_s * RATE_HZ)))
    if sky:
        begin = sample_at(it.way, sky.at)
        found.append(it.fault("gnss_lost", begin, begin + int(sky.lasts_s * RATE_HZ)))
    return found


def _batteries(mishaps: Sequence[Mishap], it: Happened) -> list[Fault]:
    if not (wanted(mishaps, "battery_low") or wanted(mishaps, "battery_critical")):
        return []
    last = len(it.time_us) - 1
    pairs = zip(("battery_low", "battery_critical"), thresholds(mishaps), strict=True)
    begins = [(kind, falls_to(it.percent, percent), percent) for kind, percent in pairs]
    return [it.fault(kind, begin, last, percent) for kind, begin, percent in begins if begin is not None]


def _landing(mishaps: Sequence[Mishap], it: Happened) -> list[Fault]:
    air = runs(it.in_air)
    if not wanted(mishaps, "hard_landing") or not air:
        return []
    ends = [end - 1 for _, end in air]
    return [it.fault("hard_landing", e, value=float(it.vd_mps[max(0, e - RATE_HZ) : e + 1].max())) for e in ends]


def uncharged(full: float, used: float, threshold: float) -> float:
    """Give the charge to begin with so that a threshold in percent is reached after a share was used."""
    return min(full, (threshold + 0.4) / 100.0 + used)


def in_window(time_us: NDArray[np.int64], found: Sequence[Fault], kind: str) -> Flags:
    """Tell which samples lie within a fault of a kind."""
    flags = np.zeros(len(time_us), np.bool_)
    for fault in found:
        if fault.kind == kind:
            flags |= (time_us >= fault.start_us) & (time_us <= fault.end_us)
    return flags
