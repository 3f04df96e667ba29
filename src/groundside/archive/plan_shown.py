"""What a planning page shows of a plan: the way, photos, times, checks, and the ground below. Nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from groundside.archive.missions import action_words
from groundside.archive.plan_asked import USUAL_HEIGHT_M, Asked, Look, drawn_in, in_metres, look_of
from groundside.archive.plan_checking import Conditions, planned, sorties_of, told_of
from groundside.archive.plan_ground import ground_of
from groundside.errors import BadRequest, Refused, TooLarge
from groundside.model.drawing import Drawing
from groundside.model.mission import FenceCircle, Kind, Mission, MissionRead, Waypoint
from groundside.plan.camera import footprint, spacing
from groundside.plan.carrying import Carried, Carrying, carried_from, carrying
from groundside.plan.checks.check import Finding, Planned
from groundside.plan.checks.known import checked
from groundside.plan.flight_path import FlightPath
from groundside.plan.photos import NO_PHOTOS, PlannedPhotos, planned_photos

MOST_LINES, MOST_PHOTOS = 2_000, 30_000
"""What is planned at once for a page: more would keep everybody waiting. The shell has no such limit."""
MOST_ACROSS_M = 30_000.0
MOST_WAYPOINTS = 30_000
SHOWN_PHOTOS, QUICK_PHOTOS = 5_000, 1_000
SHOWN_LOST = 200
PROFILE_POINTS = 500
DEGREE_DIGITS = 7
FEWEST_CORNERS = 2
"""Of a line."""


@dataclass(frozen=True, slots=True)
class Shown:
    """
    A plan with what a page shows of it.

    Args:
        mission: the plan.
        findings: of every check.
        flight: how long it takes, as `plan_checking.told` tells.
        photos: where each is taken.
        look: height, and what the camera sees from there.
        profile: metres along the way, height of the way, and of the ground (None where it is not known), all heights
            above the ground at home.
        flights_s: seconds of each flight that batteries allow; empty where that is not known.
        cannot_split: why batteries cannot carry it, in words.
        most_photos: that are shown.
        kept: what of an opened mission was kept; None where none was opened.
    """

    mission: Mission
    findings: tuple[Finding, ...]
    flight: dict[str, Any]
    photos: PlannedPhotos
    look: Look
    profile: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]
    flights_s: tuple[float | None, ...] = ()
    cannot_split: str = ""
    most_photos: int = SHOWN_PHOTOS
    kept: Carrying | None = None


def refuse_too_much(asked: Asked, away_m: float | None = None, upright_m: float = 0.0, wide_m: float = 0.0) -> None:
    """
    Refuse what would take too long to plan while somebody waits for it.

    Args:
        asked: of the plan.
        away_m: from the camera to what it shows; None is the height of the plan.
        upright_m: how tall what is photographed stands on the lines and edges that were drawn.
        wide_m: of the strip along lines.

    Raises:
        TooLarge: more than 30 km, 2,000 lines or 30,000 photos.
    """
    look, drawn = look_of(asked), drawn_in(asked.area)
    shape = in_metres(drawn.everything, drawn.middle)
    across = float(np.ptp(shapely.get_coordinates(shapely.envelope(shape)), axis=0).max())
    if across > MOST_ACROSS_M:
        what = f"What was drawn is {across / 1000.0:,.0f} km across; the page plans {MOST_ACROSS_M / 1000.0:g} at most."
        raise TooLarge(what, try_this="draw a part of it")
    if look.camera is None:
        return
    apart = spacing(footprint(look.camera, away_m or look.height_m), asked.frontlap, asked.sidelap)
    edge = in_metres(drawn.areas, drawn.middle).length if upright_m else 0.0
    seen_m2 = shape.area * (not upright_m) + (shape.length * (shape.area == 0.0) + edge) * max(upright_m, wide_m)
    photos = seen_m2 / (apart.line_m * apart.trigger_m)
    if across / apart.line_m > MOST_LINES or photos > MOST_PHOTOS:
        what = f"This takes about {photos:,.0f} photos; the page plans {MOST_PHOTOS:,} in {MOST_LINES:,} lines at most."
        raise TooLarge(what, try_this="fly further away, or use the shell: groundside plan survey AREA --out FILE")


def shown(mission: Mission, given: Conditions, look: Look | None = None, carried: Carried | None = None) -> Shown:
    """
    Check a plan and gather what a page shows of it.

    Args:
        mission: with waypoints.
        given: under what it is checked; where `quick`, it is not split by batteries.
        look: height and camera it was made for; None where somebody else made it.
        carried: what an opened mission did, of which it was made anew.

    Raises:
        BadRequest, NotFound, Unreadable: as `plan_checking.check`.
        TooLarge: more than 30,000 waypoints.
    """
    if len(mission.waypoints) > MOST_WAYPOINTS:
        what = f"A plan of {len(mission.waypoints):,} waypoints is more than the page shows."
        raise TooLarge(what, try_this="groundside plan check FILE")
    with ground_of(given.terrain) as surface:
        plan = planned(mission, given, surface)
        findings, flight = checked(plan), told_of(plan)
        profile = _profile(plan)
    flights, why = ((), "") if given.quick else _flights(mission, given)
    most = QUICK_PHOTOS if given.quick else SHOWN_PHOTOS
    seen = look or Look(USUAL_HEIGHT_M)
    kept = None if carried is None else carrying(mission, carried)
    return Shown(mission, findings, flight, _photos(mission), seen, profile, flights, why, most, kept)


def _photos(mission: Mission) -> PlannedPhotos:
    try:
        return planned_photos(mission)
    except BadRequest:
        return NO_PHOTOS


def _flights(mission: Mission, given: Conditions) -> tuple[tuple[float | None, ...], str]:
    if not (given.aircraft or given.own_logs):
        return (), ""
    try:
        sorties = sorties_of(mission, given)
    except (BadRequest, Refused) as error:
        return (), error.what
    alone = replace(given, keep_outs=(), surveyed=None, layers=None)
    with ground_of(given.terrain) as surface:
        taken = [float(planned(each.mission, alone, surface).taken.seconds.sum()) for each in sorties]
    return tuple(round(s, 1) if isfinite(s) else None for s in taken), ""


def _profile(plan: Planned) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]:
    """Thin the whole way evenly by length, its ends kept."""
    steps: FlightPath = plan.steps
    along = np.concatenate([[0.0], np.cumsum(steps.lengths_m)])
    rows = np.unique(np.linspace(0, len(steps) - 1, PROFILE_POINTS).astype(np.int64))
    ground = plan.ground_m[rows] if plan.surface is not None else None
    return along[rows], steps.height_m[rows], ground


def shown_shape(it: Shown) -> dict[str, Any]:
    """
    Tell it as JSON.

    Returns:
        Positions are lists of longitude, latitude, and height above home of each waypoint; of each photo longitude,
        latitude, height above home, heading. `frame` is what a photo shows from one metre above, across and along.
    """
    camera = it.look.camera
    every = -(-len(it.photos) // it.most_photos) or 1
    along, height, ground = it.profile
    return {
        **way_shape(it.mission),
        "flight": it.flight,
        "flights_s": list(it.flights_s),
        "cannot_split": it.cannot_split,
        "checks": [_finding_shape(each) for each in it.findings],
        "photos": _photo_shapes(it.photos, every),
        "photo_count": len(it.photos),
        "kept": it.kept and _kept_shape(it.kept),
        "photos_shown_every": every,
        "frame": camera and {
            "across": camera.sensor_width_mm / camera.focal_mm, "along": camera.sensor_height_mm / camera.focal_mm,
        },
        "look": {
            "height_m": round(it.look.height_m, 2),
            "gsd_cm": it.look.seen and round(it.look.seen.gsd_cm, 3),
            "line_m": it.look.apart and round(it.look.apart.line_m, 2),
            "trigger_m": it.look.apart and round(it.look.apart.trigger_m, 2),
        },
        "profile": {
            "along_m": np.round(along, 1).tolist(), "height_m": np.round(height, 1).tolist(),
            "ground_m": None if ground is None else [round(g, 1) if isfinite(g) else None for g in ground.tolist()],
        },
    }  # fmt: skip


def _kept_shape(kept: Carrying) -> dict[str, Any]:
    lost = [{"waypoint": number, "does": words} for number, each in kept.lost for words in _words(each)]
    return {"actions": kept.kept, "lost": lost[:SHOWN_LOST], "lost_count": len(lost)}


def _words(it: Waypoint) -> list[str]:
    """Tell what a waypoint does and has of its own."""
    said = (
        ("speed", it.speed_m_s, " m/s"), ("heading", it.heading_deg, "°"), ("turn", it.turn, ""),
        ("command", it.command and it.command.number, ""),
    )  # fmt: skip
    own = [f"{name} {str(value).replace('_', ' ')}{unit}" for name, value, unit in said if value is not None]
    kind = [] if it.kind is Kind.FLY else [it.kind.value.replace("_", " ")]
    return [*kind, *(action_words(each) for each in it.actions), *own]


def way_shape(mission: Mission) -> dict[str, Any]:
    """Tell where a mission goes, and its fences."""
    home = mission.home
    return {
        "name": mission.name,
        "way": [[round(w.lon, DEGREE_DIGITS), round(w.lat, DEGREE_DIGITS), round(w.height_m, 2)]
                for w in mission.waypoints],
        "home": None if home is None else [round(home.lon, DEGREE_DIGITS), round(home.lat, DEGREE_DIGITS)],
        "fences": [
            {"stay_in": f.stay_in, "centre": [f.centre.lon, f.centre.lat], "radius_m": f.radius_m}
            if isinstance(f, FenceCircle)
            else {"stay_in": f.stay_in, "corners": [[at.lon, at.lat] for at in f.corners]}
            for f in mission.fences
        ],
    }  # fmt: skip


def read_shape(read: MissionRead | Drawing) -> dict[str, Any]:
    """Tell somebody else's mission, or areas, that were read."""
    problems = [each.what for each in read.problems]
    if isinstance(read, MissionRead):
        kept = [f"{each.where}: {each.text}" for each in read.mission.not_understood]
        photos = _photos(read.mission)
        return {
            "format": read.format, "mission": way_shape(read.mission), "photo_count": len(photos),
            "drawing": None, "editable": _editable(read.mission), "problems": problems,
            "not_understood": kept[:SHOWN_PHOTOS],
        }  # fmt: skip
    areas = [[[[at.lon, at.lat] for at in ring] for ring in rings] for rings in read.area.polygons]
    drawing = {
        "areas": areas, "lines": [[[at.lon, at.lat] for at in line] for line in read.lines],
        "points": [[at.lon, at.lat] for at in read.points],
    }  # fmt: skip
    return {
        "format": read.format, "mission": None, "photo_count": 0, "drawing": drawing, "editable": None,
        "problems": problems, "not_understood": [],
    }  # fmt: skip


