"""Litchi missions, read."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass, replace

from groundside.model.decoded import Problem
from groundside.model.mission import (
    Above,
    Action,
    Gimbal,
    Hover,
    Kept,
    LookAhead,
    LookAt,
    Mission,
    Place,
    StartVideo,
    StopTrigger,
    StopVideo,
    TakePhoto,
    TriggerByDistance,
    TriggerByTime,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.plan.missions import litchi_columns as columns
from groundside.plan.missions.course import courses_deg
from groundside.plan.missions.format import MOST_WAYPOINTS, Said, no_mission
from groundside.plan.missions.litchi_columns import ACTIONS, FOOT_M, MILE_PER_HOUR_M_S
from groundside.plan.missions.normal import normal, turned
from groundside.plan.missions.text_rows import lines_in, number

_KIND = "Litchi mission"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_COURSE_WITHIN_DEG = 1e-6
_BARE: dict[int, Action] = {
    columns.PHOTO: TakePhoto(),
    columns.START_VIDEO: StartVideo(),
    columns.STOP_VIDEO: StopVideo(),
}


def recognises(data: bytes) -> bool:
    """Say whether the first line names the columns of a Litchi mission."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lower()
    first = head.split(b"\n", 1)[0]
    return all(each in first for each in (b"latitude", b"longitude", b"altitude", b"curvesize"))


@dataclass(frozen=True, slots=True)
class _Units:
    """What a number in a column of lengths or of speeds is in metres."""

    length: float
    speed: float


class _Line:
    """One row, by names of columns."""

    def __init__(self, line: int, offset: int, cells: dict[str, str]) -> None:
        self.line, self.offset, self._cells = line, offset, cells

    def bad(self) -> str:
        """Give the first cell that is no number; empty where all are."""
        return next((f"{name} is {text[:40]!r}" for name, text in self._cells.items() if _value(text) is None), "")

    def get(self, *names: str, otherwise: float = 0.0) -> float:
        text = next((self._cells[each] for each in names if each in self._cells), "")
        value = _value(text) if text.strip() else otherwise
        return otherwise if value is None else value


def _value(text: str) -> float | None:
    value = number(text) if text.strip() else 0.0
    return None if value is None or math.isnan(value) else value


def _cells(text: str, split: str) -> list[str]:
    """Split one line; nothing where a cell is longer than any number."""
    try:
        return next(csv.reader([text], delimiter=split), [])
    except csv.Error:
        return []


def read(data: bytes) -> tuple[Mission, tuple[Problem, ...]]:
    """
    Read a mission.

    Raises:
        NotUnderstood: no row in it is a waypoint.
    """
    said = Said()
    lines = lines_in(data, _KIND)
    names, units, split = _head(lines[0][2] if lines else "")
    kept: list[Kept] = []
    points: list[Waypoint] = []
    reader = _Reading(units, kept)
    for line, offset, text in lines[1 : MOST_WAYPOINTS + 1]:
        cells = _cells(text, split)
        row = _Line(line, offset, dict(zip(names, cells, strict=False)))
        if (point := _checked(row, cells, names, reader, said)) is not None:
            points.append(point)
    if not points:
        raise no_mission(_KIND, "no row in it is a waypoint" + "".join(f"; {each.what}" for each in said.all[:1]))
    speeds = {each.speed_m_s for each in points}
    speed = speeds.pop() if len(speeds) == 1 else None
    return normal(Mission(waypoints=_along(points), speed_m_s=speed, not_understood=tuple(kept))), said.all


def _head(first: str) -> tuple[list[str], _Units, str]:
    split = next((each for each in (",", ";", "\t") if each in first), ",")
    cells = _cells(first.lower(), split)
    feet = any("(ft)" in each or ".ft." in each for each in cells)
    names = [_NOT_IN_NAMES.sub("_", re.sub(r"[(.](m|ft|deg|m/s|mph|m\.s)[).].*", "", each.strip())) for each in cells]
    return names, _Units(FOOT_M, MILE_PER_HOUR_M_S) if feet else _Units(1.0, 1.0), split


