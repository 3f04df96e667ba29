"""Which flights a cut may tell of, in as little as is needed to say that it does not."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, and_, bindparam, case, func, or_, select

from groundside.keep import schema
from groundside.keep.canonical import noun
from groundside.keep.connection import by_hundreds, within
from groundside.keep.flights import FlightReads
from groundside.keep.path_heads import VERSION, version_of
from groundside.keep.rows import Box
from groundside.model.caller import Scope
from groundside.model.flight import Cut, Flight
from groundside.model.recording import TimeBasis

if TYPE_CHECKING:
    from groundside.native.outlines import Outline

_F, _P, _D, _O = schema.flight, schema.track_path, schema.derived_object, schema.original
_S, _R = schema.flight_source, schema.reading
AROUND_DEG = 0.05
"""Two sources of one flight lie in bounds that touch; this much is allowed for a home point that stands for a track."""
_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A flight, as far as its columns tell.

    Args:
        id: of the flight.
        start_us: UTC of the start of its recording, None where unknown.
        length_s: of the recording; None where unknown.
        bench: nothing flew.
        box: bounds of its track, else its home point; None where no position is known.
        local_start: its wall clock, of those whose UTC is unknown; empty where there is none.
        time_basis: of its clock.
        error_s: how far that may be off; None where unknown.
        track_object: the vault's id of its track; None where it has none.
    """

    id: str
    start_us: int | None
    length_s: float | None
    bench: bool
    box: Box | None
    local_start: str = ""
    time_basis: TimeBasis = TimeBasis.NONE
    error_s: float | None = None
    track_object: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """
    What all sources of a flight tell of it together, as far as another cut is compared with it.

    Args:
        id: of the flight.
        summary: of it.
        track_object: the vault's id of its track; None where it has none.
        format: of the source whose track that is; empty where there is none.
        originals: ids of all of its sources.
    """

    id: str
    summary: Cut
    track_object: str | None
    format: str
    originals: frozenset[str]


@dataclass(frozen=True, slots=True)
class About:
    """
    When a recording was, and where: what another must be like to be of the same flight.

    Args:
        from_us, to_us: UTC of its begin and end.
        margin_us: clocks may be this far apart.
        zones_us: clocks may be this far apart where the two are equally long and near.
        length_s: of it; None where unknown.
        as_long_s: lengths that differ by no more are equal.
        box: where; None where unknown.
    """

    from_us: int
    to_us: int
    margin_us: int
    zones_us: int
    length_s: float | None
    as_long_s: float
    box: Box | None


