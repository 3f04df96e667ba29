"""What happened in a flight: phases, events with their evidence, and the draft of an incident report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from groundside.model.place import LonLat
from groundside.model.recording import TimeBasis
from groundside.model.source import Source

NOT_RECORDED = "not recorded"


class Phase(StrEnum):
    """
    What an aircraft does at one moment.

    Names and the limits of take-off and landing follow the CAST/ICAO Common Taxonomy Team, Phase of Flight: Definitions
    and Usage Notes; "transit", "survey" and "hover" are what its "en route" and "manoeuvring" are for drones.
    """

    GROUND = "ground"
    """Standing on the ground."""
    TAXI = "taxi"
    """Moving on the ground by its own power, neither for take-off nor out of a landing."""
    TAKEOFF = "takeoff"
    """From the begin of the run, or from lift-off, to 10.7 m (35 ft) above the ground."""
    CLIMB = "climb"
    TRANSIT = "transit"
    """On its way, level."""
    SURVEY = "survey"
    """Flying a pattern: lines side by side or at right angles."""
    HOVER = "hover"
    """Staying over a place: still on rotors, or circling on a wing, at least one and a half times."""
    DESCENT = "descent"
    LANDING = "landing"
    """From 10.7 m (35 ft) above the ground, coming down, to the end of the roll."""
    UNKNOWN = "unknown"
    """Nothing was recorded, or what was does not tell."""


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """
    A time in which an aircraft was in one phase.

    Args:
        phase: which.
        start_us, end_us: on the clock of the track; the end is the start of the next one, or the last row's time.
        first_row, end_row: the rows of the track it was told from, half open.
    """

    phase: Phase
    start_us: int
    end_us: int
    first_row: int
    end_row: int

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return (self.end_us - self.start_us) / 1e6


class Severity(IntEnum):
    """How grave something is; greater is graver."""

    INFO = 0
    """Part of any flight."""
    NOTICE = 1
    """Worth knowing."""
    WARNING = 2
    """Something is not as it should be."""
    CRITICAL = 3
    """The flight, or people and property below it, were in danger."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Where it is written that something happened.

    Args:
        table: "events", "messages" or "parameters" of the log, "track", or the name of a decoded table.
        first_row, end_row: its rows, half open.
        says: what is in them, in words: the text of the log, or the values compared.
        origin: the table and column of the file that this was read from; empty where the table says it itself.
    """

    table: str
    first_row: int
    end_row: int
    says: str
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """
    Something that happened in a flight.

    Args:
        kind: one of `groundside.produce.happenings.KINDS`.
        severity: how grave.
        sentence: what happened, for a person.
        start_us, end_us: on the clock of the track; the end is the same where it was a moment, and None where the
            recording ended before it did. Both None where the log does not state when.
        place: where the aircraft was at the start; None where that is unknown.
        evidence: at least one.
        value: how much, where it is a quantity: m/s down of a hard landing, percent, m/s²; else None.
        sources: who says so, where a published limit was compared with.
    """

    kind: str
    severity: Severity
    sentence: str
    start_us: int | None
    end_us: int | None
    place: LonLat | None
    evidence: tuple[Evidence, ...]
    value: float | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """
    A quantity that a log states over time, of whatever format.

    Args:
        quantity: one of `groundside.produce.happenings.measured.QUANTITIES`.
        time_us: on the clock of the track.
        values: NaN where unknown.
        table: the decoded table.
        column: the columns of it, as text.
        source_rows: the row of the table that each value is from.
    """

    quantity: str
    time_us: NDArray[np.int64]
    values: NDArray[np.float64]
    table: str
    column: str
    source_rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wind:
    """
    The wind of a flight.

    Args:
        from_deg: where it came from, clockwise from true north.
        speed_mps: how strong, in the mean.
        basis: "stated by the log", or how it was found.
        error_mps: one standard deviation of the mean vector, as far as it can be told; None where it cannot.
        evidence: what it was taken from.
        sources: of the method.
    """

    from_deg: float
    speed_mps: float
    basis: str
    error_mps: float | None
    evidence: Evidence
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    Limits to compare a flight with; None compares with none.

    Args:
        max_height_m: above take-off.
        fence: corners of a polygon to stay within; closed by itself.
        max_range_m: from home over the ground.
    """

    max_height_m: float | None = None
    max_range_m: float | None = None
    fence: tuple[LonLat, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """Something that no log can tell, to be answered by a person; `source` is who asks."""

    asks: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDraft:
    """
    The draft of an incident report: what was recorded, and what was not.

    Args:
        facts: name to value as text, in the order of a report; `NOT_RECORDED` where it is not known.
        time_basis: what the times are worth.
        happenings: in order of time, warnings and graver.
        messages: time on the clock of the track (None where not stated), severity and text, the last ones.
        phases: what the aircraft was doing.
        questions: for a person, never answered here.
        why: what led to the draft, one sentence.
    """

    facts: tuple[tuple[str, str], ...]
    time_basis: TimeBasis
    happenings: tuple[Happening, ...]
    messages: tuple[tuple[int | None, int | None, str], ...]
    phases: tuple[PhaseSpan, ...]
    questions: tuple[Question, ...]
    why: str = ""
