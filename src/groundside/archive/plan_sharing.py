"""One plan for several aircraft at once, kept apart in time or in height."""

from __future__ import annotations

from dataclasses import dataclass, replace

from groundside.archive.plan_checking import Conditions, battery_of, sorties_of
from groundside.errors import BadRequest
from groundside.model.mission import Mission
from groundside.plan.sharing import Assigned, raised, shared_in_height, shared_in_time

MOST_AIRCRAFT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """
    How several aircraft keep apart.

    Args:
        by: "time", all at their planned heights; or "height", all at once in layers.
        apart_m: by time no two in the air come nearer than this over ground.
        step_m: by height, from one layer to the next.
        change_s: from landing to the next take-off of one aircraft.
    """

    by: str = "time"
    apart_m: float = 50.0
    step_m: float = 10.0
    change_s: float = 180.0


def shared(
    mission: Mission, given: Conditions, aircraft: int, how: Apart, overlap_m: float = 0.0
) -> tuple[Assigned, ...]:
    """
    Cut a plan into flights that batteries allow, and give them to several aircraft of one kind.

    Args:
        mission: the plan.
        given: names the aircraft, its reserve and the wind.
        aircraft: how many, from 1 to 20.
        how: they keep apart.
        overlap_m: of flights that follow each other.

    Raises:
        BadRequest: no aircraft is named; there are too many or none; there is no such way to keep apart.
        Refused: a part cannot be flown with the reserve kept.
    """
    if not 1 <= aircraft <= MOST_AIRCRAFT:
        what = f"A plan is shared among 1 to {MOST_AIRCRAFT} aircraft, not {aircraft}."
        raise BadRequest(what, try_this="--among 2")
    if how.by not in ("time", "height"):
        what = f"Aircraft are not kept apart by {how.by[:40]!r}."
        raise BadRequest(what, try_this="--by time, or --by height")
    if not (how.apart_m > 0.0 and how.step_m > 0.0):
        raise BadRequest("Aircraft are kept apart by more than 0 m.", try_this="--apart 50, or --step 10")
    if how.by == "height":
        # Cut as the highest layer is flown, which climbs most: so each part fits a battery in any layer.
        most = how.step_m * (aircraft - 1)
        cut = sorties_of(raised(mission, most), given, overlap_m)
        lowered = [replace(each, mission=raised(each.mission, -most)) for each in cut]
        return shared_in_height(lowered, aircraft, how.step_m, how.change_s)
    sorties = sorties_of(mission, given, overlap_m)
    return shared_in_time(sorties, aircraft, battery_of(given), how.apart_m, how.change_s)
