"""Planned against flown, with gaps punched in; areas by shapely, of which the comparison's own geometry is no part."""

from math import cos, radians, sin

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from groundside.errors import BadRequest
from groundside.model.mission import Mission
from groundside.plan.compare import compared
from groundside.plan.photos import Frame, Photos, as_photos, planned_photos
from groundside.plan.refly import refly
from tests.plan_missions import HOME, lawnmower, mission, point

PLANE = Transformer.from_crs("EPSG:4326", f"+proj=tmerc +lon_0={HOME[0]} +lat_0={HOME[1]} +ellps=WGS84", always_xy=True)
FRAME = Frame(across=1.2, along=0.8, pixels_across=6000)
PLAN = lawnmower(8, 300.0, 30.0, heading=25.0, photo=12.0)


def rectangles(photos: Photos) -> list[shapely.Polygon]:
    """Give what photos show, worked out anew, on the ellipsoid as PROJ projects it."""
    shapes = []
    for lon, lat, height, heading in zip(photos.lon, photos.lat, photos.height_m, photos.heading_deg, strict=True):
        east, north = PLANE.transform(lon, lat)
        a = radians(heading)
        w, h = FRAME.across * height / 2.0, FRAME.along * height / 2.0
        shapes.append(shapely.Polygon([
            (east + u * w * cos(a) + v * h * sin(a), north - u * w * sin(a) + v * h * cos(a)) for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]))  # fmt: skip
    return shapes


def only(photos: Photos, kept: np.ndarray) -> Photos:
    return Photos(photos.lon[kept], photos.lat[kept], photos.height_m[kept], photos.heading_deg[kept])


def flown_as_planned(plan: Mission) -> Photos:
    return as_photos(planned_photos(plan))


def test_photos_of_a_plan_lie_on_its_lines_at_the_distance_it_names():
    photos = planned_photos(PLAN)
    per_line = [sum(1 for p in photos if p.after == 2 * i) for i in range(8)]
    assert per_line == [26] * 8
    assert {p.after % 2 for p in photos} == {0}


def test_a_flight_as_planned_has_no_gap():
    result = compared(PLAN, flown_as_planned(PLAN), FRAME)
    assert result.gaps == () and result.covered == pytest.approx(1.0)
    assert result.frontlap[0] == pytest.approx(1.0 - 12.0 / 40.0, abs=0.01)
    assert result.gsd_cm == pytest.approx((1.0, 1.0, 1.0))
    assert result.off_m[1] < 0.1


@pytest.mark.parametrize("seed", range(6))
def test_gaps_punched_in_are_found_with_their_area_and_flown_again(seed):
    rng = np.random.default_rng(seed)
    photos = flown_as_planned(PLAN)
    kept = np.ones(len(photos), bool)
    for _ in range(int(rng.integers(1, 4))):
        first = int(rng.integers(0, len(photos) - 60))
        for line in range(3):
            kept[first + 26 * line : first + 26 * line + int(rng.integers(6, 14))] = False
    kept &= rng.random(len(photos)) > 0.02
    flown = only(photos, kept)
    whole, seen = shapely.union_all(rectangles(photos)), shapely.union_all(rectangles(flown))
    truth = whole.difference(seen)
    result = compared(PLAN, flown, FRAME)
    assert truth.area > 500.0
    assert result.gap_m2 == pytest.approx(truth.area, rel=0.02)
    again = refly(PLAN, flown, FRAME)
    filled = shapely.union_all(rectangles(flown_as_planned(again)))
    assert truth.difference(filled).area <= 0.005 * truth.area
    both = shapely.union_all([seen, filled])
    assert whole.difference(both).area / whole.area < 0.001
    assert len(planned_photos(again)) < len(photos)


def test_outlines_of_gaps_lie_where_the_gaps_are():
    photos = flown_as_planned(PLAN)
    kept = np.ones(len(photos), bool)
    kept[60:70] = kept[86:96] = kept[34:44] = False
    gap = compared(PLAN, only(photos, kept), FRAME).gaps[0]
    outline = shapely.Polygon([PLANE.transform(p.lon, p.lat) for p in gap.outline])
    truth = shapely.union_all(rectangles(photos)).difference(shapely.union_all(rectangles(only(photos, kept))))
    assert outline.symmetric_difference(truth).area < 0.02 * truth.area


def test_where_nothing_was_flown_everything_is_a_gap():
    nothing = only(flown_as_planned(PLAN), np.zeros(208, bool))
    result = compared(PLAN, nothing, FRAME)
    assert result.covered == 0.0 and result.gap_m2 == pytest.approx(result.area_m2)
    assert len(planned_photos(refly(PLAN, nothing, FRAME))) == 208


def test_a_plan_without_photos_or_a_flight_without_gaps_is_told():
    with pytest.raises(BadRequest, match="takes no photos"):
        compared(mission(point(0, 10), point(0, 20)), flown_as_planned(PLAN), FRAME)
    with pytest.raises(BadRequest, match="no gap"):
        refly(PLAN, flown_as_planned(PLAN), FRAME)
