"""Flights near a place, for matching where one of two clocks is not UTC."""

from __future__ import annotations

from sqlalchemy import select, true

from groundside.keep import schema
from groundside.keep.connection import within
from groundside.keep.flights import FlightReads
from groundside.keep.rows import Box
from groundside.model.caller import Scope
from groundside.model.flight import Flight

_F = schema.flight
_AROUND_DEG = 0.05
"""Two sources of one flight lie in bounds that touch; this much is allowed for a home point that stands for a track."""


class UnclockedReads(FlightReads):
    """Questions about flights that time alone cannot find."""

    def flights_touching(self, near: Box | None, scope: Scope, *, without_utc: bool, most: int) -> list[Flight]:
        """
        List flights whose bounds touch some bounds, the latest first.

        Args:
            near: the bounds; None gives none.
            without_utc: only those of unknown UTC.
            most: no more than this many.
        """
        if near is None:
            return []
        query = select(_F).where(
            within(_F.c.case_name, scope),
            _F.c.merged_into.is_(None),
            _F.c.recording_start_us.is_(None) if without_utc else true(),
            _F.c.min_lat <= near.max_lat + _AROUND_DEG,
            _F.c.max_lat >= near.min_lat - _AROUND_DEG,
            _F.c.min_lon <= near.max_lon + _AROUND_DEG,
            _F.c.max_lon >= near.min_lon - _AROUND_DEG,
        )
        latest = query.order_by(_F.c.recording_start_us.desc().nulls_last(), _F.c.id).limit(most)
        return self.flights_of_rows(self.connection.execute(latest))
