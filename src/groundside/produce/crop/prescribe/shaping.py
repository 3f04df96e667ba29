"""What a machine can follow: rates smoothed to its width, classes, and pieces too small given to a neighbour."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Classes = NDArray[np.int64]
NONE = -1
"""The class of a cell without a value."""
_FINE = 6


def smoothed(values: Floats, width_cells: float) -> Floats:
    """
    Average over a disc: what a spreader of that width puts down is no sharper.

    Args:
        values: (rows, columns); NaN where there is none, which is left so and weighs nothing.
        width_cells: diameter of the disc in cells; up to 1 changes nothing.
    """
    if width_cells <= 1.0:
        return values
    from scipy.signal import fftconvolve

    reach = math.floor(width_cells / 2.0)
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = (np.hypot(down, across) <= width_cells / 2.0).astype(np.float64)
    there = np.isfinite(values)
    total = fftconvolve(np.where(there, values, 0.0), disc, mode="same")
    weight = fftconvolve(there.astype(np.float64), disc, mode="same")
    means = np.divide(total, weight, out=np.full(values.shape, np.nan), where=there)
    # The transform's own noise, far below what is spread, would make steps of equal rates uneven.
    return np.asarray(np.round(means, _FINE), dtype=np.float64)


def by_share(values: Floats, count: int) -> tuple[Classes, list[tuple[float, float]]]:
    """
    Part values into classes of as many cells each, by rising value; fewer classes where values are alike.

    Returns:
        The class of each cell, and from where to where each class goes.
    """
    there = np.isfinite(values)
    known = values[there]
    inner = np.unique(np.quantile(known, np.linspace(0.0, 1.0, count + 1)[1:-1])) if known.size else np.array([])
    return _classed(values, inner[inner > known.min()] if known.size else inner)


def by_size(values: Floats, count: int) -> tuple[Classes, list[tuple[float, float]]]:
    """Part values into classes of the same width, by rising value; 0 is a class of its own, and empty ones are none."""
    there = np.isfinite(values)
    some = values[there & (values > 0.0)]
    if not some.size:
        return _classed(values, np.array([]))
    inner = np.linspace(some.min(), some.max(), count + 1)[1:-1] if np.ptp(some) > 0.0 else np.array([])
    return _classed(values, np.unique([some.min(), *inner]) if (values[there] <= 0.0).any() else inner)


def _classed(values: Floats, inner: Floats) -> tuple[Classes, list[tuple[float, float]]]:
    there = np.isfinite(values)
    raw = np.full(values.shape, NONE, np.int64)
    raw[there] = np.searchsorted(inner, values[there], side="right")
    used = np.unique(raw[there])
    classes = np.where(there, np.searchsorted(used, np.maximum(raw, 0)), NONE)
    spans = [(float(values[classes == n].min()), float(values[classes == n].max())) for n in range(used.size)]
    return classes, spans


def without_small(classes: Classes, least_cells: int, order: Sequence[float]) -> tuple[Classes, int]:
    """
    Give each piece with fewer cells to the neighbour with which it shares the longest border, the smallest first.

    Args:
        classes: of each cell; cells of one class that touch along an edge are one piece. NONE stays, next to nothing.
        least_cells: pieces with fewer are given away, unless they have no neighbour.
        order: a number of each class; of two neighbours with as long a border, the one nearer in it is chosen.

    Returns:
        The classes, and how many pieces were given away.
    """
    pieces, kinds = _pieces(classes)
    if least_cells <= 1 or kinds.size < 2:
        return classes, 0
    made = _Merging(pieces, kinds, order)
    count = made.run(least_cells)
    into = made.classes()
    return np.where(classes == NONE, NONE, into[np.maximum(pieces, 0)]), count


def _pieces(classes: Classes) -> tuple[Classes, Classes]:
    """Number the pieces; give the piece of each cell (NONE without a class) and the class of each piece."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    cells = np.arange(classes.size).reshape(classes.shape)
    pairs = [(cells[:, :-1], cells[:, 1:]), (cells[:-1], cells[1:])]
    flat = classes.ravel()
    one, other = (np.concatenate([pair[n].ravel() for pair in pairs]) for n in (0, 1))
    same = (flat[one] == flat[other]) & (flat[one] != NONE)
    links = coo_array((np.ones(int(same.sum()), np.int8), (one[same], other[same])), shape=(flat.size, flat.size))
    _, found = connected_components(links, directed=False)
    used, first, numbered = np.unique(
        np.where(flat == NONE, NONE, found.astype(np.int64)), return_index=True, return_inverse=True
    )
    shift = int(used.size > 0 and used[0] == NONE)
    return (numbered.reshape(classes.shape) - shift).astype(np.int64), flat[first][shift:]


class _Merging:
    """Pieces, their borders, and which has been given to which."""

    def __init__(self, pieces: Classes, kinds: Classes, order: Sequence[float]) -> None:
        self._kinds, self._order = kinds, order
        self._size = np.bincount(pieces[pieces >= 0], minlength=kinds.size).tolist()
        self._into = list(range(kinds.size))
        self._borders: list[dict[int, int]] = [{} for _ in range(kinds.size)]
        for one, other in ((pieces[:, :-1], pieces[:, 1:]), (pieces[:-1], pieces[1:])):
            apart = (one != other) & (one >= 0) & (other >= 0)
            pairs, lengths = np.unique(np.stack([one[apart], other[apart]]), axis=1, return_counts=True)
            for a, b, length in zip(*pairs.tolist(), lengths.tolist(), strict=True):
                self._add(a, b, length)

    def _add(self, a: int, b: int, length: int) -> None:
        self._borders[a][b] = self._borders[a].get(b, 0) + length
        self._borders[b][a] = self._borders[b].get(a, 0) + length

    def run(self, least: int) -> int:
        waiting = [(size, piece) for piece, size in enumerate(self._size) if size < least]
        heapq.heapify(waiting)
        count = 0
        while waiting:
            size, piece = heapq.heappop(waiting)
            if self._into[piece] != piece or self._size[piece] != size or not self._borders[piece]:
                continue
            taker = self._taker(piece)
            near = [n for n in self._borders[piece] if n != taker and self._kinds[n] == self._kinds[taker]]
            self._give(piece, taker)
            count += 1
            for like in near:  # of one class, and touching now
                self._give(like, taker)
            if self._size[taker] < least:
                heapq.heappush(waiting, (self._size[taker], taker))
        return count

    def _taker(self, piece: int) -> int:
        own = self._order[self._kinds[piece]]

        def wish(other: int) -> tuple[int, float, int]:
            return self._borders[piece][other], -abs(self._order[self._kinds[other]] - own), -other

        return max(self._borders[piece], key=wish)

    def _give(self, piece: int, taker: int) -> None:
        self._into[piece] = taker
        self._size[taker] += self._size[piece]
        for other, length in self._borders[piece].items():
            del self._borders[other][piece]
            if other != taker:
                self._add(other, taker, length)
        self._borders[piece] = {}

    def classes(self) -> Classes:
        """Give the class of each piece, as it is now."""
        for piece in range(len(self._into)):
            end = piece
            while self._into[end] != end:
                end = self._into[end]
            self._into[piece] = end
        return self._kinds[np.array(self._into, dtype=np.int64)]
