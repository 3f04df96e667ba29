"""Fly at one height above the ground, also between waypoints, and no steeper than the aircraft climbs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groundside.errors import BadRequest
from groundside.model.mission import Above, Mission, Waypoint
from groundside.model.surface import Surface
from groundside.plan.flight_path import home_of
from groundside.reference.geodesy import local_metres

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

FINEST_M, COARSEST_M = 1.0, 30.0
MOST_SAMPLES = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """
    How the ground is followed.

    Args:
        clearance_m: above the ground, everywhere on the way.
        tolerance_m: how much higher the aircraft may fly, for fewer waypoints.
        climb_m_s, descent_m_s: greatest vertical speeds while it flies on.
        speed_m_s: over ground where the mission says none.
        quick: look at the ground in steps of two cells, as while somebody drags a corner.
    """

    clearance_m: float
    tolerance_m: float = 2.0
    climb_m_s: float = 3.0
    descent_m_s: float = 2.0
    speed_m_s: float = 8.0
    quick: bool = False


def follow(mission: Mission, surface: Surface, how: Following) -> Mission:
    """
    Give the same mission over the ground: heights above home that keep the clearance, with waypoints put between.

    The lowest profile is found that is nowhere nearer to the ground than the clearance and nowhere steeper than the
    aircraft climbs at its speed; then as few waypoints as stay within the tolerance above it. The ground is looked at
    in steps of half a cell of the surface.

    Args:
        mission: waypoints in order; their own heights are not looked at.
        surface: must cover home and the whole way.
        how: clearance and limits.

    Returns:
        The mission with heights above home; `Survey` marks are dropped, for what they made has changed.

    Raises:
        BadRequest: a place of the way, or home, is not on the surface.
    """
    home = home_of(mission)
    home_m = float(surface.heights_m(home.lon, home.lat))
    if not np.isfinite(home_m):
        raise BadRequest("Home is not on the elevation model.", try_this="name one that covers it with --terrain")
    chain = _sampled(mission, surface, surface.cell_m * (2.0 if how.quick else 0.5))
    heights = _profile(chain, mission, how)
    kept = _kept(chain, heights, how.tolerance_m)
    lifted = _lifted(chain, heights, kept)
    waypoints = tuple(_waypoint(mission, chain, int(i), float(lifted[i]) - home_m) for i in kept)
    take_off = max(waypoints[0].height_m, mission.take_off_height_m or 0.0)
    return replace(mission, waypoints=waypoints, take_off_height_m=take_off, surveys=())


@dataclass(frozen=True, slots=True)
class _Chain:
    """Samples of the way: where, the ground there, metres flown, and the waypoint of each (-1 between)."""

    lon: Floats
    lat: Floats
    ground_m: Floats
    along_m: Floats
    leg: NDArray[np.int64]
    waypoint: NDArray[np.int64]


def _sampled(mission: Mission, surface: Surface, step_m: float) -> _Chain:
    points = mission.waypoints
    lon, lat = np.array([p.lon for p in points]), np.array([p.lat for p in points])
    east, north = local_metres(lon, lat, home_of(mission))
    length = np.hypot(np.diff(east), np.diff(north))
    step = min(max(step_m, FINEST_M), COARSEST_M)
    count = np.maximum(np.ceil(length / step), 1).astype(np.int64)
    if count.sum() > MOST_SAMPLES:
        what = f"A way of {length.sum() / 1000:.0f} km is too long to follow the ground in steps of {step:g} m."
        raise BadRequest(what, try_this="plan a smaller part")
    of = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    at = np.concatenate([of + nth / count[of], [float(len(points) - 1)]])
    leg = np.minimum(at.astype(np.int64), max(len(points) - 2, 0))
    share = at - leg
    to = np.minimum(leg + 1, len(points) - 1)
    x, y = lon[leg] + (lon[to] - lon[leg]) * share, lat[leg] + (lat[to] - lat[leg]) * share
    along = np.interp(at, np.arange(len(points)), np.concatenate([[0.0], np.cumsum(length)]))
    ground = surface.heights_m(x, y)
    if np.isnan(ground).any():
        missing = int(np.argmax(np.isnan(ground)))
        what = f"The elevation model says nothing of a place between waypoints {leg[missing]} and {leg[missing] + 1}."
        raise BadRequest(what, try_this="name an elevation model that covers the whole way with --terrain")
    whole = np.isclose(at, np.round(at))
    return _Chain(x, y, ground, along, leg, np.where(whole, np.round(at), -1).astype(np.int64))


def _profile(chain: _Chain, mission: Mission, how: Following) -> Floats:
    """Give the lowest heights above the surface's datum that keep clearance and slopes."""
    speeds = _speeds(mission, how)[chain.leg]
    step = np.diff(chain.along_m)
    up, down = step * how.climb_m_s / speeds[:-1], step * how.descent_m_s / speeds[:-1]
    z = chain.ground_m + how.clearance_m
    fallen = np.concatenate([[0.0], np.cumsum(down)])  # so far down since the start as it may go
    z = _raised(z, np.maximum.accumulate(z + fallen) - fallen)
    risen = np.concatenate([[0.0], np.cumsum(up[::-1])])[::-1]
    return _raised(z, np.maximum.accumulate((z + risen)[::-1])[::-1] - risen)


