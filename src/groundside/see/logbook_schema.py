"""
What the JSON of the logbook, of people and of the fleet looks like in the API.

`logbook_shapes` and `fleet_shapes` make it. Lengths are whole milliseconds where a name ends in `_ms`; dates are local,
times UTC; null is unknown.
"""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

Estimated = dict[str, Any]
"""A number with its interval, evidence and method, or the reason why there is none; see `model.health.Finding`."""


class HoursShape(TypedDict):
    """A sum of flying time; see `model.logbook.Hours`."""

    flights: int
    total_ms: int
    day_ms: int
    twilight_ms: int
    night_ms: int
    unknown_light_ms: int
    part107_twilight_ms: int
    part107_unknown_ms: int
    within_sight_ms: int
    beyond_sight_ms: int
    unknown_sight_ms: int
    recording_ms: int
    carried_ms: int


class GroupShape(HoursShape):
    """The hours of one group; `key` is empty where what it is grouped by is unknown."""

    key: str


class SumsOfHoursShape(TypedDict):
    """Hours by group, and as a whole."""

    groups: list[GroupShape]
    whole: HoursShape


class PartShape(TypedDict):
    """A part of all hours: by light, or by sight."""

    key: str
    total_ms: int


class LightShape(TypedDict):
    """The time of one flight by light; day, twilight, night and unknown add up to it."""

    day_ms: int
    twilight_ms: int
    night_ms: int
    unknown_ms: int
    part107_twilight_ms: int
    part107_unknown_ms: int


class LineShape(TypedDict):
    """One flight in the logbook; `date` is that of its beginning at its place."""

    flight: str
    date: str | None
    takeoff: str | None
    place: str | None
    aircraft: str | None
    type: str | None
    simulated: bool
    total_ms: int | None
    basis: str
    light: LightShape | None
    said: dict[str, str]
    notes: list[str]


class LeftOutShape(TypedDict):
    """A flight that is in no sum, and why."""

    flight: str
    why: str


class CarriedShape(TypedDict):
    """Hours carried over from another logbook; see `model.logbook.CarriedOver`."""

    id: str
    pilot: str
    as_of: str
    total_ms: int
    since: str | None
    aircraft: str
    type: str
    purpose: str
    simulated: bool
    day_ms: int | None
    twilight_ms: int | None
    night_ms: int | None
    part107_twilight_ms: int | None
    within_sight_ms: int | None
    beyond_sight_ms: int | None


class SignedShape(TypedDict):
    """A signed month."""

    month: str
    sha256: str
    flights: int
    total_ms: int
    simulated_ms: int
    by: str
    at: str | None
    note: str | None


class SignedStateShape(SignedShape):
    """A signed month, and what changed in it since; nothing where it stands as signed."""

    changed: list[str]


class LogbookShape(TypedDict):
    """A logbook: sums, every flight, what is in no sum and why, hours from before, signed months."""

    pilot: str | None
    by: str
    flown: SumsOfHoursShape
    simulated: SumsOfHoursShape
    parts: list[PartShape]
    flights: list[LineShape]
    left_out: list[LeftOutShape]
    carried: list[CarriedShape]
    signed: list[SignedStateShape]


class PlaceFlownShape(TypedDict):
    """Flights and hours at one place; no name where it is not known."""

    place: str | None
    flights: int
    total_ms: int


class OverviewShape(TypedDict):
    """Sums of a logbook by month, its newest flights, and how many there are of what."""

    pilot: str | None
    flown: SumsOfHoursShape
    simulated: SumsOfHoursShape
    flights: list[LineShape]
    left_out: list[LeftOutShape]
    carried: list[CarriedShape]
    count: int
    without_pilot: int
    left_out_count: int
    places: list[PlaceFlownShape]
    place_count: int


class AssignedChangeShape(TypedDict):
    """One change of assignments."""

    id: str
    said: str
    flights: int
    by: str
    at: str | None
    undoes: str | None


class AssignDoneShape(AssignedChangeShape):
    """What a change of assignments came to; `left` fields stay as somebody changed them since."""

    asked: int
    left: int


class AssignChangesShape(TypedDict):
    """Changes of assignments, the newest first."""

    changes: list[AssignedChangeShape]


class AssignedShape(TypedDict):
    """What a field of a flight is (`until` null), or was."""

    flight: str
    field: str
    value: str
    by: str
    at: str | None
    until: str | None
    change: str


class AssignmentsShape(TypedDict):
    """All that a flight ever was assigned, in the order in which it was said."""

    assignments: list[AssignedShape]


class CertificateShape(TypedDict):
    """A test passed, a training completed or a certificate issued."""

    id: str
    kind: str
    obtained: str
    expires: str | None
    number: str | None


class PersonShape(TypedDict):
    """A person, with what they hold."""

    id: str
    name: str
    zone: str
    accounts: list[str]
    rules: list[str]
    certificates: list[CertificateShape]


class PeopleShape(TypedDict):
    """People by name."""

    people: list[PersonShape]


class StandingShape(TypedDict):
    """Whether a person meets a rule, until when, and why."""

    pilot: str
    rule: str
    allows: str | None
    subject: str | None
    verdict: str
    until: str | None
    lapses: str | None
    because: str
    rests_on: list[str]
    doubtful: list[str]


class CurrencyShape(TypedDict):
    """Who may fly what on a date, and what lapses in the days after it; what the rules are called, and who says so."""

    on: str
    within_days: int
    standings: list[StandingShape]
    lapsing: list[StandingShape]
    rules: list[RuleShape]


class RuleShape(TypedDict):
    """A currency rule, with its source."""

    id: str
    title: str
    authority: str
    allows: str
    source: dict[str, str] | None
    verified: str | None
    read: str
    note: str


class FleetShape(TypedDict):
    """A fleet; `looked` is false where flights were not looked into for batteries and what happened in them."""

    looked: bool
    aircraft: list[dict[str, Any]]
    batteries: list[dict[str, Any]]
    components: list[dict[str, Any]]
    maintenance: list[dict[str, Any]]
    grounded: list[dict[str, Any]]
    unread: list[dict[str, Any]]
    battery_flights: list[BatteryFlightShape]


class BatteryFlightShape(TypedDict):
    """One battery in one flight."""

    known_by: str
    flight: str
    start: str | None
    airborne_s: float | None
    least_v: float | None
    percent_first: float | None
    percent_last: float | None
    temperature_c: float | None
    drawn_ah: Estimated
    resistance: Estimated
    capacity: Estimated


class HappenedShape(TypedDict):
    """What happened in a flight; times are UTC where `utc` is true, else microseconds on the log's own clock."""

    flight: str
    utc: bool
    phases: list[dict[str, Any]]
    events: list[dict[str, Any]]
    wind: dict[str, Any] | None
