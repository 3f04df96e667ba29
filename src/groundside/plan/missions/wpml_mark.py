"""What WPML has no place for, or demands though the mission does not say it: a comment in the template."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

from groundside.model.mission import Mission
from groundside.plan.missions.from_shape import NotAShape, place_of
from groundside.plan.missions.shape import Shape, place_shape
from groundside.plan.missions.wpml_words import MARK, UNSAID
from groundside.reference.xml_tree import Document


def mark_of(mission: Mission, unsaid: list[str]) -> str:
    """
    Tell names and home, and what is written only because it is demanded.

    Args:
        mission: to be written.
        unsaid: fields of `Mission` that it does not say; "turn" where no waypoint says how it is passed.
    """
    shape: Shape = {
        "name": mission.name,
        "aircraft": mission.aircraft,
        "camera": mission.camera,
        "home": place_shape(mission.home) if mission.home else None,
        UNSAID: list(unsaid),
    }
    return MARK + json.dumps(shape, ensure_ascii=True, allow_nan=False).replace("--", "-\\u002d")


def with_mark(mission: Mission, template: Document | None) -> Mission:
    """
    Take what our own comment says: names, home, and what was only written because WPML demands something.

    Raises:
        NotAShape: it is there and makes no sense.
    """
    mark = next((each for each in template.comments if each.strip().startswith(MARK)), "") if template else ""
    try:
        said: object = json.loads(mark.strip().removeprefix(MARK)) if mark else None
    except (ValueError, RecursionError) as error:
        what = "it is no JSON"
        raise NotAShape(what) from error
    if not isinstance(said, dict):
        return mission
    it = cast("dict[str, Any]", said)
    names = {each: str(it[each]) for each in ("name", "aircraft", "camera") if isinstance(it.get(each), str)}
    unsaid = cast("list[Any]", it.get(UNSAID)) if isinstance(it.get(UNSAID), list) else []
    nothing: dict[str, Any] = {each: None for each in ("finish", "lost_link", "take_off_height_m") if each in unsaid}
    mission = replace(mission, **names, **nothing, home=place_of(it["home"]) if it.get("home") else None)
    if "turn" in unsaid:
        mission = replace(mission, waypoints=tuple(replace(each, turn=None) for each in mission.waypoints))
    if "speed_m_s" in unsaid:
        speed = mission.speed_m_s
        points = (
            replace(each, speed_m_s=None if each.speed_m_s in (None, speed) else each.speed_m_s)
            for each in mission.waypoints
        )
        mission = replace(mission, speed_m_s=None, waypoints=tuple(points))
    return mission
