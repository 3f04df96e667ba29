"""The server process: on loopback only, at an address that holds the token."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

from groundside.errors import BadRequest, Conflict, Refused
from groundside.see.web.app import create_app
from groundside.see.web.session import new_token
from groundside.settings import Settings

if TYPE_CHECKING:
    from groundside.archive.archive import Archive

GRACE_S = 5
BACKLOG = 128
_HTTP = 80


class Server(uvicorn.Server):
    """
    One archive on one address of loopback.

    Args:
        archive: open; stays the caller's to close.
        settings: the port where none is given, the owner's map, the largest file.
        host: 127.0.0.1, another address of loopback, or localhost.
        port: 0 lets the system choose; None takes the one in the settings.
        who: the account in whose name the page acts.

    Raises:
        Refused: the host is not loopback.
        Conflict: the port is taken.
        BadRequest: the port cannot be listened on.
    """

    def __init__(
        self,
        archive: Archive,
        settings: Settings,
        *,
        host: str = "127.0.0.1",
        port: int | None = None,
        who: str = "owner",
    ) -> None:
        self.socket = _listen(_loopback(host), settings.port if port is None else port)
        self.token = new_token()
        bound, listened = self.socket.getsockname()[:2]
        hosts = names(bound, listened)
        app = create_app(archive, self.token, hosts, settings.basemap, settings.max_file_bytes, who)
        self.closing = app.state.closing
        self.origin = f"http://{_bracketed(bound)}:{listened}"
        super().__init__(_config(app))

    @property
    def address(self) -> str:
        """What to open in a browser; it holds the token, so it is for the owner's eyes and for no log."""
        return f"{self.origin}/?token={self.token}"

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop."""
        super().run(sockets or [self.socket])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams of events first, because what follows waits until every answer is complete."""
        self.closing.set()
        await super().shutdown(sockets)


def serve(
    archive: Archive,
    *,
    settings: Settings,
    announce: Callable[[str], None],
    host: str = "127.0.0.1",
    port: int | None = None,
    who: str = "owner",
) -> None:
    """
    Serve an archive until interrupted; raises what `Server` raises.

    Args:
        archive: open; stays the caller's to close.
        settings: as for `Server`.
        announce: is told the address to open, once somebody listens there.
        host: an address of loopback.
        port: 0 lets the system choose; None takes the one in the settings.
        who: the account in whose name the page acts.
    """
    server = Server(archive, settings, host=host, port=port, who=who)
    with server.socket:
        announce(server.address)
        with contextlib.suppress(KeyboardInterrupt):
            server.run()


def names(bound: str, port: int) -> frozenset[str]:
    """Give every `host:port` by which a server bound to an address of loopback may be called."""
    hosts = {"127.0.0.1", "localhost", "[::1]", _bracketed(bound)}
    bare = hosts if port == _HTTP else set[str]()
    return frozenset({f"{host}:{port}" for host in hosts} | bare)


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # pyright: ignore[reportArgumentType]
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,  # it would write the token down
        log_config=None,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_S,
    )


def _loopback(host: str) -> str:
    address = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        what = f"Groundside serves this machine only until it knows accounts, and {host!r} is not loopback."
        raise Refused(what, try_this="run groundside serve as it is, and reach it through an SSH tunnel")
    return address


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        raise _refusal(port, error) from error
    return listening


def _refusal(port: int, error: OSError | OverflowError) -> Conflict | BadRequest:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        what = f"Port {port} is taken by another program."
        return Conflict(what, try_this="groundside serve --port 0 takes any free one")
    reason = error.strerror if isinstance(error, OSError) else "no such port"
    what = f"Port {port} cannot be listened on: {reason}."
    return BadRequest(what, try_this="groundside serve --port 0 takes any free one")


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
