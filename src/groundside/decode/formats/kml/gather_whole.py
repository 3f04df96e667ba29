"""Gather a whole KML document: what stands in long rows of like elements, row by row."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from groundside.decode.formats.kml.gather import ROWS, Gatherer
from groundside.decode.xml_scan import Whole

_SHORTEST = 4
"""Shorter rows are not worth it."""


def gather_whole(document: Whole) -> Gatherer:
    """Gather the same as a `Gatherer` that is told of every element."""
    gatherer = Gatherer()
    told = np.ones(len(document.nodes), np.bool_)
    rows = _rows(document)
    for first, after in rows.items():
        told[first + 1 : after] = False
    for is_start, number in document.events(np.flatnonzero(told)):
        if is_start:
            document.tell_begin(gatherer, number)
            continue
        document.tell_end(gatherer, number)
        if number in rows:
            _tell_row(document, gatherer, np.arange(number + 1, rows[number]))
    return gatherer


def _tell_row(document: Whole, gatherer: Gatherer, numbers: NDArray[np.int64]) -> None:
    """Tell of the elements behind the first of a row."""
    texts = document.texts(numbers)
    if gatherer.more(document.local_names[document.kinds[numbers[0]]], texts, document.ends[numbers]):
        return
    for number in numbers.tolist():
        document.tell_begin(gatherer, number)
        document.tell_end(gatherer, number)


def _rows(document: Whole) -> dict[int, int]:
    """Find elements of one name without elements, one right behind the other: the first, to the one after the last."""
    fits = document.called(ROWS) & document.leaves
    parent = document.nodes["parent"]
    same = fits[1:] & fits[:-1] & (document.kinds[1:] == document.kinds[:-1]) & (parent[1:] == parent[:-1])
    firsts = np.flatnonzero(np.append(True, ~same))
    found = pairwise([*firsts.tolist(), len(fits)])
    return {first: after for first, after in found if after - first >= _SHORTEST}
