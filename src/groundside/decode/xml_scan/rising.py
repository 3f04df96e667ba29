"""The longest part of a series of times that rises."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray


def rising(time_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Choose rows whose times rise, and as many as can be.

    One damaged time, far ahead, would else outdate every row after it; so would one far back where rows are sorted.

    Returns:
        Indices of the chosen rows, in order. Of equal times one is chosen.

    Source: Schensted, "Longest increasing and decreasing subsequences", Canadian Journal of Mathematics 13 (1961).
    """
    if len(time_us) < 2 or (np.diff(time_us) > 0).all():
        return np.arange(len(time_us), dtype=np.int64)
    values: list[int] = time_us.tolist()
    tails: list[int] = []
    last: list[int] = []
    before = [-1] * len(values)
    for row, value in enumerate(values):
        at = bisect_left(tails, value)
        if at == len(tails):
            tails.append(value)
            last.append(row)
        elif tails[at] > value:
            tails[at], last[at] = value, row
        before[row] = last[at - 1] if at else -1
    chosen: list[int] = []
    row = last[-1]
    while row >= 0:
        chosen.append(row)
        row = before[row]
    return np.array(chosen[::-1], np.int64)
