"""
The one gate of every connection beyond this machine: denied, unless a setting allows the destination and says why.

Whoever opens a connection calls `permit` first. Within `gate` it lets pass what the settings allow, and notes it; the
archive writes what was noted into its ledger. Outside of any gate nothing passes.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from groundside.errors import BadSetting, Refused

HOW = "docs/how-to/outbound.md"
_LINE = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+):(?P<port>[0-9]{1,5})\s+(?P<reason>\S.*)")
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Allowed:
    """A destination that the owner allows, and his reason."""

    host: str
    port: int
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """
    One pool of connections that was let pass.

    Args:
        host: name or address, as it was asked for.
        port: TCP port.
        reason: why the owner allows it.
        purpose: what it is for: "catalogue", "objects", "workers", or "proxy".
    """

    host: str
    port: int
    reason: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What is allowed, and what was let pass since the gate was opened."""

    allowed: tuple[Allowed, ...]
    passed: list[Passage] = field(default_factory=list[Passage])


_gate: ContextVar[Gate | None] = ContextVar("outbound_gate", default=None)


@contextmanager
def gate(lines: Iterable[str]) -> Generator[list[Passage]]:
    """
    Let pass what is allowed, as long as the block lasts.

    Args:
        lines: the setting `outbound`, each "HOST:PORT REASON".

    Returns:
        What was let pass, filled as it is; whoever opens the gate enters it in the ledger.

    Raises:
        BadSetting: a line is none, or has no reason.
    """
    opened = Gate(allowed(lines))
    token = _gate.set(opened)
    try:
        yield opened.passed
    finally:
        _gate.reset(token)


def permit(host: str, port: int, purpose: str) -> None:
    """
    Let one pool of connections be opened, or refuse it. This machine itself needs no leave.

    Args:
        host: name or address; empty, a folder or "@name" is a socket of this machine.
        port: TCP port.
        purpose: what it is for, in one word.

    Raises:
        Refused: no setting allows it.
    """
    if is_here(host):
        return
    opened = _gate.get()
    for each in opened.allowed if opened else ():
        if (each.host, each.port) == (_plain(host), port):
            passage = Passage(each.host, port, each.reason, purpose)
            if opened and passage not in opened.passed:
                opened.passed.append(passage)
            return
    where = _written(host, port)
    what = f"Nothing may leave for {where} ({purpose}): the setting 'outbound' does not allow it."
    raise Refused(what, try_this=f'outbound = ["{where} WHY IT MAY"] in the settings file ({HOW})')


def permit_proxy(scheme: str, host: str) -> None:
    """
    See that a proxy which the environment names for HTTP clients is allowed too, for they would go to it instead.

    Raises:
        Refused: it is not.
    """
    if _spared(host):
        return
    for name in (f"{scheme}_proxy", "all_proxy"):
        named = os.environ.get(name) or os.environ.get(name.upper())
        if named:
            try:
                url = urlsplit(named if "://" in named else f"http://{named}")
                permit(url.hostname or "", url.port or (443 if url.scheme == "https" else 80), "proxy")
            except ValueError as error:
                what = f"The variable {name} of the environment names no proxy."
                raise BadSetting(what, try_this=f"unset {name} {name.upper()}") from error
            return


def allowed(lines: Iterable[str]) -> tuple[Allowed, ...]:
    """
    Read the setting `outbound`.

    Raises:
        BadSetting: a line is no "HOST:PORT REASON".
    """
    return tuple(_allowed(line) for line in lines)


def is_here(host: str) -> bool:
    """Whether a host is this machine itself: loopback, or a socket in its file system."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _allowed(line: str) -> Allowed:
    found = _LINE.fullmatch(line.strip())
    if not found or not 0 < int(found["port"]) <= _LAST_PORT:
        what = f"The setting 'outbound' holds {line[:80]!r}, which is no host, port and reason."
        raise BadSetting(what, try_this="write it like 's3.example.org:443 our own bucket, contract 12'")
    return Allowed(_plain(found["host"].strip("[]")), int(found["port"]), found["reason"])


def _plain(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.lower().rstrip(".")


def _written(host: str, port: int) -> str:
    host = _plain(host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _spared(host: str) -> bool:
    """Whether `no_proxy` names the host, or a domain that it is in."""
    names = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(",")
    spared = [name.strip().lower().lstrip(".") for name in names if name.strip()]
    return any(name == "*" or _plain(host) == name or _plain(host).endswith(f".{name}") for name in spared)
