"""Plan a survey: from an order to a path with photos."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.plan.camera import Footprint, Spacing, Speed, footprint, height_for_gsd_m, photo_speed, spacing
from groundside.plan.survey.covering import Covering, Wish, covered
from groundside.plan.survey.ground import Ground, ground_of, places
from groundside.plan.survey.lines import Rule
from groundside.plan.survey.motion import Motion
from groundside.plan.survey.planned import SurveyLeg, SurveyOrder, SurveyPath, SweptRegion
from groundside.plan.survey.regions import Field
from groundside.plan.survey.route import Line

Floats = NDArray[np.float64]
_STANDING_M = 1e-6


@dataclass(frozen=True, slots=True)
class _Photography:
    """Height, what photos show, and what that asks for."""

    height_m: float
    seen: Footprint
    apart: Spacing
    speed: Speed


def plan_survey(order: SurveyOrder) -> SurveyPath:
    """
    Plan a survey so that each point of the area is in as many photos as the asked overlaps imply.

    Lines run on beyond the edges as far as that needs, where that may be flown. Nearer than `SurveyPath.margin_m` to
    keep-outs, holes and limits there may be fewer photos, for the aircraft may not go where they would be taken.

    Raises:
        BadRequest: what is asked makes no sense, or leaves nothing to fly.
        TooLarge: an area wider than 50 km.
    """
    look = _photography(order)
    rule = rule_of(look.seen, look.apart, order.turnaround_m)
    ground = ground_of(order, rule.half_width_m + abs(rule.extend_m) + order.turnaround_m + look.apart.line_m)
    along = order.motion.at_most(look.speed.speed_m_s)
    field = Field(target=ground.target, flyable=ground.flyable, rule=rule, along=along, across=order.motion)
    plan = covered(field, _wish(order, ground))
    if plan is None:
        what = "no line can be flown: keep-outs and limits are in the way everywhere"
        raise BadRequest(what, try_this="make the keep-outs or their buffers smaller, or the limits wider")
    if not plan.route.reachable:
        what = "home lies where nothing may fly"
        raise BadRequest(what, try_this="move home out of keep-outs and into the limits")
    return _path(order, look, ground, plan)


def _photography(order: SurveyOrder) -> _Photography:
    if order.height_m is None and order.gsd_cm is None:
        what = "neither a height nor a ground resolution is given"
        raise BadRequest(what, try_this="give --height in metres above ground, or --gsd in centimetres")
    height = order.height_m
    if height is None:
        height = height_for_gsd_m(order.camera, order.gsd_cm or 0.0, order.tilt_deg)
    seen = footprint(order.camera, height, order.tilt_deg)
    apart = spacing(seen, order.frontlap, order.sidelap)
    wished = min(order.motion.speed_m_s, order.motion.ground_speed_m_s)
    speed = photo_speed(
        order.camera, seen, apart, wished_m_s=wished, exposure_s=order.exposure_s, blur_px=order.blur_px
    )
    return _Photography(height, seen, apart, speed)


def rule_of(seen: Footprint, apart: Spacing, turnaround_m: float = 0.0) -> Rule:
    """
    Say what lines must do so that each point is shown by `lines_seen` lines, `photos_seen` times each.

    A stretch of k spacings always holds k lines: a line is needed within k/2 spacings of ground. Along a line the first
    photo may be so late that the k-th still shows the point: (k - 1) spacings less half a footprint before it.
    """
    ahead = abs(seen.far_m + seen.near_m) / 2
    extend = (apart.photos_seen - 1) * apart.trigger_m - seen.along_m / 2 + ahead
    return Rule(
        spacing_m=apart.line_m,
        half_width_m=apart.lines_seen * apart.line_m / 2,
        extend_m=extend,
        join_m=2 * turnaround_m + apart.line_m,
        least_m=max(apart.photos_seen - 1, 1) * apart.trigger_m,
        step_m=apart.trigger_m,
    )


def _wish(order: SurveyOrder, ground: Ground) -> Wish:
    angle = None if order.heading_deg is None else math.radians(90.0 - order.heading_deg) % math.pi
    ends = None
    if order.home is not None:
        home = ground.plane.to_metres([order.home.lon], [order.home.lat])[0]
        ends = home, home
    return Wish(angle=angle, crosshatch=order.crosshatch, turnaround_m=order.turnaround_m, ends=ends, quick=order.quick)


def _path(order: SurveyOrder, look: _Photography, ground: Ground, plan: Covering) -> SurveyPath:
    return SurveyPath(
        origin=ground.plane.origin,
        legs=tuple(_legs(order, look, ground, plan)),
        regions=tuple(_regions(ground, plan)),
        height_m=look.height_m,
        gsd_cm=look.seen.gsd_cm,
        line_spacing_m=look.apart.line_m,
        trigger_m=look.apart.trigger_m,
        footprint_m=(look.seen.across_m, look.seen.along_m),
        lines_seen=look.apart.lines_seen,
        photos_seen=look.apart.photos_seen,
        speed_m_s=look.speed.speed_m_s,
        speed_limited_by=look.speed.limited_by,
        margin_m=look.seen.reach_m,
        notes=ground.notes,
    )


def _regions(ground: Ground, plan: Covering) -> Iterator[SweptRegion]:
    for region in plan.regions:
        for part in shapely.get_parts(region.ground):
            corners = places(ground.plane, shapely.get_coordinates(shapely.get_exterior_ring(part))[:-1])
            heading = (90.0 - math.degrees(region.grid.angle)) % 180.0
            yield SweptRegion(heading, tuple(corners), len(np.unique(region.parts.number)))


@dataclass(frozen=True, slots=True)
class _Step:
    start: Floats
    end: Floats
    photographs: bool
    time_s: float
    region: int | None


def _legs(order: SurveyOrder, look: _Photography, ground: Ground, plan: Covering) -> Iterator[SurveyLeg]:
    along = order.motion.at_most(look.speed.speed_m_s)
    steps = [step for step in _steps(plan, order.motion, along) if step.photographs or _length(step) > _STANDING_M]
    starts = places(ground.plane, np.array([step.start for step in steps]))
    ends = places(ground.plane, np.array([step.end for step in steps]))
    for step, start, end in zip(steps, starts, ends, strict=True):
        yield _leg(step, start, end, look.apart.trigger_m)


def _leg(step: _Step, start: LonLat, end: LonLat, trigger_m: float) -> SurveyLeg:
    length, away = _length(step), step.end - step.start
    return SurveyLeg(
        start=start,
        end=end,
        start_m=(float(step.start[0]), float(step.start[1])),
        end_m=(float(step.end[0]), float(step.end[1])),
        photographs=step.photographs,
        photos=math.floor(length / trigger_m + 1e-6) + 1 if step.photographs else 0,
        heading_deg=math.degrees(math.atan2(away[0], away[1])) % 360.0,
        length_m=length,
        time_s=step.time_s,
        region=step.region,
    )


def _length(step: _Step) -> float:
    return float(np.hypot(*(step.end - step.start)))


def _steps(plan: Covering, between: Motion, along: Motion) -> Iterator[_Step]:
    yield from _way(plan.ways[0], between)
    for line, way in zip(plan.route.lines, plan.ways[1:], strict=True):
        yield from _line(line, along)
        yield from _way(way, between)
    # The last leg, straight to where it took off, is the aircraft's own return.
    yield from _way(plan.back[:-1], between)


def _way(way: Floats, motion: Motion) -> Iterator[_Step]:
    for start, end in itertools.pairwise(way):
        yield _Step(start, end, photographs=False, time_s=float(motion.leg_s(*(end - start))), region=None)


def _line(line: Line, motion: Motion) -> Iterator[_Step]:
    """A line is flown in one go; its time is shared out by length over turn-arounds and photographs."""
    points = [line.ends[0], line.photo_ends[0], line.photo_ends[1], line.ends[1]]
    lengths = [float(np.hypot(*(b - a))) for a, b in itertools.pairwise(points)]
    total_s, whole = float(motion.leg_s(*(line.ends[1] - line.ends[0]))), sum(lengths)
    for number, (start, end) in enumerate(itertools.pairwise(points)):
        share = lengths[number] / whole if whole else 0.0
        yield _Step(start, end, photographs=number == 1, time_s=total_s * share, region=line.region)
