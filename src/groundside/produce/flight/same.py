"""
Whether two files tell of the same flight: merged, offered to a person to decide, or kept apart.

Two aircraft may fly at one site at one time, and one route may be flown twice: neither the same hour
nor the same path is enough alone. Where both clocks are UTC the tracks must agree at the same time;
where a clock is not, the track must fit at one offset only, and what wall clock there is must agree
with that offset.
"""

from __future__ import annotations

from dataclasses import replace

from groundside.model.flight import Cut
from groundside.model.recording import TimeBasis
from groundside.produce.flight.clockless import compare_clockless, compare_device_clocks
from groundside.produce.flight.telling import Match, Telling, Verdict, different
from groundside.produce.flight.timed import compare_timed
from groundside.produce.flight.view import View, on_wall_clock, views

__all__ = ["Match", "Telling", "Verdict", "compare"]

_LEAST_SERIAL = 6


def compare(one: Telling, other: Telling) -> Match:
    """
    Say whether two tellings are of the same flight.

    Args:
        one: what one file tells.
        other: what another tells; which is which does not matter for the verdict.

    Returns:
        The verdict and why. `clock_offset_s` is to be added to the clock of the one that is trusted less: the one
        without UTC, or else whose UTC is a device's own (of `one` where both are); where neither has UTC, and where
        one is a time zone off, of `other`. None where both are taken as they are.
    """
    match = _by_clock(one, other)
    if match.verdict is Verdict.DIFFERENT or not _serials_differ(one.cut, other.cut):
        return match
    if one.track is None or other.track is None:
        return different("the serial numbers of the aircraft differ")
    return replace(match, verdict=Verdict.OFFER, why=f"{match.why}; but the serial numbers differ")


def _by_clock(one: Telling, other: Telling) -> Match:
    first, second = views(one, other)
    if first.cut.time_basis.is_utc and second.cut.time_basis.is_utc:
        match = compare_timed(first, second)
        return match if match.verdict is Verdict.SAME else _by_device_clock(first, second) or match
    if second.cut.time_basis.is_utc:
        return compare_clockless(second, first)
    walls = _wall_clocks(first, second)
    return compare_timed(*walls) if walls is not None else compare_clockless(first, second)


def _by_device_clock(first: View, second: View) -> Match | None:
    """See whether one clock, where it is a device's own, is off; the more trusted one is held to be right."""
    if first.cut.time_basis is TimeBasis.UTC_DEVICE:
        return compare_device_clocks(second, first)
    return compare_device_clocks(first, second) if second.cut.time_basis is TimeBasis.UTC_DEVICE else None


def _wall_clocks(first: View, second: View) -> tuple[View, View] | None:
    """Lay both out on their wall clocks, where both have one."""
    if first.cut.time_basis is not TimeBasis.LOCAL or second.cut.time_basis is not TimeBasis.LOCAL:
        return None
    a, b = on_wall_clock(first), on_wall_clock(second)
    return None if a is None or b is None else (a, b)


def _serials_differ(one: Cut, other: Cut) -> bool:
    """Whether both name a serial number and neither begins with the other, as a shortened one would."""
    a, b = (cut.aircraft.serial.strip().casefold() for cut in (one, other))
    if not a or not b:
        return False
    shortened = min(len(a), len(b)) >= _LEAST_SERIAL and (a.startswith(b) or b.startswith(a))
    return a != b and not shortened
