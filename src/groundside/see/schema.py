"""
What the JSON of the shell and of the API looks like, name by name.

`shapes` makes it and the OpenAPI document shows it. Times are ISO 8601 in UTC, ending in "Z";
positions are [lon, lat] in degrees; a number that is unknown is null.
"""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

Position = list[float]
"""[lon, lat] in degrees of WGS 84."""


class AircraftShape(TypedDict):
    """What the files say of the aircraft; empty text where they say nothing."""

    name: str
    model: str
    serial: str
    kind: str
    firmware: str


class BatteryShape(TypedDict):
    """One battery of an aircraft; slots count from 1."""

    slot: int
    serial: str


class SourceShape(TypedDict):
    """One file that tells of a flight."""

    file: str
    format: str
    sha256: str
    chosen: bool
    why: str
    clock_offset_s: float | None
    recording_id: str


class FlightShape(TypedDict):
    """One flight as lists show it."""

    id: str
    case: str
    recording_start: str | None
    recording_s: float | None
    takeoff: str | None
    landing: str | None
    airborne_s: float | None
    distance_m: float | None
    distance_basis: str
    max_height_m: float | None
    max_speed_mps: float | None
    max_range_m: float | None
    home: Position | None
    place: str | None
    time_zone: str | None
    local_start: str | None
    aircraft: AircraftShape
    batteries: list[BatteryShape]
    sources: list[SourceShape]
    track_rows: int
    track_locked: bool
    time_basis: str
    time_error_s: float | None
    bench: bool
    simulated: bool
    inferences: list[str]
    aliases: list[str]


class SumsShape(TypedDict):
    """What all flights asked for come to, whatever the page; bench runs left out."""

    airborne_s: float
    distance_m: float


class FlightsShape(TypedDict):
    """One page of flights, how many there are in all, and what those come to."""

    total: int
    sums: SumsShape
    flights: list[FlightShape]


class TotalShape(TypedDict):
    """What the flights of one month or aircraft come to; `name` null for those of which it is not known."""

    name: str | None
    flights: int
    airborne_s: float
    distance_m: float


class TotalsShape(TypedDict):
    """What flights come to, month by month ("2026-05", in UTC) or aircraft by aircraft."""

    by: str
    totals: list[TotalShape]


class HeatCountShape(TypedDict):
    """How many flights came into a square."""

    flights: int


class HeatSquareShape(TypedDict):
    """A square as GeoJSON has it."""

    type: str
    coordinates: list[list[Position]]


class HeatFeatureShape(TypedDict):
    """One square that flights came into."""

    type: str
    properties: HeatCountShape
    geometry: HeatSquareShape


class HeatShape(TypedDict):
    """Where was flown: a GeoJSON FeatureCollection of squares, the most flown last."""

    type: str
    features: list[HeatFeatureShape]


class FileProblemShape(TypedDict):
    """A problem in a file: the first byte concerned (null: no one place), how many bytes, and what."""

    file: str
    offset: int | None
    length: int
    what: str


class NoteShape(TypedDict):
    """What a person wrote on a flight."""

    id: str
    text: str
    author: str
    at: str | None


class OfferShape(TypedDict):
    """A flight that may be the same one, and why."""

    flight: str
    why: str


class FlightDetailShape(FlightShape):
    """One flight with all that is said of it."""

    problems: list[FileProblemShape]
    notes: list[NoteShape]
    offers: list[OfferShape]


class TrackShape(TypedDict):
    """A track for looking at, column by column; `thinning` says which rows were left out."""

    rows: int
    rows_total: int
    thinning: str
    time_basis: str
    time_error_s: float | None
    columns: dict[str, list[float | int | str | bool | None]]
    origins: dict[str, str]


class LineShape(TypedDict):
    """The path of one flight over the ground: parts, because positions may be missing in between."""

    id: str
    parts: list[list[Position]]


class LinesShape(TypedDict):
    """Paths of flights; `truncated` where there were more than one answer holds."""

    lines: list[LineShape]
    truncated: bool


class FileShape(TypedDict):
    """One original as it was kept."""

    file: str
    size: int
    format: str | None
    state: str
    flights: list[str]
    problems: int
    sha256: str
    received: str | None
    recording_id: str | None
    why: str


class FilesShape(TypedDict):
    """Every original in the caller's scope."""

    files: list[FileShape]


class ReceivedShape(TypedDict):
    """What became of one file that was sent."""

    file: str
    state: str
    flights: list[str]
    duplicate: bool
    problems: int
    message: str


class JobShape(TypedDict):
    """Long work; `total` null where it is not known how much there is to do."""

    id: str
    kind: str
    state: str
    started: str | None
    ended: str | None
    done: int
    total: int | None
    unit: str
    note: str
    cancel_asked: bool


class JobsShape(TypedDict):
    """Every job in the caller's scope."""

    jobs: list[JobShape]


class EventShape(TypedDict):
    """One thing that happened; `about` is the id of what it concerns, or empty."""

    seq: int
    at: str | None
    what: str
    who: str
    how: str
    about: str


class ArchiveShape(TypedDict):
    """What an archive is."""

    id: str
    simulated: bool
    flights: int
    files: int
    last_event: int


class AboutShape(TypedDict):
    """The program, the archive and whose data the page shows."""

    version: str
    archive: ArchiveShape
    basemap_pmtiles: str | None
    attributions: list[str]


class ProblemShape(TypedDict):
    """A problem in a file that is being read."""

    offset: int | None
    length: int
    what: str


class ReadingShape(TypedDict):
    """What one file says, and where its bytes went; `format` null where nothing here understands it."""

    format: str | None
    tables: dict[str, int]
    facts: dict[str, Any]
    problems: list[ProblemShape]
    bytes_total: int
    bytes_decoded: int
    bytes_skipped: int
    bytes_unknown: int
    bytes_locked: int


class Trouble(TypedDict):
    """What went wrong, and what can be done about it."""

    what: str
    try_this: str


class ErrorShape(TypedDict):
    """Every answer that is an error."""

    error: Trouble
