"""Gather the points of a whole GPX document, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.decode.formats.gpx.points import EXTENSIONS, POINTS, TRACK_POINT, Cells, Gatherer, column_of
from groundside.decode.xml_scan import Texts, Whole
from groundside.native.decimals import SPAN

I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]
_NONE = np.empty(0, np.int64)
_NO_TEXTS = Texts(memoryview(b""), np.empty(0, SPAN))
_NAMES = 1 << 16
"""More than any document has."""


@dataclass(frozen=True, slots=True)
class WholePoints:
    """Points of one kind; see `groundside.decode.formats.gpx.points.Points`."""

    lat: Texts
    lon: Texts
    offset: I64
    track: I64
    segment: I64
    columns: dict[str, Cells]


@dataclass(frozen=True, slots=True)
class _Cells:
    """
    Values of points, in order.

    Args:
        row: number of the point among all.
        code: the name of its column, as a number, see `_column_name`.
        number: of the element, or of the attribute.
    """

    row: I64
    code: I64
    number: I64

    def taken(self, which: I64 | Flags) -> _Cells:
        """Give some of them."""
        return _Cells(self.row[which], self.code[which], self.number[which])


def gather_whole(document: Whole) -> tuple[Gatherer, dict[str, WholePoints]]:
    """Gather the same as a `Gatherer` that is told of every element; the points apart from the rest."""
    gatherer = Gatherer()
    is_point = document.called(POINTS)
    numbers = np.flatnonzero(is_point)
    row, inside = _within(document, numbers)
    outside = np.flatnonzero(~inside & ~is_point)
    document.tell(gatherer, outside)
    cells = _cells(document, row, inside)
    points: dict[str, WholePoints] = {}
    for kind in gatherer.points:
        chosen = document.called((kind,))[numbers]
        if not chosen.any():
            points[kind] = WholePoints(_NO_TEXTS, _NO_TEXTS, _NONE, _NONE, _NONE, {})
            continue
        mine = cells.taken(chosen[cells.row])
        columns = _columns(document, _Cells((np.cumsum(chosen) - 1)[mine.row], mine.code, mine.number))
        points[kind] = _points(document, numbers[chosen], kind, outside, columns)
    return gatherer, points


def _within(document: Whole, around: I64) -> tuple[I64, Flags]:
    """Say of each element which of some others began last before it, and whether it is in that or one around that."""
    if not len(around):
        return np.full(len(document.nodes), -1, np.int64), np.zeros(len(document.nodes), np.bool_)
    last = np.searchsorted(document.begins[around], document.begins, "left") - 1
    until = np.maximum.accumulate(document.ends[around])
    return last, (last >= 0) & (document.begins < until[last])


def _cells(document: Whole, row: I64, inside: Flags) -> _Cells:
    """Find the values of all points: elements without elements, and attributes of what is in extensions."""
    name, owners = document.kinds, document.owners
    is_extension = inside & document.called((EXTENSIONS,))
    _, extended = _within(document, np.flatnonzero(is_extension))
    texts = np.flatnonzero(inside & document.leaves & (extended | ~is_extension))
    cells = _Cells(row[texts], extended[texts] * _NAMES + name[texts], texts)
    values = np.flatnonzero((extended | is_extension)[owners])
    if not len(values):
        return _in_order(cells, document.ends[texts])
    of = owners[values]
    codes = (2 + name[of]) * _NAMES + document.attributes["name"][values]
    both = (np.concatenate(pair) for pair in ((cells.row, row[of]), (cells.code, codes), (texts, values)))
    return _in_order(_Cells(*both), np.concatenate([document.ends[texts], document.attributes["begin"][values]]))


def _in_order(cells: _Cells, at: I64) -> _Cells:
    return cells.taken(np.argsort(at, kind="stable"))


def _column_name(document: Whole, code: int) -> str:
    kind, name = divmod(code, _NAMES)
    if kind == 0:
        return document.local_names[name]
    if kind == 1:
        return column_of(document.names[name])
    return f"{column_of(document.names[kind - 2])}@{document.names[name]}"


def _points(document: Whole, points: I64, kind: str, outside: I64, columns: dict[str, Cells]) -> WholePoints:
    begins = document.begins[points]
    around = "trk" if kind == TRACK_POINT else "rte"
    return WholePoints(
        _attribute(document, points, "lat"),
        _attribute(document, points, "lon"),
        begins,
        np.maximum(_count_before(document, outside, around, begins) - 1, 0),
        np.maximum(_count_before(document, outside, "trkseg", begins) - 1, 0),
        columns,
    )


def _count_before(document: Whole, outside: I64, name: str, at: I64) -> I64:
    return np.searchsorted(document.begins[outside[document.called((name,))[outside]]], at)


def _attribute(document: Whole, points: I64, name: str) -> Texts:
    numbers = np.full(len(points), -1, np.int64)
    if name in document.names and len(points):
        named = np.flatnonzero(document.attributes["name"] == document.names.index(name))
        owner = document.owners[named]
        at = np.minimum(np.searchsorted(points, owner), len(points) - 1)
        mine = points[at] == owner
        numbers[at[mine]] = named[mine]
    return document.values(numbers)


def _columns(document: Whole, cells: _Cells) -> dict[str, Cells]:
    """Make columns in the order in which they first occur; of two values of a point the first is taken."""
    codes, first, which = np.unique(cells.code, return_index=True, return_inverse=True)
    numbers: dict[str, int] = {}
    number_of = np.empty(len(codes), np.int64)
    for k in np.argsort(first).tolist():
        number_of[k] = numbers.setdefault(_column_name(document, int(codes[k])), len(numbers))
    column = number_of[which]
    order = np.argsort(column, kind="stable")
    ends = np.cumsum(np.bincount(column, minlength=len(numbers)))
    columns: dict[str, Cells] = {}
    for name, mine in zip(numbers, np.split(order, ends[:-1]), strict=False):
        rows = cells.row[mine]
        fresh = np.append(True, np.diff(rows) != 0)
        chosen = cells.number[mine][fresh]
        columns[name] = rows[fresh], document.values(chosen) if "@" in name else document.texts(chosen)
    return columns
