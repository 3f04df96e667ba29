"""Where was flown, and how often: flights counted in squares of the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundside.keep.flight_query import FlightQueries
from groundside.keep.places import Exactly
from groundside.model.caller import Scope
from groundside.model.query import FlightQuery, HeatCell

if TYPE_CHECKING:
    from groundside.reference.cells import Bounds


class HeatReads(FlightQueries):
    """Questions about how often flights were where."""

    def heat(
        self, asked: FlightQuery, scope: Scope, bounds: Bounds | None, most: int, exactly: Exactly | None = None
    ) -> list[HeatCell]:
        """
        Count the flights asked for in squares of the ground: as small as may be with no more than `most` of them.

        Args:
            asked: which flights; `limit` and `offset` do not matter.
            scope: what the caller may see.
            bounds: only squares that touch these; None for those of the places asked for.
            most: no more squares than this, if there is any size of which there are so few.
            exactly: reads the path of a track that is not entered among the places yet.

        Returns:
            Squares that at least one flight came into, the most flown last.
        """
        from groundside.keep.heat_counts import HeatCounts  # late: numbers take a tenth of a second, and few ask

        return HeatCounts(self.connection).heat(asked, scope, bounds, most, exactly)
