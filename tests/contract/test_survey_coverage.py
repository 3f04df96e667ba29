"""
Every survey covers its area, by a checker that shares nothing with the planner.

1,000 random areas with `--full`: concave, 0 to 15 holes, with keep-outs, limits, wind, tilt, crosshatch and turn-arounds.
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from groundside.plan.survey.planner import plan_survey
from tests.conftest import Figure
from tests.coverage_checker import counts, coverage, gaps_m, outside, photo_outline, photos_of, sample, trespass_m
from tests.survey_cases import ORIGIN, case, legs_of, optics_of

PARTS, CASES, CASES_IN_FULL = 4, 20, 1000
LEAST, LEAST_SEEN = 0.995, 0.98
"""In enough photos, away from what may not be flown; in one photo at least, anywhere."""
POINTS = 1500


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.timeout(3600)
def test_every_point_is_in_as_many_photos_as_the_overlaps_imply(part: int, full: bool, figure: Figure):
    wrong, worst, least_seen, judged = [], 1.0, 1.0, 0
    for number in range(part, CASES_IN_FULL if full else CASES, PARTS):
        found, faults = judge(number)
        wrong += [f"case {number}: {fault}" for fault in faults]
        worst, least_seen, judged = min(worst, found.enough), min(least_seen, found.seen), judged + found.away
    figure(
        f"survey coverage part {part}",
        {"worst": worst, "least_seen_once": least_seen, "points_away_from_keep_outs": judged, "wrong": wrong},
    )
    assert judged > 100
    assert not wrong, "\n".join(wrong)


def judge(number: int):
    drawn = case(number)
    order = drawn.order
    path = plan_survey(order)
    legs = legs_of(path)
    outline = photo_outline(optics_of(order.camera, path.height_m, order.tilt_deg))
    ground = shapely.difference(drawn.area, drawn.barred)
    points = sample(ground, POINTS, number)
    seen = counts(points, photos_of(legs, path.trigger_m, ORIGIN), outline)
    barred = drawn.barred if drawn.limits is None else shapely.union(drawn.barred, drawn.limits.exterior)
    found = coverage(ground, barred, path.margin_m, drawn.demanded, points, seen)
    faults = []
    if found.enough < LEAST:
        faults.append(f"only {found.enough:.2%} of {found.away} points in {drawn.demanded} photos")
    if found.seen < LEAST_SEEN:
        faults.append(f"only {found.seen:.2%} seen at all")
    if (through := trespass_m(legs, drawn.barred, ORIGIN)) > 0:
        faults.append(f"{through:.3f} m through keep-outs")
    if drawn.limits is not None and (turns := outside(legs, drawn.limits, ORIGIN)):
        faults.append(f"{len(turns)} turns outside limits")
    if gaps_m(legs, ORIGIN) > 0.01:
        faults.append("the path is broken")
    return found, faults


def test_the_checker_sees_a_line_that_is_missing():
    drawn = case(0)
    path = plan_survey(drawn.order)
    legs = legs_of(path)
    outline = photo_outline(optics_of(drawn.order.camera, path.height_m, 0.0))
    points = sample(drawn.area, POINTS)
    whole = counts(points, photos_of(legs, path.trigger_m, ORIGIN), outline)
    photographed = [leg for leg in legs if leg.photographs]
    without = photographed[: len(photographed) // 2] + photographed[len(photographed) // 2 + 1 :]
    fewer = counts(points, photos_of(without, path.trigger_m, ORIGIN), outline)
    assert (fewer <= whole).all()
    assert (fewer < drawn.demanded).mean() > (whole < drawn.demanded).mean() + 0.01


def test_the_checker_sees_a_leg_through_a_keep_out():
    drawn = case(5)
    middle = np.asarray(drawn.barred.representative_point().coords)[0]
    from tests.coverage_checker import Flown
    from tests.survey_cases import placed

    ends = shapely.get_coordinates(placed(shapely.LineString([middle - 50, middle + 50])))
    assert trespass_m([Flown(tuple(ends[0]), tuple(ends[1]), True)], drawn.barred, ORIGIN) > 1.0
