"""The fleet: aircraft, batteries, components, what is due, what must not fly."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from groundside.see import fleet_shapes, logbook_schema
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask

router = APIRouter(tags=["fleet"])
MOST_NAME = 200


class GroundAsked(BaseModel):
    """Which aircraft must not fly, and why."""

    model_config = ConfigDict(extra="forbid")

    aircraft: str = Field(min_length=1, max_length=MOST_NAME)
    why: str = Field(min_length=1, max_length=2000)


class ReleaseAsked(BaseModel):
    """Which aircraft may fly again."""

    model_config = ConfigDict(extra="forbid")

    aircraft: str = Field(min_length=1, max_length=MOST_NAME)


@router.get("/fleet", response_model=logbook_schema.FleetShape)
def fleet(
    ask: Ask, look: Annotated[bool, Query(description="Look into every flight; slow the first time.")] = True
) -> Response:
    """Say how the fleet stands; batteries and what happened only where flights are looked into."""
    state = ask.archive.fleet(ask.caller, look=look)
    flown = [fleet_shapes.battery_flight_shape(each) for each in state.battery_flights]
    return Answer({"looked": look, **fleet_shapes.fleet_shape(state), "battery_flights": flown})


@router.post("/fleet/ground", response_model=dict[str, str])
def ground(ask: Ask, asked: GroundAsked) -> Response:
    """Say that an aircraft must not fly."""
    held = ask.archive.ground_aircraft(ask.caller, asked.aircraft, asked.why)
    return Answer({"aircraft": held.aircraft_id, "why": held.why})


@router.post("/fleet/release", response_model=dict[str, str])
def release(ask: Ask, asked: ReleaseAsked) -> Response:
    """Say that an aircraft may fly again, as far as a person's word goes."""
    held = ask.archive.release_aircraft(ask.caller, asked.aircraft)
    return Answer({"aircraft": held.aircraft_id, "why": held.why})
