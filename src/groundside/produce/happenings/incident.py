"""The draft of an incident report: what was recorded is filled in, what was not is said, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np

from groundside.model.flight import Flight
from groundside.model.happening import (
    NOT_RECORDED,
    Happening,
    IncidentDraft,
    PhaseSpan,
    Question,
    Severity,
)
from groundside.model.log import Log
from groundside.model.place import LonLat
from groundside.model.source import Source
from groundside.model.track import Track

PART_107_9 = Source(
    "14 CFR 107.9, safety event reporting, as amended by 87 FR 75846 (9 December 2022)",
    "https://www.ecfr.gov/current/title-14/section-107.9",
)
QUESTIONS = (
    Question("Was any person seriously injured, or did any person lose consciousness? (a)", PART_107_9),
    Question("Was any property damaged other than the aircraft itself? (b)", PART_107_9),
    Question(
        "What does repairing that property cost, materials and labour included: more than $500? (b)(1)", PART_107_9
    ),
    Question("If that property is a total loss: was its fair market value more than $500? (b)(2)", PART_107_9),
    Question("When did the operation take place: a report is due no later than 10 calendar days after it.", PART_107_9),
    Question("Has the remote pilot in command reported to the FAA, when, and under which number?", PART_107_9),
)
"""What decides whether 14 CFR 107.9 asks for a report: for a person to answer, since no log tells."""
LAST_MESSAGES = 20


def incident_draft(
    flight: Flight, track: Track | None, log: Log | None, found: Sequence[Happening], phases: Sequence[PhaseSpan] = ()
) -> IncidentDraft:
    """
    Fill in what a flight's files tell of an incident.

    Args:
        flight: as the catalogue holds it.
        track: of the flight; None where it is locked or there is none.
        log: what else its file says.
        found: what happened; the gravest of it leads, of these the last.
        phases: of the flight.
    """
    grave = tuple(h for h in found if h.severity >= Severity.WARNING)
    lead = max(grave, key=lambda h: (h.severity, h.start_us or 0), default=None)
    row = _row(track, lead)
    facts = [*_flight_facts(flight), *_moment_facts(flight, track, lead, row), *_battery_facts(track, row)]
    messages = _messages(log)
    return IncidentDraft(
        facts=tuple((name, value or NOT_RECORDED) for name, value in facts), time_basis=flight.summary.time_basis,
        happenings=grave, messages=messages, phases=tuple(phases), questions=QUESTIONS,
        why=lead.sentence if lead else "Nothing graver than a notice was found in the files of this flight.",
    )  # fmt: skip


def _flight_facts(flight: Flight) -> Iterator[tuple[str, str]]:
    cut = flight.summary
    yield "flight", flight.id
    yield "aircraft", ", ".join(filter(None, (cut.aircraft.name, cut.aircraft.model)))
    yield "aircraft serial number", cut.aircraft.serial
    yield "firmware", cut.aircraft.firmware
    yield "batteries", ", ".join(filter(None, (b.serial for b in cut.batteries)))
    yield (
        "clock",
        f"{cut.time_basis.value}" + (f", within {cut.time_error_s:g} s" if cut.time_error_s is not None else ""),
    )
    yield "take-off", _utc(cut.takeoff_us)
    yield "landing", _utc(cut.landing_us)
    yield "time in the air", "" if cut.airborne_s is None else f"{cut.airborne_s:.0f} s"
    yield "place", flight.place.name if flight.place else ""
    yield "home", _position(cut.home)
    yield "greatest height above take-off", "" if cut.max_height_m is None else f"{cut.max_height_m:.0f} m"
    yield "files", ", ".join(source.file for source in flight.sources)


def _moment_facts(
    flight: Flight, track: Track | None, lead: Happening | None, row: int | None
) -> Iterator[tuple[str, str]]:
    """Tell of the moment: where, how high, how fast, in which mode."""
    utc = flight.summary.time_basis.is_utc
    yield "moment", _utc(lead.start_us) if lead and utc else ""
    yield "position", _position(lead.place) if lead else ""
    yield "height above take-off", _value(track, row, "height_m", "m")
    yield "speed over ground", _speed(track, row)
    yield "speed down", _value(track, row, "vd_mps", "m/s")
    yield "satellites", _plain(track, row, "satellites")
    yield "last mode", _last_mode(track, row)


def _battery_facts(track: Track | None, row: int | None) -> Iterator[tuple[str, str]]:
    for number, ending in ((1, ""), (2, "_2")):
        yield f"battery {number} charge", _value(track, row, f"battery_percent{ending}", "%")
        yield f"battery {number} voltage", _value(track, row, f"battery_voltage_v{ending}", "V")


def _row(track: Track | None, lead: Happening | None) -> int | None:
    """Give the row of the moment; the last one where the moment is not known."""
    if track is None or not track.table.num_rows:
        return None
    if lead is None or lead.start_us is None:
        return track.table.num_rows - 1
    return max(int(np.searchsorted(track.time_us, lead.start_us, side="right")) - 1, 0)


def _value(track: Track | None, row: int | None, column: str, unit: str) -> str:
    if track is None or row is None:
        return ""
    known = track.floats(column)[: row + 1]
    known = known[np.isfinite(known)]
    return f"{known[-1]:.1f} {unit}" if known.size else ""


def _speed(track: Track | None, row: int | None) -> str:
    if track is None or row is None:
        return ""
    speed = np.hypot(track.floats("vn_mps"), track.floats("ve_mps"))[row]
    return f"{speed:.1f} m/s" if np.isfinite(speed) else ""


def _plain(track: Track | None, row: int | None, column: str) -> str:
    value = None if track is None or row is None else track.table[column][row].as_py()
    return "" if value is None else str(value)


def _last_mode(track: Track | None, row: int | None) -> str:
    if track is None or row is None:
        return ""
    modes = track.table["mode"].slice(0, row + 1).drop_null()
    return str(modes[-1].as_py()) if len(modes) else ""


def _messages(log: Log | None) -> tuple[tuple[int | None, int | None, str], ...]:
    rows = [] if log is None else log.messages.slice(max(log.messages.num_rows - LAST_MESSAGES, 0)).to_pylist()
    return tuple((row["time_us"], row["severity"], str(row["text"] or "")) for row in rows)


def _utc(time_us: int | None) -> str:
    return "" if time_us is None else f"{datetime.fromtimestamp(time_us / 1e6, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _position(at: LonLat | None) -> str:
    return "" if at is None else f"{at.lat:.6f}, {at.lon:.6f} (latitude, longitude)"
