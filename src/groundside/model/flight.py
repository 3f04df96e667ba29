"""A flight: from one take-off to the landing after it, whichever files tell of it."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.model.digest import Digest
from groundside.model.place import LonLat
from groundside.model.recording import UNKNOWN_AIRCRAFT, Aircraft, Battery, TimeBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named place near a position, and its time zone; found offline."""

    name: str
    """As people say it: "Winterthur, Zurich, CH"; with distance and bearing where it is not in the town."""
    time_zone: str
    """IANA name; empty where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """
    One flight cut out of one recording, with what that recording alone says of it.

    Args:
        ordinal: 0 for the first flight in the recording.
        first_row, end_row: its rows in the recording's track, half open; both 0 where there is no track.
        recording_start_us: UTC of the first sample of the recording; None where UTC is unknown.
        recording_s: length of the recording in seconds.
        takeoff_us, landing_us: UTC, None where unknown (also where the log begins or ends in the air).
        airborne_s: seconds in the air as recorded; None where unknown.
        local_start: wall clock without zone where that is all there is.
        distance_m: along the path; `distance_basis` says how it was found.
        distance_basis: "stated by the recorder", "summed along the track" or empty.
        max_height_m: above take-off. max_speed_mps: horizontal. max_range_m: furthest from home.
        home: take-off or home point.
        track_rows: rows of the track; where it is locked, how many positions the file holds.
        bench: nothing flew: switched on and off again on the ground. Kept, listed apart, counted in no total.
        inferences: one sentence for each thing inferred.
    """

    ordinal: int
    first_row: int
    end_row: int
    time_basis: TimeBasis
    time_error_s: float | None
    recording_start_us: int | None
    recording_s: float | None
    local_start: str = ""
    takeoff_us: int | None = None
    landing_us: int | None = None
    airborne_s: float | None = None
    distance_m: float | None = None
    distance_basis: str = ""
    max_height_m: float | None = None
    max_speed_mps: float | None = None
    max_range_m: float | None = None
    home: LonLat | None = None
    aircraft: Aircraft = UNKNOWN_AIRCRAFT
    batteries: tuple[Battery, ...] = ()
    track_locked: bool = False
    track_rows: int = 0
    bench: bool = False
    inferences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightSource:
    """One file that tells of a flight."""

    file: str
    format: str
    sha256: Digest
    recording_id: str
    chosen: bool = False
    """Whether the flight's track is this file's."""
    clock_offset_s: float | None = None
    """Added to this file's clock to meet the flight's; None where both are taken as they are."""
    why: str = ""
    """Why it is held to be the same flight, and why its track was or was not chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """
    A flight as the catalogue holds it: the `Cut`s of all its sources, made one.

    `id` is random and permanent. Times are UTC microseconds or None; see `Cut` for the rest.
    """

    id: str
    case: str
    sources: tuple[FlightSource, ...]
    summary: Cut
    place: Place | None = None
    track_object: str | None = None
    simulated: bool = False
    aliases: tuple[str, ...] = ()
