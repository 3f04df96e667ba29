"""Batteries and what wears: what is known of their health, on what evidence, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundside.model.source import Source

OWNER = Source("stated by the owner", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """
    A quantity with its uncertainty and what it rests on.

    Args:
        quantity: its name with its unit: "resistance_ohm", "capacity_ah", "full_cycles".
        value: the estimate.
        low, high: the interval that holds the true value with 95 % confidence, as far as the evidence can tell.
        count: how many independent pieces of evidence: windows of load, steps of percent, flights.
        evidence: what was used, what was left out and what was assumed, in sentences.
        method: who says that it is found so.
    """

    quantity: str
    value: float
    low: float
    high: float
    count: int
    evidence: tuple[str, ...]
    method: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEnough:
    """
    There is not enough evidence for a number.

    Args:
        quantity: which one.
        why: what is missing, in a sentence.
    """

    quantity: str
    why: str


Finding = Estimate | NotEnough
"""A number with its evidence, or the reason why there is none."""


@dataclass(frozen=True, slots=True)
class BatteryKey:
    """
    Which battery. By its serial, or, where the log tells none, whatever was in a slot of an aircraft.

    Args:
        serial: as the log states it; empty where it does not.
        aircraft: serial or id of the aircraft; empty where `serial` is known, as batteries move.
        slot: 1 or 2; 0 where `serial` is known.
    """

    serial: str
    aircraft: str = ""
    slot: int = 0

    @property
    def known_by(self) -> str:
        """What tells it apart, for a person."""
        if self.serial:
            return f"serial {self.serial}"
        return f"slot {self.slot} of aircraft {self.aircraft or 'unknown'}: no serial is recorded, it may be several"


@dataclass(frozen=True, slots=True)
class Span:
    """The least, the middle and the greatest of what was measured."""

    least: float
    median: float
    greatest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryFlight:
    """
    One battery in one flight. Two batteries in an aircraft are two of these.

    Args:
        battery: which one.
        flight_id: of the flight.
        start_us: UTC of the flight's beginning; None where unknown.
        airborne_s: seconds in the air; None where unknown.
        drawn_ah: charge taken out, on the ground and in the air; `NotEnough` where current is not recorded.
        percent_first, percent_last: what was left at both ends; None where unknown.
        least_v: the lowest voltage; None where unknown.
        temperature_c: of the battery; None where it does not measure it.
        resistance, capacity: of the pack at that temperature, as it flew; nothing is converted to another.
        spread_load, spread_rest: greatest less least cell voltage, median while working and while resting.
    """

    battery: BatteryKey
    flight_id: str
    start_us: int | None
    airborne_s: float | None
    drawn_ah: Finding
    percent_first: float | None
    percent_last: float | None
    least_v: float | None
    temperature_c: Span | None
    resistance: Finding
    capacity: Finding
    spread_load: Finding
    spread_rest: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """
    How a quantity changes with use or age, by a robust line.

    Args:
        quantity: with its unit, as in `Estimate`.
        per: what it is counted in: "full cycle", "flight" or "day".
        slope, low, high: change for each of those, with its interval of 95 % confidence.
        count: flights it rests on. span: from the first to the last of them, in `per`.
        evidence: what was left out and why, in sentences.
        method: who says that it is found so.
    """

    quantity: str
    per: str
    slope: float
    low: float
    high: float
    count: int
    span: float
    evidence: tuple[str, ...]
    method: Source


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold, and who set it: a publication, the maker's manual or the owner."""

    value: float
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCircuit:
    """
    The open-circuit voltage of a kind of cell over its state of charge, as its maker or a test says.

    Args:
        percent: of charge left, ascending. cell_v: of one cell at rest, ascending with it.
        error_percent: how wrong a state of charge read from it is, one standard deviation; with what a moving load
            leaves of it.
        source: who says so.
    """

    percent: tuple[float, ...]
    cell_v: tuple[float, ...]
    error_percent: float
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """
    What a battery is when new, as its maker or owner says; None where nobody said.

    Args:
        capacity_ah, resistance_ohm: of the whole pack.
        source: who says so.
    """

    capacity_ah: float | None = None
    resistance_ohm: float | None = None
    source: Source = OWNER


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryLimits:
    """
    When a battery is done; None where nobody set a limit, and then nothing is compared.

    Args:
        least_capacity_share: of the rated capacity.
        most_resistance_ratio: to the rated resistance, or else to what it was in its first flights.
        most_full_cycles: full-cycle equivalents.
        most_spread_v: between its cells at rest.
        most_age_days: since it was put into service.
    """

    least_capacity_share: Limit | None = None
    most_resistance_ratio: Limit | None = None
    most_full_cycles: Limit | None = None
    most_spread_v: Limit | None = None
    most_age_days: Limit | None = None


class Verdict(StrEnum):
    """What to do with a battery, gravest last."""

    NOT_ENOUGH = "not enough evidence"
    """No limit could be compared with anything."""
    KEEP = "keep"
    """Every limit that could be compared is met, with the whole interval."""
    WATCH = "watch"
    """An interval reaches over a limit: it may be passed."""
    RETIRE = "retire"
    """A whole interval lies beyond a limit."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison with a limit: what came of it, in words, and whose limit it is; None where there is none."""

    verdict: Verdict
    says: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """The gravest of the verdicts, and all reasons, gravest first."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryHealth:
    """
    A battery over all its flights.

    Args:
        battery: which one.
        flights: how many it flew in. airborne_s: their sum; `airborne_unknown` of them state no time.
        first_us, last_us: UTC of the first and last flight with a known time.
        drawn_ah: charge taken out in all flights that record it; `NotEnough` where none does.
        full_cycles: that charge by the rated capacity.
        resistance, capacity: of the last flights together. spread_rest: of the last flight that has one.
        resistance_trend, capacity_trend: how they change.
        advice: what to do, and why.
    """

    battery: BatteryKey
    flights: int
    airborne_s: float
    airborne_unknown: int
    first_us: int | None
    last_us: int | None
    drawn_ah: Finding
    full_cycles: Finding
    resistance: Finding
    capacity: Finding
    spread_rest: Finding
    resistance_trend: Trend | NotEnough
    capacity_trend: Trend | NotEnough
    advice: Advice
