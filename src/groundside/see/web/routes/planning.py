"""Plans made of what is drawn on the page: nothing is kept but an override's reason."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from groundside.errors import TooLarge, Unreadable
from groundside.see import planning_schema
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask
from groundside.see.web.ground import Grounds, ground_shape
from groundside.see.web.opened import Opened
from groundside.see.web.planning_asked import (
    CompareAsked,
    FileAsked,
    PlanAsked,
    asked_of,
    conditions_of,
    mission_of,
)
from groundside.see.web.planning_files import packed
from groundside.see.web.settled import settle
from groundside.see.web.uploads import base_name

if TYPE_CHECKING:
    from groundside.archive.plan_shown import Carried

router = APIRouter(prefix="/plan", tags=["plans"])
T = TypeVar("T")
MOST_READ_BYTES = 16 << 20
AT_ONCE = 2
"""Plans that are made at the same time: each takes a processor for itself."""
STREAMED = ("/plan/read", "/plan/terrain")
"""Paths that take a file as their body."""
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Name = Annotated[str, Query(max_length=4096)]


@router.get("/choices", response_model=planning_schema.PlanChoicesShape)
def choices(ask: Ask) -> Response:
    """List cameras, aircraft, checks and formats."""
    del ask
    from groundside.archive.missions import mission_formats
    from groundside.archive.plan_checking import known_checks
    from groundside.archive.planning import AIRCRAFT, CAMERAS

    return Answer({
        "cameras": [
            {"name": c.name, "sensor_mm": [c.sensor_width_mm, c.sensor_height_mm], "pixels": [c.width_px, c.height_px],
             "focal_mm": c.focal_mm, "fastest_s": c.fastest_s}
            for c in CAMERAS
        ],
        "aircraft": [
            {"name": a.name, "flight_time_s": a.flight_time_s, "airspeed_m_s": round(a.airspeed_m_s, 2)}
            for a in AIRCRAFT
        ],
        "checks": [{"name": each.name, "why": each.why} for each in known_checks()],
        "formats": [
            {"name": f.name, "title": f.title, "suffixes": list(f.suffixes), "loses": list(f.loses)}
            for f in mission_formats()
        ],
    })  # fmt: skip


@router.post("", response_model=planning_schema.PlanShape)
async def plan(ask: Ask, request: Request, asked: PlanAsked) -> Response:
    """Make a plan and show it: the way, photos, times, checks, heights. With `quick`, as while a corner is dragged."""
    del ask
    terrain, carried = _grounds(request).get(asked.terrain), _opened(request).get(asked.opened)
    return Answer(await _alone(request, lambda: _shown(asked, terrain, carried)))


@router.post("/file", response_class=Response)
async def file(ask: Ask, request: Request, asked: FileAsked) -> Response:
    """Give a plan, or what a flight of it left out, as a file. Where a check fails it is refused, unless overridden."""
    terrain, carried = _grounds(request).get(asked.plan.terrain), _opened(request).get(asked.plan.opened)
    content, name = await _alone(request, lambda: _file(ask, asked, terrain, carried))
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.post("/compare", response_model=planning_schema.PlanComparedShape)
async def compare(ask: Ask, request: Request, asked: CompareAsked) -> Response:
    """Compare a plan with a flight: what was covered, the gaps, and where was flown. Nothing is kept."""
    terrain, carried = _grounds(request).get(asked.plan.terrain), _opened(request).get(asked.plan.opened)
    return Answer(await _alone(request, lambda: _compared(ask, asked, terrain, carried)))


@router.post("/read", response_model=planning_schema.PlanReadShape, openapi_extra=BODY)
async def read(ask: Ask, request: Request, name: Name) -> Response:
    """Read somebody else's mission, or areas, to be shown; nothing of it is kept."""
    del ask
    content = await _whole(request.stream())
    return Answer(await _alone(request, lambda: _read(content, base_name(name), _opened(request))))


@router.post("/terrain", response_model=planning_schema.GroundShape, openapi_extra=BODY)
async def terrain(ask: Ask, request: Request, name: Name) -> Response:
    """Take an elevation model as GeoTIFF, for plans to follow until the server ends."""
    del ask
    return Answer(ground_shape(await _grounds(request).receive(base_name(name), request.stream())))


