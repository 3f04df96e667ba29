"""Decide, once for a whole file, which number of its coordinate tuples is the latitude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from groundside.decode.formats.dji_srt.columns import BARE, Positions
from groundside.decode.formats.dji_srt.found import Scan

_POLE = 90.0

Basis = Literal["named", "values", "writing", "assumed", "none"]


@dataclass(frozen=True, slots=True)
class Order:
    """
    Which number of a coordinate tuple is which, and how that is known.

    Args:
        lon_first: the first number is the longitude.
        basis: "named": every position carries its name; "values": a number past 90 cannot be a latitude;
            "writing": the way this family of models writes; "assumed": nothing tells; "none": no positions.
        inferences: one sentence for each step.
    """

    lon_first: bool
    basis: Basis
    inferences: tuple[str, ...] = ()


def infer_order(found: Scan) -> Order:
    """
    Decide the order of all tuples of a file.

    The values decide where they can. Where they cannot, the way of writing does: public subtitles of the
    Matrice 300 with XT2 ("0.0M" in the tuple; second numbers of 170 to 174 and -122) and of the Avata 2
    ("BAROMETER(...)"; 116) put the latitude first, those of the Mavic Pro, Mini, Phantom 4 and Inspire
    (a count of satellites) the longitude.
    """
    places = found.places
    if not len(places):
        return Order(True, "named" if "latitude" in found.fields else "none")
    past_first, past_second = (int(np.sum(np.abs(column) > _POLE)) for column in (places.first, places.second))
    writing = _by_writing(found)
    if bool(past_first) == bool(past_second):
        return _without_values(writing, past_first)
    lon_first = past_first > 0
    said = f"Order {_said(lon_first)}: {past_first or past_second} numbers past 90 cannot be latitudes."
    if writing is not None and writing[0] != lon_first:
        said += f" The way of writing ({writing[1]}) would have said otherwise."
    return Order(lon_first, "values", (said,))


def _without_values(writing: tuple[bool, str] | None, contradictions: int) -> Order:
    why = "both numbers pass 90 somewhere in the file" if contradictions else "no number passes 90"
    if writing is None:
        what = f"Order longitude, latitude is assumed and ambiguous: {why}, and the way of writing is not known."
        return Order(True, "assumed", (what,))
    lon_first, which = writing
    what = f"Order {_said(lon_first)}, from the way of writing ({which}); ambiguous by the values alone: {why}."
    return Order(lon_first, "writing", (what,))


def _by_writing(found: Scan) -> tuple[bool, str] | None:
    fixes = ~found.places.home
    if found.places.suffix[fixes].any():
        return False, "the third number carries a unit, as Matrice 300 writes"
    if found.barometer_in_parentheses:
        return False, "BAROMETER(...) in parentheses, as Avata 2 writes"
    if "shutter_denominator" in found.fields and "fnum" in found.fields:
        return True, "a line of camera settings, as Mavic Pro, Mini, Phantom 4 and Inspire write"
    if (found.places.labels == BARE).any():
        return True, "three bare numbers, as old models write"
    if fixes.any() and counts_satellites(found.places):
        return True, "the third number is a small whole number, as Mavic Pro writes"
    return None


def counts_satellites(places: Positions) -> bool:
    """Whether the third number of every position is a whole number that can be a count of satellites."""
    fixes = ~places.home
    thirds = fixes & places.has_third
    return bool(thirds.any() and places.counts[thirds].all() and not places.suffix[fixes].any())


def _said(lon_first: bool) -> str:
    return "longitude, latitude" if lon_first else "latitude, longitude"
