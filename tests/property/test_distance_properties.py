"""Which positions count towards the distance: the quick way finds those that looking at one after another finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.native.flown import anchors

LEAST_M = 0.5


def one_after_another(east: list[float], north: list[float]) -> list[int]:
    listed = [0]
    for row, (e, n) in enumerate(zip(east, north, strict=True)):
        de, dn = e - east[listed[-1]], n - north[listed[-1]]
        if de * de + dn * dn >= LEAST_M * LEAST_M:
            listed.append(row)
    return listed


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(*(st.sampled_from((0.0, 0.003, 0.02, 0.3, 0.5, -0.5, 0.7, 40.0)),) * 2), min_size=1),
    st.integers(1, 120),
)
def test_positions_that_count_are_those_found_one_after_another(steps: list[tuple[float, float]], times: int):
    east, north = np.cumsum(np.repeat(steps, times, axis=0), axis=0).T
    found = anchors(np.ascontiguousarray(east), np.ascontiguousarray(north), LEAST_M)
    assert found.tolist() == one_after_another(east.tolist(), north.tolist())
