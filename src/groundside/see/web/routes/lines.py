"""The paths of many flights at once, for the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from groundside.see import schema, shapes
from groundside.see.web.answers import Answer
from groundside.see.web.asked import MOST_FLIGHTS, Ask, Asked, FlightsAsked

router = APIRouter(tags=["flights"])
MOST_POINTS = 200_000
"""In one answer: about 5 MB, and as much as a map draws without stumbling."""

FEWEST_AT_ONCE = 200
MOST_NEAR = 2000


class LinesAsked(FlightsAsked):
    """Which flights, and how finely each is drawn."""

    limit: int = Field(MOST_FLIGHTS, ge=1, le=MOST_FLIGHTS)
    points: int = Field(200, ge=2, le=5000, description="At most so many points of each flight.")


@router.get("/lines", response_model=schema.LinesShape)
def lines(ask: Ask, asked: Annotated[LinesAsked, Query()]) -> Response:
    """Give the paths over the ground of the flights that `GET /flights` lists for the same question."""
    drawn: list[schema.LineShape] = []
    points = 0
    for flight, parts in _by_and_by(ask, asked):
        points += sum(len(part) for part in parts)
        if points > MOST_POINTS:
            return Answer({"lines": drawn, "truncated": True})
        drawn.append(shapes.line_shape(flight, parts))
    return Answer({"lines": drawn, "truncated": False})


def _by_and_by(ask: Asked, asked: LinesAsked) -> Iterator[tuple[str, list[list[tuple[float, float]]]]]:
    """Ask for so many flights at a time that what comes at once has a bound, whatever the archive holds."""
    query = asked.query()
    end = asked.offset + min(asked.limit, ask.archive.about(ask.caller).flights)
    at_once = max(MOST_POINTS // asked.points, FEWEST_AT_ONCE)
    if query.near:  # each part would measure the distance to every candidate again
        at_once = max(at_once, MOST_NEAR)
    for offset in range(asked.offset, end, at_once):
        part = replace(query, offset=offset, limit=min(at_once, end - offset))
        yield from ask.archive.lines(ask.caller, part, asked.points)
