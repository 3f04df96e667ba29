"""Ordering lines, and seeing past walls, many at once: the same as one at a time."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from groundside.plan.survey.motion import Motion
from groundside.plan.survey.ordering import _Tour, hopeful_positions
from groundside.plan.survey.transit import Transits


def times_between(rng: np.random.Generator, lines: int) -> np.ndarray:
    """Lines side by side, or anywhere; some places cannot be reached."""
    x = np.arange(lines) * 10.0
    ends = np.stack([np.stack([x, rng.uniform(0, 8, lines)], 1), np.stack([x, rng.uniform(90, 99, lines)], 1)], 1)
    xy = ends.reshape(-1, 2) if rng.random() < 0.5 else rng.uniform(0, 100, (2 * lines, 2))
    times = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    walls = rng.random(times.shape) < 0.05
    return np.where(walls | walls.T, 1e7, times)


def tour_of(rng: np.random.Generator, lines: int) -> np.ndarray:
    inner = rng.permutation(np.arange(1, lines - 1))
    return np.concatenate([[0], 2 * inner + rng.integers(0, 2, lines - 2), [2 * lines - 2]]).astype(np.int64)


@pytest.mark.parametrize("seed", range(12))
def test_the_positions_at_which_a_change_helps_are_found_all_at_once(seed: int):
    rng = np.random.default_rng(seed)
    lines = int(rng.integers(3, 24))
    times = times_between(rng, lines)
    work = _Tour(times, tour_of(rng, lines))
    if seed % 2:
        work.descend(range(1, lines - 1))
    before = work.enter
    hopeful = hopeful_positions(times, before)
    helps = np.zeros(lines, np.bool_)
    for at in range(1, lines - 1):
        work.enter = before.copy()
        helps[at] = bool(work._better(at))
    assert np.array_equal(hopeful, helps)
    assert seed % 2 or helps.any() or lines < 5


def test_ways_of_many_pairs_are_those_of_each_pair():
    flyable = shapely.box(0, 0, 100, 100) - shapely.box(40, 10, 60, 70) - shapely.box(70, 40, 80, 95)
    transits = Transits(flyable, Motion())
    rng = np.random.default_rng(5)
    places = rng.uniform(1, 99, (120, 2))
    free = places[shapely.contains(flyable.buffer(-0.5), shapely.points(places))]
    starts, ends = free[: len(free) // 2], free[-(len(free) // 2) :]
    together = transits.ways(starts, ends)
    for way, start, end in zip(together, starts, ends, strict=True):
        assert np.array_equal(way, transits.way(start, end))
        assert flyable.buffer(1e-9).covers(shapely.LineString(way))
        straight = bool(transits.sees(start[None], end[None])[0, 0])
        assert (len(way) == 2) == straight
    assert {len(way) for way in together} > {2}
