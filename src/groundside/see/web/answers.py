"""How the server answers, and how it says that something went wrong: in one shape, and never with a path."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from groundside.errors import GroundsideError
from groundside.see import schema, shapes

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("groundside.see.web")

_QUOTED_PATH = re.compile(r"""(["'])((?:/|[A-Za-z]:\\)[^"'\n]*)\1""")
_BARE_PATH = re.compile(
    r"(?<![\w.:/])(?:/[^\s/\"',;:()]+)+/([^\s/\"',;:()]*)"
    r"|\b[A-Za-z]:\\(?:[^\s\\]+\\)*([^\s\\]*)"
)
_WORDS = {404: "There is nothing at this address.", 405: "This address does not take that method."}


class Answer(JSONResponse):
    """A shape, written as `shapes.encode` writes it."""

    def render(self, content: object) -> bytes:
        """Write the shape."""
        return shapes.encode(content)


def trouble(status: int, what: str, try_this: str = "", headers: dict[str, str] | None = None) -> Answer:
    """Say what went wrong and what can be done about it, without any file path."""
    shape: schema.ErrorShape = {"error": {"what": without_paths(what), "try_this": without_paths(try_this)}}
    return Answer(shape, status_code=status, headers=headers)


def without_paths(text: str) -> str:
    """
    Leave of every file path in a text only its last part: nothing sent over the web tells of our folders.

    >>> without_paths("'/srv/my archive/a b.bin' changed while /home/me/x.srt was read")
    "'a b.bin' changed while x.srt was read"
    """
    quoted = _QUOTED_PATH.sub(lambda found: f"{found[1]}{_last_part(found[2])}{found[1]}", text)
    return _BARE_PATH.sub(lambda found: found[1] or found[2] or "a folder", quoted)


def _last_part(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def answer_errors(app: FastAPI) -> None:
    """Make every error that a route raises an answer in the one shape."""
    app.add_exception_handler(GroundsideError, _from_groundside)
    app.add_exception_handler(RequestValidationError, _from_validation)
    app.add_exception_handler(HTTPException, _from_http)


def _from_groundside(_: Request, error: Exception) -> Response:
    if not isinstance(error, GroundsideError):
        raise error
    return trouble(error.http_status, error.what, error.try_this)


def _from_validation(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    said = [f"{'.'.join(str(part) for part in each['loc'][1:])}: {each['msg']}" for each in error.errors()[:5]]
    return trouble(400, f"The request makes no sense: {'; '.join(said)}.", "see /api/v1/openapi.json")


def _from_http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers) if error.headers else None
    return trouble(error.status_code, _WORDS.get(error.status_code, str(error.detail)), headers=headers)


class LastResort:
    """Answers 500 in the one shape where a defect of ours gets this far; the traceback goes to the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            log.exception("a request failed: %s %r", scope.get("method"), scope.get("path"))
            if started or scope["type"] != "http":
                raise
            await trouble(500, "Something went wrong in Groundside itself.", "look at what groundside serve printed")(
                scope, receive, send
            )
