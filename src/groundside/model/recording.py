"""A recording is what one file holds; a flight is cut from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundside.model.place import LonLat


class TimeBasis(StrEnum):
    """How far the clock of a recording or a flight can be trusted to be UTC."""

    UTC_GNSS = "utc_gnss"
    """UTC from satellite time in the file itself."""
    UTC_DEVICE = "utc_device"
    """The recording device states UTC, by its own clock."""
    UTC_FITTED = "utc_fitted"
    """No UTC in the file; its track fits another source of the same flight that has it."""
    LOCAL = "local"
    """A wall clock of an unknown time zone: UTC is unknown."""
    BOOT = "boot"
    """Time since power-on or since the recording began: UTC is unknown."""
    NONE = "none"
    """No clock at all."""

    @property
    def is_utc(self) -> bool:
        """Whether times on this basis are UTC."""
        return self in _UTC


_UTC = frozenset({TimeBasis.UTC_GNSS, TimeBasis.UTC_DEVICE, TimeBasis.UTC_FITTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Aircraft:
    """What a file says of the aircraft; empty text where it says nothing."""

    name: str = ""
    model: str = ""
    serial: str = ""
    kind: str = ""
    """"multirotor", "plane", "vtol", "rover" or empty."""
    firmware: str = ""


UNKNOWN_AIRCRAFT = Aircraft()


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """What a file says of one battery."""

    slot: int = 1
    serial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """
    What one file says of itself as a whole, in normalised terms; None or empty where it does not say.

    Args:
        start_us: UTC microseconds since 1970 of the first sample; None unless `time_basis.is_utc`.
        duration_s: from the first to the last sample.
        time_error_s: bound on how wrong `start_us` may be; None where UTC is unknown.
        local_start: wall clock of the first sample without zone, ISO 8601, where that is all there is.
        home: take-off or home point.
        distance_m: along the path, as the recorder counted it.
        max_height_m: above take-off, as the recorder counted it.
        max_speed_mps: horizontal, as the recorder counted it.
        takeoff_us, landing_us, airborne_s: as stated; used where there is no track to tell them from.
        track_locked: there is a track in the file, encrypted under a key not given.
        rows_expected: how many position samples the file holds, also where they are locked.
        inferences: one sentence for each thing that was inferred and not read.
    """

    time_basis: TimeBasis
    start_us: int | None = None
    duration_s: float | None = None
    time_error_s: float | None = None
    local_start: str = ""
    home: LonLat | None = None
    distance_m: float | None = None
    max_height_m: float | None = None
    max_speed_mps: float | None = None
    takeoff_us: int | None = None
    landing_us: int | None = None
    airborne_s: float | None = None
    aircraft: Aircraft = UNKNOWN_AIRCRAFT
    batteries: tuple[Battery, ...] = ()
    track_locked: bool = False
    rows_expected: int | None = None
    inferences: tuple[str, ...] = ()
