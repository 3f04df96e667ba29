"""A battery over all its flights: what it is like now, how it changes, and whether it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from groundside.model.health import (
    BatteryFlight,
    BatteryHealth,
    BatteryLimits,
    Estimate,
    Finding,
    NotEnough,
    Rated,
    Reason,
    Verdict,
)  # fmt: skip
from groundside.model.maintenance import Use
from groundside.produce.health.advice import advised, at_least, at_most
from groundside.produce.health.ageing import comparable, finding_of, known, trend
from groundside.produce.health.battery import DRAWN
from groundside.produce.health.cells import REST
from groundside.produce.health.components import DAY_US
from groundside.produce.health.intervals import averaged
from groundside.produce.health.sources import COUNTED, USUAL_LIMITS

RECENT_FLIGHTS = 10
"""What a battery is like now is told from so many of its last flights; our choice."""
FIRST_FLIGHTS = 3
"""What it was like when it was first seen is told from so many of its first flights; our choice."""
LEAST_RETIRING = 3
"""So many flights have to agree before a battery is to be retired for what they measured; our choice."""
SEVERAL = "the logs name neither the battery nor the aircraft: these may be different batteries"
CYCLES, RATIO, SHARE, AGE = "full_cycles", "resistance_ratio", "capacity_share", "age_days"


def battery_health(
    flights: Sequence[BatteryFlight], rated: Rated | None = None, limits: BatteryLimits = USUAL_LIMITS,
    now_us: int | None = None, in_service_us: int | None = None,
) -> BatteryHealth:  # fmt: skip
    """
    Tell the health of one battery from all its flights.

    Args:
        flights: of one battery, at least one. Those without a known time come first in the order of use.
        rated: what it was when new; None where nobody said.
        limits: when it is done; the usual ones of cars unless set.
        now_us: UTC, to tell its age by; None tells none.
        in_service_us: UTC since when it is used; None takes its first flight.

    Raises:
        ValueError: no flight, or flights of several batteries; a defect in the caller.
    """
    if len({f.battery for f in flights}) != 1:
        what = "the health of a battery is told from the flights of one battery"
        raise ValueError(what)
    ordered = sorted(flights, key=lambda f: (f.start_us is not None, f.start_us or 0))
    stated, dated = rated or Rated(), [f.start_us for f in ordered if f.start_us is not None]
    airborne = [f.airborne_s for f in ordered if f.airborne_s is not None]
    charge = _summed(f.drawn_ah for f in ordered)
    health = BatteryHealth(
        battery=ordered[0].battery, flights=len(ordered), airborne_s=sum(airborne),
        airborne_unknown=len(ordered) - len(airborne), first_us=dated[0] if dated else None,
        last_us=dated[-1] if dated else None, drawn_ah=charge, full_cycles=full_cycles(charge, stated.capacity_ah),
        resistance=recent("resistance_ohm", ordered), capacity=recent("capacity_ah", ordered),
        spread_rest=_last(ordered), resistance_trend=trend("resistance_ohm", ordered, stated.capacity_ah),
        capacity_trend=trend("capacity_ah", ordered, stated.capacity_ah), advice=advised(()),
    )  # fmt: skip
    health = _not_of_several(health)
    since_us = in_service_us if in_service_us is not None else health.first_us
    age = _age(since_us, now_us)
    return replace(health, advice=advised(_reasons(health, ordered, stated, limits, age)))


def _not_of_several(health: BatteryHealth) -> BatteryHealth:
    """Take away what cannot be said of flights that only have in common that nothing is identified."""
    if health.battery.serial or health.battery.aircraft or health.flights == 1:
        return health
    names = ("resistance", "capacity", "spread_rest", "resistance_trend", "capacity_trend")
    nothing = {name: NotEnough(quantity=getattr(health, name).quantity, why=SEVERAL) for name in names}
    return replace(health, **nothing)


def battery_uses(component_id: str, aircraft_id: str, flights: Sequence[BatteryFlight], rated: Rated) -> list[Use]:
    """
    Tell what a battery did as uses of a component: each flight with its full-cycle equivalents.

    Args:
        component_id: of the battery. aircraft_id: it flew in; empty where that does not matter.
        flights: of that battery.
        rated: its rated capacity; without one the cycles are not known.
    """
    cycles = [known(full_cycles(f.drawn_ah, rated.capacity_ah)) for f in flights]
    return [
        Use(
            flight_id=f.flight_id, aircraft_id=aircraft_id, start_us=f.start_us, airborne_s=f.airborne_s,
            full_cycles=c.value if c else None, component_id=component_id,
        )
        for f, c in zip(flights, cycles, strict=True)
    ]  # fmt: skip


def full_cycles(charge: Finding, rated_ah: float | None) -> Finding:
    """Give charge drawn as full-cycle equivalents: how often the rated capacity was drawn."""
    if not isinstance(charge, Estimate):
        return NotEnough(quantity=CYCLES, why=charge.why)
    if not rated_ah:
        return NotEnough(quantity=CYCLES, why="the rated capacity is not known")
    return _divided(charge, rated_ah, CYCLES, f"by {rated_ah:g} Ah rated")


def recent(quantity: str, flights: Sequence[BatteryFlight]) -> Finding:
    """Join what the last flights tell of a quantity, at about the usual temperature."""
    kept, notes = comparable(flights, quantity)
    found = [e for e in kept if e is not None][-RECENT_FLIGHTS:]
    if not found:
        whys = sorted({f.why for f in (finding_of(flight, quantity) for flight in flights) if isinstance(f, NotEnough)})
        return NotEnough(quantity=quantity, why="; ".join(whys[:3]))
    joined = averaged(found)
    return replace(joined, evidence=(*joined.evidence, *notes))


def _reasons(
    health: BatteryHealth, flights: Sequence[BatteryFlight], rated: Rated, limits: BatteryLimits, age: Finding
) -> list[Reason]:
    share = at_least("capacity by the rated one", _share(health.capacity, rated), limits.least_capacity_share)
    ratio = at_most("resistance by what it was", _ratio(health, flights, rated), limits.most_resistance_ratio)
    return [
        *_confirmed(share, _told("capacity_ah", flights)),
        *_confirmed(ratio, _told("resistance_ohm", flights)),
        *at_most("full cycles", health.full_cycles, limits.most_full_cycles),
        *at_most("spread of the cells at rest", health.spread_rest, limits.most_spread_v, "V"),
        *at_most("age", age, limits.most_age_days, "days"),
    ]


def _confirmed(reasons: list[Reason], flights: int) -> list[Reason]:
    """Retire no battery for what fewer than `LEAST_RETIRING` flights tell: watch it."""
    if flights >= LEAST_RETIRING:
        return reasons
    note = f"; by {flights} flights, {LEAST_RETIRING} are needed to retire it"
    return [
        replace(r, verdict=Verdict.WATCH, says=r.says + note) if r.verdict is Verdict.RETIRE else r for r in reasons
    ]  # fmt: skip


def _told(quantity: str, flights: Sequence[BatteryFlight]) -> int:
    return sum(e is not None for e in comparable(flights, quantity)[0])


def _share(found: Finding, rated: Rated) -> Finding:
    if not isinstance(found, Estimate):
        return replace(found, quantity=SHARE)
    if not rated.capacity_ah:
        return NotEnough(quantity=SHARE, why="the rated capacity is not known")
    return _divided(found, rated.capacity_ah, SHARE, f"by {rated.capacity_ah:g} Ah rated")


def _ratio(health: BatteryHealth, flights: Sequence[BatteryFlight], rated: Rated) -> Finding:
    """Set resistance against the rated one, or else against the first flights, if they are not the last ones too."""
    now = health.resistance
    if not isinstance(now, Estimate):
        return replace(now, quantity=RATIO)
    if rated.resistance_ohm:
        return _divided(now, rated.resistance_ohm, RATIO, f"by {rated.resistance_ohm:g} ohm rated")
    found = [e for e in comparable(flights, "resistance_ohm")[0] if e is not None]
    if len(found) < FIRST_FLIGHTS + RECENT_FLIGHTS:
        why = f"no rated resistance, and {len(found)} flights are too few to compare the last with the first"
        return NotEnough(quantity=RATIO, why=why)
    first = averaged(found[:FIRST_FLIGHTS])
    if first.low <= 0:
        return NotEnough(quantity=RATIO, why="the first flights do not tell the resistance well enough")
    return replace(
        _divided(now, first.value, RATIO, f"by {first.value:.3g} ohm in its first flights"),
        low=now.low / first.high, high=now.high / first.low,
    )  # fmt: skip


def _divided(found: Estimate, by: float, quantity: str, note: str) -> Estimate:
    return replace(
        found, quantity=quantity, value=found.value / by, low=found.low / by, high=found.high / by,
        evidence=(*found.evidence, note),
    )  # fmt: skip


def _summed(findings: Iterable[Finding]) -> Finding:
    each = list(findings)
    found = [e for e in map(known, each) if e is not None]
    if not found:
        return NotEnough(quantity=DRAWN, why="current is not recorded")
    unknown, most = len(each) - len(found), max(e.high for e in found)
    notes = [f"{len(found)} flights"]
    if unknown:
        notes.append(f"{unknown} do not tell it: they add nothing, in the interval up to {most:.3g} Ah each")
    return Estimate(
        quantity=DRAWN, value=sum(e.value for e in found), low=sum(e.low for e in found),
        high=sum(e.high for e in found) + unknown * most, count=len(found), evidence=tuple(notes), method=COUNTED,
    )  # fmt: skip


def _last(flights: Sequence[BatteryFlight]) -> Finding:
    found = [f.spread_rest for f in flights if isinstance(f.spread_rest, Estimate)]
    return found[-1] if found else replace(flights[-1].spread_rest, quantity=REST)


def _age(since_us: int | None, now_us: int | None) -> Finding:
    if since_us is None or now_us is None:
        return NotEnough(quantity=AGE, why="it is not known since when it is used")
    days = (now_us - since_us) / DAY_US
    return Estimate(
        quantity=AGE, value=days, low=days, high=days, count=1, evidence=("since it was put into service",),
        method=COUNTED,
    )  # fmt: skip