class CandidateReads(FlightReads):
    """Questions about flights that a cut may tell of."""

    def flights_named(self, flight_ids: Sequence[str], scope: Scope) -> list[Flight]:
        """Get flights by their ids, in that order; those that are not in this scope are left out."""
        found: dict[str, Flight] = {}
        for some in by_hundreds(flight_ids):
            rows = self.connection.execute(select(_F).where(_F.c.id.in_(some), within(_F.c.case_name, scope)))
            found |= {each.id: each for each in self.flights_of_rows(rows)}
        return [found[each] for each in flight_ids if each in found]

    def told_of(self, flight_ids: Sequence[str], scope: Scope) -> list[Told]:
        """Say what some flights are compared by, in that order; those that are not in this scope are left out."""
        query = _TOLD if scope.cases is None else _TOLD.where(within(_F.c.case_name, scope))
        found: dict[str, Told] = {}
        for some in by_hundreds(flight_ids):
            rows = self.connection.execute(query, {"ids": [*some]})
            for _, sources in groupby(rows, lambda row: row.id):
                told = _told([*sources])
                found[told.id] = told
        return [found[each] for each in flight_ids if each in found]

    def candidates_by_time(self, from_us: int, to_us: int, near: Box | None, scope: Scope) -> list[Candidate]:
        """
        List flights of known UTC that were being recorded between two moments, in order of their start.

        Args:
            from_us, to_us: the moments.
            near: bounds of a track; flights whose own tracks do not touch it are left out. None for flights anywhere.
            scope: what the caller may see.
        """
        told = {"from_us": from_us, "to_us": to_us, **_sides(near)}
        query = _BY_TIME if near is None else _BY_TIME_NEAR
        query = query if scope.cases is None else query.where(within(_F.c.case_name, scope))
        return [_candidate(r, "") for r in self.connection.execute(query, told)]

    def candidates_about(self, about: About, scope: Scope) -> list[Candidate]:
        """List flights of known UTC recorded at about the same time, or as long, near, and hours apart at the most."""
        query = _ABOUT_ANYWHERE if about.box is None else _ABOUT
        query = query if scope.cases is None else query.where(within(_F.c.case_name, scope))
        told: dict[str, object] = {
            "from_us": about.from_us - about.zones_us,
            "to_us": about.to_us + about.zones_us,
            "begins": about.from_us - about.margin_us,
            "ends": about.to_us + about.margin_us,
            "shortest_s": None if about.length_s is None else about.length_s - about.as_long_s,
            "longest_s": None if about.length_s is None else about.length_s + about.as_long_s,
        }
        return [_candidate(r, "") for r in self.connection.execute(query, told | _sides(about.box))]

    def outlines_of(self, track_objects: Sequence[str], scope: Scope) -> dict[str, tuple[Outline, bool]]:
        """Get outlines of tracks, and whether their clocks are UTC; those of which none is kept are left out."""
        from groundside.keep.paths import outlined  # late: it works with numbers

        found: dict[str, tuple[Outline, bool]] = {}
        made_of = _P.join(_D, _D.c.object_id == _P.c.track_object).join(_O, _O.c.id == _D.c.original_id)
        query = select(_P.c.track_object, _P.c.path).select_from(made_of).where(within(_O.c.case_name, scope))
        for some in by_hundreds(track_objects):
            for name, path in self.connection.execute(query.where(_P.c.track_object.in_(some))):
                if version_of(path) == VERSION and (outline := outlined(path)):
                    found[str(name)] = outline
        return found

    def candidates_named(self, flight_ids: Sequence[str], scope: Scope) -> list[Candidate]:
        """List flights by their ids, in any order; those that are not in this scope are left out."""
        found: list[Candidate] = []
        for some in by_hundreds(flight_ids):
            query = select(*_COLUMNS, _SAID).where(_F.c.id.in_(some), within(_F.c.case_name, scope))
            found += [_candidate(r, _wall(r.summary)) for r in self.connection.execute(query)]
        return found

    def candidates_by_place(self, near: Box | None, scope: Scope, *, without_utc: bool, most: int) -> list[Candidate]:
        """
        List flights whose bounds touch some bounds, the latest first.

        Args:
            near: the bounds; None gives none.
            scope: what the caller may see.
            without_utc: only those of unknown UTC.
            most: no more than this many.
        """
        if near is None:
            return []
        query = _WITHOUT_UTC if without_utc else _BY_PLACE
        query = query if scope.cases is None else query.where(within(_F.c.case_name, scope))
        rows = self.connection.execute(query, {**_sides(near), "most": most})
        return [_candidate(r, _wall(r.summary)) for r in rows]


def latest_first(each: Candidate) -> tuple[bool, int, str]:
    """Give the order in which flights at a place are listed; those of unknown UTC come last."""
    return each.start_us is None, -(each.start_us or 0), each.id


def touch(a: Box, b: Box) -> bool:
    """Whether bounds come as near each other as those of two sources of one flight do."""
    return (
        a.min_lat <= b.max_lat + AROUND_DEG
        and a.max_lat >= b.min_lat - AROUND_DEG
        and a.min_lon <= b.max_lon + AROUND_DEG
        and a.max_lon >= b.min_lon - AROUND_DEG
    )


def _sides(box: Box | None) -> dict[str, object]:
    return {} if box is None else {
        "east": box.max_lon, "north": box.max_lat, "west": box.min_lon, "south": box.min_lat,
    }  # fmt: skip


def _candidate(row: Sequence[Any], wall: str) -> Candidate:
    flight_id, start_us, length_s, bench, *sides, basis, error_s, track = row[:_KNOWN]
    box = None if None in sides else Box(*sides)
    return Candidate(flight_id, start_us, length_s, bench, box, wall, _BASES[basis], error_s, track)


