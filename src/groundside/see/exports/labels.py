"""What an exported flight is called, and text that is safe in XML and in a spreadsheet."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

import numpy as np

from groundside.model.flight import Flight
from groundside.model.track import Track

SIMULATED = "SIMULATED"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TIMES = {
    "utc_gnss": "Times are UTC, from satellites.",
    "utc_device": "Times are UTC, by the recording device's own clock.",
    "utc_fitted": "Times are UTC, fitted to another recording of the same flight.",
    "local": "UTC is unknown: the recording has a wall clock without a time zone.",
    "boot": "UTC is unknown: times count from power-on or from the start of the recording.",
    "none": "Times are unknown.",
}


def flight_title(flight: Flight) -> str:
    """Name a flight by date, place and aircraft; SIMULATED goes before it where it is."""
    summary = flight.summary
    start_us = summary.recording_start_us
    start = "" if start_us is None else str(iso_times(np.array([start_us], np.int64))[0])
    when = f"{start[:16]}Z" if start else summary.local_start[:16]
    place = flight.place.name if flight.place else ""
    parts = [part for part in (when, place, summary.aircraft.name or summary.aircraft.model) if part]
    title = clean(" · ".join(parts) or f"Flight {flight.id}")
    return f"{SIMULATED} {title}" if flight.simulated else title


def about_times(track: Track) -> str:
    """Say in one sentence what the times of a track are."""
    return _TIMES[track.time_basis.value]


def clean(text: str) -> str:
    """Leave out the characters that XML 1.0 (section 2.2) cannot hold, escaped or not."""
    return _NOT_IN_XML.sub("", text)


def xml_text(text: str) -> str:
    """Make any text safe as the content of an XML element."""
    return escape(clean(text))


def spreadsheet_text(text: str | None) -> str | None:
    """
    Keep a spreadsheet from running a text as a formula: a quote before =, +, -, @, tab and carriage return.

    Source: OWASP, CSV Injection.
    """
    return f"'{text}" if text is not None and text.startswith(_FORMULA) else text


def iso_times(time_us: np.ndarray) -> np.ndarray:
    """Write UTC microseconds as ISO 8601 text with milliseconds and a Z."""
    return np.datetime_as_string(time_us.astype("datetime64[us]"), unit="ms", timezone="UTC")
