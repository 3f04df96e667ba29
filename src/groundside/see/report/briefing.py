"""The briefing of a mission on paper: map, sorties, times, daylight, checks, waypoints, contacts to be filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from groundside.archive.missions import action_words
from groundside.model.mission import (
    Action,
    FenceCircle,
    FencePolygon,
    Gimbal,
    Hover,
    Mission,
    StopTrigger,
    TakePhoto,
    TriggerByDistance,
    TriggerByTime,
    Waypoint,
)
from groundside.model.place import LonLat
from groundside.reference.places import time_zone_of
from groundside.see.report.compile import pdf
from groundside.see.report.daylight import daylight
from groundside.see.report.drawing import BAD, GOOD, INK, STRONG, WARM
from groundside.see.report.map_picture import Area, Dot, Line, map_svg, places_of
from groundside.see.report.round_places import circle
from groundside.see.report.words import UNKNOWN, at, clock, moment, quantity

if TYPE_CHECKING:
    from groundside.archive.plan_checking import Conditions, Finding

MOST_WAYPOINTS = 400
NUMBERED_WAYPOINTS = 30
COLOURS = (STRONG, WARM, "#5b3f8c", GOOD, "#2f6db3", "#8a6d1f")
Shape = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingTold:
    """
    What a briefing is made of.

    Args:
        missions: the flights, in order; at least one, each with a waypoint.
        given: under what they were checked.
        findings: what the checks found.
        flights: for each flight what `plan_checking.told` says.
        overrides: name of a check that failed, to the reason why it is flown nonetheless.
        keep_outs: rings of areas that nothing flies over.
    """

    missions: Sequence[Mission]
    given: Conditions
    findings: Sequence[Finding]
    flights: Sequence[Mapping[str, Any]]
    overrides: Mapping[str, str]
    keep_outs: Sequence[Sequence[Sequence[tuple[float, float]]]] = ()


def briefing_pdf(told: BriefingTold, made_us: int) -> bytes:
    """Write the briefing of a mission; `made_us` is when, UTC microseconds."""
    return pdf("briefing", briefing_told(told, made_us), made_us)


def briefing_told(told: BriefingTold, made_us: int) -> Shape:
    """Give what the template of the briefing shows."""
    first = told.missions[0]
    home = _home(first)
    zone = time_zone_of(home) or "UTC"
    name = _name([each.name for each in told.missions])
    many = len(told.missions) > 1
    failed = [each for each in told.findings if each.outcome.value == "failed"]
    return {
        "title": f"Mission briefing: {name}",
        "foot": f"{name}. Printed {moment(made_us, zone)}. Local times are those of {zone}.",
        "verdict": _verdict(told, failed),
        "go": "yes" if not failed else "overridden" if _all_overridden(told, failed) else "no",
        "map": _map(told),
        "facts": _facts(told, home, zone),
        "daylight": _daylight(told.given.start_us, made_us, home, zone),
        "sorties": [
            _sortie(n, mission, flight, zone, told.given.start_us)
            for n, (mission, flight) in enumerate(zip(told.missions, told.flights, strict=True), start=1)
        ],
        "checks": [_check(each, told.overrides) for each in told.findings],
        "waypoints": [
            {"title": f"of flight {n}" if many else "", "rows": _waypoints(mission), "more": _more(mission)}
            for n, mission in enumerate(told.missions, start=1)
        ],
        "kept": [f"{kept.where}: {kept.text}" for m in told.missions[:1] for kept in m.not_understood][:20],
    }  # fmt: skip


def _name(names: Sequence[str]) -> str:
    """Give what the names of all flights begin with."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in same).strip() or "unnamed mission"


def _home(mission: Mission) -> LonLat:
    place = mission.home or mission.waypoints[0]
    return LonLat(place.lon, place.lat)


def _verdict(told: BriefingTold, failed: Sequence[Finding]) -> str:
    open_checks = sum(each.outcome.value == "not checked" for each in told.findings)
    unsaid = f" {open_checks} could not be done, and say why." if open_checks else ""
    if not failed:
        return f"No check failed.{unsaid}"
    names = ", ".join(each.check for each in failed)
    if _all_overridden(told, failed):
        return f"Failed and overridden by name and reason: {names}.{unsaid}"
    return f"Failed: {names}. Do not fly this plan before it is changed or overridden.{unsaid}"


def _all_overridden(told: BriefingTold, failed: Sequence[Finding]) -> bool:
    return all(each.check in told.overrides for each in failed)


def _facts(told: BriefingTold, home: LonLat, zone: str) -> list[list[str]]:
    first, given = told.missions[0], told.given
    limits = given.limits
    heights = [w.height_m for mission in told.missions for w in mission.waypoints]
    above = sorted({w.above.value.replace("_", " ") for mission in told.missions for w in mission.waypoints})
    wind = f"{given.wind_m_s:g} m/s from {given.wind_from_deg:.0f}°" if given.wind_m_s else "calm was reckoned with"
    return [
        ["Aircraft", given.aircraft or first.aircraft or UNKNOWN],
        ["Camera", first.camera or UNKNOWN],
        ["Home, lon lat", f"{home.lon:.6f}, {home.lat:.6f}"],
        ["Take-off", moment(given.start_us, zone) if given.start_us is not None else "open"],
        ["Heights", f"{_span(heights)} m above {', '.join(above)}"],
        ["Wind", wind],
        ["Reserve", f"{given.reserve:.0%} of a battery after landing"],
        ["At the end", first.finish.value.replace("_", " ") if first.finish else "left to the controller"],
        ["Link lost", first.lost_link.value.replace("_", " ") if first.lost_link else "left to the controller"],
        ["Terrain", given.terrain.name if given.terrain else "none was given: flat ground"],
        ["Height limit", f"{limits.height_m:g} m above the ground"],
        ["Distance limit", "none was set" if limits.distance_m is None else f"{limits.distance_m:g} m from home"],
    ]