def _told(sources: Sequence[Any]) -> Told:
    first = sources[0]
    chosen = next((each.format or "" for each in sources if each.chosen), "")
    originals = frozenset(each.original_id for each in sources if each.original_id is not None)
    return Told(first.id, noun(Cut, first.summary), first.track_object, chosen, originals)


def _wall(summary: str | None) -> str:
    """Read the wall clock out of a summary; what lies within another text has its quotes escaped, and is not found."""
    found = _LOCAL_START.search(summary or "")
    if found is None:
        return ""
    return found[1] if "\\" not in found[1] else str(json.loads(summary or "{}").get("local_start") or "")


_LOCAL_START = re.compile(r'"local_start":\s*"((?:[^"\\]|\\.)*)"')
_BASES = {each.value: each for each in TimeBasis}
_BOX = (_F.c.min_lon, _F.c.min_lat, _F.c.max_lon, _F.c.max_lat)
_COLUMNS = (
    *(_F.c.id, _F.c.recording_start_us, _F.c.recording_s, _F.c.bench),
    *_BOX,
    *(_F.c.time_basis, _F.c.time_error_s, _F.c.track_object),
)
_KNOWN = len(_COLUMNS)
_TOLD = (
    select(_F.c.id, _F.c.summary, _F.c.track_object, _S.c.original_id, _S.c.chosen, _R.c.format)
    .select_from(_F.outerjoin(_S, _S.c.flight_id == _F.c.id).outerjoin(_R, _R.c.original_id == _S.c.original_id))
    .where(_F.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_F.c.id)
)
_LONGEST_US = func.coalesce(select(func.max(_F.c.recording_s)).scalar_subquery(), 0.0) * _SECOND_US
_BY_TIME = (
    select(*_COLUMNS)
    .where(
        _F.c.merged_into.is_(None),
        _F.c.recording_start_us <= bindparam("to_us"),
        _F.c.recording_start_us >= bindparam("from_us") - _LONGEST_US - 1,  # lets the index end the walk
        _F.c.recording_start_us + func.coalesce(_F.c.recording_s, 0.0) * _SECOND_US >= bindparam("from_us"),
    )
    .order_by(_F.c.recording_start_us, _F.c.id)
)
_TOUCHING = (
    _F.c.merged_into.is_(None),
    _F.c.min_lat <= bindparam("north") + AROUND_DEG,
    _F.c.max_lat >= bindparam("south") - AROUND_DEG,
    _F.c.min_lon <= bindparam("east") + AROUND_DEG,
    _F.c.max_lon >= bindparam("west") - AROUND_DEG,
)
_SINCE, _LENGTH = _F.c.recording_start_us, _F.c.recording_s
_MEANWHILE = and_(bindparam("ends") >= _SINCE, _SINCE + func.coalesce(_LENGTH, 0.0) * _SECOND_US >= bindparam("begins"))
_AS_LONG = and_(
    bindparam("shortest_s", type_=Float) <= _LENGTH,
    bindparam("longest_s", type_=Float) >= _LENGTH,
    bindparam("to_us") >= _SINCE,
)
_BY_TIME_NEAR = _BY_TIME.where(or_(_F.c.track_object.is_(None), _F.c.min_lat.is_(None), and_(*_TOUCHING[1:])))
_ABOUT_ANYWHERE = _BY_TIME.where(or_(_MEANWHILE, _AS_LONG))
_ABOUT = _BY_TIME.where(or_(_MEANWHILE, and_(_AS_LONG, or_(_F.c.min_lat.is_(None), and_(*_TOUCHING[1:])))))
_SAID = case((_SINCE.is_(None), _F.c.summary)).label("summary")  # a wall clock matters only where UTC is unknown
_BY_PLACE = (
    select(*_COLUMNS, _SAID)
    .where(*_TOUCHING)
    .order_by(_F.c.recording_start_us.desc().nulls_last(), _F.c.id)
    .limit(bindparam("most"))
)
_WITHOUT_UTC = (
    select(*_COLUMNS, _F.c.summary)
    .where(_F.c.recording_start_us.is_(None), *_TOUCHING)
    .order_by(_F.c.id)
    .limit(bindparam("most"))
)
