"""The web application: the API over one archive, behind the guards, and the page."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware
from starlette.requests import Request

from groundside.see import schema
from groundside.see.web.answers import Answer, LastResort, answer_errors
from groundside.see.web.crop_scratch import Scratch
from groundside.see.web.following import Following
from groundside.see.web.ground import Grounds
from groundside.see.web.guard import Bodies, Headers, Hosts, Origins
from groundside.see.web.opened import Opened
from groundside.see.web.pages import show_page
from groundside.see.web.routes import (
    crop,
    crop_layers,
    crop_prescriptions,
    files,
    findings,
    fleet,
    flights,
    jobs,
    lines,
    logbook,
    ogc,
    people,
    photos,
    planning,
    reviewing,
    state,
    summing,
    videos,
)
from groundside.see.web.session import Sessions, Tokens
from groundside.see.web.uploads import Uploads

if TYPE_CHECKING:
    from groundside.archive.archive import Archive

PREFIX = "/api/v1"
SHORTEST_TOKEN = 32
DESCRIPTION = """\
One archive, for whoever holds the token that `groundside serve` printed: as `Authorization: Bearer TOKEN`, or
as the session cookie that opening the printed address gave. Requests that change something also carry
`X-Groundside: 1`.
"""
FAMILIES = (
    flights, summing, lines, files, jobs, state, logbook, people, fleet, planning, photos, findings, reviewing, ogc,
    crop, crop_layers, crop_prescriptions, videos,
)  # fmt: skip
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Otherwise an environment variable is enough to make FastAPI report every request to another machine."""
_TROUBLE: dict[int | str, dict[str, Any]] = {"default": {"model": schema.ErrorShape, "description": "What went wrong."}}
_TOKEN = Security(HTTPBearer(scheme_name="token", auto_error=False))
"""For the document alone: `Sessions` has looked at it long before a route is chosen."""


def create_app(
    archive: Archive,
    token: str,
    hosts: frozenset[str],
    basemap: Path | None,
    upload_limit: int,
    who: str = "owner",
) -> FastAPI:
    """
    Make the application for one archive.

    Args:
        archive: open; stays the caller's to close.
        token: what opens the page; at least 32 characters, from `session.new_token`.
        hosts: every `host:port` by which the server may be called, in lower case.
        basemap: a PMTiles file of the owner's, or None.
        upload_limit: most bytes of one upload.
        who: the account in whose name requests act, until there are several.

    Raises:
        ValueError: the token is too short to be one.
    """
    if len(token) < SHORTEST_TOKEN:
        what = f"a token has at least {SHORTEST_TOKEN} characters"
        raise ValueError(what)
    guards = [
        Middleware(Tokens, token=token),
        Middleware(Headers),
        Middleware(LastResort),
        Middleware(Hosts, hosts=hosts),
        Middleware(Origins),
        Middleware(Sessions, token=token),
        Middleware(
            Bodies, streamed=frozenset(f"{PREFIX}{path}" for path in ("/upload", *crop.STREAMED, *planning.STREAMED))
        ),
    ]
    app = _api(guards)
    app.state.archive, app.state.who = archive, who
    app.state.basemap = basemap
    app.state.uploads = Uploads(upload_limit)
    app.state.grounds = Grounds()
    app.state.opened = Opened()
    app.state.fields = Scratch()
    app.state.closing = threading.Event()
    app.state.following = Following(app.state.closing)
    show_page(app)
    return app


def openapi() -> dict[str, Any]:
    """Give the OpenAPI document of the API, as `docs/reference/openapi.json` holds it."""
    return _api([]).openapi()


def _api(guards: list[Middleware]) -> FastAPI:
    app = FastAPI(
        title="Groundside",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=guards,
        telemetry=_NO_TELEMETRY,
    )
    for family in FAMILIES:
        app.include_router(family.router, prefix=PREFIX, responses=_TROUBLE, dependencies=[_TOKEN])
    app.add_api_route(f"{PREFIX}/openapi.json", _document, include_in_schema=False)
    answer_errors(app)
    return app


async def _document(request: Request) -> Answer:
    return Answer(request.app.openapi())
