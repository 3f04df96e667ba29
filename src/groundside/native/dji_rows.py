"""Some records of a DJI flight record, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _dji
from groundside.native.dji import ERRORS, I32, I64, KEY_BYTES, OVERHEAD, U8, Contents, keys_of


@dataclass(frozen=True, slots=True)
class Source:
    """
    All records of a file.

    Args:
        data: in which what they hold lies.
        starts: where the payload of each begins.
        lengths: bytes of each payload.
        places: where the payload of each begins in the file.
        head: bytes of a record before its payload.
    """

    data: U8
    starts: I64
    lengths: I32
    places: I64
    head: int
    held: _dji.Source = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        held = _dji.Source(self.data, self.starts, self.lengths, self.places, self.head)
        object.__setattr__(self, "held", held)


@dataclass(frozen=True, slots=True)
class Rows:
    """
    Some records of a file.

    Args:
        source: all of them.
        which: the numbers of those that are meant.
        kind: where they are scrambled, the type of all of them: the first byte of a payload then chooses the key, and
            what the record holds is behind it, `OVERHEAD` bytes shorter. None where they are plain.
    """

    source: Source
    which: I64
    kind: int | None = None
    held: _dji.Rows = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = None if self.kind is None else _words_of_keys(self.kind)
        object.__setattr__(self, "held", _dji.Rows(self.source.held, self.which, keys))

    def contents(self) -> Contents:
        """
        Give what each holds.

        Raises:
            ValueError: there are no such records; a defect in the caller.
        """
        if self.which.size and not 0 <= self.which.min() <= self.which.max() < len(self.source.starts):
            raise ValueError(ERRORS[1])
        starts, lengths = self.source.starts[self.which], self.source.lengths[self.which]
        if self.kind is not None:
            lengths = np.maximum(lengths - OVERHEAD, 0)
        return Contents(self.source.data, starts, lengths, self.kind)


@cache
def _words_of_keys(kind: int) -> npt.NDArray[np.uint64]:
    """The key for each first byte, little endian."""
    return np.ascontiguousarray(keys_of(kind).view("<u8")[:, 0])


def bytes_at(contents: Contents, there: npt.NDArray[np.bool_], at: npt.NDArray[np.int64]) -> U8:
    """Give these bytes of some records, a row each; all of them must have them. Part of the definition of kernels."""
    before = (contents.kind is not None) & (contents.sizes > 0)
    ends = contents.starts + before + contents.sizes
    if np.any(contents.starts < 0) or np.any(contents.sizes < 0) or np.any(ends > len(contents.buffer)):
        raise ValueError(ERRORS[1])
    starts = contents.starts[there, np.newaxis]
    if contents.kind is None:
        return contents.buffer[starts + at]
    return contents.buffer[starts + 1 + at] ^ keys_of(contents.kind)[contents.buffer[starts], at % KEY_BYTES]


def texts(rows: Rows) -> list[bytes]:
    """Give what some records hold, one after the other."""
    if not native.PLAIN:
        found = _dji.contents(rows.held)
        if isinstance(found, int):
            raise ValueError(ERRORS[found])
        return found
    held = rows.contents()
    parts = [slice(number, number + 1) for number in range(len(held.sizes))]
    singles = [Contents(held.buffer, held.starts[part], held.sizes[part], held.kind) for part in parts]
    return [bytes_at(each, each.sizes > 0, np.arange(int(each.sizes[0]))).tobytes() for each in singles]


def firsts(rows: Rows) -> U8:
    """Give the first byte that each record holds, 0 where it holds none."""
    found = np.zeros(len(rows.which), np.uint8)
    if not native.PLAIN:
        if status := _dji.firsts(rows.held, found):
            raise ValueError(ERRORS[status])
        return found
    contents = rows.contents()
    there = contents.sizes > 0
    found[there] = bytes_at(contents, there, np.arange(1))[:, 0]
    return found


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What two angles (radians) may be.

    Args:
        most: neither is greater than these, either way.
        least: each is 0 or not smaller, either way.
        none: but each may be this, which is no angle.
        far: where neither is 0 and the first is not greater than it may be, the greatest step of the first from record
            to record and the greatest step of the second are together smaller.
    """

    most: tuple[float, float]
    least: float
    none: float
    far: float


def steady(rows: Rows, limits: Limits) -> bool:
    """Say whether the two angles that each record begins with keep to limits; one that holds fewer bytes does not."""
    if not native.PLAIN:
        found = _dji.steady(rows.held, *limits.most, limits.least, limits.none, limits.far)
        if found < 0:
            raise ValueError(ERRORS[1])
        return bool(found)
    contents = rows.contents()
    enough = contents.sizes >= 16
    raw = bytes_at(contents, enough, np.arange(16))
    angles = raw.copy().view("<f8").reshape(-1, 2)
    size = np.abs(angles)
    with np.errstate(all="ignore"):
        fine = (size <= limits.most) & ((size >= limits.least) | (size == 0)) | (angles == limits.none)
        near = angles[(size != 0).all(axis=1) & (size[:, 0] <= limits.most[0])]
        if not enough.all() or not fine.all():
            return False
        return len(near) < 3 or bool(np.abs(np.diff(near, axis=0)).max(axis=0).sum() < limits.far)


def by_kind(kinds: U8, left_out: npt.NDArray[np.bool_] | None, lengths: I32) -> list[tuple[int, I64, int]]:
    """
    Bring the numbers of records together by their type.

    Args:
        kinds: of each record.
        left_out: which are left out; None where none is.
        lengths: bytes of each.

    Returns:
        Of each type, in order: which it is, its records in order, and the fewest bytes that one of them has.
    """
    ends = np.empty(256, np.int64)
    least = np.empty(256, np.int32)
    if native.PLAIN:
        order = np.argsort(kinds, kind="stable")
        order = order if left_out is None else order[~left_out[order]]
        ends[:] = np.cumsum(np.bincount(kinds[order], minlength=256))
        least[:] = np.iinfo(np.int32).max
        np.minimum.at(least, kinds[order], lengths[order])
    else:
        order = np.empty(len(kinds), np.int64)
        _dji.group(kinds, None if left_out is None else left_out.view(np.uint8), lengths, order, ends, least)
    bounds, fewest = [*ends.tolist(), 0], least.tolist()
    present = (ends != np.concatenate([[0], ends[:-1]])).nonzero()[0].tolist()
    return [(kind, order[bounds[kind - 1] : bounds[kind]], fewest[kind]) for kind in present]
