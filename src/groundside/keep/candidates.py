"""Which flights a cut may tell of, in as little as is needed to say that it does not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from groundside.keep import schema
from groundside.keep.connection import by_hundreds, within
from groundside.keep.flights import FlightReads
from groundside.keep.rows import Box
from groundside.model.caller import Scope
from groundside.model.flight import Flight

_F = schema.flight
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
    """

    id: str
    start_us: int | None
    length_s: float | None
    bench: bool
    box: Box | None
    local_start: str = ""


class CandidateReads(FlightReads):
    """Questions about flights that a cut may tell of."""

    def flights_named(self, flight_ids: Sequence[str], scope: Scope) -> list[Flight]:
        """Get flights by their ids, in that order; those that are not in this scope are left out."""
        found: dict[str, Flight] = {}
        for some in by_hundreds(flight_ids):
            rows = self.connection.execute(select(_F).where(_F.c.id.in_(some), within(_F.c.case_name, scope)))
            found |= {each.id: each for each in self.flights_of_rows(rows)}
        return [found[each] for each in flight_ids if each in found]

    def candidates_by_time(self, from_us: int, to_us: int, scope: Scope) -> list[Candidate]:
        """List flights of known UTC that were being recorded between two moments, in order of their start."""
        told = {"from_us": from_us, "to_us": to_us}
        query = _BY_TIME if scope.cases is None else _BY_TIME.where(within(_F.c.case_name, scope))
        rows = self.connection.execute(query, told)
        return [
            Candidate(
                r.id, r.recording_start_us, r.recording_s, r.bench, _box(r.min_lon, r.min_lat, r.max_lon, r.max_lat)
            )
            for r in rows
        ]

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
        told = {"east": near.max_lon, "north": near.max_lat, "west": near.min_lon, "south": near.min_lat, "most": most}
        query = _WITHOUT_UTC if without_utc else _BY_PLACE
        query = query if scope.cases is None else query.where(within(_F.c.case_name, scope))
        rows = self.connection.execute(query, told)
        return [
            Candidate(
                r.id,
                r.recording_start_us,
                r.recording_s,
                r.bench,
                _box(r.min_lon, r.min_lat, r.max_lon, r.max_lat),
                _wall(r.summary),
            )
            for r in rows
        ]


def touch(a: Box, b: Box) -> bool:
    """Whether bounds come as near each other as those of two sources of one flight do."""
    return (
        a.min_lat <= b.max_lat + AROUND_DEG
        and a.max_lat >= b.min_lat - AROUND_DEG
        and a.min_lon <= b.max_lon + AROUND_DEG
        and a.max_lon >= b.min_lon - AROUND_DEG
    )


def _box(west: float | None, south: float | None, east: float | None, north: float | None) -> Box | None:
    return None if west is None or south is None or east is None or north is None else Box(west, south, east, north)


def _wall(summary: str | None) -> str:
    return str(json.loads(summary).get("local_start") or "") if summary else ""


_BOX = (_F.c.min_lon, _F.c.min_lat, _F.c.max_lon, _F.c.max_lat)
_COLUMNS = (_F.c.id, _F.c.recording_start_us, _F.c.recording_s, _F.c.bench, *_BOX)
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
_BY_PLACE = (
    select(*_COLUMNS, _F.c.summary)
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
