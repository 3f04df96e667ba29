"""Who flew a flight, what for and where: what people say of flights beyond what files tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a flight can be assigned."""

    PIC = "pic"
    """Id of the pilot in command."""
    OBSERVER = "observer"
    """Ids of observers, with blanks between."""
    PURPOSE = "purpose"
    PROJECT = "project"
    CLIENT = "client"
    SITE = "site"
    RISK = "risk"
    """Notes on what was dangerous and what was done about it."""
    SIGHT = "sight"
    """Whether the pilot had it in sight; one of `Sight`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """
    What a field of a flight is, or was.

    Args:
        flight_id: the flight it was said of, also where that is now an alias.
        value: as `Field` says.
        batch: id of the change that said so. at_us: when, UTC microseconds.
        ended_us, ended_batch: when something else was said, and by which change; None while it holds.
        who: account that said so.
    """

    flight_id: str
    field: Field
    value: str
    batch: str
    at_us: int
    ended_us: int | None
    ended_batch: str | None
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """
    One change of assignments.

    Args:
        said: what was asked for, in words.
        flights: of how many flights it changed anything.
        undoes: id of the change that it takes back; None where it takes none back.
    """

    id: str
    who: str
    at_us: int
    said: str
    flights: int
    undoes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignRule:
    """
    What flights are to be assigned as they come; a flight that has the field already keeps it.

    Args:
        id: short and permanent.
        aircraft: text in the aircraft's name, model or serial, in any case. folder: text in where a file came from.
        account: name of the account that brought it. All that are given must hold, and one must be.
        fields: field to value.
    """

    id: str
    aircraft: str = ""
    folder: str = ""
    account: str = ""
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMonth:
    """
    A month of a pilot's logbook, signed.

    Args:
        pilot: id. month: "2026-05", local.
        digest: SHA-256 of all lines of the month, in hexadecimal; stays as it was.
        lines: flight id to SHA-256 of its line, so that what changed since can be named.
        total_ms, simulated_ms: real and simulated flying time of the month. signed_by: account. signed_us: when.
        note: of whoever signed.
    """

    pilot: str
    month: str
    digest: str
    lines: dict[str, str]
    total_ms: int
    simulated_ms: int
    signed_by: str
    signed_us: int
    note: str = ""
