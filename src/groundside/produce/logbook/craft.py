"""Which registered aircraft a flight was flown with."""

from __future__ import annotations

from collections.abc import Iterable

from groundside.model.fleet import Craft
from groundside.model.recording import Aircraft

_LEAST_SERIAL = 6


def craft_of(aircraft: Aircraft, crafts: Iterable[Craft]) -> Craft | None:
    """
    Find the registered aircraft that files tell of.

    By its serial, also where either is shortened to no less than six characters; where the files state none, or it is
    not registered, by its name. None where nothing fits, or several do.
    """
    known = tuple(crafts)
    by_serial = [c for c in known if any(_same_serial(aircraft.serial, each) for each in c.serials)]
    if by_serial:
        return by_serial[0] if len(by_serial) == 1 else None
    if aircraft.serial and any(c.serials for c in known if _named(c, aircraft)):
        return None  # of that name, but with other serials
    by_name = [c for c in known if _named(c, aircraft)]
    return by_name[0] if len(by_name) == 1 else None


def unregistered(aircraft: Aircraft) -> Craft:
    """Make an entry of what files say of an aircraft that nobody registered; without a name where they say nothing."""
    name = aircraft.name or aircraft.serial or aircraft.model
    if aircraft.serial and name != aircraft.serial:
        name = f"{name} {aircraft.serial}"
    return Craft(name=name, type=aircraft.model or aircraft.kind, serials=(aircraft.serial,) if aircraft.serial else ())


def _same_serial(one: str, other: str) -> bool:
    a, b = one.strip().casefold(), other.strip().casefold()
    if not a or not b:
        return False
    return a == b or (min(len(a), len(b)) >= _LEAST_SERIAL and (a.startswith(b) or b.startswith(a)))


def _named(craft: Craft, aircraft: Aircraft) -> bool:
    names = {each.strip().casefold() for each in (craft.name, *craft.known_as)}
    return bool({aircraft.name.strip().casefold(), aircraft.model.strip().casefold()} & names - {""})
