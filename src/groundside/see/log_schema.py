"""What the JSON of logs and parameters looks like, name by name; as `schema` says."""

from __future__ import annotations

from typing_extensions import TypedDict


class WhenShape(TypedDict):
    """When: `at` in UTC where that is known, `clock_s` on the file's own clock; both null where it is not said."""

    at: str | None
    clock_s: float | None


class MessageShape(WhenShape):
    """A text message; severity 0 emergency to 7 debug (RFC 5424), null where the file does not say."""

    severity: int | None
    text: str
    component: str


class LogEventShape(WhenShape):
    """Something that the recorder says happened; `origin` is the table and column that says so."""

    kind: str
    text: str
    origin: str


class ParameterChangeShape(WhenShape):
    """A value that a parameter took at a time that is known."""

    name: str
    value: float | None
    component: str


class ParameterValuesShape(TypedDict):
    """A parameter on one flight: when it began, how often it then changed, and when it ended."""

    value: float | None
    default: float | None
    changed: int
    last: float | None


class ParameterShape(ParameterValuesShape):
    """A parameter with its name."""

    name: str


class SourceLogShape(TypedDict):
    """What one file of a flight says besides its track."""

    file: str
    format: str
    time_basis: str
    identity: dict[str, str]
    messages: list[MessageShape]
    messages_total: int
    events: list[LogEventShape]
    events_total: int
    parameter_changes: list[ParameterChangeShape]


class FlightLogShape(TypedDict):
    """What all files of a flight say besides its track."""

    flight: str
    sources: list[SourceLogShape]
    parameters: list[ParameterShape]


class ParameterDifferenceShape(TypedDict):
    """A parameter in which two flights differ; null on the side that does not have it."""

    name: str
    one: ParameterValuesShape | None
    other: ParameterValuesShape | None


class ParametersComparedShape(TypedDict):
    """How two flights differ in their parameters; `alike` counts those that both have with one value."""

    one: str
    other: str
    alike: int
    differences: list[ParameterDifferenceShape]
