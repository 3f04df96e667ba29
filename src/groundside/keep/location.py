"""Where a catalogue is: the URL of a setting, checked, and shown without what nobody may see."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from groundside.errors import BadSetting, Refused
from groundside.outbound import is_here, permit

EXAMPLE = "postgresql://groundside@/groundside?host=/run/postgresql"
_DRIVER = "postgresql+psycopg"
_NAMES = frozenset({"postgresql", "postgres", _DRIVER})
_SECRETS = frozenset({"password", "sslpassword", "passfile", "sslkey"})
_DECIDED = frozenset({"disable", "require", "verify-ca", "verify-full"})
"""Modes of TLS that say what is wanted; `allow` and `prefer` take whatever the network leaves them."""
_STRICT = "verify-full"
_PORT = 5432


def parse(text: str) -> URL:
    """
    Read the URL of a PostgreSQL database.

    Raises:
        BadSetting: it is none. The message never holds the text, for there may be a password in it.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise _no_catalogue("it is no URL") from None
    if url.drivername not in _NAMES:
        why = f"a catalogue cannot be kept in {url.drivername[:40]!r}"
        raise _no_catalogue(why)
    if not url.database:
        raise _no_catalogue("it names no database")
    return url.set(drivername=_DRIVER)


def shown(url: URL) -> str:
    """Write a URL for people and logs: without passwords, or where they lie, wherever in it they stand."""
    query = {name: value for name, value in url.query.items() if name not in _SECRETS}
    return _readable(url.set(drivername=url.get_backend_name(), query=query))


def place(url: URL) -> str:
    """Write only which database it is: who, where, which. For the marker of an archive."""
    query = {name: url.query[name] for name in ("host", "port") if name in url.query}
    return _readable(URL.create(url.get_backend_name(), url.username, None, url.host, url.port, url.database, query))


def _readable(url: URL) -> str:
    return url.render_as_string(hide_password=True).replace("%2F", "/")


def refuse_open_network(url: URL, defaults: Mapping[str, str]) -> None:
    """
    Refuse to reach beyond this machine without TLS that proves who answers, unless the URL says so itself.

    Args:
        url: what was set.
        defaults: what libpq takes from the environment where the URL is silent: "host", "hostaddr", "sslmode".

    Raises:
        Refused: it would, and the URL does not say how.
        BadSetting: the URL hides the host in a service file.
    """
    if "service" in url.query:
        what = "The setting 'catalogue' names a service file, so nobody can see which host is meant."
        raise BadSetting(what, try_this=f"name the host in it: {EXAMPLE}")
    asked, said = {**defaults, **_said(url)}, _said(url)
    if _is_here(asked) or said.get("sslmode") in _DECIDED or asked.get("sslmode") == _STRICT:
        return
    what = "The catalogue is on another machine, and its URL does not ask for TLS that proves who answers."
    advice = "add ?sslmode=verify-full&sslrootcert=FILE&sslcert=FILE&sslkey=FILE to it (docs/how-to/postgresql.md)"
    raise Refused(what, try_this=advice)


def permit_servers(url: URL, defaults: Mapping[str, str]) -> None:
    """
    Pass the gate for every server that the URL names, before any is connected to.

    Raises:
        Refused: one is beyond this machine, and the setting `outbound` does not allow it.
    """
    for host, port in _servers({**defaults, **_said(url)}):
        permit(host, port, "catalogue")


def _said(url: URL) -> dict[str, str]:
    query = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    plain = {"host": url.host or "", "port": str(url.port or "")}
    return {**{name: value for name, value in plain.items() if value}, **query}


def _is_here(asked: Mapping[str, str]) -> bool:
    """Whether every host is a socket or loopback."""
    return all(is_here(host) for host, _ in _servers(asked))


def _servers(asked: Mapping[str, str]) -> list[tuple[str, int]]:
    """Name where libpq goes, host and port; an address, where there is one, goes before the name."""
    hosts, addresses, ports = (asked.get(name, "").split(",") for name in ("host", "hostaddr", "port"))
    named = [(address or host).strip() for host, address in zip_longest(hosts, addresses, fillvalue="")]
    given = [port.strip() for port in (ports * len(named) if len(ports) == 1 else ports)]
    return [(host, _port(port)) for host, port in zip_longest(named, given[: len(named)], fillvalue="")]


def _port(text: str) -> int:
    if not text:
        return _PORT
    if not (text.isascii() and text.isdigit()):
        raise _no_catalogue("a port in it is no number")
    return int(text)


def _no_catalogue(why: str) -> BadSetting:
    what = f"The setting 'catalogue' does not tell of a PostgreSQL database: {why}."
    return BadSetting(what, try_this=f"write it like {EXAMPLE}, or leave it out")
