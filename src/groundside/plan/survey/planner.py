"""Plan a survey: from an order to a path with photos."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.plan.camera import Footprint, Spacing, Speed, footprint, height_for_gsd_m, photo_speed, spacing
from groundside.plan.survey.covering import Covering, Wish, covered
from groundside.plan.survey.ground import Ground, ground_of, places
from groundside.plan.survey.lines import Rule
from groundside.plan.survey.motion import Motion
from groundside.plan.survey.planned import SurveyLeg, SurveyOrder, SurveyPath, SweptRegion
from groundside.plan.survey.regions import Field

Floats = NDArray[np.float64]
_STANDING_M = 1e-6
_NO_REGION = -1


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


def _legs(order: SurveyOrder, look: _Photography, ground: Ground, plan: Covering) -> Iterator[SurveyLeg]:
    way = _pieces(plan, order.motion, order.motion.at_most(look.speed.speed_m_s))
    way = way.which(way.photographs | (way.lengths_m > _STANDING_M))
    away, lengths = way.ends - way.starts, way.lengths_m
    photos = np.where(way.photographs, np.floor(lengths / look.apart.trigger_m + 1e-6) + 1, 0).astype(np.int64)
    headings = np.degrees(np.arctan2(away[:, 0], away[:, 1])) % 360.0
    columns = zip(
        places(ground.plane, way.starts), places(ground.plane, way.ends), way.starts.tolist(), way.ends.tolist(),
        way.photographs.tolist(), photos.tolist(), headings.tolist(), lengths.tolist(), way.times_s.tolist(),
        way.region.tolist(), strict=True,
    )  # fmt: skip
    for start, end, (x0, y0), (x1, y1), photographs, count, heading, length, time_s, region in columns:
        yield SurveyLeg(
            start=start, end=end, start_m=(x0, y0), end_m=(x1, y1), photographs=photographs, photos=count,
            heading_deg=heading, length_m=length, time_s=time_s, region=None if region == _NO_REGION else region,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Pieces:
    """
    The straight pieces of the whole way, in order.

    Args:
        starts, ends: east and north, (n, 2).
        photographs: whether photos are taken.
        times_s: how long each takes.
        region: number of the region; -1 between lines.
    """

    starts: Floats
    ends: Floats
    photographs: NDArray[np.bool_]
    times_s: Floats
    region: NDArray[np.int64]

    @property
    def lengths_m(self) -> Floats:
        """How long each is."""
        away = self.ends - self.starts
        return np.hypot(away[:, 0], away[:, 1])

    def which(self, chosen: NDArray[np.bool_]) -> _Pieces:
        """Keep some."""
        return _Pieces(
            self.starts[chosen], self.ends[chosen], self.photographs[chosen], self.times_s[chosen], self.region[chosen]
        )


def _pieces(plan: Covering, between: Motion, along: Motion) -> _Pieces:
    lines = plan.route.lines
    corners = np.array([[line.ends[0], *line.photo_ends, line.ends[1]] for line in lines])
    # The last leg, straight to where it took off, is the aircraft's own return.
    ways = [*plan.ways, plan.back[:-1]]
    chains = [ways[0], *(each for pair in zip(corners, ways[1:], strict=False) for each in pair), ways[-1]]
    starts, ends = (np.concatenate([chain[some] for chain in chains]) for some in (slice(None, -1), slice(1, None)))
    of_line = np.repeat(np.arange(len(chains)) % 2 == 1, [max(len(chain) - 1, 0) for chain in chains])
    of_line[len(of_line) - max(len(ways[-1]) - 1, 0) :] = False
    photographs, region = np.zeros(len(starts), np.bool_), np.full(len(starts), _NO_REGION)
    times = between.leg_s(*(ends - starts).T)
    photographs[of_line] = np.tile([False, True, False], len(lines))
    region[of_line] = np.repeat([line.region for line in lines], 3)
    times[of_line] = _line_s(corners, along).ravel()
    return _Pieces(starts, ends, photographs, times, region)


def _line_s(corners: Floats, motion: Motion) -> Floats:
    """A line is flown in one go; its time is shared out by length over turn-arounds and photographs: (lines, 3)."""
    step, whole = np.diff(corners, axis=1), corners[:, -1] - corners[:, 0]
    lengths = np.hypot(step[..., 0], step[..., 1])
    total = lengths.sum(axis=1)[:, None]
    shares = np.divide(lengths, total, out=np.zeros_like(lengths), where=total > 0)
    return motion.leg_s(whole[:, 0], whole[:, 1])[:, None] * shares
