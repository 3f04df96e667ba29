"""The report of one flight: map, profile, facts, phases, events, sources, and what the ledger binds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from groundside.model.happening import Severity
from groundside.model.place import LonLat
from groundside.reference.geodesy import distance_m, simplify
from groundside.see.report.chart import Panel, Span, chart_svg
from groundside.see.report.compile import pdf
from groundside.see.report.drawing import BAD, GOOD, INK, STRONG, WARM
from groundside.see.report.map_picture import Dot, Line, map_svg
from groundside.see.report.words import UNKNOWN, clock, moment, quantity
from groundside.see.text import error_words, shown_name

if TYPE_CHECKING:
    from groundside.archive.flight_custody import FlightCustody
    from groundside.archive.happened import Happened
    from groundside.model.happening import Evidence, Happening
    from groundside.model.results import FlightDetail
    from groundside.model.track import Track

MOST_PLACES = 1500
MOST_MARKS = 30
MOST_EVENTS = 400
TOGETHER_M = 10.0
GAP_S = 5.0
"""Over a longer gap no line is drawn: nobody knows the way taken there."""
Shape = dict[str, Any]
DETAILS = (("purpose", "Purpose"), ("project", "Project"), ("client", "Client"), ("site", "Site"),
           ("sight", "Line of sight"), ("risk", "Risk"))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightTold:
    """
    What a report of a flight is made of.

    Args:
        detail: the flight, its problems and notes.
        track: where it went; None where that is unknown.
        happened: phases, events, wind.
        custody: files and ledger.
        said: what people said of it, by field; names of people, not ids.
        why_no_track: where there is none.
    """

    detail: FlightDetail
    track: Track | None
    happened: Happened
    custody: FlightCustody
    said: Mapping[str, str]
    why_no_track: str = ""


def flight_pdf(told: FlightTold, made_us: int) -> bytes:
    """Write the report of a flight; `made_us` is when, UTC microseconds."""
    return pdf("flight", flight_told(told, made_us), made_us)


def flight_told(told: FlightTold, made_us: int) -> Shape:
    """Give what the template of a flight's report shows."""
    flight, cut = told.detail.flight, told.detail.flight.summary
    zone = (flight.place.time_zone if flight.place else "") or "UTC"
    shown = _shown(told.happened.happenings)
    begin = cut.takeoff_us if cut.takeoff_us is not None else cut.recording_start_us
    where = flight.place.name if flight.place else ""
    return {
        "title": "Flight report" + (f": {moment(begin, zone)[:16]}" if begin is not None else ""),
        "subtitle": ", ".join(filter(None, (where, cut.aircraft.name or cut.aircraft.model))),
        "foot": f"Flight {flight.id}. Printed {moment(made_us, zone)}. Local times are those of {zone}.",
        "facts": _facts(told, zone),
        "map": _map(told.track, shown),
        "map_words": _map_words(told),
        "chart": _chart(told, shown),
        "phases": _phases(told, zone),
        "wind": _wind(told.happened),
        "events": [_event(n, each, zone, told) for n, each in enumerate(shown, start=1)],
        "more_events": len(told.happened.happenings) - len(shown),
        "sources": [
            [shown_name(s.file), s.format, "yes" if s.chosen else "", s.why or UNKNOWN] for s in flight.sources
        ],
        "inferred": list(cut.inferences),
        "problems": [[shown_name(name), each.what] for name, each in told.detail.problems[:MOST_EVENTS]],
        "notes": [[each.text, each.author, moment(each.at_us, zone)] for each in told.detail.notes],
        "custody": _custody(told.custody, zone),
    }  # fmt: skip


def _phases(told: FlightTold, zone: str) -> list[list[list[str]]]:
    """Give the phases in two halves, to stand side by side."""
    rows = [[p.phase.value, _when(p.start_us, zone, told), clock(round(p.seconds))] for p in told.happened.phases]
    middle = (len(rows) + 1) // 2
    return [each for each in (rows[:middle], rows[middle:]) if each]


def _facts(told: FlightTold, zone: str) -> list[list[str]]:
    flight, cut = told.detail.flight, told.detail.flight.summary
    craft = cut.aircraft
    error = "" if cut.time_error_s is None else f", within {cut.time_error_s:g} s"
    rows = [
        ("Pilot in command", told.said.get("pic", "")),
        ("Observers", told.said.get("observer", "")),
        ("Aircraft", " ".join(filter(None, (craft.name, craft.model)))),
        ("Serial", craft.serial),
        ("Firmware", craft.firmware),
        ("Batteries", ", ".join(b.serial or f"slot {b.slot}" for b in cut.batteries)),
        ("Take-off, local", moment(cut.takeoff_us, zone)),
        ("Landing, local", moment(cut.landing_us, zone)),
        ("Take-off, UTC", moment(cut.takeoff_us)),
        ("Time in the air", clock(None if cut.airborne_s is None else round(cut.airborne_s))),
        ("Recording", clock(None if cut.recording_s is None else round(cut.recording_s))),
        ("Clock", f"{str(cut.time_basis).replace('_', ' ')}{error}"),
        ("Place", flight.place.name if flight.place else ""),
        ("Home, lon lat", f"{cut.home.lon:.6f}, {cut.home.lat:.6f}" if cut.home else ""),
        ("Distance flown", f"{quantity(cut.distance_m, 'm')} {cut.distance_basis and f'({cut.distance_basis})'}"),
        ("Greatest height", quantity(cut.max_height_m, "m above take-off", 1)),
        ("Furthest from home", quantity(cut.max_range_m, "m")),
        ("Greatest speed", quantity(cut.max_speed_mps, "m/s", 1)),
    ]
    rows += [(title, told.said[name]) for name, title in DETAILS if told.said.get(name)]
    rows += [("Simulated", "yes: this flight was not flown")] if flight.simulated else []
    return [[name, value.strip() or UNKNOWN] for name, value in rows]


