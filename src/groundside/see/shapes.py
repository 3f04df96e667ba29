"""The nouns as JSON values: one place, so that shell and page always agree (`schema` names the keys)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from groundside.model.decoded import Problem
from groundside.model.event import Event, Job
from groundside.model.flight import Flight, FlightSource
from groundside.model.place import LonLat
from groundside.model.query import FlightPage, FlightTotal, HeatCell, TotalsBy
from groundside.model.recording import Aircraft, Battery
from groundside.model.results import About, FileRow, FlightDetail, Note, Received
from groundside.model.table import origin_of
from groundside.model.track import Track
from groundside.see import schema, thin
from groundside.see.text import iso, shown_name

if TYPE_CHECKING:
    from groundside.archive.reading import Reading

ATTRIBUTIONS = (
    "Place names: GeoNames (geonames.org), CC BY 4.0",
    "Time zones: timezone-boundary-builder, OpenStreetMap contributors, ODbL 1.0",
    "Borders and coasts: Natural Earth, public domain",
    "Outlines of the United States: U.S. Census Bureau (us-atlas), public domain",
)
"""Whose data the pages show besides the owner's own."""


def encode(shape: object) -> bytes:
    """
    Write a shape as JSON text in UTF-8.

    Raises:
        ValueError: it holds a NaN or an infinity, for which JSON has no word; a defect in its maker.
    """
    text = json.dumps(shape, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # A lone surrogate cannot be UTF-8; written out as \udc80 inside a string it is still valid JSON.
    return text.encode("utf-8", "backslashreplace")


def flights_shape(page: FlightPage) -> schema.FlightsShape:
    """One page of flights."""
    sums: schema.SumsShape = {"airborne_s": page.airborne_s, "distance_m": page.distance_m}
    return {"total": page.total, "sums": sums, "flights": [flight_shape(each) for each in page.flights]}


def flight_shape(of: Flight) -> schema.FlightShape:
    """One flight as lists show it."""
    cut = of.summary
    return {
        "id": of.id,
        "case": of.case,
        "recording_start": iso(cut.recording_start_us),
        "recording_s": _number(cut.recording_s),
        "takeoff": iso(cut.takeoff_us),
        "landing": iso(cut.landing_us),
        "airborne_s": _number(cut.airborne_s),
        "distance_m": _number(cut.distance_m),
        "distance_basis": cut.distance_basis,
        "max_height_m": _number(cut.max_height_m),
        "max_speed_mps": _number(cut.max_speed_mps),
        "max_range_m": _number(cut.max_range_m),
        "home": _position(cut.home),
        "place": of.place.name if of.place else None,
        "time_zone": (of.place.time_zone or None) if of.place else None,
        "local_start": cut.local_start or None,
        "aircraft": _aircraft(cut.aircraft),
        "batteries": [_battery(each) for each in cut.batteries],
        "sources": [_source(each) for each in of.sources],
        "track_rows": cut.track_rows,
        "track_locked": cut.track_locked,
        "time_basis": str(cut.time_basis),
        "time_error_s": _number(cut.time_error_s),
        "bench": cut.bench,
        "simulated": of.simulated,
        "inferences": list(cut.inferences),
        "aliases": list(of.aliases),
    }


def totals_shape(found: Mapping[str, FlightTotal], by: TotalsBy) -> schema.TotalsShape:
    """What flights come to, by month or by aircraft; null names those of which that is not known."""
    rows: list[schema.TotalShape] = [
        {
            "name": name.replace("\n", " · ") or None,
            "flights": each.flights,
            "airborne_s": each.airborne_s,
            "distance_m": each.distance_m,
        }
        for name, each in found.items()
    ]
    return {"by": by.value, "totals": rows}


def heat_shape(cells: Iterable[HeatCell]) -> schema.HeatShape:
    """Squares of the ground as GeoJSON, the most flown last, so that they are drawn on top."""
    features: list[schema.HeatFeatureShape] = [
        {
            "type": "Feature",
            "properties": {"flights": cell.flights},
            "geometry": {"type": "Polygon", "coordinates": [_square(cell)]},
        }
        for cell in cells
    ]
    return {"type": "FeatureCollection", "features": features}


def _square(cell: HeatCell) -> list[schema.Position]:
    west, south = round(cell.west, 7), round(cell.south, 7)
    east, north = round(cell.west + cell.size_deg, 7), round(cell.south + cell.size_deg, 7)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def detail_shape(of: FlightDetail) -> schema.FlightDetailShape:
    """One flight with its problems, notes and offers."""
    return {
        **flight_shape(of.flight),
        "problems": [{"file": shown_name(name), **problem_shape(each)} for name, each in of.problems],
        "notes": [note_shape(each) for each in of.notes],
        "offers": [{"flight": each.flight, "why": each.why} for each in of.offers],
    }


def note_shape(of: Note) -> schema.NoteShape:
    """What a person wrote."""
    return {"id": of.id, "text": of.text, "author": of.author, "at": iso(of.at_us)}


def track_shape(of: Track, most: int | None = None) -> schema.TrackShape:
    """
    Say a track column by column.

    Args:
        of: the track.
        most: no more rows than this, chosen by `thin.rows`; None for all of them.
    """
    table = of.table if most is None else of.table.take(thin.rows(of, most))
    columns = {name: [_plain(value) for value in table.column(name).to_pylist()] for name in table.column_names}
    return {
        "rows": table.num_rows,
        "rows_total": of.table.num_rows,
        "thinning": "" if table.num_rows == of.table.num_rows else thin.HOW,
        "time_basis": str(of.time_basis),
        "time_error_s": _number(of.time_error_s),
        "columns": columns,
        "origins": {name: origin for name in table.column_names if (origin := origin_of(of.table, name))},
    }


def line_shape(flight_id: str, parts: Iterable[Iterable[tuple[float, float]]]) -> schema.LineShape:
    """The path of one flight over the ground."""
    return {"id": flight_id, "parts": [[[lon, lat] for lon, lat in part] for part in parts]}


def files_shape(rows: Iterable[FileRow]) -> schema.FilesShape:
    """Every original."""
    return {"files": [file_shape(each) for each in rows]}


def file_shape(of: FileRow) -> schema.FileShape:
    """One original."""
    return {
        "file": shown_name(of.file),
        "size": of.size,
        "format": of.format or None,
        "state": of.state,
        "flights": list(of.flights),
        "problems": of.problems,
        "sha256": of.sha256.hex,
        "received": iso(of.received_us),
        "recording_id": of.recording_id,
        "why": of.why,
    }


def received_shape(of: Received) -> schema.ReceivedShape:
    """What became of one file that was sent."""
    return {
        "file": shown_name(of.file),
        "state": of.state,
        "flights": list(of.flights),
        "duplicate": of.duplicate,
        "problems": of.problems,
        "message": of.message,
    }


def jobs_shape(every: Iterable[Job]) -> schema.JobsShape:
    """Every job."""
    return {"jobs": [job_shape(each) for each in every]}


def job_shape(of: Job) -> schema.JobShape:
    """One job, without its parameters: they may name folders of the owner's."""
    return {
        "id": of.id,
        "kind": of.kind,
        "state": str(of.state),
        "started": iso(of.started_us),
        "ended": iso(of.ended_us),
        "done": of.done,
        "total": of.total,
        "unit": of.unit,
        "note": of.note,
        "cancel_asked": of.cancel_asked,
    }


def event_shape(of: Event) -> schema.EventShape:
    """One event, without its details: a page asks for what it may see of `about`."""
    return {
        "seq": of.seq,
        "at": iso(of.at_us),
        "what": of.what,
        "who": of.who,
        "how": of.how,
        "about": of.about,
    }


def about_shape(of: About, basemap: str | None) -> schema.AboutShape:
    """The program and the archive; `basemap` is the address of the owner's own map, where there is one."""
    archive: schema.ArchiveShape = {
        "id": of.archive_id,
        "simulated": of.simulated,
        "flights": of.flights,
        "files": of.files,
        "last_event": of.last_event,
    }
    return {
        "version": of.version,
        "archive": archive,
        "basemap_pmtiles": basemap,
        "attributions": list(ATTRIBUTIONS),
    }


def reading_shape(of: Reading) -> schema.ReadingShape:
    """What one file says, and where each of its bytes went."""
    return {
        "format": of.format,
        "tables": {name: table.num_rows for name, table in of.tables.items()},
        "facts": {name: _plain(value) for name, value in of.facts.items()},
        "problems": [problem_shape(each) for each in of.problems],
        "bytes_total": of.account.total,
        "bytes_decoded": of.account.decoded,
        "bytes_skipped": of.account.skipped,
        "bytes_unknown": of.account.unknown,
        "bytes_locked": of.account.locked,
    }


def problem_shape(of: Problem) -> schema.ProblemShape:
    """One problem."""
    return {"offset": of.offset, "length": of.length, "what": of.what}


def _aircraft(of: Aircraft) -> schema.AircraftShape:
    return {"name": of.name, "model": of.model, "serial": of.serial, "kind": of.kind, "firmware": of.firmware}


def _battery(of: Battery) -> schema.BatteryShape:
    return {"slot": of.slot, "serial": of.serial}


def _source(of: FlightSource) -> schema.SourceShape:
    return {
        "file": shown_name(of.file),
        "format": of.format,
        "sha256": of.sha256.hex,
        "chosen": of.chosen,
        "why": of.why,
        "clock_offset_s": _number(of.clock_offset_s),
        "recording_id": of.recording_id,
    }


def _position(of: LonLat | None) -> schema.Position | None:
    return [of.lon, of.lat] if of is not None and math.isfinite(of.lon) and math.isfinite(of.lat) else None


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _plain(value: Any) -> Any:  # noqa: ANN401  # any JSON value is what it takes and gives
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
