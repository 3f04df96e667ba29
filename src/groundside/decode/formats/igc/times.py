"""Times of day become one clock that goes on past midnight."""

from __future__ import annotations

import numpy as np

from groundside.decode.formats.igc.fixes import F64
from groundside.decode.formats.igc.lines import I64

DAY_S = 86_400


def clock_of(second: F64) -> I64:
    """
    Count microseconds since midnight before the first fix.

    A step back of more than half a day is midnight; one forward of more than that is a damaged time before it.
    """
    if not len(second):
        return np.empty(0, np.int64)
    days = -np.round(np.diff(second, prepend=second[:1]) / DAY_S).cumsum()
    return np.round((second + days * DAY_S) * 1e6).astype(np.int64)
