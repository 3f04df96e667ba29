"""Components of aircraft, where they were installed and when, and what is due to be done to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundside.model.source import Source

OWNER = Source("stated by the owner", "")


class ComponentKind(StrEnum):
    """What a component is."""

    AIRFRAME = "airframe"
    BATTERY = "battery"
    PROPELLER = "propeller"
    MOTOR = "motor"
    PAYLOAD = "payload"
    CONTROLLER = "controller"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """
    Something that wears, with its own hours.

    Args:
        id: permanent. kind: what it is. name: as the owner calls it.
        serial: empty where it has none.
        in_service_us: UTC since when it is used; None where unknown.
    """

    id: str
    kind: ComponentKind
    name: str = ""
    serial: str = ""
    in_service_us: int | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """
    A time that a component was on an aircraft.

    Args:
        component_id, aircraft_id: which, and on which.
        from_us: UTC from which on; None since ever, as an airframe is.
        until_us: UTC up to which, not included; None while it still is.
    """

    component_id: str
    aircraft_id: str
    from_us: int | None = None
    until_us: int | None = None

    @property
    def always(self) -> bool:
        """Whether it was never anywhere else."""
        return self.from_us is None and self.until_us is None

    def holds(self, time_us: int | None) -> bool:
        """Whether it was there at a time: from the beginning, up to but without the end; at an unknown time if ever."""
        if time_us is None:
            return self.always
        return (self.from_us is None or self.from_us <= time_us) and (self.until_us is None or time_us < self.until_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """
    A flight, as far as wear goes.

    Args:
        flight_id, aircraft_id: which.
        start_us: UTC of its beginning; a flight belongs to where a component was at that time. None where unknown.
        airborne_s: seconds in the air; None where unknown.
        full_cycles: full-cycle equivalents of a battery, where that is what is counted; None where unknown.
        component_id: the one component that it is told of, as a battery that states its serial; empty for the aircraft
            with all that was on board.
    """

    flight_id: str
    aircraft_id: str
    start_us: int | None
    airborne_s: float | None
    full_cycles: float | None = None
    component_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """
    What a component had behind it when its records here began.

    Args:
        as_of_us: UTC; flights from before are in it already and are not counted again.
        airborne_s, flights, full_cycles: until then.
        source: who says so.
    """

    component_id: str
    as_of_us: int
    airborne_s: float = 0.0
    flights: int = 0
    full_cycles: float = 0.0
    source: Source = OWNER


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """
    What a component has done.

    Args:
        flights: with those carried over. airborne_s: seconds in the air of those that state it.
        full_cycles: of those that state it.
        airborne_unknown, cycles_unknown: how many flights do not state it, and so add nothing.
        undated: flights of its aircraft without a known time: whether it was on board cannot be told; not counted.
    """

    flights: int
    airborne_s: float
    full_cycles: float
    airborne_unknown: int
    cycles_unknown: int
    undated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What has to be done to components, and how often; whichever comes first. None where that does not count.

    Args:
        id: permanent. title: what is to be done.
        kinds: of components it is for. component_ids: only these; empty for all of the kinds.
        every_hours: in the air. every_flights, every_cycles: flights, full-cycle equivalents. every_days: of 86,400 s.
        on_events: kinds of what happens in a flight that ask for it at once: "hard_landing", "crash".
        soon_share: part of an interval left at which it is due; 0.1 is our choice, not anybody's rule.
        grounds: an aircraft with this overdue, or asked for by an event, must not fly.
        source: who asks for it.
    """

    id: str
    title: str
    source: Source
    kinds: tuple[ComponentKind, ...] = ()
    component_ids: tuple[str, ...] = ()
    every_hours: float | None = None
    every_flights: int | None = None
    every_cycles: float | None = None
    every_days: float | None = None
    on_events: tuple[str, ...] = ()
    soon_share: float = 0.1
    grounds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Maintenance that was carried out: of which plan, on which component, when (UTC), by whom."""

    plan_id: str
    component_id: str
    at_us: int
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Something that happened to an aircraft: `kind` as events and happenings name it; UTC, None where unknown."""

    kind: str
    aircraft_id: str
    flight_id: str
    time_us: int | None


class Due(StrEnum):
    """How far a task is, most pressing last."""

    LATER = "later"
    SOON = "soon"
    """Less than the plan's share of the interval is left."""
    NOW = "now"
    """Used up to the last, or an event asks for it."""
    OVERDUE = "overdue"
    """Past what the plan allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """
    What is to be done next to one component under one plan.

    Args:
        plan_id, component_id, title: of the plan and what it is for.
        due: the most pressing of what the plan counts.
        left_hours, left_flights, left_cycles, left_days: until then; negative when past; None where not counted.
        because: why, in sentences: what is left of what, and which event in which flight asks for it.
        grounds: its aircraft must not fly.
    """

    plan_id: str
    component_id: str
    title: str
    due: Due
    left_hours: float | None
    left_flights: float | None
    left_cycles: float | None
    left_days: float | None
    because: tuple[str, ...]
    grounds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """A person's word that an aircraft must not fly, from a time (UTC) until another; None while it holds."""

    aircraft_id: str
    from_us: int
    until_us: int | None
    why: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Grounded:
    """An aircraft that must not fly, and every reason for it."""

    aircraft_id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """
    All that tells how much components have done and what was done to them.

    Args:
        components, installations, uses, carried, done, occurrences, groundings: in any order.
    """

    components: tuple[Component, ...] = ()
    installations: tuple[Installation, ...] = ()
    uses: tuple[Use, ...] = ()
    carried: tuple[Carried, ...] = ()
    done: tuple[Done, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    groundings: tuple[Grounding, ...] = ()
