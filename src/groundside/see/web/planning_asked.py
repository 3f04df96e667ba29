"""What the planning page asks for, checked at the edge, and put in the archive's words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from groundside.errors import BadRequest
from groundside.model.place import LonLat

if TYPE_CHECKING:
    from groundside.archive.plan_asked import Asked
    from groundside.archive.plan_checking import Conditions
    from groundside.archive.plan_shown import Carried
    from groundside.model.mission import Mission

MOST_CORNERS = 1000
MOST_RINGS = 40
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Position = Annotated[list[float], Field(min_length=2, max_length=2)]
Ring = Annotated[list[Position], Field(min_length=3, max_length=MOST_CORNERS)]
Rings = Annotated[list[Ring], Field(min_length=1, max_length=MOST_RINGS)]
Line = Annotated[list[Position], Field(min_length=2, max_length=MOST_CORNERS)]
Metres = Annotated[float, Field(ge=-10_000, le=100_000, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
Tall = Annotated[float, Field(ge=-100, le=1000, allow_inf_nan=False)]
Degrees = Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=95, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DrawnAsked(_Strict):
    """What was drawn: areas (rings, the outer one first), lines, points; positions are longitude, latitude."""

    areas: list[Rings] = Field([], max_length=MOST_RINGS)
    lines: list[Line] = Field([], max_length=MOST_RINGS)
    points: list[Position] = Field([], max_length=MOST_RINGS)


class PatternAsked(_Strict):
    """The numbers of one pattern or another; each pattern looks at its own."""

    heading_deg: Degrees | None = None
    crosshatch: bool = False
    turnaround_m: Annotated[float, Field(ge=0, le=1000)] = 0.0
    width_m: Annotated[float, Field(ge=0, le=10_000)] = 40.0
    aside_m: Positive | None = None
    aim_m: Metres = 0.0
    radius_m: Annotated[float, Field(ge=2, le=5000)] | None = None
    bottom_m: Tall = 5.0
    top_m: Tall = 30.0
    rise_m: Annotated[float, Field(ge=0.5, le=1000)] | None = None
    stand_off_m: Annotated[float, Field(ge=1, le=10_000)] = 12.0
    on_left: bool = False
    outside_m: Metres = 0.0
    look: Literal["down", "in", "out"] = "down"
    search: Literal["square", "sector", "parallel", "creeping"] = "square"
    spacing_m: Annotated[float, Field(ge=5, le=100_000)] = 50.0
    left: bool = False
    reach_m: Annotated[float, Field(ge=5, le=30_000)] | None = None
    deck_m: Tall = 10.0
    below_m: Positive | None = None
    nearest_m: Positive = 100.0
    furthest_m: Positive = 500.0
    transects: Annotated[int, Field(ge=1, le=100)] = 4
    half_angle_deg: Annotated[float, Field(gt=0, lt=90)] = 20.0


class PlanAsked(_Strict):
    """A plan to be made of what was drawn."""

    pattern: Literal[
        "survey", "corridor", "orbit", "facade", "bridge", "stockpile", "perimeter", "search", "sampling"
    ] = "survey"
    drawn: DrawnAsked
    keep_outs: list[Rings] = Field([], max_length=MOST_RINGS)
    buffer_m: Annotated[float, Field(ge=0, le=10_000)] = 0.0
    name: str = Field("", max_length=200)
    camera: str = Field("", max_length=200)
    aircraft: str = Field("", max_length=200)
    height_m: Positive | None = None
    gsd_cm: Positive | None = None
    frontlap: Percent = 75.0
    sidelap: Percent = 70.0
    speed_m_s: Annotated[float, Field(gt=0, le=100)] | None = None
    home: Position | None = None
    wind_m_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    wind_from_deg: Degrees = 0.0
    terrain: str = Field("", pattern="^[0-9a-f]{0,32}$")
    opened: str = Field("", pattern="^[0-9a-f]{0,32}$", description="An opened mission, whose actions are kept.")
    how: PatternAsked = PatternAsked()
    height_limit_m: Positive = 120.0
    distance_limit_m: Positive | None = None
    clearance_m: Annotated[float, Field(ge=0, le=1000)] = 10.0
    reserve: Annotated[float, Field(ge=0, le=90)] = 25.0
    start: str = Field("", max_length=40)
    quick: bool = Field(default=False, description="Answer sooner and look at fewer places: while a corner is dragged.")


class OverrideAsked(_Strict):
    """A check that may fail, and why."""

    check: str = Field(max_length=60)
    reason: str = Field(min_length=1, max_length=1000)


class FileAsked(_Strict):
    """A plan to be made and given as a file."""

    plan: PlanAsked
    to: Literal[".kmz", ".plan", ".waypoints", ".csv", ".kml", ".geojson", ".pdf"]
    overrides: list[OverrideAsked] = Field([], max_length=20)
    split: bool = Field(default=False, description="As many flights as batteries need, several of them in a ZIP.")
    flight: str = Field(
        "",
        pattern="^([0-9a-f]{32})?$",
        description="Not the plan, but what this flight of it left out, to be flown again.",
    )


class CompareAsked(_Strict):
    """A plan, and the flight that was to fly it."""

    plan: PlanAsked
    flight: str = Field(pattern="^[0-9a-f]{32}$")


def asked_of(plan: PlanAsked, folder: Path, terrain: Path | None, carried: Carried | None = None) -> Asked:
    """
    Say what is asked of the plan; what was drawn is laid into a folder as GeoJSON.

    Raises:
        BadRequest: too much was drawn, or home is no place.
    """
    from groundside.archive.plan_asked import Asked

    _refuse_too_many(plan)
    drawn = [_feature("Polygon", [_closed(ring) for ring in rings]) for rings in plan.drawn.areas]
    drawn += [_feature("LineString", line) for line in plan.drawn.lines]
    drawn += [_feature("Point", at) for at in plan.drawn.points]
    return Asked(
        area=_written(folder / "drawing.geojson", drawn), name=plan.name or "Plan", height_m=plan.height_m,
        gsd_cm=plan.gsd_cm, frontlap=plan.frontlap / 100.0, sidelap=plan.sidelap / 100.0, camera=plan.camera,
        aircraft=plan.aircraft, speed_m_s=plan.speed_m_s, home=_home(plan.home), terrain=terrain,
        wind_m_s=plan.wind_m_s, wind_from_deg=plan.wind_from_deg % 360.0, keep_outs=_keep_outs(plan, folder),
        buffer_m=plan.buffer_m, quick=plan.quick, carried=carried,
    )  # fmt: skip


def conditions_of(plan: PlanAsked, asked: Asked) -> Conditions:
    """
    Say under what the plan is checked.

    Raises:
        BadRequest: the time is none.
    """
    from groundside.archive.plan_checking import Conditions, Limits

    return Conditions(
        aircraft=plan.aircraft, wind_m_s=asked.wind_m_s, wind_from_deg=asked.wind_from_deg,
        reserve=plan.reserve / 100.0, terrain=asked.terrain, keep_outs=asked.keep_outs, buffer_m=asked.buffer_m,
        surveyed=asked.area if plan.pattern in ("survey", "stockpile") else None, start_us=_moment_us(plan.start),
        quick=plan.quick,
        limits=Limits(height_m=plan.height_limit_m, clearance_m=plan.clearance_m, distance_m=plan.distance_limit_m),
    )  # fmt: skip


def mission_of(plan: PlanAsked, asked: Asked) -> Mission:
    """
    Make the plan.

    Raises:
        BadRequest, NotFound, TooLarge: as the archive's planning.
    """
    from groundside.archive import planning
    from groundside.archive.plan_shown import refuse_too_much

    how = plan.how
    refuse_too_much(asked, *_size(plan))
    match plan.pattern:
        case "survey":
            return planning.survey(
                asked, heading_deg=how.heading_deg, crosshatch=how.crosshatch, turnaround_m=how.turnaround_m
            )
        case "corridor":
            return planning.along_line(asked, width_m=how.width_m, aside_m=how.aside_m, aim_m=how.aim_m)
        case "orbit":
            return planning.around_structure(
                asked, radius_m=how.radius_m, bottom_m=how.bottom_m, top_m=how.top_m, rise_m=how.rise_m
            )
        case "facade":
            return planning.along_wall(
                asked, bottom_m=how.bottom_m, top_m=how.top_m, stand_off_m=how.stand_off_m, on_right=not how.on_left
            )
        case "bridge":
            return planning.along_bridge(
                asked, width_m=how.width_m, deck_m=how.deck_m, stand_off_m=how.stand_off_m, below_m=how.below_m
            )
        case "stockpile":
            return planning.over_stockpile(asked, top_m=how.top_m, stand_off_m=how.stand_off_m)
        case "perimeter":
            return planning.around_area(asked, outside_m=how.outside_m, look=how.look)
        case "search":
            return planning.search_for(
                asked, pattern=how.search, spacing_m=how.spacing_m, heading_deg=how.heading_deg, left=how.left,
                reach_m=how.reach_m,
            )  # fmt: skip
        case "sampling":
            return planning.sample_downwind(
                asked, nearest_m=how.nearest_m, furthest_m=how.furthest_m, transects=how.transects,
                half_angle_deg=how.half_angle_deg, stand_off_m=how.stand_off_m,
            )  # fmt: skip


def _size(plan: PlanAsked) -> tuple[float | None, float, float]:
    """Say how far away, how tall and how wide what is photographed is."""
    how, tall = plan.how, max(plan.how.top_m - plan.how.bottom_m, 1.0)
    if plan.pattern == "orbit":
        return how.radius_m or 10.0, tall, 0.0
    if plan.pattern == "facade":
        return how.stand_off_m, tall, 0.0
    if plan.pattern == "bridge":
        return how.stand_off_m, 0.0, how.width_m + 2.0 * how.stand_off_m
    return (how.aside_m, 0.0, how.width_m) if plan.pattern == "corridor" else (None, 0.0, 0.0)


def _refuse_too_many(plan: PlanAsked) -> None:
    rings = [ring for rings in (*plan.drawn.areas, *plan.keep_outs) for ring in rings] + plan.drawn.lines
    if not (rings or plan.drawn.points):
        raise BadRequest("There is nothing drawn.", try_this="draw an area, a line or a point")
    corners = sum(len(ring) for ring in rings)
    if len(rings) > MOST_RINGS or corners > MOST_CORNERS:
        what = f"{corners:,} corners in {len(rings)} rings were drawn; the page takes {MOST_CORNERS:,} in {MOST_RINGS}."
        raise BadRequest(what, try_this="simplify it, or plan in the shell: groundside plan survey AREA --out FILE")


def _keep_outs(plan: PlanAsked, folder: Path) -> tuple[Path, ...]:
    areas = [_feature("Polygon", [_closed(ring) for ring in rings]) for rings in plan.keep_outs]
    return (_written(folder / "keep-out.geojson", areas),) if areas else ()


def _closed(ring: list[list[float]]) -> list[list[float]]:
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _feature(kind: str, coordinates: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}}


def _written(path: Path, features: list[dict[str, object]]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def _home(at: list[float] | None) -> LonLat | None:
    if at is None:
        return None
    home = LonLat(at[0], at[1])
    if not home.is_position:
        raise BadRequest("Home is no place on the ground.", try_this="longitude from -180 to 180, latitude -90 to 90")
    return home


def _moment_us(text: str) -> int | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        what = f"{text[:40]!r} is no time."
        raise BadRequest(what, try_this="write it like 2026-06-01T09:30, in UTC") from error
    return int((moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH).total_seconds() * 1e6)
