"""The archive itself: what it is, what happens in it, and the owner's own map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import FileResponse, Response, StreamingResponse

from groundside.errors import NotFound
from groundside.see import schema, shapes
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask
from groundside.see.web.following import Following

router = APIRouter(tags=["archive"])
BASEMAP = "/api/v1/basemap.pmtiles"
MOST_SEQ = 2**62


@router.get("/about", response_model=schema.AboutShape)
def about(ask: Ask, request: Request) -> Response:
    """Say what the program and the archive are, and whose data the page shows."""
    has_map = request.app.state.basemap is not None
    return Answer(shapes.about_shape(ask.archive.about(ask.caller), BASEMAP if has_map else None))


@router.get("/events", response_class=StreamingResponse)
async def events(
    ask: Ask,
    request: Request,
    last_event_id: Annotated[int | None, Header(ge=0, le=MOST_SEQ)] = None,
    after: Annotated[int | None, Query(ge=0, le=MOST_SEQ)] = None,
) -> Response:
    """
    Follow what happens, as server-sent events; each `data` is one event.

    `Last-Event-ID` (which a browser sends by itself) or `after` takes a stream up again; without either it
    begins with the next event to come.
    """
    following: Following = request.app.state.following
    stream = following.stream(ask, last_event_id if last_event_id is not None else after)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


@router.get("/basemap.pmtiles", response_class=FileResponse)
def basemap(request: Request) -> Response:
    """Give the owner's own map, whole or by ranges of bytes."""
    path: Path | None = request.app.state.basemap
    if path is None or not path.is_file():
        what = "No map file of the owner's is set."
        raise NotFound(what, try_this="set GROUNDSIDE_BASEMAP to a PMTiles file")
    headers = {"cache-control": "private, max-age=3600"}
    return FileResponse(path, media_type="application/vnd.pmtiles", headers=headers)
