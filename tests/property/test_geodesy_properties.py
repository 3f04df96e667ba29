"""What holds for any path."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.model.place import LonLat
from groundside.reference.geodesy import distance_to_path_m, distances_m, local_metres, simplify
from tests.builders import FIELD, places

metres = st.floats(-3000, 3000, allow_nan=False)
paths = st.lists(st.tuples(metres, metres), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(paths)
def test_no_position_of_a_path_is_nearer_than_the_path(path: list[tuple[float, float]]):
    lon, lat = places(*zip(*path, strict=True))
    nearest = distance_to_path_m(FIELD, lon, lat, np.arange(lon.size) * 1_000_000)
    assert nearest <= distances_m(FIELD, lon, lat).min() + 1e-6
    assert nearest >= 0


@settings(max_examples=60, deadline=None)
@given(paths)
def test_near_a_point_the_distance_to_a_path_is_that_of_plane_geometry(path: list[tuple[float, float]]):
    lon, lat = places(*zip(*path, strict=True))
    x, y = (np.array(axis) for axis in zip(*path, strict=True))
    flat = min(
        _to_segment(x[i], y[i], x[j], y[j]) for i, j in zip(range(len(x)), [*range(1, len(x)), len(x) - 1], strict=True)
    )
    found = distance_to_path_m(FIELD, lon, lat, np.arange(lon.size) * 1_000_000)
    # Straight on the ellipsoid and straight in the plane differ by less than 1e-6 of 6 km here.
    assert abs(found - flat) < 0.01


def _to_segment(ax: float, ay: float, bx: float, by: float) -> float:
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    t = min(max(-(ax * dx + ay * dy) / square, 0.0), 1.0) if square > 1e-12 else 0.0
    return float(np.hypot(ax + t * dx, ay + t * dy))


@settings(max_examples=60, deadline=None)
@given(paths, st.floats(0.1, 100))
def test_no_position_left_out_is_further_from_the_simplified_path_than_the_tolerance(
    path: list[tuple[float, float]], tolerance_m: float
):
    lon, lat = places(*zip(*path, strict=True))
    kept = simplify(lon, lat, tolerance_m, 10_000)
    x, y = local_metres(lon, lat, LonLat(float(lon[0]), float(np.median(lat))))
    for a, b in pairwise(kept):
        for row in range(a + 1, b):
            off = _to_segment(x[a] - x[row], y[a] - y[row], x[b] - x[row], y[b] - y[row])
            assert off <= tolerance_m * 1.001 + 1e-6


@settings(max_examples=60, deadline=None)
@given(paths, st.integers(2, 20))
def test_the_rows_kept_are_few_ascending_and_hold_both_ends(path: list[tuple[float, float]], keep_max: int):
    lon, lat = places(*zip(*path, strict=True))
    kept = simplify(lon, lat, 0.0, keep_max).tolist()
    assert kept == sorted(set(kept))
    assert len(kept) <= max(keep_max, 2)
    assert kept[0] == 0
    assert kept[-1] == len(path) - 1
