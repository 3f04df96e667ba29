"""Plan flights around and along what stands: towers, walls, bridges."""

from __future__ import annotations

from math import ceil

import shapely

from groundside.archive.plan_asked import Asked, drawn_in, finished_of, in_metres, lines_in, with_camera
from groundside.errors import BadRequest
from groundside.model.mission import Mission
from groundside.plan.camera import footprint, spacing
from groundside.plan.patterns.along import BothSides, Corridor, both_sides, corridor
from groundside.plan.patterns.around import Structure, orbit, spiral
from groundside.plan.patterns.facade import Facade, facade
from groundside.plan.patterns.plane import onto_plane
from groundside.plan.patterns.station import Station

LOWEST_M = 2.0
"""Above take-off nothing is planned lower."""


def around_structure(
    asked: Asked, *, radius_m: float | None, bottom_m: float, top_m: float, rise_m: float | None = None
) -> Mission:
    """
    Fly circles, or a spiral, around what was drawn, nose and camera towards it.

    Args:
        asked: with a camera; its height counts for one circle where no rise and no top are given.
        radius_m: of the circle; None keeps 10 m away from what was drawn.
        bottom_m, top_m: of the structure above take-off.
        rise_m: climb by so much a turn; None flies level circles, as many as photos overlapping need.
    """
    _, camera, _, _ = with_camera(asked)
    drawn = drawn_in(asked.area)
    origin = drawn.middle
    reach = float(shapely.hausdorff_distance(in_metres(drawn.everything, origin), shapely.Point(0.0, 0.0)))
    radius = radius_m or reach + 10.0
    if radius <= reach:
        what = f"What was drawn reaches {reach:.1f} m from its middle; a circle of {radius:g} m would fly into it."
        raise BadRequest(what, try_this="give a larger --radius")
    tower = Structure(centre=(0.0, 0.0), radius_m=radius, bottom_m=bottom_m, top_m=top_m)
    near = footprint(camera, radius)
    across_m, up_m = near.across_m * (1.0 - asked.sidelap), near.along_m * (1.0 - asked.frontlap)
    if rise_m is not None:
        return finished_of(asked, list(spiral(tower, rise_m, across_m)), origin)
    count = max(1, ceil((top_m - bottom_m) / up_m))
    levels = [bottom_m + (top_m - bottom_m) * i / count for i in range(count + 1)]
    heights = [asked.height_m] if asked.height_m else levels
    return finished_of(asked, list(orbit(tower, [max(h, 3.0) for h in heights], across_m)), origin)


def along_wall(asked: Asked, *, bottom_m: float, top_m: float, stand_off_m: float, on_right: bool = True) -> Mission:
    """Photograph walls, drawn as lines along their foot, in vertical passes."""
    _, camera, _, _ = with_camera(asked)
    drawn = drawn_in(asked.area)
    origin, near = drawn.middle, footprint(camera, stand_off_m)
    how = Facade(
        bottom_m=bottom_m, top_m=top_m, stand_off_m=stand_off_m, frame_m=(near.across_m, near.along_m),
        frontlap=asked.frontlap, sidelap=asked.sidelap, on_right=on_right,
    )  # fmt: skip
    stations = [s for line in lines_in(asked.area, drawn) for s in facade(onto_plane(line, origin), how)]
    return finished_of(asked, stations, origin)


def along_bridge(
    asked: Asked, *, width_m: float, deck_m: float, stand_off_m: float, below_m: float | None = None
) -> Mission:
    """
    Look at a bridge along the line of its deck: from above, from both sides, and from below where that is asked.

    Args:
        asked: with a camera; its own height does not count.
        width_m: of the deck.
        deck_m: height of the deck above take-off.
        stand_off_m: from the deck to the aircraft, above it and beside it.
        below_m: fly both sides once more so far below the deck, camera upwards; None does not.

    Raises:
        BadRequest: the way below the deck would lead into the ground.
    """
    _, camera, _, _ = with_camera(asked)
    near = footprint(camera, stand_off_m)
    apart = spacing(near, asked.frontlap, asked.sidelap)
    if below_m is not None and deck_m - below_m < LOWEST_M:
        what = f"{below_m:g} m below a deck {deck_m:g} m high is lower than {LOWEST_M:g} m above take-off."
        raise BadRequest(what, try_this="give a smaller --below")
    drawn = drawn_in(asked.area)
    origin = drawn.middle
    strip = Corridor(
        height_m=deck_m + stand_off_m, width_m=width_m, across_m=near.across_m, sidelap=asked.sidelap,
        trigger_m=apart.trigger_m,
    )  # fmt: skip
    levels = [deck_m] if below_m is None else [deck_m, deck_m - below_m]
    stations: list[Station] = []
    for line in lines_in(asked.area, drawn):
        points = onto_plane(line, origin)
        stations += corridor(points, strip)
        for level in levels:
            sides = BothSides(
                height_m=level, aside_m=width_m / 2.0 + stand_off_m, aim_m=deck_m, trigger_m=apart.trigger_m
            )
            stations += both_sides(points, sides)
    return finished_of(asked, stations, origin)
