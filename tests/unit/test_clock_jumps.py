"""A wall clock that is set in mid-recording, told from pauses, from damage and from clocks that show little."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from groundside.decode.clock_jumps import ClockJump, clock_jumps, jumps_said, set_back

I64 = NDArray[np.int64]
SECOND = 1_000_000
COUNTED = np.arange(200, dtype=np.int64) * 100_000
WALL = COUNTED + 1_900_000_000 * SECOND


def shifted(wall: I64, row: int, by_us: int, until: int = 200) -> I64:
    found = wall.copy()
    found[row:until] += by_us
    return found


@pytest.mark.parametrize("by_s", [37, -37, 1217, -3600])
def test_a_clock_that_is_set_is_found_and_can_be_set_back(by_s: int):
    wall = shifted(WALL, 80, by_s * SECOND)
    found = clock_jumps(COUNTED, wall)
    assert found == (ClockJump(80, by_s * SECOND),)
    assert set_back(wall, found).tolist() == WALL.tolist()


def test_a_clock_that_is_set_twice_is_set_back_twice():
    wall = shifted(shifted(WALL, 60, 90 * SECOND), 120, -40 * SECOND)
    found = clock_jumps(COUNTED, wall)
    assert [(j.row, j.by_us // SECOND) for j in found] == [(60, 90), (120, -40)]
    assert set_back(wall, found).tolist() == WALL.tolist()
    assert jumps_said(found, "The clock", "the counter") == (
        "The clock jumps forward by 90.0 s, and 1 times more while the counter goes on: times keep to the clock with"
        " which the recording began.",
    )


@pytest.mark.parametrize("shows_us", [SECOND, 60 * SECOND])
def test_of_a_clock_that_shows_little_no_tick_is_a_jump_but_a_jump_is(shows_us: int):
    counted = np.arange(2000, dtype=np.int64) * 100_000
    wall = (counted + 30 * SECOND) // shows_us * shows_us
    assert clock_jumps(counted, wall, shows_us) == ()
    set_ = shifted(wall, 900, 600 * SECOND, 2000)
    (found,) = clock_jumps(counted, set_, shows_us)
    assert found.row == 900 and abs(found.by_us - 600 * SECOND) <= shows_us


def paused(counted: I64, wall: I64) -> tuple[I64, I64]:
    """Neither goes on while the recording pauses, and then both do."""
    return shifted(counted, 80, 60 * SECOND), shifted(wall, 80, 60 * SECOND)


def standing(counted: I64, wall: I64) -> tuple[I64, I64]:
    """A time in flight stands still on the ground, and the recording pauses there."""
    return np.where(np.arange(200) < 120, 0, counted), shifted(wall, 80, 60 * SECOND)


def counter_jumps(counted: I64, wall: I64) -> tuple[I64, I64]:
    return shifted(counted, 80, 60 * SECOND), wall


def counter_begins_anew(counted: I64, wall: I64) -> tuple[I64, I64]:
    return shifted(counted, 80, -8 * SECOND), wall


def some_rows_damaged(counted: I64, wall: I64) -> tuple[I64, I64]:
    return counted, shifted(wall, 80, 60 * SECOND, 85)


def set_a_little(counted: I64, wall: I64) -> tuple[I64, I64]:
    return counted, shifted(wall, 80, 2 * SECOND)


@pytest.mark.parametrize(
    "happens", [paused, standing, counter_jumps, counter_begins_anew, some_rows_damaged, set_a_little]
)
def test_what_else_happens_to_clocks_is_no_jump(happens: Callable[[I64, I64], tuple[I64, I64]]):
    assert clock_jumps(*happens(COUNTED, WALL)) == ()


def test_of_a_clock_that_jumps_without_end_none_is_believed():
    counted = np.arange(4000, dtype=np.int64) * 100_000
    wall = counted + (counted // (2 * SECOND)) % 2 * 90 * SECOND
    assert clock_jumps(counted, wall) == ()


def test_too_few_rows_tell_of_no_jump():
    assert clock_jumps(COUNTED[:0], WALL[:0]) == ()
    assert clock_jumps(COUNTED[:15], shifted(WALL, 8, 60 * SECOND)[:15]) == ()
