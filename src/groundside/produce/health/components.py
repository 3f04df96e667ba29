"""What components have done: moved between aircraft over time, each has its own hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from groundside.errors import BadRequest, Conflict
from groundside.model.maintenance import Carried, Installation, Usage, Use

DAY_US = 86_400_000_000
_EVER = -(2**63)


def usage(
    component_id: str, installations: Sequence[Installation], uses: Iterable[Use],
    carried: Carried | None = None, since_us: int | None = None,
) -> Usage:  # fmt: skip
    """
    Sum up what a component has done: the flights of the aircraft it was on, while it was on it.

    Args:
        component_id: which.
        installations: of all components, or only its own. Overlapping ones count a flight once.
        uses: flights, each once; where one is told of the component itself as well, that one counts.
        carried: what it had behind it before. Flights from before are in it and are not counted.
        since_us: UTC; only flights from then on. What was carried over is counted in whole where it reaches beyond,
            for nobody knows how much of it came after: it can only be too much.

    Returns:
        The sums; flights that began at an unknown time count only for what was never elsewhere.
    """
    mine = [i for i in installations if i.component_id == component_id]
    least_us = max(_EVER if since_us is None else since_us, carried.as_of_us if carried else _EVER)
    ever = _ever(component_id, mine, list(uses))
    counted = [use for use in ever if _aboard(use, mine) and _from(use, least_us)]
    before = carried if carried and (since_us is None or since_us < carried.as_of_us) else None
    return _summed(counted, before, sum(use.start_us is None for use in ever if use not in counted))


def _ever(component_id: str, mine: Sequence[Installation], uses: Sequence[Use]) -> list[Use]:
    """List what is told of the component itself, and else the flights of the aircraft it ever was on."""
    own = [use for use in uses if use.component_id == component_id]
    told, places = {use.flight_id for use in own}, {i.aircraft_id for i in mine}
    return own + [
        use for use in uses if not use.component_id and use.flight_id not in told and use.aircraft_id in places
    ]  # fmt: skip


def _aboard(use: Use, mine: Sequence[Installation]) -> bool:
    told = bool(use.component_id)
    return told or any(i.aircraft_id == use.aircraft_id and i.holds(use.start_us) for i in mine)


def _from(use: Use, least_us: int) -> bool:
    return least_us == _EVER if use.start_us is None else use.start_us >= least_us


def _summed(uses: Sequence[Use], before: Carried | None, undated: int) -> Usage:
    airborne = [use.airborne_s for use in uses if use.airborne_s is not None]
    cycles = [use.full_cycles for use in uses if use.full_cycles is not None]
    return Usage(
        flights=len(uses) + (before.flights if before else 0),
        airborne_s=sum(airborne) + (before.airborne_s if before else 0.0),
        full_cycles=sum(cycles) + (before.full_cycles if before else 0.0),
        airborne_unknown=len(uses) - len(airborne), cycles_unknown=len(uses) - len(cycles), undated=undated,
    )  # fmt: skip


def moved(
    installations: Sequence[Installation], component_id: str, aircraft_id: str | None, at_us: int
) -> tuple[Installation, ...]:
    """
    Move a component to another aircraft, or off any.

    Args:
        installations: of all components.
        component_id: what is moved.
        aircraft_id: where to; None takes it off.
        at_us: UTC of the move.

    Returns:
        All installations: the one it ends closed at that time, the new one open. Where it is there already, as it was.

    Raises:
        Conflict: it was installed or taken off at a later time: what came after has to be undone first.
        BadRequest: it is to be taken off, and is on no aircraft.
    """
    mine = [i for i in installations if i.component_id == component_id]
    now = [i for i in mine if i.until_us is None]
    if aircraft_id is None and not now:
        what = f"Component {component_id} is on no aircraft."
        raise BadRequest(what, try_this="name the aircraft that it is to be installed on")
    if any(time_us is not None and time_us > at_us for i in mine for time_us in (i.from_us, i.until_us)):
        what = f"Component {component_id} was moved again after that time."
        raise Conflict(what, try_this="undo the later moves first, or name a later time")
    if any(i.aircraft_id == aircraft_id for i in now):
        return tuple(installations)
    kept = [i for i in installations if i not in now]
    closed = [Installation(i.component_id, i.aircraft_id, i.from_us, at_us) for i in now]
    opened = [Installation(component_id, aircraft_id, at_us)] if aircraft_id is not None else []
    return (*kept, *closed, *opened)


def overlaps(installations: Iterable[Installation]) -> tuple[tuple[Installation, Installation], ...]:
    """List pairs of installations that put one component in two places at once; none where all is well."""
    ordered = sorted(installations, key=lambda i: (i.component_id, _begin(i), _end(i)))
    return tuple((a, b) for a, b in pairwise(ordered) if a.component_id == b.component_id and _end(a) > _begin(b))


def aboard(installations: Iterable[Installation], aircraft_id: str, at_us: int) -> tuple[str, ...]:
    """List the components on an aircraft at a time, in order of their ids."""
    return tuple(sorted({i.component_id for i in installations if i.aircraft_id == aircraft_id and i.holds(at_us)}))


def _begin(installation: Installation) -> int:
    return _EVER if installation.from_us is None else installation.from_us


def _end(installation: Installation) -> int:
    return 2**63 if installation.until_us is None else installation.until_us
