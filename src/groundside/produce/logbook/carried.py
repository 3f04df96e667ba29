"""Hours carried over from an earlier logbook, and which flights they already hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import IntEnum
from itertools import combinations

from groundside.errors import BadRequest
from groundside.model.logbook import CarriedOver, Hours, LogbookLine

_SCOPE = ("aircraft", "type", "purpose")


class Covered(IntEnum):
    """Whether carried-over hours hold a flight."""

    NO = 0
    DOUBTFUL = 1
    YES = 2


def covered(line: LogbookLine, carried: CarriedOver) -> Covered:
    """
    Say whether carried-over hours hold a flight already.

    Returns:
        DOUBTFUL where it cannot be told: its date is unknown, or the aircraft, type or purpose that the carried-over
        hours name.
    """
    flight = line.flight
    if flight.pilot != carried.pilot or flight.simulated != carried.simulated:
        return Covered.NO
    scope = (_same(getattr(flight, name), getattr(carried, name)) for name in _SCOPE)
    return min(_within(line.date, carried), *scope)


def _same(of_flight: str, of_carried: str) -> Covered:
    if not of_carried or of_flight == of_carried:
        return Covered.YES
    return Covered.NO if of_flight else Covered.DOUBTFUL


def _within(day: date | None, carried: CarriedOver) -> Covered:
    if day is None:
        return Covered.DOUBTFUL
    begun = carried.since is None or carried.since <= day
    return Covered.YES if begun and day < carried.as_of else Covered.NO


def check(carried: Sequence[CarriedOver]) -> None:
    """
    Refuse carried-over hours that do not add up, or that hold the same flights twice.

    Raises:
        BadRequest: says which, and what to change.
    """
    for one in carried:
        _check_parts(one)
    for one, other in combinations(carried, 2):
        if _overlap(one, other):
            what = f"The carried-over hours {one.id!r} and {other.id!r} of {one.pilot!r} may hold the same flights."
            raise BadRequest(what, try_this="give one of them a later `since`, or name the aircraft of each")


def _check_parts(one: CarriedOver) -> None:
    light = (one.day_ms, one.twilight_ms, one.night_ms)
    sight = (one.within_sight_ms, one.beyond_sight_ms)
    parts = (light, sight, (one.part107_twilight_ms,))
    if min(one.total_ms, *(ms for part in parts for ms in part if ms is not None), 0) < 0:
        what = f"The carried-over hours {one.id!r} are negative."
        raise BadRequest(what, try_this="leave out what is unknown")
    if any(_sum(part) > one.total_ms for part in parts):
        what = f"The parts of the carried-over hours {one.id!r} are more than their total."
        raise BadRequest(what, try_this="correct the total, or leave out what is unknown")
    if one.since is not None and one.since >= one.as_of:
        what = f"The carried-over hours {one.id!r} begin on {one.since}, which is not before {one.as_of}."
        raise BadRequest(what, try_this="an earlier `since`")


def _overlap(one: CarriedOver, other: CarriedOver) -> bool:
    if one.pilot != other.pilot or one.simulated != other.simulated:
        return False
    apart = any(getattr(one, n) and getattr(other, n) and getattr(one, n) != getattr(other, n) for n in _SCOPE)
    latest = max(one.since or date.min, other.since or date.min)
    return not apart and latest < min(one.as_of, other.as_of)


def hours_of(one: CarriedOver) -> Hours:
    """Give carried-over hours as a sum; what is unknown of them stays unknown."""
    light = (one.day_ms, one.twilight_ms, one.night_ms)
    part107 = one.part107_twilight_ms
    return Hours(
        total_ms=one.total_ms,
        carried_ms=one.total_ms,
        day_ms=one.day_ms or 0,
        twilight_ms=one.twilight_ms or 0,
        night_ms=one.night_ms or 0,
        unknown_light_ms=one.total_ms - _sum(light),
        part107_twilight_ms=part107 or 0,
        part107_unknown_ms=one.total_ms if part107 is None else 0,
        within_sight_ms=one.within_sight_ms or 0,
        beyond_sight_ms=one.beyond_sight_ms or 0,
        unknown_sight_ms=one.total_ms - _sum((one.within_sight_ms, one.beyond_sight_ms)),
    )


def _sum(parts: Iterable[int | None]) -> int:
    return sum(part for part in parts if part is not None)
