"""
Times and places of a timed track, which stand in two lists: the first time belongs to the first place.

Where one of the lists is damaged, all behind the damage would be shifted against the other. So pairs are counted from
the front up to the first break and from the back down to the last, and what lies between is left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groundside.decode.xml_scan import Texts, instants_of, strings_of

I64 = NDArray[np.int64]
_RARE = 2
_FEW = 8
_MOST = 0.9
_ALTERNATING = 1


@dataclass(slots=True, eq=False)
class Pieces:
    """Texts in order, some of which still stand in the document: they become strings when they are asked for."""

    parts: list[Texts | list[str]] = field(default_factory=list[Texts | list[str]])

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pieces) and self.strings == other.strings

    def append(self, text: str) -> None:
        """Add one."""
        if not self.parts or isinstance(self.parts[-1], Texts):
            self.parts.append([])
        last = self.parts[-1]
        if isinstance(last, list):
            last.append(text)

    def extend(self, texts: Texts | list[str]) -> None:
        """Add several."""
        self.parts.append(texts)

    @property
    def strings(self) -> list[str]:
        """All of them."""
        return [text for part in self.parts for text in strings_of(part)]


@dataclass(slots=True)
class TimedTrack:
    """
    A `gx:Track` as it was gathered.

    Args:
        offset: where it starts.
        head_lost, tail_lost: whether its first or last elements may be missing.
        whens, coords, angles, arrays: texts in order; `offsets` are those of the places.
        mode: how its heights are meant.
        tears: how many times and places there were at each break.
        first_place_at: how many times stood before the first place; `before`: before each.
        suspects: how many times and places there were at each element that no track has.
        is_over: whether its values began, which stand behind all times and places.
        values_torn: whether something broke among its values.
    """

    offset: int
    head_lost: bool = False
    tail_lost: bool = False
    whens: list[str] = field(default_factory=list[str])
    coords: list[str] = field(default_factory=list[str])
    offsets: list[int] = field(default_factory=list[int])
    angles: list[str] = field(default_factory=list[str])
    arrays: dict[str, Pieces] = field(default_factory=dict[str, "Pieces"])
    mode: str = ""
    tears: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    first_place_at: int = 0
    before: list[int] = field(default_factory=list[int])
    suspects: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    is_over: bool = False
    values_torn: bool = False

    @property
    def is_behind_times(self) -> bool:
        """Whether the list of times is over: places came behind several times, and did not alternate with them."""
        return self.first_place_at > _ALTERNATING + bool(self.tears)

    @property
    def whole(self) -> bool:
        """Whether nothing of it is missing."""
        return not (self.tears or self.head_lost or self.tail_lost) and len(self.whens) == len(self.coords)

    @property
    def head_torn(self) -> bool:
        """Whether what stands before its times and places may be missing."""
        return self.head_lost or (0, 0) in self.tears

    def array(self, name: str) -> Pieces:
        """Give the list of one named array of values, the first of which ends the lists of times and places."""
        if not self.is_over:
            self.tail_lost |= (len(self.whens), len(self.coords)) in self.tears
            self.is_over = True
        return self.arrays.setdefault(name, Pieces())

    def place(self, text: str, offset: int) -> None:
        """Add a place."""
        if not self.coords:
            self.first_place_at = len(self.whens)
        self.coords.append(text)
        self.offsets.append(offset)
        self.before.append(len(self.whens))

    def suspect(self) -> None:
        """Note an element that is strange here."""
        self.suspects.append((len(self.whens), len(self.coords)))

    def tear(self) -> None:
        """Note a break here, or that something stands here which does not belong among the values."""
        if self.is_over:
            self.values_torn = True
        else:
            self.tears.append((len(self.whens), len(self.coords)))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which time goes with which place, by index, in order; and how many places have none."""

    whens: I64
    coords: I64
    lost: int


@dataclass(slots=True)
class _Breaks:
    """Indices before which something may be missing, in each list; `bad` elements are themselves damaged."""

    whens: set[int] = field(default_factory=set[int])
    coords: set[int] = field(default_factory=set[int])
    bad_whens: set[int] = field(default_factory=set[int])
    bad_coords: set[int] = field(default_factory=set[int])


