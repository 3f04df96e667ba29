"""Texts of date and time as XML writes them (XML Schema part 2, 3.2.7), as microseconds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from groundside.decode.xml_scan.texts import Texts, joined
from groundside.native import xml

_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
_ANY = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?\s*([Zz]|[+-]\d\d:?\d\d)?\s*"
)
_EPOCH = date(1970, 1, 1).toordinal()
_FARTHEST_ZONE_MIN = 14 * 60


@dataclass(frozen=True, slots=True)
class Instants:
    """
    Times of rows.

    Args:
        time_us: microseconds since 1970, of UTC where `zoned`, else of a wall clock; 0 where not `known`.
        known: which texts are a time.
        zoned: which of them state their zone.
    """

    time_us: NDArray[np.int64]
    known: NDArray[np.bool_]
    zoned: NDArray[np.bool_]


def instants_of(texts: Texts | Sequence[str | None]) -> Instants:
    """Read texts of date and time; a second of 60 counts as the first of the next minute."""
    whole = texts if isinstance(texts, Texts) else joined(texts)
    at_once = xml.instants(whole.data, whole.spans) if whole is not None and len(whole) else None
    if at_once is not None:
        return _all_zoned(at_once)
    return _one_by_one(texts.strings if isinstance(texts, Texts) else texts)


def _one_by_one(texts: Sequence[str | None]) -> Instants:
    usual = _all_usual(texts)
    if usual is not None:
        return _all_zoned(usual)
    read = [_read(text) for text in texts]
    times = np.array([r[0] if r else 0 for r in read], np.int64)
    return Instants(
        times, np.array([r is not None for r in read], np.bool_), np.array([bool(r and r[1]) for r in read])
    )


def _all_zoned(time_us: NDArray[np.int64]) -> Instants:
    yes = np.ones(len(time_us), np.bool_)
    return Instants(time_us, yes, yes.copy())


def _all_usual(texts: Sequence[str | None]) -> NDArray[np.int64] | None:
    if not texts or not all(text is not None and _USUAL.fullmatch(text) for text in texts):
        return None
    try:
        return np.array([text[:-1] for text in texts if text], "datetime64[us]").astype(np.int64)
    except ValueError:
        return None


def _read(text: str | None) -> tuple[int, bool] | None:
    found = _ANY.fullmatch(text) if text else None
    if found is None:
        return None
    year, month, day, hour, minute = (int(found[k]) for k in range(1, 6))
    second, zone = int(found[6] or 0), found[8]
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    ahead = _minutes(zone)
    if hour > 24 or minute > 59 or second > 60 or abs(ahead) > _FARTHEST_ZONE_MIN:
        return None
    micros = int((found[7] or "").ljust(6, "0")[:6])
    return (((days * 24 + hour) * 60 + minute - ahead) * 60 + second) * 1_000_000 + micros, zone is not None


def _minutes(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return -minutes if zone[0] == "-" else minutes
