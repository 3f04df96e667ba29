"""
Who may talk to the server at all: it stands on loopback, yet every page in the owner's browser can reach it.

`Hosts` stops a foreign name that was made to point here (DNS rebinding), `Origins` stops other sites from
acting in the owner's name (cross-site request forgery), `Bodies` stops bodies that no route asked for,
`Headers` tells the browser what the page may do. `session` asks for the token.
"""

from __future__ import annotations

from starlette.datastructures import Headers as Named
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from groundside.see.web.answers import trouble

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_SITES = frozenset({"same-origin", "none"})
OWN_HEADER = "x-groundside"
_REFUSED = 400
MOST_BODY_BYTES = 64 * 1024
"""For every route but the upload."""
POLICY = "; ".join(
    (
        "default-src 'self'",
        "worker-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
_NOT_USED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer")
_NOT_USED_EITHER = ("microphone", "midi", "payment", "publickey-credentials-get", "serial", "usb")
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": ", ".join(f"{feature}=()" for feature in _NOT_USED + _NOT_USED_EITHER),
}


class Headers:
    """
    Puts the security headers on every answer, and `no-store` where it does not say how long it keeps.

    A refused change also ends the connection: who was refused may still be sending, and without end.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", "no-store")
                if message["status"] >= _REFUSED and scope["method"] not in SAFE_METHODS:
                    headers["connection"] = "close"
            await send(message)

        await self.app(scope, receive, dressed)


class Hosts:
    """Answers only requests that name this server as their host."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        named = Named(scope=scope).getlist("host")
        if scope["type"] != "http" or len(named) != 1 or named[0].lower() not in self.hosts:
            answer = trouble(421, "This server does not go by that name.", "open the address that it printed")
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


class Origins:
    """Lets nothing but our own page, or a program that is no browser, change or embed anything."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        why_not = _why_foreign(scope) if scope["type"] == "http" else ""
        if why_not:
            await trouble(403, why_not, "use the page that this server shows")(scope, receive, send)
            return
        await self.app(scope, receive, send)


class Bodies:
    """Refuses a body that is long or of unknown length, everywhere but at the paths that take a stream."""

    def __init__(self, app: ASGIApp, streamed: frozenset[str]) -> None:
        self.app = app
        self.streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["path"] not in self.streamed:
            headers = Named(scope=scope)
            length = headers.get("content-length", "0")
            if "transfer-encoding" in headers or not length.isdecimal() or int(length) > MOST_BODY_BYTES:
                what = f"A request here has a body of at most {MOST_BODY_BYTES} bytes and says its length."
                await trouble(413, what, "send files to /api/v1/upload")(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _why_foreign(scope: Scope) -> str:
    """Say why a request is held to come from another site; empty where it may go on."""
    headers = Named(scope=scope)
    site = headers.get("sec-fetch-site", "none")
    if scope["method"] in SAFE_METHODS:
        navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        return "" if site in OWN_SITES or navigates else "Another site asked for this."
    origins = headers.getlist("origin")
    if site not in OWN_SITES or any(origin != f"http://{headers['host']}" for origin in origins):
        return "Another site asked for this change."
    if headers.get(OWN_HEADER) != "1":
        return "A request that changes something carries the header X-Groundside: 1."
    return ""
