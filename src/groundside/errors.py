"""
Everything that can go wrong with a *request*, as one tree.

GroundsideError          exit 1   HTTP 500
├── BadRequest           exit 2   HTTP 400   the request itself makes no sense
│   └── BadSetting       exit 2   HTTP 400   a setting is unknown or has an impossible value
├── NotFound             exit 3   HTTP 404   no such flight, file, job
├── NotUnderstood        exit 4   HTTP 415   nothing here can read this file
├── TooLarge             exit 5   HTTP 413   past a limit that can be raised
├── Locked               exit 6   HTTP 409   the track is encrypted and no key is held
├── Conflict             exit 7   HTTP 409   another process holds it, or it changed meanwhile
├── Unreadable           exit 8   HTTP 422   the operating system would not let us read it
├── NoSpace              exit 9   HTTP 507   the disk is full
├── WrongArchive         exit 10  HTTP 500   not an archive, or newer than this program
├── Tampered             exit 11  HTTP 500   what was kept is not what is there now
├── Refused              exit 12  HTTP 403   the caller may not
└── Unreachable          exit 14  HTTP 503   another machine does not answer, or does not let us in

Bad *data* never raises: it is a `Problem` in a result.
"""

from __future__ import annotations

from typing import ClassVar


class GroundsideError(Exception):
    """
    The root of every error a caller may meet.

    Args:
        what: what happened, in one sentence, with the value that caused it.
        try_this: what the reader can do about it; a command where there is one.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, what: str, *, try_this: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.try_this = try_this

    def __str__(self) -> str:
        return f"{self.what}\n  try: {self.try_this}" if self.try_this else self.what


class BadRequest(GroundsideError):
    """The request itself makes no sense."""

    exit_code, http_status = 2, 400


class BadSetting(BadRequest):
    """A setting is unknown or has an impossible value."""


class NotFound(GroundsideError):
    """No such flight, file or job in the caller's scope."""

    exit_code, http_status = 3, 404


class NotUnderstood(GroundsideError):
    """Nothing here can read this file."""

    exit_code, http_status = 4, 415


class TooLarge(GroundsideError):
    """Past a limit that can be raised."""

    exit_code, http_status = 5, 413


class Locked(GroundsideError):
    """The track is encrypted and no key is held."""

    exit_code, http_status = 6, 409


class Conflict(GroundsideError):
    """Another process holds it, or it changed meanwhile."""

    exit_code, http_status = 7, 409


class Unreadable(GroundsideError):
    """The operating system would not let us read it."""

    exit_code, http_status = 8, 422


class NoSpace(GroundsideError):
    """The disk is full; nothing half-written was left."""

    exit_code, http_status = 9, 507


class WrongArchive(GroundsideError):
    """Not an archive, or one written by a newer program."""

    exit_code, http_status = 10, 500


class Tampered(GroundsideError):
    """What was kept is not what is there now."""

    exit_code, http_status = 11, 500


class Refused(GroundsideError):
    """The caller may not."""

    exit_code, http_status = 12, 403


class Unreachable(GroundsideError):
    """Another machine that we depend on does not answer, or does not let us in; no matter of one file."""

    exit_code, http_status = 14, 503
