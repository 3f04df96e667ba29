"""
Where a wall clock is set while a recording goes on.

A phone or a ground station sets its clock by network or satellite, and may do so in mid-flight: times after it are not
on the clock of those before. A counter beside it that goes on tells how far the clock was set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]

_FAR_US = 2_000_000
_LASTS = 10
_MOST = 100
_MOST_STRETCHES = 1000
_USUAL_STEPS = 10
_PAUSE_US = 2_000_000


@dataclass(frozen=True, slots=True)
class ClockJump:
    """From `row` on the wall clock is `by_us` microseconds ahead of what it showed before; negative where behind."""

    row: int
    by_us: int


def clock_jumps(counted_us: I64, wall_us: I64, shows_us: int = 1) -> tuple[ClockJump, ...]:
    """
    Find where a wall clock was set while a counter went on.

    The two part by more than two seconds (and what the wall clock does not show), for ten rows and more on both
    sides, and the counter takes a usual step there. Where it does not, the recording may have paused, or the counter
    is what is damaged. A clock that is set more than a hundred times is not one: none is found.

    Args:
        counted_us: the counter, microseconds, in the order of the file.
        wall_us: the wall clock, one for each.
        shows_us: the smallest part of time that it shows; jumps are rounded to it.
    """
    if len(wall_us) < 2 * _LASTS:
        return ()
    ahead = wall_us - counted_us
    far = _FAR_US + (shows_us if shows_us > _FAR_US // 4 else 0)
    edges = np.concatenate([[0], np.flatnonzero(np.abs(np.diff(ahead)) > far) + 1, [len(ahead)]])
    lasting = np.flatnonzero(np.diff(edges) >= _LASTS)
    if not 2 <= len(lasting) <= _MOST_STRETCHES:
        return ()
    usual = _usual_step(counted_us)
    found: list[ClockJump] = []
    for before, after in zip(lasting[:-1].tolist(), lasting[1:].tolist(), strict=True):
        end, begin = int(edges[before + 1]), int(edges[after])
        by_us = int(np.median(ahead[begin : begin + _LASTS]) - np.median(ahead[end - _LASTS : end]))
        passed = int(counted_us[begin] - counted_us[end - 1])
        if abs(by_us) > far and 0 < passed <= usual * (begin - end + 1):
            found.append(ClockJump(begin, round(by_us / shows_us) * shows_us))
    return tuple(found) if len(found) <= _MOST else ()


def set_back(wall_us: I64, jumps: Sequence[ClockJump]) -> I64:
    """Give the wall clock as it would have gone on without its jumps; rows are those of the jumps."""
    steady = wall_us.copy()
    for jump in jumps:
        steady[jump.row :] -= jump.by_us
    return steady


def jumps_said(jumps: Sequence[ClockJump], wall: str, counter: str) -> tuple[str, ...]:
    """Say what was inferred, in one sentence; nothing where there is no jump."""
    if not jumps:
        return ()
    more = f", and {len(jumps) - 1} times more" if len(jumps) > 1 else ""
    what = f"{wall} jumps {jump_text(jumps[0].by_us)}{more} while {counter} goes on"
    return (f"{what}: times keep to the clock with which the recording began.",)


def jump_text(by_us: int) -> str:
    """Give the way and the size of a jump: "forward by 37.0 s"."""
    return f"{'forward' if by_us > 0 else 'back'} by {abs(by_us) / 1e6:.1f} s"


def _usual_step(counted_us: I64) -> int:
    steps = np.diff(counted_us)
    steps = steps[steps > 0]
    return max(int(np.median(steps)) * _USUAL_STEPS, _PAUSE_US) if len(steps) else 0
