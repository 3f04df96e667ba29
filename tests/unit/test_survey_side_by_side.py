"""Planned paths against simpler ways to decide, by the same cost model; `--full` flies every area of the issue's lines."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.planning import (
    CONVEX_SPACING_M,
    HOLES,
    MOTION,
    SPACING_M,
    covered_share,
    ours,
    ours_on_convex,
    path_of,
)
from tests.conftest import Figure
from tests.survey_baseline import best_cells, one_direction_per_cell, path_s, sweeps_of, width_across
from tests.survey_maps import convex, square_with_holes

ETH_NO_HOLES_S, ETH_FIVE_HOLES_S = 1438.1, 1863.3
"""What ETH's `one_dir` took in the mean without holes and with five: the baseline may not be worse."""


@pytest.mark.timeout(7200)
def test_areas_with_holes_take_less_than_cells_in_their_best_directions(full: bool, figure: Figure):
    areas = [square_with_holes(holes, seed) for holes in (HOLES if full else (5,)) for seed in range(20 if full else 1)]
    mine, theirs, shares = [], [], []
    for area in areas:
        path = path_of(ours(area, SPACING_M, MOTION))
        baseline = one_direction_per_cell(area, SPACING_M, MOTION, rounds=8 if full else 4)
        shares.append((covered_share(area, path, SPACING_M), covered_share(area, baseline, SPACING_M)))
        mine.append(path_s(path, MOTION))
        theirs.append(path_s(baseline, MOTION))
    covered = np.array(shares)
    # What either leaves out is charged at what the rest took: lines stay inside, so wedges at slanted edges are left.
    charged = float(np.mean(mine / covered[:, 0]) / np.mean(theirs / covered[:, 1]))
    least = {"ours": float(covered[:, 0].min()), "cells": float(covered[:, 1].min())}
    ratio = float(np.mean(mine) / np.mean(theirs))
    figure("survey share of cells' best directions", {"ratio": ratio, "charged": charged, "least covered": least})
    assert charged <= 0.92
    assert covered[:, 0].mean() >= 0.99
    assert covered[:, 0].min() >= 0.98
    assert theirs[0] < ETH_FIVE_HOLES_S


@pytest.mark.timeout(3600)
def test_convex_areas_never_take_longer_than_along_the_smallest_rectangle(full: bool, figure: Figure):
    from groundside.plan.survey.regions import rectangle_angle

    shares, seen = [], []
    for seed in range(1000 if full else 12):
        area = convex(seed)
        best = ours_on_convex(area, CONVEX_SPACING_M, MOTION)
        along = ours_on_convex(area, CONVEX_SPACING_M, MOTION, rectangle_angle(area))
        shares.append(best.route.time_s / along.route.time_s)
        seen.append(covered_share(area, path_of(best), CONVEX_SPACING_M))
    figure("survey share of smallest rectangle, convex", {"mean": float(np.mean(shares)), "worst": float(max(shares))})
    assert min(seen) >= 0.999
    assert max(shares) <= 1.0 + 1e-9
    assert np.mean(shares) <= 0.99


def test_the_baseline_is_no_straw_man():
    path = one_direction_per_cell(square_with_holes(0, 0), SPACING_M, MOTION)
    assert path_s(path, MOTION) < ETH_NO_HOLES_S


def test_cells_of_the_baseline_are_swept_across_their_smallest_width():
    from groundside.plan.survey.lines import Rule

    area = square_with_holes(2, 0)
    rule = Rule(spacing_m=SPACING_M, half_width_m=SPACING_M / 2)
    for cell in best_cells(area)[:6]:
        path = sweeps_of(cell, area, rule)[0]
        first = path[1] - path[0]
        angle = float(np.arctan2(first[1], first[0]))
        assert width_across(cell, angle) <= min(width_across(cell, each) for each in (0.0, np.pi / 2)) + 1e-6
