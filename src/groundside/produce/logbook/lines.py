"""Flights as lines of the logbook: on which day, for how long, in what light."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime

from groundside.errors import BadRequest
from groundside.model.logbook import Basis, Light, LogbookLine, LoggedFlight
from groundside.produce.logbook.light import Window, lights
from groundside.produce.logbook.local_days import local_date, zone_info

_APART_US = 1_000_000


def lines(flights: Sequence[LoggedFlight], home_zone: str) -> tuple[LogbookLine, ...]:
    """
    Make lines of the logbook.

    A flight counts with its time in the air, else with the time from take-off to landing, else with the length of its
    recording, and says which.

    Args:
        flights: in any order.
        home_zone: IANA time zone in which the day is counted where a flight's own is unknown; said in its notes.

    Returns:
        One line for each, in the same order.

    Raises:
        BadRequest: there is no such time zone.
    """
    zone_info(home_zone)
    windows = {at: window for at, flight in enumerate(flights) if (window := _window(flight)) is not None}
    light = dict(zip(windows, lights(tuple(windows.values())), strict=True))
    return tuple(_line(flight, home_zone, windows.get(at), light.get(at)) for at, flight in enumerate(flights))


def _line(flight: LoggedFlight, home_zone: str, window: Window | None, light: Light | None) -> LogbookLine:
    total_ms, basis = _length(flight)
    zone, zone_notes = _zone(flight, home_zone)
    if light is None and total_ms is not None:
        light = Light(unknown_ms=total_ms, part107_unknown_ms=total_ms)
    return LogbookLine(
        flight=flight,
        date=_date(flight, total_ms, zone),
        total_ms=total_ms,
        basis=basis,
        light=light,
        notes=(*zone_notes, *_notes(flight, window, basis)),
    )


def _length(flight: LoggedFlight) -> tuple[int | None, Basis]:
    airborne_ms, recording_ms = _milliseconds(flight.airborne_s), _milliseconds(flight.recording_s)
    if airborne_ms is not None:
        return airborne_ms, Basis.AIRBORNE
    if flight.takeoff_us is not None and flight.landing_us is not None and flight.landing_us >= flight.takeoff_us:
        return round((flight.landing_us - flight.takeoff_us) / 1000), Basis.ENDS
    if recording_ms is not None:
        return recording_ms, Basis.RECORDING
    return None, Basis.UNKNOWN


def _milliseconds(seconds: float | None) -> int | None:
    """Turn seconds into milliseconds; what can be no length is unknown."""
    return round(seconds * 1000) if seconds is not None and math.isfinite(seconds) and seconds >= 0.0 else None


def _window(flight: LoggedFlight) -> Window | None:
    """Say from when to when a flight was in the air; None where that is unknown."""
    total_ms, basis = _length(flight)
    start_us = _start_us(flight, total_ms)
    if total_ms is None or start_us is None:
        return None
    end_us = flight.landing_us if flight.landing_us is not None and basis is not Basis.RECORDING else None
    if end_us is None or end_us <= start_us:
        end_us = start_us + total_ms * 1000
    return Window(flight, start_us, end_us, total_ms)


def _start_us(flight: LoggedFlight, total_ms: int | None) -> int | None:
    if flight.takeoff_us is not None:
        return flight.takeoff_us
    if flight.landing_us is not None and total_ms is not None:
        return flight.landing_us - total_ms * 1000
    return flight.recording_start_us


def _zone(flight: LoggedFlight, home_zone: str) -> tuple[str, tuple[str, ...]]:
    if not flight.zone:
        return home_zone, (f"its time zone is unknown: its day is counted in {home_zone}",)
    try:
        zone_info(flight.zone)
    except BadRequest:
        return home_zone, (f"there is no time zone {flight.zone!r}: its day is counted in {home_zone}",)
    return flight.zone, ()


def _date(flight: LoggedFlight, total_ms: int | None, zone: str) -> date | None:
    start_us = _start_us(flight, total_ms)
    if start_us is not None:
        return local_date(start_us, zone)
    if flight.landing_us is not None:
        return local_date(flight.landing_us, zone)
    try:
        return datetime.fromisoformat(flight.local_start).date()
    except ValueError:
        return None


def _notes(flight: LoggedFlight, window: Window | None, basis: Basis) -> list[str]:
    notes: list[str] = []
    if basis is Basis.RECORDING:
        notes.append("the time in the air is unknown: it counts with the length of its recording")
    if basis is Basis.UNKNOWN:
        notes.append("nobody knows how long it was: it is in no sum")
    elif window is None or not window.is_known:
        notes.append("when or where it was flown is unknown, and with it the light")
    elif abs(window.end_us - window.start_us - window.total_ms * 1000) > _APART_US:
        notes.append("its time in the air is not that from take-off to landing: each light has its share")
    if flight.takeoff_us is None and flight.landing_us is None and window is not None:
        notes.append("take-off and landing are unknown: it is held to begin with its recording")
    return notes
