"""
In which order to fly lines, and each from which end: a travelling salesman with clusters of two.

Each line is a cluster, its two ends are the cluster's nodes, and exactly one of them is entered. Improvement by
reversing parts of the tour (2-opt) and by moving parts of up to three lines elsewhere, either way round (Or-opt),
with small random changes between descents (iterated local search: Lourenço, Martin and Stützle 2003, "Iterated Local
Search").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ends = NDArray[np.int64]
_LONGEST_MOVED = 3
_GAIN_S = 1e-7
"""What a change must save to be made; less is only rounding."""
_SCREENED_FROM, _SCREENED_LINES = 8, 400
"""Looking at all positions at once pays off where at least so many wait, and no more lines than that are flown."""


def cost(times: Floats, tour: Ends) -> float:
    """Add up the transits of a tour: from each line's far end to the next line's near end."""
    return float(times[tour[:-1] ^ 1, tour[1:]].sum())


def nearest_first(times: Floats) -> Ends:
    """Go to whatever end is nearest, again and again."""
    left = np.ones(len(times), dtype=np.bool_)
    left[0] = left[1] = left[-1] = left[-2] = False
    tour = [0]
    for _ in range(len(times) // 2 - 2):
        options = np.where(left, times[tour[-1] ^ 1], np.inf)
        tour.append(int(options.argmin()))
        left[tour[-1]] = left[tour[-1] ^ 1] = False
    return np.array([*tour, len(times) - 2])


def improved(times: Floats, tour: Ends, kicks: int, seed: int = 0) -> Ends:
    """
    Shorten a tour.

    Args:
        times: between ends; end e and end e ^ 1 are of the same line. Lines 0 and last stand for start and goal.
        tour: the ends that are entered, the first and the last being those of start and goal.
        kicks: how many random changes are tried after the first descent.
        seed: of the random changes.
    """
    work = _Tour(times, tour)
    work.descend(range(1, len(tour) - 1))
    if len(tour) < 6:
        return work.enter
    chance = np.random.default_rng(seed)
    best, best_cost = work.enter.copy(), cost(times, work.enter)
    for _ in range(kicks):
        touched = work.kick(chance)
        work.descend(touched)
        now = cost(times, work.enter)
        if now <= best_cost + 1e-9:
            best, best_cost = work.enter.copy(), now
        else:
            work.enter[:] = best
    return best


def hopeful_positions(times: Floats, tour: Ends) -> NDArray[np.bool_]:
    """
    Say of each position of a tour whether a reversal or a move there may save time.

    Weighs all of them at once. Never denies a position that a change would help; rounding may let it name one in vain.
    """
    onwards, turned = times[tour ^ 1], times[tour]
    direct, into_far = onwards[:, tour], onwards[:, tour ^ 1]
    from_near = turned[:, tour]
    legs = np.diagonal(direct, 1)
    found = np.zeros(len(tour), dtype=np.bool_)
    # Row i, column j: the part from position i + 1 to position j + 1 is reversed.
    reversal = into_far[:-2, 1:-1] + from_near[1:-1, 2:] - legs[:-1, None] - legs[None, 1:] < -_GAIN_S / 2
    reversal &= np.tri(*reversal.shape, dtype=np.bool_).T
    found[1:-1] = reversal.any(axis=1) | reversal.any(axis=0)
    for length in range(1, min(_LONGEST_MOVED, len(tour) - 2) + 1):
        found[1 : len(tour) - length] |= _movable((direct, into_far, from_near), legs, length)
    return found


def _movable(between: tuple[Floats, Floats, Floats], legs: Floats, length: int) -> NDArray[np.bool_]:
    """Say of each part of so many lines whether it may be better elsewhere; its own place is left out."""
    direct, into_far, from_near = between
    first = np.arange(1, len(direct) - length)
    last, after = first + length - 1, first + length
    saved = legs[first - 1] + legs[last] - direct[first - 1, after]
    forward = direct[:-1, first] + direct[last, 1:].T
    backward = into_far[:-1, last] + from_near[first, 1:].T
    added = np.minimum(forward, backward) - legs[:, None]
    for own in range(-1, length):
        added[first + own, np.arange(len(first))] = np.inf
    return np.asarray(added.min(axis=0) - saved < -_GAIN_S / 2)


class _Tour:
    def __init__(self, times: Floats, tour: Ends) -> None:
        self.times = times
        self.enter = tour.copy()

    def descend(self, positions: range | list[int]) -> None:
        """Improve around positions, and then around what changed, until nothing helps."""
        waiting = list(positions)
        queued = np.zeros(len(self.enter), dtype=np.bool_)
        queued[waiting] = True
        hopeful = self._hopeful(len(waiting))
        while waiting:
            at = waiting.pop()
            queued[at] = False
            if not hopeful[at] or not (around := self._better(at)):
                continue
            for changed in around:
                if not queued[changed]:
                    queued[changed] = True
                    waiting.append(changed)
            hopeful = self._hopeful(len(waiting))

    def _hopeful(self, waiting: int) -> NDArray[np.bool_]:
        """Say at which positions a change may help, where looking at all at once is quicker than at those waiting."""
        count = len(self.enter)
        if waiting < _SCREENED_FROM or count > _SCREENED_LINES:
            return np.ones(count, dtype=np.bool_)
        return hopeful_positions(self.times, self.enter)

    def _better(self, at: int) -> list[int]:
        gain, move = self._reversal(at)
        for length in range(1, min(_LONGEST_MOVED, len(self.enter) - 1 - at) + 1):
            other, change = self._moved(at, length)
            if other < gain:
                gain, move = other, change
        if gain > -_GAIN_S or move is None:
            return []
        before = self.enter
        self.enter = move
        changed = np.flatnonzero(before != move)
        low, high = max(1, int(changed[0]) - 1), min(len(move) - 2, int(changed[-1]) + 1)
        return sorted({low, low + 1, high - 1, high, at} & set(range(1, len(move) - 1)))

    def _reversal(self, at: int) -> tuple[float, Ends | None]:
        """Try every reversal of a part that begins or ends at a position."""
        t, e = self.times, self.enter
        last = len(e) - 1
        ends = np.arange(at, last)
        gain_up = (
            t[e[at - 1] ^ 1, e[ends] ^ 1]
            + t[e[at], e[ends + 1]]
            - t[e[at - 1] ^ 1, e[at]]
            - t[e[ends] ^ 1, e[ends + 1]]
        )
        begins = np.arange(1, at)
        gain_down = (
            t[e[begins - 1] ^ 1, e[at] ^ 1]
            + t[e[begins], e[at + 1]]
            - t[e[begins - 1] ^ 1, e[begins]]
            - t[e[at] ^ 1, e[at + 1]]
        )
        gains = np.concatenate([gain_up, gain_down])
        pick = int(gains.argmin())
        low, high = (at, int(ends[pick])) if pick < ends.size else (int(begins[pick - ends.size]), at)
        if gains[pick] > -_GAIN_S:
            return 0.0, None
        done = e.copy()
        done[low : high + 1] = (e[low : high + 1] ^ 1)[::-1]
        return float(gains[pick]), done

    def _moved(self, at: int, length: int) -> tuple[float, Ends | None]:
        """Try moving the part that begins at a position to between any two others, either way round."""
        t, e = self.times, self.enter
        stop = at + length
        if stop >= len(e):
            return 0.0, None
        part, rest = e[at:stop], np.concatenate([e[:at], e[stop:]])
        saved = t[e[at - 1] ^ 1, part[0]] + t[part[-1] ^ 1, e[stop]] - t[e[at - 1] ^ 1, e[stop]]
        a, b = rest[:-1] ^ 1, rest[1:]
        opened = -t[a, b]
        forward = opened + t[a, part[0]] + t[part[-1] ^ 1, b]
        backward = opened + t[a, part[-1] ^ 1] + t[part[0], b]
        one, other = int(forward.argmin()), int(backward.argmin())
        turned = bool(backward[other] < forward[one])
        where = other if turned else one
        gain = float((backward if turned else forward)[where] - saved)
        if gain > -_GAIN_S:
            return 0.0, None
        piece = (part ^ 1)[::-1] if turned else part
        return gain, np.concatenate([rest[: where + 1], piece, rest[where + 1 :]])

    def kick(self, chance: np.random.Generator) -> list[int]:
        """Exchange two neighbouring parts somewhere."""
        n = len(self.enter)
        at = int(chance.integers(1, n - 3))
        cuts = np.minimum(at + np.cumsum(chance.integers(1, 12, 2)), n - 1)
        e = self.enter
        self.enter = np.concatenate([e[:at], e[cuts[0] : cuts[1]], e[at : cuts[0]], e[cuts[1] :]])
        around = {
            at - 1,
            at,
            at + int(cuts[1] - cuts[0]) - 1,
            at + int(cuts[1] - cuts[0]),
            int(cuts[1]) - 1,
            int(cuts[1]),
        }
        return [each for each in around if 0 < each < n - 1]