def _raised(heights: Floats, to: Floats) -> Floats:
    """Raise heights, but not by what is only rounding."""
    return np.where(to > heights + 1e-6, to, heights)


def _speeds(mission: Mission, how: Following) -> Floats:
    speed, speeds = mission.speed_m_s or how.speed_m_s, list[float]()
    for each in mission.waypoints:
        speed = each.speed_m_s or speed
        speeds.append(speed)
    return np.array(speeds)


def _kept(chain: _Chain, heights: Floats, tolerance_m: float) -> NDArray[np.int64]:
    """Keep the mission's own waypoints, and between them what keeps the profile within half the tolerance."""
    fixed = np.flatnonzero(chain.waypoint >= 0)
    kept, along = np.zeros(len(heights), np.bool_), chain.along_m
    level = np.interp(along, along[fixed], heights[fixed])
    off = np.abs(heights - level) > tolerance_m / 2.0
    bent = np.logical_or.reduceat(off, fixed[:-1]) if len(fixed) > 1 else np.zeros(0, np.bool_)
    kept[fixed] = True
    begins, ends = fixed[:-1][bent], fixed[1:][bent]
    while begins.size:
        begins, middle, ends = _split(along, heights, (begins, ends), tolerance_m / 2.0)
        kept[middle] = True
        begins, ends = np.concatenate([begins, middle]), np.concatenate([middle, ends])
    return np.flatnonzero(kept)


def _split(along: Floats, heights: Floats, parts: tuple[Whole, Whole], most_m: float) -> tuple[Whole, Whole, Whole]:
    """
    Find where straight parts leave the profile furthest, for those that leave it by more than is allowed.

    D. H. Douglas and T. K. Peucker 1973, "Algorithms for the reduction of the number of points required to represent a
    digitized line or its caricature", one level of all parts at a time.
    """
    begins, ends = (each[parts[1] - parts[0] > 1] for each in parts)
    inner = ends - begins - 1
    starts = np.cumsum(inner) - inner
    of = np.repeat(np.arange(len(inner)), inner)
    at = np.arange(len(of)) + np.repeat(begins + 1 - starts, inner)
    length, rise = along[ends] - along[begins], heights[ends] - heights[begins]
    slope = np.divide(rise, length, out=np.zeros_like(rise), where=length > 0.0)
    off = np.abs(heights[at] - heights[begins][of] - (along[at] - along[begins][of]) * slope[of])
    most = np.maximum.reduceat(off, starts) if len(off) else off
    chosen = most > most_m
    first = np.flatnonzero(off == most[of])
    furthest = at[first[np.searchsorted(first, starts)]]
    return begins[chosen], furthest[chosen], ends[chosen]


def _lifted(chain: _Chain, heights: Floats, kept: NDArray[np.int64]) -> Floats:
    """Lift all of it by what the straight lines between waypoints come below the profile."""
    line = np.interp(chain.along_m, chain.along_m[kept], heights[kept])
    return heights + max(float((heights - line).max()), 0.0)


def _waypoint(mission: Mission, chain: _Chain, at: int, height_m: float) -> Waypoint:
    number = int(chain.waypoint[at])
    if number >= 0:
        return replace(mission.waypoints[number], height_m=height_m, above=Above.HOME)
    before = mission.waypoints[int(chain.leg[at])]
    return Waypoint(
        lon=float(chain.lon[at]), lat=float(chain.lat[at]), height_m=height_m, speed_m_s=before.speed_m_s,
        heading_deg=before.heading_deg, turn=before.turn, turn_radius_m=before.turn_radius_m,
    )  # fmt: skip
