"""
Which mark of an RTK aircraft's exposure file (.MRK) is of which photo.

Experimental: no real file of marks with its photos was at hand. Numbers in names count through a card, those of marks
from 1 with each flight: how far they are apart is found from where and when photos were taken, and never assumed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundside.model.place import LonLat
from groundside.reference.geodesy import distances_m

NEAR_M = 10.0
"""A photo's own position, of a receiver that may have had no corrections, lies so near to its mark."""
NEAR_S = 2.0
"""Whole seconds of the camera's clock, and what passes between the shutter and the file."""
LEAST = 3
"""So many photos must fit at one difference of numbers: fewer do by chance, where marks lie close together."""
_RIVAL_SHARE = 0.9
_NUMBER = re.compile(r"(?:^|[_-])(\d{4,5})(?:_[A-Z]{1,4}){0,2}(?:\.[A-Za-z]{2,5})?$")


@dataclass(frozen=True, slots=True)
class Mark:
    """
    One exposure.

    Args:
        sequence: its number in the file.
        utc_us: None where the file names no GPS week.
        place: of the camera: the offset from the antenna is contained in it.
        ellipsoid_m: height above the ellipsoid.
        std_m: one standard deviation to north, east and up.
        arm_m: from the antenna to the camera: north, east, down.
        quality: as the file numbers it: 50 fixed, 34 float, 16 single.
    """

    sequence: int
    utc_us: int | None
    place: LonLat
    ellipsoid_m: float
    std_m: tuple[float, float, float]
    arm_m: tuple[float, float, float]
    quality: int


@dataclass(frozen=True, slots=True)
class Shot:
    """
    What of a photo tells its mark.

    Args:
        name: of its file.
        utc_us: None where unknown.
        place: as the photo itself says; None where it does not.
    """

    name: str
    utc_us: int | None
    place: LonLat | None


def number_of(name: str) -> int | None:
    """
    Give the number at the end of a photo's name.

    >>> number_of("DJI_0017.JPG"), number_of("100_0003_0142.JPG"), number_of("DJI_20260501101500_0007_V.JPG")
    (17, 142, 7)
    >>> number_of("IMG.JPG") is None
    True
    """
    found = _NUMBER.search(name)
    return int(found[1]) if found else None


def matched(shots: Sequence[Shot], marks: Sequence[Mark]) -> dict[int, Mark]:
    """
    Find the mark of each photo.

    Args:
        shots: photos of one folder.
        marks: of one file.

    Returns:
        By the place of the photo in `shots`; empty where the evidence is not enough, or leaves it open which difference
        of numbers is right.
    """
    by_number = {mark.sequence: mark for mark in marks}
    if len(by_number) < len(marks):
        return {}
    fits = [(i, number, mark) for i, number, mark in _pairs(shots, marks) if _fit(shots[i], mark)]
    votes = Counter(number - mark.sequence for _, number, mark in fits).most_common(2)
    if not votes or votes[0][1] < LEAST or (len(votes) > 1 and votes[1][1] > _RIVAL_SHARE * votes[0][1]):
        return {}
    apart = votes[0][0]
    return {i: mark for i, number, mark in fits if number - mark.sequence == apart}


def _pairs(shots: Sequence[Shot], marks: Sequence[Mark]) -> Iterator[tuple[int, int, Mark]]:
    """Give photos with marks that may be theirs: those near to where it was taken, or all where it does not say."""
    lon, lat = [mark.place.lon for mark in marks], [mark.place.lat for mark in marks]
    for i, shot in enumerate(shots):
        number = number_of(shot.name)
        if number is None:
            continue
        if shot.place is None:
            yield from ((i, number, mark) for mark in marks)
            continue
        away = distances_m(shot.place, lon, lat)
        yield from ((i, number, mark) for mark, far in zip(marks, away.tolist(), strict=True) if far <= NEAR_M)


def _fit(shot: Shot, mark: Mark) -> bool:
    """Whether when a photo was taken agrees with a mark; one that says neither when nor where tells nothing."""
    if shot.utc_us is None or mark.utc_us is None:
        return shot.place is not None
    return abs(shot.utc_us - mark.utc_us) <= NEAR_S * 1e6
