"""Equal numbers put together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


def grouped(numbers: Integers) -> tuple[Integers, npt.NDArray[np.int32], Integers]:
    """
    Give the different ones of some numbers, ascending; which of them each is; and how often each is there.

    What `numpy.unique` gives too, which costs the first reading of a process 20 ms: it imports all of `numpy.ma`.
    """
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)])
    counts = np.diff(begins, append=len(ordered))
    which = np.empty(len(ordered), np.int32)
    which[order] = np.repeat(np.arange(len(begins), dtype=np.int32), counts)
    return ordered[begins], which, counts
