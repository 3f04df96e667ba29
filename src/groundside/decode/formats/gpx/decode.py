"""Read a GPX document: tables of points, facts, and an account of every byte."""

from __future__ import annotations

from collections.abc import Mapping

from groundside.decode.format import Options
from groundside.decode.formats.gpx.gather_whole import gather_whole
from groundside.decode.formats.gpx.points import PLAN, ROUTE_POINT, TRACK_POINT, WAYPOINT, AnyPoints, Gatherer
from groundside.decode.formats.gpx.tables import PointTable, point_table
from groundside.decode.xml_scan import Scan, root_of, scan, whole
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem

TABLES = {TRACK_POINT: "track_points", ROUTE_POINT: "route_points", WAYPOINT: "waypoints"}
_MOST_TRACKS = 1000
_SIMULATED = "SIMULATED"


def recognises(head: bytes) -> bool:
    """Say whether the first element is `gpx`; where the very beginning is damaged, whether there is one with points."""
    return root_of(head) == "gpx" or (b"<gpx" in head and b"<trkpt" in head)


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read all points of a GPX 1.0 or 1.1 document.

    Tables `track_points`, `route_points` and `waypoints`, as far as there are any: every element of a point is a
    column, and every extension one under its tag. A point that is damaged is a problem; those after it are read.
    """
    del options
    gatherer, points, found = _gathered(data)
    tables = {k: point_table(p, len(data)) for k, p in points.items() if len(p.offset)}
    skipped = sum(gap.end - gap.start for gap in found.gaps)
    account = ByteAccount(len(data), len(data) - skipped, skipped)
    named = {TABLES[kind]: table.table for kind, table in tables.items()}
    return Decoded(named, _facts(gatherer, tables), _problems(found, tables), account)


def _gathered(data: memoryview) -> tuple[Gatherer, Mapping[str, AnyPoints], Scan]:
    document = whole(data, PLAN)
    if document is not None:
        return (*gather_whole(document), Scan((), (), "utf-8"))
    gatherer = Gatherer()
    found = scan(data, PLAN, gatherer)
    return gatherer, gatherer.points, found


def _facts(gatherer: Gatherer, tables: dict[str, PointTable]) -> dict[str, Fact]:
    track = tables.get(TRACK_POINT)
    texts = [gatherer.root.get("creator", ""), *map(str, gatherer.said.values())]
    texts += [str(value) for one in gatherer.tracks for value in one.values()]
    tracks: list[Fact] = [dict(one) for one in gatherer.tracks[:_MOST_TRACKS]]
    return {
        "version": gatherer.root.get("version", ""),
        "creator": gatherer.root.get("creator", ""),
        **gatherer.said,
        "tracks": tracks,
        "segments": gatherer.segments,
        "routes": gatherer.routes,
        **{name: tables[kind].table.num_rows if kind in tables else 0 for kind, name in TABLES.items()},
        "times": {"utc": track.utc if track else 0, "local": track.local if track else 0},
        "simulated": any(_SIMULATED in text for text in texts),
        "inferences": _inferences(gatherer, tables),
    }


def _inferences(gatherer: Gatherer, tables: dict[str, PointTable]) -> list[Fact]:
    said: list[Fact] = []
    track = tables.get(TRACK_POINT)
    if track is not None and "ele_m" in track.table.column_names:
        said.append("Elevation is taken to be above mean sea level, as GPX defines it; some recorders write others.")
    if track is not None and track.local:
        said.append("Times without a zone are taken to be those of a wall clock, not UTC.")
    if gatherer.segments > 1:
        said.append(f"{gatherer.segments} segments: nothing is known between them.")
    others = [
        f"{tables[k].table.num_rows} {TABLES[k].replace('_', ' ')}" for k in (ROUTE_POINT, WAYPOINT) if k in tables
    ]
    if others:
        said.append(
            f"Routes and waypoints are plans or marks, not where something was: {', '.join(others)} kept apart."
        )
    return said


def _problems(found: Scan, tables: dict[str, PointTable]) -> tuple[Problem, ...]:
    general = [Problem(None, 0, note) for note in found.notes]
    if TRACK_POINT not in tables:
        general.append(Problem(None, 0, "There is no track point in the file."))
    for kind, table in tables.items():
        general += _odd(TABLES[kind].replace("_", " "), table)
    return (*general, *(Problem(gap.start, gap.end - gap.start, f"Damaged: {gap.why}") for gap in found.gaps))


def _odd(what: str, table: PointTable) -> list[Problem]:
    found = [Problem(None, 0, f"{count} texts of {name!r} cannot be read.") for name, count in table.bad_texts.items()]
    if table.bad_places:
        found.append(Problem(None, 0, f"{table.bad_places} {what} have no readable latitude and longitude."))
    if table.left_out:
        names = ", ".join(table.left_out[:5])
        found.append(Problem(None, 0, f"{len(table.left_out)} columns that few {what} have are left out: {names}."))
    return found
