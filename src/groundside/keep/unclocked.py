"""Flights whose UTC is unknown, for matching with one that has it."""

from __future__ import annotations

from sqlalchemy import select

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
    """Questions about flights of unknown UTC."""

    def flights_without_utc(self, near: Box | None, scope: Scope) -> list[Flight]:
        """List flights of unknown UTC whose bounds touch some bounds; none where those are None."""
        if near is None:
            return []
        query = select(_F).where(
            within(_F.c.case_name, scope),
            _F.c.merged_into.is_(None),
            _F.c.recording_start_us.is_(None),
            _F.c.min_lat <= near.max_lat + _AROUND_DEG,
            _F.c.max_lat >= near.min_lat - _AROUND_DEG,
            _F.c.min_lon <= near.max_lon + _AROUND_DEG,
            _F.c.max_lon >= near.min_lon - _AROUND_DEG,
        )
        return self.flights_of_rows(self.connection.execute(query.order_by(_F.c.id)))
