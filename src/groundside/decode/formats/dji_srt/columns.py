"""What a scan gathers: one column a field, the positions, and the dates and times, each by the cue it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from groundside.decode.formats.dji_srt.values import PLAIN_NUMBER, Reader, decoded, end_us, microseconds, ordinal
from groundside.native.decimals import DIGITS, SPAN, Numbers, number, numbers
from groundside.native.dji import copied
from groundside.native.pages import let_go
from groundside.native.srt import Rows, texts_of

MOST_SATELLITES = 60.0
GPS, RTK, HOME, BARE = range(4)
"""How a position is labelled."""
LABELS = {"GPS": GPS, "RTK": RTK, "HOME": HOME, "bare": BARE}

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Field:
    """
    One field: in which cues it occurs, and its values.

    Args:
        number: of the column, by which the walk knows it.
        reader: how a value is read; None where only that it is there counts.
        may_be_text: whether its texts may yet be needed.
        last: the last cue in which it occurs, once the scan is over.
        rescaled: whether a value without a point was taken as a multiple.
    """

    number: int
    reader: Reader | None = PLAIN_NUMBER
    may_be_text: bool = False
    last: int = -1
    rescaled: bool = False
    _parts: list[tuple[I32, F64]] = field(default_factory=list[tuple[I32, F64]])
    _spans: list[Rows] = field(default_factory=list[Rows])
    _cues: list[int] = field(default_factory=list[int])
    _raw: list[bytes] = field(default_factory=list[bytes])
    _plain: bool = True
    _count: int = 0

    def __len__(self) -> int:
        return self._count + len(self._cues)

    def add(self, cue: int, raw: bytes) -> None:
        """Take one value."""
        self._cues.append(cue)
        self._raw.append(raw)

    def add_all(self, data: bytes | memoryview, spans: Rows) -> None:
        """Take values that are in `data`; the tag of each is its cue."""
        self._count += len(spans)
        reader = self.reader
        if reader is None:
            self._parts.append((spans["tag"].astype(np.int32), np.empty(0)))
            return
        read = numbers(data, spans, reader.skip, ratios=reader.ratios)
        self._parts.append((spans["tag"].astype(np.int32), reader.values(read)))
        if reader.multiples_from is not None:
            self.rescaled |= bool(reader.rescales(read).any())
        if self.may_be_text:
            self._spans.append(spans.copy())
            self._plain &= bool(read.plain.all())

    def mark(self, known: Mask) -> None:
        """Mark the cues in which it occurs."""
        for cues, _ in self._parts:
            known[_stretch(cues)] = True
        known[self._cues] = True

    def over(self, rows: int) -> F64:
        """
        Make a column of `rows` numbers, NaN where a cue lacks the field, and let go of what it was made of.

        To be asked for once: both together would be twice the memory.
        """
        column = np.empty(rows) if len(self) == rows else np.full(rows, np.nan)
        for cues, values in self._parts:
            column[_stretch(cues)] = values
        self._parts.clear()
        if self._cues and self.reader is not None:
            meaning = {text: self.reader.read(text) for text in set(self._raw)}
            column[self._cues] = [meaning[text] for text in self._raw]
        return column

    def is_rescaled(self) -> bool:
        """Whether any value without a point was taken as a multiple."""
        reader = self.reader
        return self.rescaled or (reader is not None and any(reader.rescales_text(t) for t in set(self._raw)))

    def text_or_numbers(self, data: bytes | memoryview, rows: int) -> pa.Array[Any]:
        """Make a column of a field nobody here knows: numbers where all of it is numbers, text otherwise."""
        if self._plain and all(number(text) == number(text) for text in set(self._raw)):
            self._spans.clear()
            return pa.array(self.over(rows))
        sizes, known = np.zeros(rows, np.int32), np.zeros(rows, np.bool_)
        for spans in self._spans:
            sizes[_stretch(spans["tag"])] = spans["length"]
        sizes[self._cues] = [len(text) for text in self._raw]
        self.mark(known)
        ends = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        octets = self._octets(data, ends)
        self._parts.clear()
        self._spans.clear()
        if ends[-1] > np.iinfo(np.int32).max or octets.max(initial=0) >= 0x80:
            pairs = zip(ends[:-1].tolist(), ends[1:].tolist(), known.tolist(), strict=True)
            texts = [decoded(octets[b:e].tobytes()) if there else None for b, e, there in pairs]
            return pa.array(texts, pa.string())
        return texts_of(known, ends.astype(np.int32), octets)

    def _octets(self, data: bytes | memoryview, ends: I64) -> NDArray[np.uint8]:
        """Bring the texts together, cue by cue."""
        octets = np.empty(int(ends[-1]), np.uint8)
        whole = np.frombuffer(data, np.uint8)
        for spans in self._spans:
            begins, lengths = np.ascontiguousarray(spans["begin"]), np.ascontiguousarray(spans["length"])
            copied(whole, begins, lengths, octets, ends[spans["tag"]])
            let_go(whole)
        for cue, text in zip(self._cues, self._raw, strict=True):
            octets[ends[cue] : ends[cue] + len(text)] = np.frombuffer(text, np.uint8)
        return octets


def _stretch(cues: I32) -> I32 | slice:
    """Say the same rows as a slice where there is one: that is far quicker."""
    first, last = int(cues[0]), int(cues[-1])
    return slice(first, last + 1) if last - first + 1 == len(cues) else cues


@dataclass(frozen=True, slots=True)
class Positions:
    """
    Tuples of coordinates as they stand: which of the two is the latitude is not known yet.

    Args:
        cues: in which each is.
        labels: of each.
        first, second, third: the numbers, NaN where there is none.
        has_third: whether there is a third number.
        counts: whether the third can be a count of satellites: a whole number, and not too large.
        suffix: whether the third number has a unit.
    """

    cues: I32
    labels: NDArray[np.int32]
    first: F64
    second: F64
    third: F64
    has_third: Mask
    counts: Mask
    suffix: Mask

    def __len__(self) -> int:
        return len(self.cues)

    @property
    def home(self) -> Mask:
        """Which are of the home point."""
        return self.labels == HOME

    def spread(self, values: F64, which: Mask, rows: int) -> F64:
        """Make a column of `rows` numbers of some of them, NaN where a cue has none."""
        column = np.full(rows, np.nan)
        column[self.cues[which]] = values[which]
        return column


@dataclass(slots=True)
class Gathered:
    """Positions while they are gathered."""

    parts: list[Positions] = field(default_factory=list[Positions])
    single: list[tuple[int, int, tuple[bytes, bytes, bytes | None], bool]] = field(
        default_factory=list[tuple[int, int, tuple[bytes, bytes, bytes | None], bool]]
    )

    def add_all(self, data: bytes | memoryview, places: Rows) -> None:
        """Take positions that are in `data`."""
        if not len(places):
            return
        first, second, third = (_numbers(data, places, which) for which in range(3))
        has_third = places["length"][:, 2] > 0
        counts = has_third & third.has(DIGITS) & (np.nan_to_num(third.values, nan=np.inf) <= MOST_SATELLITES)
        cues, labels, suffix = np.array(places["cue"]), np.array(places["label"]), places["suffix"] != 0
        self.parts.append(Positions(cues, labels, first.values, second.values, third.values, has_third, counts, suffix))

    def all(self) -> Positions:
        """Give all of them, in the order of their cues."""
        parts = [*self.parts, self._single()]
        whole = [np.concatenate([getattr(part, name) for part in parts]) for name in Positions.__slots__]
        order = np.argsort(whole[0], kind="stable")
        cues, labels, first, second, third, has_third, counts, suffix = (column[order] for column in whole)
        return Positions(cues, labels, first, second, third, has_third, counts, suffix)

    def _single(self) -> Positions:
        texts = [texts for _, _, texts, _ in self.single]
        first, second, third = (np.array([number(t[which] or b"") for t in texts], np.float64) for which in range(3))
        counts = [t is not None and t.isdigit() and number(t) <= MOST_SATELLITES for _, _, t in texts]
        return Positions(
            np.array([cue for cue, *_ in self.single], np.int32),
            np.array([label for _, label, *_ in self.single], np.int32),
            first,
            second,
            third,
            np.array([t is not None for _, _, t in texts], np.bool_),
            np.array(counts, np.bool_),
            np.array([suffix for *_, suffix in self.single], np.bool_),
        )


def _numbers(data: bytes | memoryview, places: Rows, which: int) -> Numbers:
    spans = np.empty(len(places), SPAN)
    spans["begin"], spans["length"], spans["tag"] = places["begin"][:, which], places["length"][:, which], 0
    return numbers(data, spans)


def _midnights(days: I32) -> I64:
    """Give midnight of days written as one number, in microseconds since 1970; the end of time where there is none."""
    distinct, which = (
        (days[:1], np.zeros(1, np.int64)) if (days == days[0]).all() else np.unique(days, return_inverse=True)
    )
    found = (ordinal(day // 10000, day // 100 % 100, day % 100) for day in distinct.tolist())
    return np.array([end_us() if us is None else us for us in found], np.int64)[which]


@dataclass(slots=True)
class Walls:
    """Dates and times while they are gathered."""

    parts: list[tuple[I64, I64]] = field(default_factory=list[tuple[I64, I64]])
    cues: list[int] = field(default_factory=list[int])
    single: list[int | None] = field(default_factory=list[int | None])

    def __len__(self) -> int:
        return sum(len(cues) for cues, _ in self.parts) + len(self.cues)

    def add(self, cue: int, parts: Sequence[bytes]) -> None:
        """Take one: year, month, day, hour, minute, second and what is behind them."""
        self.cues.append(cue)
        self.single.append(microseconds(parts))

    def add_all(self, walls: Rows) -> None:
        """Take those of a batch."""
        if not len(walls):
            return
        midnight = _midnights(walls["day"])
        us = np.where(walls["us"] >= 0, midnight + walls["us"], end_us())
        self.parts.append((walls["cue"].astype(np.int64), us))

    def mark(self, known: Mask) -> None:
        """Mark the cues that have one."""
        for cues, _ in self.parts:
            known[cues] = True
        known[self.cues] = True

    def clocks(self, rows: int) -> tuple[I64, Mask]:
        """Give microseconds since 1970 as the local clock counts them for each cue, and where they are known."""
        clocks = np.full(rows, end_us(), np.int64)
        for cues, us in self.parts:
            clocks[cues] = us
        for cue, us in zip(self.cues, self.single, strict=True):
            clocks[cue] = end_us() if us is None else us
        known = clocks < end_us()
        return np.where(known, clocks, 0), known
