"""What the archive's verbs hand back, where a noun of its own would say too little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundside.model.decoded import Problem
from groundside.model.digest import Digest
from groundside.model.flight import Flight
from groundside.model.parameters import Parameter, ParameterDifference

if TYPE_CHECKING:
    from groundside.model.log import Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """
    What a person wrote on a flight.

    Args:
        id: permanent.
        text: as written; plain text, never markup.
        author: account name of who wrote it.
        at_us: UTC microseconds of the writing.
    """

    id: str
    text: str
    author: str
    at_us: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A flight that may be the same one but was not merged by itself, and why it is offered."""

    flight: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightDetail:
    """
    One flight with all that is said of it.

    Args:
        flight: the flight.
        problems: (name of the file, the problem in it), file by file in order of offset.
        notes: in the order in which they were written.
        offers: flights that a person may want to merge with it.
    """

    flight: Flight
    problems: tuple[tuple[str, Problem], ...] = ()
    notes: tuple[Note, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceLog:
    """What one file of a flight says besides its track; `log.time_basis` says whether its times are UTC."""

    file: str
    format: str
    log: Log


@dataclass(frozen=True, slots=True)
class FlightLog:
    """
    What the files of a flight say besides its track.

    Args:
        flight: the flight.
        sources: file by file; those that say nothing are left out.
        parameters: by name, as they were when the flight began, from whichever file states most of them.
    """

    flight: Flight
    sources: tuple[SourceLog, ...]
    parameters: Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class ParametersCompared:
    """
    How two flights differ in their parameters.

    Args:
        one, other: the flights.
        differences: by name.
        alike: how many parameters both have with the same value.
    """

    one: Flight
    other: Flight
    differences: tuple[ParameterDifference, ...]
    alike: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """
    One original as a list of files shows it.

    Args:
        file: its name when it came, for people to read; not a path.
        size: bytes.
        format: name of the format, or empty where nothing here understands it.
        state: how far it came: "pending", "read", "locked", "not-understood", "failed", "too-large".
        flights: ids of the flights that it tells of.
        problems: how many were found in it.
        sha256: of the original bytes.
        received_us: UTC microseconds when it was durable here.
        recording_id: of the recording in it, or None.
        why: one sentence where the state needs one.
    """

    file: str
    size: int
    format: str
    state: str
    flights: tuple[str, ...]
    problems: int
    sha256: Digest
    received_us: int
    recording_id: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """
    What became of one file that was handed in.

    Args:
        file: its name, for people to read.
        state: as in `FileRow`.
        flights: ids of the flights that it tells of.
        duplicate: the archive held these bytes before; nothing changed.
        problems: how many were found in it.
        message: one sentence for whoever sent it.
    """

    file: str
    state: str
    flights: tuple[str, ...] = ()
    duplicate: bool = False
    problems: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an archive is: the program's version, the archive's id, and how much is in it for this caller."""

    version: str
    archive_id: str
    simulated: bool
    """Whether every flight in it was simulated."""
    flights: int
    files: int
    last_event: int = 0
    """`seq` of the newest event this caller may see; a page that opens now follows from there."""
