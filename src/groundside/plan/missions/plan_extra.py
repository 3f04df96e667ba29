"""
What a mission says and a plan of QGroundControl has no place for: one object more in the file, called `groundside`.

QGroundControl passes over members that it does not know, and leaves them out when it saves.
"""

from __future__ import annotations

from dataclasses import replace

from groundside.model.mission import LostLink, Mission, Turn
from groundside.plan.missions.from_shape import NotAShape, place_of
from groundside.plan.missions.plan_json import listed, mapping
from groundside.plan.missions.shape import Shape, place_shape


def extra_of(mission: Mission) -> Shape:
    """Tell what a plan has no place for."""
    turns = [each.turn.value if each.turn else None for each in mission.waypoints]
    extra: Shape = {
        "name": mission.name,
        "aircraft": mission.aircraft,
        "camera": mission.camera,
        "lost_link": mission.lost_link.value if mission.lost_link else None,
        "home": place_shape(mission.home) if mission.home else None,
        "rally": [place_shape(each) for each in mission.rally],
        "fence_return": place_shape(mission.fence_return) if mission.fence_return else None,
    }
    return {**extra, "turns": list(turns)} if any(turns) else extra


def with_extra(mission: Mission, said: object) -> Mission:
    """
    Add to a mission what `extra_of` told; what does not fit the plan's own numbers is passed over.

    Raises:
        NotAShape: it is there and none.
    """
    if said is None:
        return mission
    it = mapping(said, "groundside")
    rally = tuple(place_of(each) for each in listed(it.get("rally"), "groundside.rally"))
    turns = listed(it.get("turns"), "groundside.turns")
    back = place_of(it["fence_return"]) if it.get("fence_return") else None
    mission = replace(
        mission,
        name=str(it.get("name") or ""),
        aircraft=str(it.get("aircraft") or ""),
        camera=str(it.get("camera") or ""),
        lost_link=_lost_link(it.get("lost_link")),
        home=place_of(it["home"]) if it.get("home") else None,
    )
    if len(rally) == len(mission.rally):
        mission = replace(mission, rally=rally)
    if back is not None and mission.fence_return is not None:
        mission = replace(mission, fence_return=back)
    if len(turns) == len(mission.waypoints):
        points = (replace(p, turn=_turn(turn)) for p, turn in zip(mission.waypoints, turns, strict=True))
        mission = replace(mission, waypoints=tuple(points))
    return mission


def _lost_link(said: object) -> LostLink | None:
    try:
        return None if said is None else LostLink(str(said))
    except ValueError as error:
        what = f"groundside.lost_link is {str(said)[:40]!r}"
        raise NotAShape(what) from error


def _turn(said: object) -> Turn | None:
    try:
        return None if said is None else Turn(str(said))
    except ValueError as error:
        what = f"groundside.turns holds {str(said)[:40]!r}"
        raise NotAShape(what) from error
