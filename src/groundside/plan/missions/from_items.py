"""MAVLink items, understood as a mission."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from groundside.model.mission import (
    Above,
    Action,
    Command,
    Fence,
    FenceCircle,
    FencePolygon,
    Finish,
    Hover,
    Kind,
    Mission,
    Place,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.plan.missions.format import Said
from groundside.plan.missions.item_actions import action_of
from groundside.plan.missions.items import ABOVE_OF, FLOWN_TO, Cmd, Item
from groundside.plan.missions.normal import normal, turned

_KINDS = {Cmd.WAYPOINT: Kind.FLY, Cmd.TAKE_OFF: Kind.TAKE_OFF, Cmd.LAND: Kind.LAND}
_GROUND_SPEED = 1.0


def mission_of(items: list[Item], home: Place | None, said: Said) -> tuple[Mission, list[int | None]]:
    """
    Understand the items of a mission.

    Args:
        items: in order, without that of home.
        home: where it takes off, as far as the file says.
        said: takes problems.

    Returns:
        The mission, and for each item the number of the waypoint that it became, None where it became none.
    """
    finish, body = _finish_of(items)
    reader = _Reading(home, said)
    which = [reader.take(item) for item in body] + [None] * (len(items) - len(body))
    mission = Mission(
        waypoints=tuple(reader.points),
        actions=tuple(reader.before),
        speed_m_s=reader.speed_at_start,
        take_off_height_m=reader.take_off_height_m,
        home=home,
        finish=finish,
    )
    return normal(mission), which


@dataclass(slots=True)
class _Reading:
    home: Place | None
    said: Said
    points: list[Waypoint] = field(default_factory=list[Waypoint])
    before: list[Action] = field(default_factory=list[Action])
    take_off_height_m: float | None = None
    speed: float | None = None
    speed_at_start: float | None = None

    def take(self, item: Item) -> int | None:
        if self._is_plain_take_off(item):
            self.take_off_height_m = item.number(7)
            return None
        if item.command in FLOWN_TO and item.place is not None:
            self.points.append(replace(_waypoint(item), speed_m_s=self.speed))
            return len(self.points) - 1
        if item.command == Cmd.CHANGE_SPEED and _is_ground_speed(item):
            self._set_speed(item)
            return None
        self._do(action_of(item))
        return None

    def _is_plain_take_off(self, item: Item) -> bool:
        if item.command != Cmd.TAKE_OFF or self.points or self.take_off_height_m is not None:
            return False
        here = item.place is None or (self.home is not None and item.place == (self.home.lon, self.home.lat))
        plain = not any(item.number(nth) for nth in range(1, 5)) and item.goes_on
        return here and plain and ABOVE_OF.get(item.frame) is Above.HOME and item.params[6] is not None

    def _set_speed(self, item: Item) -> None:
        speed = item.number(2)
        self.speed = None if speed < 0.0 else speed
        if self.points:
            self.points[-1] = replace(self.points[-1], speed_m_s=self.speed)
        else:
            self.speed_at_start = self.speed

    def _do(self, action: Action) -> None:
        if self.points:
            last = self.points[-1]
            self.points[-1] = replace(last, actions=(*last.actions, action))
        else:
            self.before.append(action)


def _is_ground_speed(item: Item) -> bool:
    plain = item.goes_on and item.frame not in ABOVE_OF and not any(item.params[3:])
    return (
        plain
        and item.number(1) == _GROUND_SPEED
        and item.number(3) in (-1.0, 0.0)
        and item.number(2) not in (-1.0, 0.0)
    )


def _waypoint(item: Item) -> Waypoint:
    assert item.place is not None
    lon, lat = item.place
    height, above = item.number(7), ABOVE_OF[item.frame]
    kind = _KINDS.get(Cmd(item.command), Kind.FLY) if item.command in _KINDS else Kind.FLY
    if not _is_plain(item):
        command = Command(item.command, item.params[:4], 2, item.goes_on)
        return Waypoint(lon=lon, lat=lat, height_m=height, above=above, kind=kind, command=command)
    heading, hold = item.params[3], item.number(1)
    return Waypoint(
        lon=lon,
        lat=lat,
        height_m=height,
        above=above,
        heading_deg=None if not heading else turned(heading),
        turn_radius_m=item.number(2) or None,
        actions=(Hover(hold),) if hold else (),
        kind=kind,
    )


def _is_plain(item: Item) -> bool:
    if item.command not in _KINDS or not item.goes_on or item.number(3):
        return False
    if item.command == Cmd.WAYPOINT:
        return item.number(1) >= 0.0 and item.number(2) >= 0.0
    return not item.number(1) and not item.number(2)


def _finish_of(items: list[Item]) -> tuple[Finish | None, list[Item]]:
    """Take the finish off the end, where the last item is one and nothing more."""
    points = [each for each in items if each.command in FLOWN_TO and each.place]
    if not items or not points or any(items[-1].params[:4]) or not items[-1].goes_on:
        return None, items
    last, at = items[-1], points[-2] if points[-1] is items[-1] and len(points) > 1 else points[-1]
    if last.command == Cmd.RETURN:
        return Finish.RETURN, items[:-1]
    if last is at or (last.place is not None and last.place != at.place):
        return None, items
    if last.command == Cmd.LAND and not last.number(7):
        return Finish.LAND, items[:-1]
    if last.command == Cmd.LOITER_UNLIMITED and (last.frame, last.number(7)) == (at.frame, at.number(7)):
        return Finish.HOVER, items[:-1]
    return None, items


def fences_of(items: list[Item], said: Said) -> tuple[tuple[Fence, ...], Place | None]:
    """Understand the items of a fence: areas, and where to return to."""
    fences: list[Fence] = []
    back: Place | None = None
    corners: list[LonLat] = []
    for nth, item in enumerate(items):
        at = LonLat(item.number(6), item.number(5))
        if item.command == Cmd.FENCE_RETURN:
            back = Place(at.lon, at.lat, item.number(7), ABOVE_OF.get(item.frame, Above.HOME))
        elif item.command in (Cmd.CIRCLE_IN, Cmd.CIRCLE_OUT):
            fences.append(FenceCircle(at, item.number(1), stay_in=item.command == Cmd.CIRCLE_IN))
        elif item.command in (Cmd.FENCE_IN, Cmd.FENCE_OUT):
            corners.append(at)
            follows = items[nth + 1] if nth + 1 < len(items) else None
            if len(corners) >= item.number(1) or follows is None or follows.command != item.command:
                _close(corners, item, fences, said)
                corners = []
    return tuple(fences), back


def _close(corners: list[LonLat], item: Item, fences: list[Fence], said: Said) -> None:
    if len(corners) != item.number(1):
        said.say(f"A fence says it has {item.number(1):.0f} corners, but {len(corners)} follow.", item.offset)
    if len(corners) < 3:
        said.say("A fence of fewer than three corners is passed over.", item.offset)
        return
    fences.append(FencePolygon(tuple(corners), stay_in=item.command == Cmd.FENCE_IN))


def rally_of(items: list[Item]) -> tuple[Place, ...]:
    """Understand the items of rally points."""
    return tuple(
        Place(each.number(6), each.number(5), each.number(7), ABOVE_OF.get(each.frame, Above.HOME))
        for each in items
        if each.command == Cmd.RALLY
    )
