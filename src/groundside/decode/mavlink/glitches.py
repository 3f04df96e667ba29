"""Single times that are damaged."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_GLITCH_US = 2_000_000


def glitches(times: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """
    Mark single times that lie far from all around them.

    In a series that only ascends, each value is the median of the five around it, whatever the gaps.
    """
    marked = np.zeros(len(times), np.bool_)
    back = times[1:] < times[:-1]
    if len(times) < 3 or not back.any():
        return marked
    descents = back.nonzero()[0]
    # A value is the median of the five around it unless they descend somewhere; so only those near a descent count.
    last = len(times) - 1
    for place in range(-1, 3):
        marked[np.minimum(np.maximum(descents + place, 0), last)] = True
    near = marked.nonzero()[0]
    around = times[np.minimum(np.maximum(near[:, None] + np.arange(-2, 3), 0), last)]
    around.sort(axis=1)
    marked[near] = np.abs(times[near] - around[:, 2].astype(np.float64)) > _GLITCH_US
    return marked