def carried_of(read: MissionRead | Drawing) -> Carried | None:
    """Give what a mission that was read does at its waypoints; None where none can be drawn again."""
    if not isinstance(read, MissionRead) or _editable(read.mission) is None:
        return None
    return carried_from(read.mission)


def _editable(mission: Mission) -> dict[str, Any] | None:
    """Give the areas of a mission's surveys; where it has none, its way as a line."""
    areas = [[[[at.lon, at.lat] for at in each.corners]] for each in mission.surveys]
    way = [[w.lon, w.lat] for w in mission.waypoints]
    line = [at for at, before in zip(way, [None, *way], strict=False) if at != before]
    if not areas and len(line) < FEWEST_CORNERS:
        return None
    return {"areas": areas, "lines": [] if areas else [line], "points": []}


def _photo_shapes(photos: PlannedPhotos, every: int) -> list[list[float]]:
    of = photos.photos
    digits = ((of.lon, DEGREE_DIGITS), (of.lat, DEGREE_DIGITS), (of.height_m, 1), (of.heading_deg, 1))
    return [list(row) for row in zip(*(np.round(each[::every], n).tolist() for each, n in digits), strict=True)]


def _finding_shape(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check, "outcome": finding.outcome.value, "reason": finding.reason, "lon": finding.lon,
        "lat": finding.lat,
    }  # fmt: skip
