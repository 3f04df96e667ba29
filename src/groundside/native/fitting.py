"""How one track lies on another: distances at many offsets of the clock, and whether any offset is worth trying."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundside import native
from groundside.native import _fitting
from groundside.native.fitting_plain import (
    RUNS,
    WIDTHS_MS,
    Floats,
    Layout,
    Near,
    Places,
    Said,
    apart_plainly,
    cells_of,
    lay_out_plainly,
    may_lie_plainly,
)

__all__ = [
    "WIDTHS_MS",
    "Floats",
    "Followed",
    "Layout",
    "Near",
    "Places",
    "Said",
    "apart",
    "joined",
    "lay_out",
    "may_lie",
]

_SAID = tuple(Said)


class Followed:
    """
    A track made ready to have others laid on it, at many offsets of the clock.

    Args:
        track: three rows: seconds (never falling), metres east, metres north; finite, at least two positions.

    Raises:
        ValueError: it has fewer.
    """

    __slots__ = ("kernel", "track")

    def __init__(self, track: Floats) -> None:
        self.track = np.ascontiguousarray(track, dtype=np.float64)
        self.kernel = _fitting.Followed(self.track)


def apart(clip: Floats, flight: Followed, offsets: Floats, covered: float) -> Floats:
    """
    Give the median distance between two tracks at each of some offsets of the clock.

    Args:
        clip: three rows: seconds (never falling), metres east, metres north; finite, at least one position.
        flight: the other.
        offsets: to be added to the clock of the clip, seconds.
        covered: where a smaller share than this of the clip lies inside the time of the flight, the answer is infinite.

    Returns:
        Metres, as many as offsets.
    """
    if native.PLAIN:
        return apart_plainly(clip, flight.track, offsets, covered)
    out = np.empty(offsets.size)
    clip, offsets = (np.ascontiguousarray(each, dtype=np.float64) for each in (clip, offsets))
    _fitting.apart(clip, flight.kernel, offsets, covered, np.empty(3 * clip.shape[1]), out)
    return out


def lay_out(positions: Floats, judged: Places, width_ms: float, slack_cm: float) -> Layout | None:
    """
    Lay out a track in cells of one width; see fitting.h.

    Args:
        positions: three rows: milliseconds from the first position on (never falling), centimetres east and north; at
            least two positions.
        judged: places of those that decide how far it lies from another, ascending, at least one.
        width_ms: of a cell.
        slack_cm: how far the track may be off the straight lines between its positions.

    Returns:
        None where a number is too great for it.
    """
    if native.PLAIN:
        return lay_out_plainly(positions, judged, width_ms, slack_cm)
    cells = cells_of(float(positions[0, -1]), width_ms)
    out = np.empty(RUNS * cells, dtype=np.int32)
    return out if _fitting.lay_out(np.ascontiguousarray(positions), judged, width_ms, slack_cm, out) else None


def joined(length_ms: int, judged: int, by_width: Sequence[Layout | None]) -> Layout:
    """Put together what `lay_out` made for each of `WIDTHS_MS`; the last may be left out."""
    runs = [each for each in by_width if each is not None]
    head = [length_ms, judged, *(0 if each is None else each.size // RUNS for each in by_width)]
    return np.concatenate((np.array(head, dtype=np.int32), *runs))


def may_lie(one: Layout, others: Sequence[Layout], near: Near) -> list[Said]:
    """
    Say of each of some tracks whether one may lie on the other, whatever their clocks.

    Two do where, with the clock of one moved, enough of the judged positions of the shorter lie near the other at the
    same time, and four fifths of it inside the time of the other.

    Args:
        one: as `joined` gave it.
        others: the same of others, laid out on the same map.
        near: how many are enough, and how near is near.

    Raises:
        ValueError: something is no layout, or no share; a defect in the caller.
    """
    if native.PLAIN:
        return [may_lie_plainly(one, each, near) for each in others]
    return [_SAID[each] for each in _fitting.may_lie(one, others, near.most_cm, near.of_all, near.of_inside)]
