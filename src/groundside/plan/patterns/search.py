"""
Search patterns of the IAMSAR manual: expanding square, sector, parallel track and creeping line.

Sources, which give the worked examples of the tests:
- expanding square: IAMSAR volume II, 5.5, as told by themarinestudy.com, "Expanding square search (SS)": two legs of
  one track spacing, each further pair longer by one; turns of 90 degrees; a second search turned by 45 degrees.
- sector: U.S. Coast Guard Auxiliary, "Sector Search Pattern" (plotting aid): legs of one radius, all turns 120
  degrees; MathWorks, Aero.trajectory.sectorTrajectory, which turns left; National Search and Rescue Manual (JP 3-50)
  I, 5-F.
- parallel track: the first leg half a track spacing inside a long side, legs parallel to it (sartechnology.ca, "Search
  Pattern Comments"); creeping line: the same across (JP 3-50 I, 5-C and 5-D; Civil Air Patrol, Mission Aircrew
  Reference Text II, section 8, with an example).

Nothing is said of the probability of finding anyone: no table of sweep widths for unmanned aircraft was found.
"""

from __future__ import annotations

from math import ceil

from groundside.errors import BadRequest
from groundside.plan.patterns.station import MOST_STATIONS, Point, moved

RIGHT, LEFT = 1, -1
SECTOR_TURN_DEG = 120.0
SECOND_SQUARE_DEG = 45.0
SECOND_SECTOR_DEG = 30.0


def expanding_square(datum: Point, heading_deg: float, spacing_m: float, legs: int, turn: int = RIGHT) -> list[Point]:
    """
    Search outward from where something is thought to be.

    Args:
        datum: where the search begins.
        heading_deg: of the first leg; into the wind as a rule.
        spacing_m: between tracks, which is also the length of the first two legs.
        legs: how many.
        turn: RIGHT or LEFT.

    Returns:
        The datum and the end of each leg.

    Raises:
        BadRequest: the spacing is not above 0, or there are no legs, or too many.
    """
    _must_be(spacing_m, legs)
    points = [datum]
    for leg in range(legs):
        points.append(moved(points[-1], heading_deg + turn * 90.0 * leg, spacing_m * (leg // 2 + 1)))
    return points


def square_legs(reach_m: float, spacing_m: float) -> int:
    """Say how many legs of an expanding square bring it `reach_m` from its datum on all four sides."""
    _must_be(spacing_m, 1)
    return 4 * max(1, ceil(reach_m / spacing_m - 1e-9)) + 1


def sector(datum: Point, heading_deg: float, radius_m: float, turn: int = RIGHT) -> list[Point]:
    """
    Search a circle as three triangles that meet at its middle, ending there.

    Args:
        datum: the middle, where the search begins and ends.
        heading_deg: of the first leg. A second search is turned by 30 degrees.
        radius_m: length of every leg; those that cross the middle are two.
        turn: RIGHT or LEFT.

    Returns:
        Ten points: the datum and the end of each of nine legs.

    Raises:
        BadRequest: the radius is not above 0.
    """
    _must_be(radius_m, 1)
    points, heading = [datum], heading_deg
    for _ in range(3):
        points.append(moved(points[-1], heading, radius_m))
        heading += turn * SECTOR_TURN_DEG
        points.append(moved(points[-1], heading, radius_m))
        heading += turn * SECTOR_TURN_DEG
        points.append(datum)
    return points


def parallel_track(corner: Point, heading_deg: float, size_m: tuple[float, float], spacing_m: float) -> list[Point]:
    """
    Search a rectangle along its long side.

    Args:
        corner: of the rectangle; the rest lies ahead and to the right of it.
        heading_deg: of the long side.
        size_m: the long side and the short side.
        spacing_m: between tracks; where it does not go into the short side a whole number of times, a little less.

    Returns:
        The ends of the legs: the first half a spacing inside the corner, and all half a spacing short of the ends.

    Raises:
        BadRequest: the spacing is not above 0, or the area is smaller than one spacing.
    """
    return _lanes(corner, heading_deg, size_m, spacing_m)


def creeping_line(corner: Point, heading_deg: float, size_m: tuple[float, float], spacing_m: float) -> list[Point]:
    """
    Search a rectangle across its long side, working along it: one end of the area is searched first.

    Args:
        corner: of the rectangle; the rest lies ahead and to the right of it.
        heading_deg: of the long side, along which the search creeps.
        size_m: the long side and the short side.
        spacing_m: between tracks.

    Returns:
        The ends of the legs, as in `parallel_track`.

    Raises:
        BadRequest: as there.
    """
    begin = moved(corner, heading_deg + 90.0, size_m[1])
    return _lanes(begin, heading_deg - 90.0, (size_m[1], size_m[0]), spacing_m)


def _lanes(corner: Point, heading_deg: float, size_m: tuple[float, float], spacing_m: float) -> list[Point]:
    along, across = size_m
    _must_be(spacing_m, 1)
    if along <= spacing_m or across <= 0.0:
        what = f"An area of {along:.0f} by {across:.0f} m is smaller than one track spacing of {spacing_m:g} m."
        raise BadRequest(what, try_this="choose a smaller spacing, or an expanding square")
    lanes = max(1, ceil(across / spacing_m - 1e-9))
    _must_be(spacing_m, lanes)
    points: list[Point] = []
    for lane in range(lanes):
        aside = moved(corner, heading_deg + 90.0, (lane + 0.5) * across / lanes)
        ends = [moved(aside, heading_deg, spacing_m / 2.0), moved(aside, heading_deg, along - spacing_m / 2.0)]
        points.extend(ends if lane % 2 == 0 else ends[::-1])
    return points


def _must_be(spacing_m: float, legs: int) -> None:
    if not spacing_m > 0.0 or not 1 <= legs <= MOST_STATIONS:
        what = f"A search has a spacing above 0 m and 1 to {MOST_STATIONS:,} legs, not {spacing_m:g} m and {legs:,}."
        raise BadRequest(what)
