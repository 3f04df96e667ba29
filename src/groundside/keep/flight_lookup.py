"""Finding flights by the beginning of an id, and counting them."""

from __future__ import annotations

from sqlalchemy import case, func, select

from groundside.keep import schema
from groundside.keep.connection import within
from groundside.keep.flights import FlightReads
from groundside.model.caller import Scope

_F, _M = schema.flight, schema.flight_sum


class LookupReads(FlightReads):
    """Questions about which flights there are."""

    def flights_beginning(self, beginning: str, scope: Scope, limit: int = 10) -> list[str]:
        """
        List the ids of flights, merged ones too, that begin with some hexadecimal characters.

        Args:
            beginning: characters 0-9 and a-f only; checked by the caller.
        """
        # A range, so that the index of ids serves; "g" sorts after every hexadecimal character.
        wide = select(_F.c.id).where(_F.c.id >= beginning, _F.c.id < beginning + "g", within(_F.c.case_name, scope))
        return list(self.connection.scalars(wide.order_by(_F.c.id).limit(limit)))

    def count_flights(self, scope: Scope) -> tuple[int, int]:
        """Count the flights that are no bench runs, and how many of them were not simulated."""
        real = func.coalesce(func.sum(case((_M.c.simulated.is_(False), _M.c.flights))), 0)
        mine = (_M.c.bench.is_(False), within(_M.c.case_name, scope))
        row = self.connection.execute(select(func.coalesce(func.sum(_M.c.flights), 0), real).where(*mine)).one()
        return int(row[0]), int(row[1])
