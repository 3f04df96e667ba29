"""Aircraft as their owner registers them, and what a fleet comes to."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.model.health import BatteryFlight, BatteryHealth, Rated
from groundside.model.maintenance import Component, Due, Grounded, Installation, Task, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Craft:
    """
    An aircraft of the owner's.

    Args:
        name: as the owner calls it; permanent, for hours and components are kept under it.
        registration: of the authority, painted on it. type: as the owner groups aircraft, for rules and hours.
        serials: as its logs state them. known_as: names that its logs state, where they state no serial.
    """

    name: str
    registration: str = ""
    type: str = ""
    serials: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryNote:
    """What the owner says of a battery: when new, and since when it is used (UTC microseconds)."""

    serial: str
    rated: Rated
    in_service_us: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CraftRow:
    """
    One aircraft with all that its flights come to.

    Args:
        craft: as registered, or as its logs name it. registered: by a person.
        model, firmwares: as the logs state them, firmware in the order in which it was first seen.
        flights: real ones; of an aircraft that has none, the simulated. airborne_s: their sum; `airborne_unknown` of
            them state none.
        simulated: how many simulated flights it has.
        first_us, last_us: UTC of the first and last with a known time.
        aboard: components that are on it now.
        grounded: why it must not fly; empty where it may.
    """

    craft: Craft
    registered: bool
    model: str
    firmwares: tuple[str, ...]
    flights: int
    airborne_s: float
    airborne_unknown: int
    simulated: int
    first_us: int | None
    last_us: int | None
    aboard: tuple[str, ...]
    grounded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """Where one component was installed, and when."""

    installations: tuple[Installation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFlight:
    """A flight as far as a fleet goes: with which aircraft, as registered or as its files name it."""

    id: str
    craft: Craft
    registered: bool
    model: str
    firmware: str
    start_us: int | None
    airborne_s: float | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """A component, where it is and was, and what it has done."""

    component: Component
    installations: tuple[Installation, ...]
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetState:
    """
    A fleet at a moment.

    Args:
        tasks: the most pressing first. grounded: aircraft that must not fly.
        unread: flights whose files could not be looked into for batteries and events, each with the reason.
        battery_flights: each battery in each flight that was looked into, which `batteries` were told from.
    """

    aircraft: tuple[CraftRow, ...] = ()
    batteries: tuple[BatteryHealth, ...] = ()
    components: tuple[ComponentRow, ...] = ()
    tasks: tuple[Task, ...] = ()
    grounded: tuple[Grounded, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    battery_flights: tuple[BatteryFlight, ...] = ()

    @property
    def due(self) -> tuple[Task, ...]:
        """Tasks that are due soon, now, or were already."""
        return tuple(task for task in self.tasks if task.due is not Due.LATER)