def _shown(happenings: Sequence[Happening]) -> list[Happening]:
    """Give the events of a report: all of them, or the gravest where they are too many."""
    if len(happenings) <= MOST_EVENTS:
        return list(happenings)
    kept = sorted(range(len(happenings)), key=lambda i: (-happenings[i].severity, i))[:MOST_EVENTS]
    return [happenings[i] for i in sorted(kept)]


def _marked(shown: Sequence[Happening]) -> list[tuple[int, Happening]]:
    """Give the events that stand in pictures with their numbers: warnings and graver."""
    grave = [(n, each) for n, each in enumerate(shown, start=1) if each.severity >= Severity.WARNING]
    return grave[:MOST_MARKS]


def _map(track: Track | None, shown: Sequence[Happening]) -> str:
    if track is None:
        return ""
    lon, lat, seconds = track.floats("lon"), track.floats("lat"), track.time_us / 1e6
    parts = _parts(lon, lat, seconds)
    if not parts:
        return ""
    lines = [Line(part) for part in parts]
    first, last = parts[0][0], parts[-1][-1]
    together = distance_m(LonLat(*first), LonLat(*last)) < TOGETHER_M
    dots = [Dot(first, "start, end" if together else "start", GOOD, 4.0)]
    dots += [] if together else [Dot(last, "end", WARM, 4.0)]
    dots += [
        Dot((h.place.lon, h.place.lat), str(n), BAD if h.severity >= Severity.CRITICAL else INK, 2.5)
        for n, h in _marked(shown)
        if h.place is not None
    ]
    return map_svg(lines=lines, dots=dots)


def _parts(lon: np.ndarray, lat: np.ndarray, seconds: np.ndarray) -> list[list[tuple[float, float]]]:
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if not known.size:
        return []
    runs = np.split(known, np.flatnonzero(np.diff(seconds[known]) > GAP_S) + 1)
    parts: list[list[tuple[float, float]]] = []
    for rows in runs:
        most = max(2, MOST_PLACES * rows.size // known.size)
        kept = rows[simplify(lon[rows], lat[rows], 0.5, most)].tolist()
        parts.append([(float(lon[i]), float(lat[i])) for i in kept])
    return parts


def _map_words(told: FlightTold) -> str:
    if told.track is None:
        return told.why_no_track or "No source of this flight holds positions."
    return "Drawn from the track alone, north up, WGS 84; no map tiles. Numbers are those of warnings among the events."


def _chart(told: FlightTold, shown: Sequence[Happening]) -> str:
    if told.track is None or told.track.table.num_rows < 2:
        return ""
    track = told.track
    begin = int(track.time_us[0])
    seconds = (track.time_us - begin) / 1e6
    panels = [
        Panel("Height above take-off, m", track.floats("height_m"), STRONG),
        Panel("Speed over ground, m/s", np.hypot(track.floats("vn_mps"), track.floats("ve_mps")), WARM),
        Panel("Battery, %", track.floats("battery_percent"), GOOD),
    ]
    spans = [
        Span(p.phase.value, (p.start_us - begin) / 1e6, (p.end_us - begin) / 1e6) for p in told.happened.phases
    ]  # fmt: skip
    marks = [(float(n), (h.start_us - begin) / 1e6) for n, h in _marked(shown) if h.start_us is not None]
    return chart_svg(seconds, panels, spans, [mark for mark in marks if 0.0 <= mark[1] <= seconds[-1]])


def _when(us: int | None, zone: str, told: FlightTold) -> str:
    if us is None:
        return UNKNOWN
    if told.detail.flight.summary.time_basis.is_utc:
        return moment(us, zone)[11:19]
    begin = int(told.track.time_us[0]) if told.track is not None and told.track.table.num_rows else 0
    return f"{(us - begin) / 1e6:.1f} s"


def _event(number: int, each: Happening, zone: str, told: FlightTold) -> list[str]:
    evidence = "; ".join(f"{e.table} {_rows(e)}: {e.says}" for e in each.evidence[:2])
    place = "" if each.place is None else f"{each.place.lon:.5f}, {each.place.lat:.5f}"
    return [str(number), _when(each.start_us, zone, told), each.severity.name.lower(), each.sentence, place, evidence]


def _rows(of: Evidence) -> str:
    last = of.end_row - 1
    return f"row {of.first_row}" if last <= of.first_row else f"rows {of.first_row}–{last}"


def _wind(happened: Happened) -> str:
    wind = happened.wind
    if wind is None:
        return ""
    return f"{wind.speed_mps:.1f}{error_words(wind.error_mps)} m/s from {wind.from_deg:.0f}° ({wind.basis})"


def _custody(custody: FlightCustody, zone: str) -> Shape:
    return {
        "files": [
            [shown_name(f.file), f"{f.size:,}", f.sha256.hex, moment(f.received_us, zone), _entry(f.entry)]
            for f in custody.files
        ],
        "happened": [[moment(us, zone), what, who, _entry(entry)] for us, what, who, entry in _last(custody.happened)],
        "more": max(0, len(custody.happened) - MOST_MARKS),
        "ledger": [
            ["Archive", custody.archive_id], ["Ledger's key", custody.key], ["Entries", f"{custody.size:,}"],
            ["Root hash", custody.root.hex() or UNKNOWN],
        ],
    }  # fmt: skip


def _last(happened: Sequence[tuple[int, str, str, int]]) -> Iterable[tuple[int, str, str, int]]:
    return happened[-MOST_MARKS:]


def _entry(number: int | None) -> str:
    return "none yet" if number is None else f"{number:,}"
