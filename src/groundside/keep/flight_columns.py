"""Facts of a flight as columns: what is searched and sorted by, beside the whole as JSON text."""

from __future__ import annotations

from collections.abc import Iterable

from groundside.keep.canonical import canonical, finite, shortened, storable
from groundside.keep.flight_search import folded
from groundside.keep.rows import Box, FlightFacts
from groundside.model.flight import Cut
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft

MOST_INDEXED = 600
"""Bytes of a name that flights are listed by: PostgreSQL holds 2,704 in one entry of an index, SQLite any number."""


def facts_columns(facts: FlightFacts) -> dict[str, object]:
    """Give every column of the table `flight` that can be computed again."""
    return {
        **_times(facts.summary),
        **_measures(facts.summary),
        **_whereabouts(facts),
        "aircraft_folded": _indexed(_identity(facts.summary.aircraft)),
        "track_rows": facts.summary.track_rows,
        "track_locked": facts.summary.track_locked,
        "bench": facts.summary.bench,
        "simulated": facts.simulated,
        "summary": canonical(facts.summary),
        "chosen_original": facts.chosen.original_id if facts.chosen else None,
        "chosen_ordinal": facts.chosen.ordinal if facts.chosen else None,
        "track_object": facts.track_object,
    }


def _identity(aircraft: Aircraft) -> tuple[str, ...]:
    return storable(aircraft.name), storable(aircraft.model), storable(aircraft.serial)


def _indexed(words: Iterable[str]) -> str | None:
    text = folded(words)
    return text and shortened(text, MOST_INDEXED)


def _times(summary: Cut) -> dict[str, object]:
    return {
        "recording_start_us": summary.recording_start_us,
        "takeoff_us": summary.takeoff_us,
        "landing_us": summary.landing_us,
        "time_basis": summary.time_basis.value,
        "time_error_s": finite(summary.time_error_s),
    }


def _measures(summary: Cut) -> dict[str, object]:
    return {
        "recording_s": finite(summary.recording_s),
        "airborne_s": finite(summary.airborne_s),
        "distance_m": finite(summary.distance_m),
        "max_height_m": finite(summary.max_height_m),
    }


def _whereabouts(facts: FlightFacts) -> dict[str, object]:
    home, place = facts.summary.home, facts.place
    box = facts.box or _around(home)
    return {
        "place": storable(place.name) if place and place.name else None,
        "place_folded": _indexed([storable(place.name)]) if place else None,
        "time_zone": place.time_zone if place else "",
        "home_lon": finite(home.lon) if home else None,
        "home_lat": finite(home.lat) if home else None,
        "min_lon": finite(box.min_lon) if box else None,
        "min_lat": finite(box.min_lat) if box else None,
        "max_lon": finite(box.max_lon) if box else None,
        "max_lat": finite(box.max_lat) if box else None,
    }


def _around(home: LonLat | None) -> Box | None:
    return Box(home.lon, home.lat, home.lon, home.lat) if home else None
