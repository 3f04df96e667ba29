"""Flights for a logbook, of which a test states only what matters to it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from groundside.model.logbook import Basis, CarriedOver, Light, LogbookLine, LoggedFlight
from groundside.model.place import LonLat

FIELD = LonLat(-98.51234, 45.51234)
"""Open land where no real flight of the corpus was."""
ZONE = "America/Chicago"
SECOND_US = 1_000_000
MINUTE_MS = 60_000


def utc_us(*when: int) -> int:
    """Year, month, day, hour, minute, second in UTC as microseconds."""
    return int(datetime(*when, tzinfo=UTC).timestamp()) * SECOND_US  # type: ignore[arg-type,misc]


NOON_US = utc_us(2026, 6, 1, 18)
"""About local noon at the field."""


def flight(name: str = "f1", *, start_us: int | None = NOON_US, minutes: float = 10.0, **told: Any) -> LoggedFlight:
    """A flight from `start_us` of so many minutes at the field."""
    given: dict[str, Any] = {"pilot": "ann", "place": FIELD, "zone": ZONE, "airborne_s": minutes * 60.0}
    if start_us is not None:
        given |= {"takeoff_us": start_us, "landing_us": start_us + round(minutes * 60 * SECOND_US)}
    return LoggedFlight(**(given | {"id": name} | told))


def line(name: str, on: date | None, *, minutes: int = 10, night: int = 0, **told: Any) -> LogbookLine:
    """A line of the logbook on a date, some of it at night."""
    total = minutes * MINUTE_MS
    light = Light(day_ms=total - night * MINUTE_MS, night_ms=night * MINUTE_MS)
    flown = LoggedFlight(**({"id": name, "pilot": "ann", "type": "quad", "aircraft": "a1"} | told))
    return LogbookLine(flight=flown, date=on, total_ms=total, basis=Basis.AIRBORNE, light=light)


def carried(name: str = "book", *, minutes: int = 600, as_of: date = date(2026, 1, 1), **told: Any) -> CarriedOver:
    """Ten hours of Ann's from before 2026."""
    return CarriedOver(**({"id": name, "pilot": "ann", "as_of": as_of, "total_ms": minutes * MINUTE_MS} | told))
