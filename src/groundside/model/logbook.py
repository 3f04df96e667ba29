"""The logbook: what was flown, by whom, for how long and in what light. Times are UTC microseconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from groundside.model.place import LonLat


class Sight(StrEnum):
    """Whether the pilot had the aircraft in sight."""

    WITHIN = "within"
    """In visual line of sight."""
    BEYOND = "beyond"
    """Beyond visual line of sight."""
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class PassedBy:
    """Where the aircraft was at a time: degrees of WGS 84, longitude first."""

    us: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedFlight:
    """
    A flight as the logbook needs it; None or empty where unknown, which is never taken for nothing.

    Args:
        pilot: id of the pilot in command. aircraft: id of the aircraft. type: its type, as the owner groups them.
        takeoff_us, landing_us: as in `Cut`. airborne_s: seconds in the air.
        recording_start_us, recording_s: of the recording; stand in where the flight's own are unknown.
        local_start: wall clock without zone, ISO 8601, where that is all there is.
        place: home or take-off. zone: IANA name of its time zone.
        positions: the track, thinned, in order of time; where empty the whole flight is held to be at `place`.
    """

    id: str
    pilot: str = ""
    aircraft: str = ""
    type: str = ""
    purpose: str = ""
    sight: Sight = Sight.UNKNOWN
    simulated: bool = False
    takeoff_us: int | None = None
    landing_us: int | None = None
    airborne_s: float | None = None
    recording_start_us: int | None = None
    recording_s: float | None = None
    local_start: str = ""
    place: LonLat | None = None
    zone: str = ""
    positions: tuple[PassedBy, ...] = ()


class Basis(StrEnum):
    """What the length of a flight rests on."""

    AIRBORNE = "time in the air"
    ENDS = "take-off to landing"
    RECORDING = "length of the recording"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """
    Flying time by light, in milliseconds.

    `day_ms`, `twilight_ms`, `night_ms` and `unknown_ms` add up to the time flown. Part 107 draws its own lines, which
    lie across these (its twilight is both shorter and longer than that of the almanac): it stands beside them.

    Args:
        day_ms: sunrise to sunset. twilight_ms: civil twilight of the almanac. night_ms: night of 14 CFR 1.1.
        part107_twilight_ms: civil twilight of 14 CFR 107.29(c).
        part107_unknown_ms: time of which that cannot be told.
    """

    day_ms: int = 0
    twilight_ms: int = 0
    night_ms: int = 0
    unknown_ms: int = 0
    part107_twilight_ms: int = 0
    part107_unknown_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogbookLine:
    """
    One flight in the logbook.

    Args:
        date: local date of its beginning at the place; None where unknown.
        total_ms: time flown; None where unknown. basis: what that rests on.
        light: None where the time flown is unknown.
        notes: one sentence for each thing that was inferred or could not be told.
    """

    flight: LoggedFlight
    date: date | None
    total_ms: int | None
    basis: Basis
    light: Light | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOver:
    """
    Hours from before, brought from another logbook: those flown from `since` until the day before `as_of`.

    They stand for all flights of the pilot in that time, on that aircraft or type where one is named, for that purpose
    where one is named: such flights, if they are in the archive too, are not counted again. What is None is unknown.

    Args:
        since: first local date covered; None for "from the beginning".
        as_of: first local date no longer covered.
        total_ms: milliseconds; the others are parts of it.
    """

    id: str
    pilot: str
    as_of: date
    total_ms: int
    since: date | None = None
    aircraft: str = ""
    type: str = ""
    purpose: str = ""
    simulated: bool = False
    day_ms: int | None = None
    twilight_ms: int | None = None
    night_ms: int | None = None
    part107_twilight_ms: int | None = None
    within_sight_ms: int | None = None
    beyond_sight_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """
    A sum of flying time, in whole milliseconds, so that every way of grouping gives the same.

    Args:
        flights: how many flights of the archive are in it; those behind carried-over hours are not.
        total_ms: day, twilight, night and unknown light; also the three of sight; also `carried_ms` and what was
            flown here.
        recording_ms: how much of it rests on the length of a recording, for want of the time in the air.
        carried_ms: how much of it is carried over.
    """

    flights: int = 0
    total_ms: int = 0
    day_ms: int = 0
    twilight_ms: int = 0
    night_ms: int = 0
    unknown_light_ms: int = 0
    part107_twilight_ms: int = 0
    part107_unknown_ms: int = 0
    within_sight_ms: int = 0
    beyond_sight_ms: int = 0
    unknown_sight_ms: int = 0
    recording_ms: int = 0
    carried_ms: int = 0

    def __add__(self, other: Hours) -> Hours:
        return Hours(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Hours)})


class Grouping(StrEnum):
    """By what hours are grouped. Days, months and years are those of the place, of the flight's beginning."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    TYPE = "type"
    AIRCRAFT = "aircraft"
    PILOT = "pilot"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True)
class Sums:
    """Hours by key and as a whole; the key is empty where what it is grouped by is unknown."""

    groups: tuple[tuple[str, Hours], ...]
    whole: Hours


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A flight that is in no sum, and why, in one sentence."""

    flight_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """
    The hours of a logbook.

    Args:
        flown: real flights. simulated: those that were not.
        unknown: flights whose length nobody knows; they are in no sum.
        covered: flights that carried-over hours already hold.
        doubtful: flights of which it cannot be told whether carried-over hours hold them: not counted, lest they be
            counted twice.
        repeated: flights that were given more than once; counted once.
    """

    by: Grouping
    flown: Sums
    simulated: Sums
    unknown: tuple[LeftOut, ...] = ()
    covered: tuple[LeftOut, ...] = ()
    doubtful: tuple[LeftOut, ...] = ()
    repeated: tuple[str, ...] = ()
