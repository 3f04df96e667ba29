"""What a request asks, checked at the edge: the caller, the flight, the query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from groundside.model.caller import Caller
from groundside.model.query import FlightOrder, FlightQuery
from groundside.see.areas import area_of
from groundside.see.questions import near, span_us
from groundside.see.web.session import HOW

if TYPE_CHECKING:
    from groundside.archive.archive import Archive

FlightId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Id of a flight: 32 of 0-9, a-f.")]
JobId = Annotated[str, Path(pattern="^[0-9A-Za-z_-]{1,64}$", description="Id of a job.")]
MOST_TEXT = 200
MOST_AREA = 8000
"""Characters of an area in an address; the shell takes larger ones from a file."""
MOST_FLIGHTS = 10_000
MOST_OFFSET = 10**9


@dataclass(frozen=True, slots=True)
class Asked:
    """The archive that is asked, and on whose behalf."""

    archive: Archive
    caller: Caller


async def _asked(request: Request) -> Asked:
    state = request.app.state
    return Asked(state.archive, Caller(who=state.who, how=request.scope[HOW]))


Ask = Annotated[Asked, Depends(_asked)]


class FlightsAsked(BaseModel):
    """Which flights, in which order; a name that is not here is refused."""

    model_config = ConfigDict(extra="forbid")

    from_: str = Field("", alias="from", max_length=40, description="Recording began on or after this, UTC.")
    to: str = Field("", max_length=40, description="Recording began before this time, or by the end of this day.")
    aircraft: str = Field("", max_length=MOST_TEXT, description="Text in aircraft name, model, serial.")
    q: str = Field("", max_length=MOST_TEXT, description="Text in place, aircraft, file names, notes.")
    month: str = Field("", max_length=10, description="Recording began in this UTC month, 2026-05.")
    near: str = Field("", max_length=100, description="LON,LAT,METRES: flights that came this near.")
    inside: str = Field("", max_length=MOST_AREA, description="GeoJSON polygons: flights that came into them.")
    bench: bool = Field(default=False, description="Also recordings in which nothing flew.")
    sort: FlightOrder = Field(FlightOrder.START, description="What the list is sorted by.")
    order: Literal["asc", "desc"] = "desc"
    limit: int = Field(100, ge=1, le=MOST_FLIGHTS)
    offset: int = Field(0, ge=0, le=MOST_OFFSET)

    def query(self) -> FlightQuery:
        """
        Put the question in the archive's words.

        Raises:
            BadRequest: a time, a place or an area that is none.
        """
        from_us, to_us = span_us(self.from_, self.to, self.month)
        return FlightQuery(
            from_us=from_us,
            to_us=to_us,
            aircraft=self.aircraft,
            text=self.q,
            near=near(self.near),
            inside=area_of(self.inside) if self.inside else None,
            bench=self.bench,
            order=self.sort,
            descending=self.order == "desc",
            limit=self.limit,
            offset=self.offset,
        )