def pairs_of(track: TimedTrack) -> Pairs:
    """Pair the times of a track with its places, as far as that is certain."""
    whens, coords = len(track.whens), len(track.coords)
    if track.whole:
        both = np.arange(coords, dtype=np.int64)
        return Pairs(both, both, 0)
    if _alternates(track):
        return _neighbours(track)
    breaks = _breaks(track)
    front = 0 if track.head_lost else min([whens, coords, *breaks.whens, *breaks.coords])
    back = 0 if track.tail_lost else min([whens, coords, *(whens - k for k in breaks.whens)])
    back = min([back, *(coords - k for k in breaks.coords)])
    if not (breaks.whens or breaks.coords or track.head_lost or track.tail_lost):
        front = front if whens == coords else 0
        back = 0
    back = min(back, whens - front, coords - front)
    rows = np.concatenate([np.arange(front), np.arange(-back, 0)]).astype(np.int64)
    good = np.array([int(r) % max(whens, 1) not in breaks.bad_whens for r in rows], np.bool_)
    good &= np.array([int(r) % max(coords, 1) not in breaks.bad_coords for r in rows], np.bool_)
    rows = rows[good]
    return Pairs(rows % max(whens, 1), rows % max(coords, 1), max(whens, coords) - len(rows))


def _alternates(track: TimedTrack) -> bool:
    """Whether most places stand right behind a time of their own."""
    steps = np.diff(track.before, prepend=0)
    return len(steps) > 1 and float((steps == 1).mean()) > _MOST


def _neighbours(track: TimedTrack) -> Pairs:
    """Pair each place with the time right before it, where nothing broke between the two."""
    torn = set(track.tears)
    steps = np.diff(track.before, prepend=0)
    good = [k for k, n in enumerate(track.before) if steps[k] > 0 and (n, k) not in torn]
    whens = np.array([track.before[k] - 1 for k in good], np.int64)
    return Pairs(whens, np.array(good, np.int64), max(len(track.whens), len(track.coords)) - len(good))


def _breaks(track: TimedTrack) -> _Breaks:
    """
    Say where each list may miss elements.

    Where times stand before places, a break among times is none among places, but for one on the border of both. Where
    elements are missing and a place or a time looks unlike all others, two may have been run into one.
    """
    breaks = _Breaks()
    ends = (len(track.whens), len(track.coords))
    for at in [*(at for at in track.tears if at != ends or track.tail_lost), *track.suspects]:
        among_times = track.is_behind_times and not at[1]
        if not (track.is_behind_times and at[1]):
            breaks.whens.add(at[0])
        if not among_times or at[0] == ends[0]:
            breaks.coords.add(at[1])
    _add_odd(breaks.whens, breaks.bad_whens, track.whens)
    _add_odd(breaks.coords, breaks.bad_coords, track.coords)
    if not (breaks.whens or breaks.coords or track.head_lost or track.tail_lost):
        long = _long_steps(track.whens, ends[1] - ends[0])
        breaks.whens |= set(long if len(long) == 1 else ())
    return breaks


def _add_odd(breaks: set[int], bad: set[int], texts: list[str]) -> None:
    """Add the elements that look unlike the others, if they are but a few."""
    odd = _odd_ones(texts)
    if len(odd) <= _FEW:
        bad.update(odd)
        breaks.update(k for at in odd for k in (at, at + 1))


def _odd_ones(texts: list[str]) -> list[int]:
    shapes = [tuple((len(part), len(part.partition(".")[2])) for part in text.split()) for text in texts]
    counts = Counter(shapes)
    return [k for k, shape in enumerate(shapes) if counts[shape] < _RARE]


def _long_steps(whens: list[str], missing: int) -> list[int]:
    read = instants_of(whens)
    if len(whens) < 3 or not read.known.all():
        return np.flatnonzero(~read.known).tolist()
    steps = np.diff(read.time_us)
    usual = float(np.median(steps))
    return (np.flatnonzero(np.abs(steps / max(usual, 1.0) - (missing + 1)) < 0.5) + 1).tolist()