def _span(numbers: Sequence[float]) -> str:
    low, high = f"{min(numbers):.0f}", f"{max(numbers):.0f}"
    return low if low == high else f"{low} to {high}"


def _daylight(start_us: int | None, made_us: int, home: LonLat, zone: str) -> Shape:
    when = at(start_us if start_us is not None else made_us, zone)
    if when is None:
        return {"day": UNKNOWN, "facts": []}
    found = daylight(home, when.date(), zone)
    rows = (("Dawn, civil", found.dawn_us), ("Sunrise", found.sunrise_us), ("Sunset", found.sunset_us),
            ("Dusk, civil", found.dusk_us))  # fmt: skip
    return {
        "day": when.date().isoformat(),
        "facts": [[name, f"{moment(us, zone)[11:16]} ({moment(us)[11:16]} UTC)" if us else "not on this day"]
                  for name, us in rows],
    }  # fmt: skip


def _sortie(n: int, mission: Mission, flight: Mapping[str, Any], zone: str, start_us: int | None) -> list[str]:
    seconds, left = flight["seconds"], flight["battery_left"]
    begin = moment(start_us, zone)[11:16] if start_us is not None and n == 1 else UNKNOWN
    return [
        str(n), mission.name or UNKNOWN, str(flight["waypoints"]), quantity(flight["length_m"], "m"),
        clock(None if seconds is None else round(seconds)), begin,
        UNKNOWN if left is None else f"{left:.0%}", str(flight["battery_told_by"] or "not known"),
    ]  # fmt: skip


def _check(each: Finding, overrides: Mapping[str, str]) -> Shape:
    where = "" if each.lon is None or each.lat is None else f" (at {each.lon:.6f}, {each.lat:.6f})"
    over = overrides.get(each.check, "") if each.outcome.value == "failed" else ""
    return {"check": each.check, "outcome": each.outcome.value, "reason": each.reason + where, "override": over}


def _waypoints(mission: Mission) -> list[list[str]]:
    return [_waypoint(n, each) for n, each in enumerate(mission.waypoints[:MOST_WAYPOINTS])]


def _waypoint(n: int, each: Waypoint) -> list[str]:
    doing = "; ".join(map(_doing, each.actions))
    kind = "" if each.kind.value == "fly" else each.kind.value.replace("_", " ")
    return [
        str(n), f"{each.lon:.6f}", f"{each.lat:.6f}", f"{each.height_m:.1f}", each.above.value.replace("_", " "),
        UNKNOWN if each.speed_m_s is None else f"{each.speed_m_s:.1f}", "; ".join(filter(None, (kind, doing)))[:160],
    ]  # fmt: skip


def _doing(action: Action) -> str:
    """Tell an action as crews say it."""
    match action:
        case TriggerByDistance(distance_m):
            return f"photos every {distance_m:.1f} m"
        case TriggerByTime(interval_s):
            return f"photos every {interval_s:.1f} s"
        case StopTrigger():
            return "end of photos"
        case TakePhoto():
            return "photo"
        case Hover(seconds):
            return f"wait {seconds:g} s"
        case Gimbal(pitch_deg, None) if pitch_deg is not None:
            return f"camera {pitch_deg:.0f}°"
        case _:
            return action_words(action)


def _more(mission: Mission) -> int:
    return max(0, len(mission.waypoints) - MOST_WAYPOINTS)


def _map(told: BriefingTold) -> str:
    areas = [Area(rings, BAD, BAD, 0.25) for rings in told.keep_outs]
    lines, dots = [], []
    for mission in told.missions:
        areas += [Area([places_of(each.corners)], "#dfe9ee", STRONG, 0.5) for each in mission.surveys[:50]]
        areas += list(_fences(mission))
    for n, mission in enumerate(told.missions):
        colour = COLOURS[n % len(COLOURS)]
        way = [(w.lon, w.lat) for w in mission.waypoints]
        lines.append(Line(way, colour))
        dots += _numbers(way, colour) if len(told.missions) == 1 else [Dot(way[0], f"flight {n + 1}", colour)]
        dots += [Dot((r.lon, r.lat), "rally", GOOD, 4.0) for r in mission.rally]
    home = _home(told.missions[0])
    return map_svg(areas, lines, [*dots, Dot((home.lon, home.lat), "home", INK, 4.5, left=True)])


def _numbers(way: Sequence[tuple[float, float]], colour: str) -> Iterable[Dot]:
    """Number all waypoints where they are few, and some of many."""
    every = max(1, -(-len(way) // NUMBERED_WAYPOINTS))
    return [Dot(place, str(n), colour, 2.2) for n, place in enumerate(way) if n % every == 0 or n == len(way) - 1]


def _fences(mission: Mission) -> Iterable[Area]:
    for each in mission.fences:
        edge = GOOD if each.stay_in else BAD
        if isinstance(each, FencePolygon):
            yield Area([places_of(each.corners)], edge, edge, 0.06 if each.stay_in else 0.25)
        elif isinstance(each, FenceCircle):  # pyright: ignore[reportUnnecessaryIsInstance] - a third kind may come
            yield Area([circle(each.centre, each.radius_m)], edge, edge, 0.06 if each.stay_in else 0.25)
