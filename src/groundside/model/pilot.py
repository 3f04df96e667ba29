"""Pilots, what they are qualified for, and the rules by which that lapses. Dates are local."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from groundside.model.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """
    A person who flies; nothing more of them than the logbook needs.

    Args:
        zone: IANA name of the time zone at whose midnight qualifications lapse.
    """

    id: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """
    A pilot or member of a crew as the archive keeps them: the least that a logbook needs.

    Args:
        id: random and permanent; flights are assigned to it, so that a name can change, or be forgotten.
        zone: IANA time zone at whose midnight what they hold lapses.
        accounts: names of accounts, for rules that assign flights by who brought them.
        rules: ids of currency rules that apply to them; empty for those of the certificates that they hold.
    """

    id: str
    name: str
    zone: str = "UTC"
    accounts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    @property
    def pilot(self) -> Pilot:
        """As currency rules need them."""
        return Pilot(id=self.id, name=self.name, zone=self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """
    A test passed, a training completed or a certificate issued.

    Args:
        kind: as the rules name it, for example "part-107-recurrent-training".
        obtained: the date on it.
        expires: last date on which it is valid, where that is printed on it; holds instead of the rule's reckoning.
        number: printed on it, where somebody wants it in the logbook.
    """

    id: str
    pilot: str
    kind: str
    obtained: date
    expires: date | None = None
    number: str = ""


class Unit(StrEnum):
    """How a period is counted."""

    DAYS = "days"
    """The day itself and so many days after it."""
    CALENDAR_MONTHS = "calendar_months"
    """To the end of the month that comes so many months later."""
    MONTHS = "months"
    """To the same date so many months later, or the last of that month where it has no such date."""
    YEARS = "years"
    """To the same date so many years later, or 28 February where there is no 29th."""


@dataclass(frozen=True, slots=True)
class Period:
    """So many days, months or years."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """
    What a rule asks a pilot to hold.

    Args:
        any_of: kinds of qualification, of which the one that lasts longest counts.
        renewed_by: kinds that count only if obtained while the pilot still held a valid one.
        after: only what was obtained later than this date counts.
    """

    any_of: tuple[str, ...]
    renewed_by: tuple[str, ...] = ()
    after: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """
    What a rule asks a pilot to have flown.

    Args:
        count: how many flights, each of which is one take-off and one landing. minutes: how long altogether.
        per: "" for all aircraft together, "aircraft" for each one, "type" for each type.
        light: "" for any, "night" for flights of which some was at night (14 CFR 1.1).
        types, aircraft, purposes: where any are named, only such flights count.
        simulated: whether simulated flights count too.
    """

    count: int = 0
    minutes: int = 0
    per: str = ""
    light: str = ""
    types: tuple[str, ...] = ()
    aircraft: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One condition of being allowed to fly.

    Args:
        allows: what it is a condition of. needs: what has to be held or flown, and `within` which time before.
        within: None for something that never lapses.
        also: ids of rules that have to be met too.
        source: where it is published. verified: when that was last looked up, and `read` where.
        note: what the rule does not say of itself.
    """

    id: str
    title: str
    authority: str
    allows: str
    needs: Held | Flown
    within: Period | None = None
    also: tuple[str, ...] = ()
    source: Source | None = None
    verified: date | None = None
    read: str = ""
    note: str = ""


class Verdict(StrEnum):
    """Whether a rule is met."""

    CURRENT = "current"
    LAPSED = "lapsed"
    NEVER = "never met"
    UNKNOWN = "unknown"
    """It depends on flights whose date, light or aircraft nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    Whether a pilot meets a rule on a date, and what that rests on.

    Args:
        subject: the aircraft or type that it is about; empty where it is about all.
        until: last local date on which it is met, or was; None where it never lapses or never was met.
        lapses_us: the midnight after that at the pilot's, UTC microseconds.
        because: the reason, in one sentence.
        rests_on: ids of the qualifications or flights that count.
        doubtful: ids of flights of which it cannot be told whether they count.
    """

    rule: str
    pilot: str
    subject: str
    verdict: Verdict
    because: str
    until: date | None = None
    lapses_us: int | None = None
    rests_on: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """Who may fly what on a date, and of that what lapses in the days that follow, soonest first."""

    on: date
    standings: tuple[Standing, ...]
    lapsing: tuple[Standing, ...]
