"""Types that no FMT defines: their FMT was lost, but their records are all of one length, which can be found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from groundside.decode.ardupilot.groups import Offsets
from groundside.decode.ardupilot.layout import HEADER_BYTES, MAX_BYTES
from groundside.native.dataflash import headers

_WITNESSES = 4096
"""Records of a type that are looked at."""
_AHEAD = 8
"""Headers after each record that are looked at: some stand in its payload."""
_ENOUGH = 2
_MOST = 0.5
_NEARLY = 0.9


def inferred_lengths(data: memoryview, lengths: Sequence[int]) -> dict[int, int]:
    """
    Find the length of records of types that are not defined.

    Args:
        data: the file.
        lengths: 256 record lengths by type; 0 for a type that is not defined.

    Returns:
        Length by type, where most records of that type are followed at that distance by a header.
    """
    starts = headers(data)
    types = np.frombuffer(data, np.uint8)[starts + 2]
    strange = np.flatnonzero(np.asarray(lengths, np.int64)[types] == 0)
    if not len(strange):
        return {}
    order = strange[np.argsort(types[strange], kind="stable")]
    kinds, first = np.unique(types[order], return_index=True)
    found: dict[int, int] = {}
    for kind, rows in zip(kinds.tolist(), np.split(order, first[1:]), strict=True):
        length = _length(starts, rows[:_WITNESSES], len(data))
        if length:
            found[kind] = length
    return found


def _length(starts: Offsets, rows: npt.NDArray[np.int64], size: int) -> int:
    """Find at what distance most of these headers are followed by another, or by the end of the file; 0 if none."""
    if len(rows) < _ENOUGH:
        return 0
    ends = np.append(starts, size)
    ahead = np.minimum(rows[:, None] + np.arange(1, _AHEAD + 1), len(starts))
    distances = ends[ahead] - starts[rows][:, None]
    # At the end of the file the same distance would be counted again for each header that is not there.
    distances[:, 1:][distances[:, 1:] == distances[:, :-1]] = 0
    known = distances[(distances >= HEADER_BYTES) & (distances <= MAX_BYTES)]
    counts = np.bincount(known, minlength=MAX_BYTES + 1)
    if counts.max() < max(_ENOUGH, _MOST * len(rows)):
        return 0
    return int(np.argmax(counts >= _NEARLY * counts.max()))
