"""The start-up token and the session it opens: without one of them nothing is shown, not even a picture."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from groundside.see.web.answers import trouble

OPENS = "groundside.opens"
"""Where in the scope it is noted that the address held the token."""
HOW = "groundside.how"
"""Where in the scope it is noted how the caller proved themselves: "page" or "api"."""
TOKEN_BYTES = 32
_CLOSED = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Groundside: not open here</title></head>
<body><main><h1>Not open in this browser</h1>
<p>Groundside shows your flights only to whoever started it.</p>
<p>Open the address that <code>groundside serve</code> printed when it started. It ends in
<code>/?token=…</code> and works for as long as that server runs. If the server was started again, the old
address no longer works.</p>
</main></body></html>
"""


def new_token() -> str:
    """Make a token of 256 random bits, safe to stand in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def cookie_name(host: str) -> str:
    """Name the cookie after the port, because a browser sends the cookies of a host to all of its ports."""
    return f"groundside_{host.rpartition(':')[2]}"


class Tokens:
    """Takes the token out of an address before anything, a log above all, can write the address down."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        if given:
            scope[OPENS] = hmac.compare_digest(given[0].encode(), self.token)
            scope["query_string"] = b""
        await self.app(scope, receive, send)


class Sessions:
    """
    Lets in who holds the token, by `Authorization: Bearer`, or the session cookie that `/?token=` gave.

    The cookie holds a value derived from the token, so that whoever reads it does not have the token.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.token = token.encode()
        self.session = hmac.new(self.token, b"groundside page session", hashlib.sha256).hexdigest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope.get(OPENS) and scope["path"] == "/" and scope["method"] == "GET":
            await self._open(headers["host"])(scope, receive, send)
            return
        how = self._how(headers)
        if not how:
            await _closed(scope["path"])(scope, receive, send)
            return
        scope[HOW] = how
        await self.app(scope, receive, send)

    def _open(self, host: str) -> Response:
        """Give the session and lead on to an address without the token."""
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(cookie_name(host), self.session, httponly=True, samesite="strict", path="/")
        return answer

    def _how(self, headers: Headers) -> str:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self.token):
            return "api"
        held = _cookies(headers, cookie_name(headers["host"]))
        return "page" if any(hmac.compare_digest(each.encode(), self.session.encode()) for each in held) else ""


def _cookies(headers: Headers, name: str) -> list[str]:
    """
    Give every value of a cookie.

    Other programs on this machine may set cookies for the same host: one of the same name, or one that a strict
    reader stumbles over, must not lock the owner out.
    """
    pairs = [pair.strip().partition("=") for line in headers.getlist("cookie") for pair in line.split(";")]
    return [value for key, _, value in pairs if key == name]


def _closed(path: str) -> Response:
    if path.startswith("/api/"):
        advice = "open the address that groundside serve printed, or send Authorization: Bearer TOKEN"
        return trouble(401, "This needs the session of the page, or the token.", advice, {"www-authenticate": "Bearer"})
    return HTMLResponse(_CLOSED, status_code=401)
