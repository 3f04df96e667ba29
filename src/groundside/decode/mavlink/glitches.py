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
    descents = (times[1:] < times[:-1]).nonzero()[0]
    if len(times) < 3 or not len(descents):
        return marked
    # A value is the median of the five around it unless they descend somewhere; so only those near a descent count.
    near = np.unique(np.clip((descents[:, None] + np.arange(-1, 3)).ravel(), 0, len(times) - 1))
    around = times[np.clip(near[:, None] + np.arange(-2, 3), 0, len(times) - 1)]
    marked[near] = np.abs(times[near] - np.median(around, axis=1)) > _GLITCH_US
    return marked
