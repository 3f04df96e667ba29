"""Flights: the list, one flight, its track and exports, and what people do with them."""

from __future__ import annotations

import io
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from groundside.see import log_schema, log_shapes, schema, shapes
from groundside.see.exports.known import choose
from groundside.see.text import iso
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask, FlightId, FlightsAsked

router = APIRouter(tags=["flights"])
ID_PATTERN = "^[0-9a-f]{32}$"
MOST_ROWS = 100_000
MOST_NOTE = 10_000


class NoteAsked(BaseModel):
    """What a person writes on a flight."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=MOST_NOTE)


class MergeAsked(BaseModel):
    """Which flight is the same one."""

    model_config = ConfigDict(extra="forbid")

    other: str = Field(pattern=ID_PATTERN)


class UnmergeAsked(BaseModel):
    """Which earlier flight is to be one of its own again."""

    model_config = ConfigDict(extra="forbid")

    alias: str = Field(pattern=ID_PATTERN)


@router.get("/flights", response_model=schema.FlightsShape)
def flights(ask: Ask, asked: Annotated[FlightsAsked, Query()]) -> Response:
    """List flights, filtered, sorted and by the page."""
    return Answer(shapes.flights_shape(ask.archive.flights(ask.caller, asked.query())))


@router.get("/flights/{flight}", response_model=schema.FlightDetailShape)
def flight(ask: Ask, flight: FlightId) -> Response:
    """Show one flight with its sources, problems, notes and offers to merge."""
    return Answer(shapes.detail_shape(ask.archive.flight(ask.caller, flight)))


@router.get("/flights/{flight}/track", response_model=schema.TrackShape)
def track(ask: Ask, flight: FlightId, rows: Annotated[int, Query(ge=2, le=MOST_ROWS)] = 5000) -> Response:
    """Show the track of a flight, thinned to at most so many rows; exports hold all of them."""
    return Answer(shapes.track_shape(ask.archive.track(ask.caller, flight), rows))


@router.get("/flights/{flight}/log", response_model=log_schema.FlightLogShape)
def log(ask: Ask, flight: FlightId) -> Response:
    """Show what the files of a flight say besides its track: parameters, messages, events, hardware."""
    return Answer(log_shapes.flight_log_shape(ask.archive.log(ask.caller, flight)))


@router.get("/flights/{flight}/diff", response_model=log_schema.ParametersComparedShape)
def diff(ask: Ask, flight: FlightId, other: Annotated[str, Query(pattern=ID_PATTERN)]) -> Response:
    """Compare the parameters of two flights, as they were when each began."""
    return Answer(log_shapes.compared_shape(ask.archive.diff(ask.caller, flight, other)))


@router.get("/flights/{flight}/export", response_class=Response)
def export(ask: Ask, flight: FlightId, to: Annotated[str, Query(max_length=40)]) -> Response:
    """Give a flight as a file of another format: gpx, kml, geojson, csv, parquet."""
    chosen = choose(to)
    exported = ask.archive.export(ask.caller, flight, chosen.name)
    written = io.BytesIO()
    chosen.write(exported.flight, exported.track, written)
    started = (iso(exported.flight.summary.recording_start_us) or "")[:10]
    name = "-".join(part for part in ("groundside", started, exported.flight.id[:8]) if part) + chosen.suffix
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(written.getbuffer(), media_type=chosen.media_type, headers=headers)


@router.post("/flights/{flight}/notes", response_model=schema.NoteShape)
def annotate(ask: Ask, flight: FlightId, asked: NoteAsked) -> Response:
    """Write a note on a flight."""
    return Answer(shapes.note_shape(ask.archive.annotate(ask.caller, flight, asked.text)))


@router.post("/flights/{flight}/merge", response_model=schema.FlightShape)
def merge(ask: Ask, flight: FlightId, asked: MergeAsked) -> Response:
    """Make another flight part of this one; its id stays as an alias."""
    return Answer(shapes.flight_shape(ask.archive.merge(ask.caller, flight, asked.other)))


@router.post("/flights/{flight}/unmerge", response_model=schema.FlightShape)
def unmerge(ask: Ask, flight: FlightId, asked: UnmergeAsked) -> Response:
    """Undo a merge into this flight; what comes back is the flight that had been merged."""
    return Answer(shapes.flight_shape(ask.archive.unmerge(ask.caller, asked.alias)))