def _checked(row: _Line, cells: list[str], names: list[str], reader: _Reading, said: Said) -> Waypoint | None:
    if len(cells) > len(names):
        hint = "are decimals written with a comma?"
        said.say(f"Line {row.line} has {len(cells)} cells, not {len(names)}: it is passed over; {hint}", row.offset)
        return None
    if bad := row.bad():
        said.say(f"Line {row.line}: {bad}, which is no number with a decimal point: it is passed over.", row.offset)
        return None
    lat, lon = row.get("latitude", otherwise=200.0), row.get("longitude", otherwise=400.0)
    if abs(lat) > 90.0 or abs(lon) > 360.0:
        said.say(
            f"Line {row.line}: latitude or longitude is missing or not on the ground: it is passed over.", row.offset
        )
        return None
    return reader.waypoint(row, lon, lat)


class _Reading:
    """Rows on their way into waypoints; what goes on from row to row is remembered."""

    def __init__(self, units: _Units, kept: list[Kept]) -> None:
        self._units, self._kept = units, kept
        self._trigger: Action | None = None
        self._target: LookAt | None = None
        self._pitch: float | None = None

    def waypoint(self, row: _Line, lon: float, lat: float) -> Waypoint:
        units = self._units
        above = Above.TERRAIN if row.get("altitudemode") == columns.ABOVE_GROUND else Above.HOME
        radius = row.get("curvesize") * units.length
        speed = row.get("speed") * units.speed
        return Waypoint(
            lon=lon,
            lat=lat,
            height_m=row.get("altitude") * units.length,
            above=above,
            speed_m_s=speed if speed > 0.0 else None,
            heading_deg=turned(row.get("heading")),
            turn_radius_m=radius if radius > 0.0 else None,
            actions=self._actions(row),
        )

    def _actions(self, row: _Line) -> tuple[Action, ...]:
        look, stop, start = self._look(row), self._stop(row), self._start(row)
        own = [done for nth in range(1, ACTIONS + 1) if (done := self._action(row, nth)) is not None]
        return (*look, *stop, *self._tilt(row, own), *own, *start)

    def _tilt(self, row: _Line, own: list[Action]) -> list[Action]:
        """Gimbal mode 2 moves to an angle on the way: taken as an angle at the waypoint."""
        pitch = row.get("gimbalpitchangle")
        moves = row.get("gimbalmode") == 2 and pitch != self._pitch
        if not moves or any(isinstance(each, Gimbal) for each in own):
            return []
        self._pitch = pitch
        return [Gimbal(pitch)]

    def _look(self, row: _Line) -> list[Action]:
        lon, lat = row.get("poi_longitude"), row.get("poi_latitude")
        if lon == 0.0 and lat == 0.0:
            before, self._target = self._target, None
            return [LookAhead()] if before else []
        above = Above.TERRAIN if row.get("poi_altitudemode") == columns.ABOVE_GROUND else Above.HOME
        target = LookAt(Place(lon, lat, row.get("poi_altitude") * self._units.length, above))
        before, self._target = self._target, target
        return [] if before == target else [target]

    def _wanted(self, row: _Line) -> Action | None:
        distance, interval = (
            row.get("photo_distinterval", otherwise=-1.0),
            row.get("photo_timeinterval", otherwise=-1.0),
        )
        if distance > 0.0:
            return TriggerByDistance(distance * self._units.length)
        return TriggerByTime(interval) if interval > 0.0 else None

    def _stop(self, row: _Line) -> list[Action]:
        return [StopTrigger()] if self._trigger is not None and self._wanted(row) is None else []

    def _start(self, row: _Line) -> list[Action]:
        before, self._trigger = self._trigger, self._wanted(row)
        return [self._trigger] if self._trigger is not None and self._trigger != before else []

    def _action(self, row: _Line, nth: int) -> Action | None:
        kind, value = int(row.get(f"actiontype{nth}", otherwise=-1.0)), row.get(f"actionparam{nth}")
        if kind in _BARE:
            return _BARE[kind]
        if kind == columns.STAY:
            return Hover(value / 1000.0)
        if kind == columns.TILT:
            return Gimbal(value)
        if kind != columns.NO_ACTION:
            self._kept.append(Kept(f"line {row.line}", f"actiontype{nth}={kind} actionparam{nth}={value:g}"))
        return None


def _along(points: list[Waypoint]) -> tuple[Waypoint, ...]:
    """Take headings that all are the course of the path for "along the path"."""
    courses = courses_deg([LonLat(each.lon, each.lat) for each in points])
    return tuple(
        replace(each, heading_deg=None) if _same(each.heading_deg or 0.0, course) else each
        for each, course in zip(points, courses, strict=True)
    )


def _same(one: float, other: float) -> bool:
    return abs((one - other + 180.0) % 360.0 - 180.0) < _COURSE_WITHIN_DEG