def _grounds(request: Request) -> Grounds:
    return request.app.state.grounds


def _opened(request: Request) -> Opened:
    return request.app.state.opened


async def _alone(request: Request, work: Callable[[], T]) -> T:
    """Do work when it is its turn, unless who asked has gone meanwhile: a corner that was dragged on."""
    state = request.app.state
    if not hasattr(state, "planners"):
        state.planners = CapacityLimiter(AT_ONCE)
    async with state.planners:
        if await request.is_disconnected():
            raise Unreadable("The sender went away.", try_this="ask again")
        return await to_thread.run_sync(work)


def _shown(plan: PlanAsked, terrain: Path | None, carried: Carried | None) -> dict[str, Any]:
    from groundside.archive.plan_asked import look_of
    from groundside.archive.plan_shown import shown, shown_shape

    with tempfile.TemporaryDirectory(prefix="groundside-plan-") as folder:
        asked = asked_of(plan, Path(folder), terrain, carried)
        shape = shown_shape(shown(mission_of(plan, asked), conditions_of(plan, asked), look_of(asked), carried))
    settle()
    return shape


def _file(ask: Ask, wanted: FileAsked, terrain: Path | None, carried: Carried | None) -> tuple[bytes, str]:
    from dataclasses import replace

    from groundside.archive.plan_checking import check_parts, limits_for, overridden, sorties_of, with_notes
    from groundside.archive.plan_comparing import compare_track, refly_of

    plan = wanted.plan.model_copy(update={"quick": False})
    name = f"{_plain(plan.name) or 'plan'}{' again' if wanted.flight else ''}{wanted.to}"
    reasons = {each.check: each.reason for each in wanted.overrides}
    with tempfile.TemporaryDirectory(prefix="groundside-plan-") as folder:
        asked = asked_of(plan, Path(folder), terrain, carried)
        whole, given = mission_of(plan, asked), conditions_of(plan, asked)
        if wanted.flight:
            whole = refly_of(compare_track(whole, ask.archive.track(ask.caller, wanted.flight).table, plan.camera))
        given = replace(given, limits=limits_for(name, given.limits))
        parts = [each.mission for each in sorties_of(whole, given)] if wanted.split else [whole]
        findings = check_parts(parts, given)
        faults = overridden(findings, reasons)
        if wanted.to == ".pdf":
            from groundside.see.report.briefing_of import briefing_of

            content = briefing_of(parts, given, findings, reasons)
        else:
            content, name = packed([with_notes(each, faults, reasons) for each in parts], name)
    for fault in faults:
        ask.archive.note_override(ask.caller, fault.check, reasons[fault.check], fault.reason, name)
    return content, name


def _compared(ask: Ask, wanted: CompareAsked, terrain: Path | None, carried: Carried | None) -> dict[str, Any]:
    from groundside.archive.plan_comparing import compare_track
    from groundside.see.plan_compared import compared_shape

    track = ask.archive.track(ask.caller, wanted.flight).table
    with tempfile.TemporaryDirectory(prefix="groundside-plan-") as folder:
        asked = asked_of(wanted.plan, Path(folder), terrain, carried)
        return compared_shape(compare_track(mission_of(wanted.plan, asked), track, wanted.plan.camera), track)


def _plain(name: str) -> str:
    """Leave of a name what every file system and every header takes."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_ ") else "-" for c in name)
    return kept.strip(" -")[:80]


def _read(content: bytes, name: str, opened: Opened) -> dict[str, Any]:
    from groundside.archive.missions import read_plan_or_drawing
    from groundside.archive.plan_shown import carried_of, read_shape

    with tempfile.TemporaryDirectory(prefix="groundside-plan-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read = read_plan_or_drawing(path)
    carried = carried_of(read)
    shape = {"opened": opened.hold(carried) if carried else "", "planned_anew": carried.planned_anew if carried else 0}
    return {**read_shape(read), **shape}


async def _whole(body: AsyncIterator[bytes]) -> bytes:
    content = bytearray()
    async for chunk in body:
        content += chunk
        if len(content) > MOST_READ_BYTES:
            what = f"A mission or an area has at most {MOST_READ_BYTES >> 20} MB here."
            raise TooLarge(what, try_this="groundside plan read FILE")
    return bytes(content)
