"""Many flights at once: what they come to, and where was flown how often."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from groundside.errors import BadRequest
from groundside.model.query import TotalsBy
from groundside.reference.cells import Bounds
from groundside.see import schema, shapes
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask, FlightsAsked

router = APIRouter(tags=["flights"])
MOST_SQUARES = 20_000


class TotalsAsked(FlightsAsked):
    """Which flights, and what they are summed up by."""

    by: TotalsBy = Field(TotalsBy.MONTH, description="What to sum up by.")


class HeatAsked(FlightsAsked):
    """Which flights, and which part of the ground."""

    bounds: str = Field(
        "", max_length=100, description="WEST,SOUTH,EAST,NORTH in degrees; everywhere where it is not given."
    )
    squares: int = Field(5000, ge=100, le=MOST_SQUARES, description="No more squares than this.")


@router.get("/totals", response_model=schema.TotalsShape)
def totals(ask: Ask, asked: Annotated[TotalsAsked, Query()]) -> Response:
    """Sum up the flights that `GET /flights` lists for the same question, whatever the page; no bench runs."""
    return Answer(shapes.totals_shape(ask.archive.totals(ask.caller, asked.query(), asked.by), asked.by))


@router.get("/heat", response_model=schema.HeatShape)
def heat(ask: Ask, asked: Annotated[HeatAsked, Query()]) -> Response:
    """Count the flights that `GET /flights` lists for the same question in squares of the ground, as GeoJSON."""
    return Answer(shapes.heat_shape(ask.archive.heat(ask.caller, asked.query(), _bounds(asked.bounds), asked.squares)))


def _bounds(text: str) -> Bounds | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 0.0, 0.0, 0.0, 0.0
    if not (-540.0 <= west < east <= 540.0 and east - west <= 360.0 and -90.0 <= south < north <= 90.0):
        what = f"{text[:60]!r} are no bounds."
        raise BadRequest(what, try_this="write WEST,SOUTH,EAST,NORTH in degrees, east at most 360 from west")
    return Bounds(west, south, east, north)
