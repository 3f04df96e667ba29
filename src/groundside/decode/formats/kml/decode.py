"""Read a KML document or the one in a KMZ file: tables, facts, and an account of every byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa

from groundside.decode.format import Options
from groundside.decode.formats.kml.archive import LOCAL, document_of, unpack
from groundside.decode.formats.kml.gather import PLAN, Gatherer
from groundside.decode.formats.kml.gather_whole import gather_whole
from groundside.decode.formats.kml.pairs import pairs_of
from groundside.decode.formats.kml.tables import line_table, mark_table, track_table, with_values
from groundside.decode.xml_scan import Gap, Scan, scan, whole
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.late import LateTables

TRACK_POINTS, TIMED_POINTS, LINES = "track_points", "timed_points", "line_points"
_SIMULATED = "SIMULATED"


@dataclass(slots=True)
class _Found:
    """What the document said."""

    gatherer: Gatherer = field(default_factory=Gatherer)
    placed: dict[str, pa.Table] = field(default_factory=dict[str, pa.Table])
    tables: Mapping[str, pa.Table] = field(default_factory=dict[str, pa.Table])
    general: list[Problem] = field(default_factory=list[Problem])
    unpaired: int = 0


class PlacedTables(LateTables):
    """
    Tables of which the track needs the places only.

    Args:
        placed: all of them, that of timed tracks with nothing but times and places.
        whole: makes that one with all that was recorded besides.
    """

    __slots__ = ("placed",)

    def __init__(self, placed: Mapping[str, pa.Table], whole: Callable[[], pa.Table]) -> None:
        super().__init__({n: whole if n == TRACK_POINTS else partial(placed.__getitem__, n) for n in placed})
        self.placed = placed


def placed_tables(decoded: Decoded) -> Mapping[str, pa.Table]:
    """Give the tables with at least times and places."""
    tables = decoded.tables
    return tables.placed if isinstance(tables, PlacedTables) else tables


def decode(data: memoryview, options: Options) -> Decoded:
    """
    Read all timed tracks, timed points and lines of a KML document.

    Tables `track_points` (of `gx:Track`), `timed_points` (placemarks with a time stamp) and `line_points` (corners of
    lines, without time). Of a KMZ file the document is read, from memory; its other entries are not.
    """
    del options
    if bytes(data[: len(LOCAL)]) == LOCAL:
        return _archive(data)
    found, scanned = _document(data)
    damaged = _damaged(scanned.gaps)
    skipped = sum(problem.length for problem in damaged)
    account = ByteAccount(len(data), len(data) - skipped, skipped)
    return Decoded(found.tables, _facts(found), (*found.general, *damaged), account)


def _document(data: memoryview) -> tuple[_Found, Scan]:
    found, scanned = _gathered(data)
    found.gatherer.close()
    found.general += [Problem(None, 0, note) for note in scanned.notes]
    _tabulate(found, len(data))
    return found, scanned


def _gathered(data: memoryview) -> tuple[_Found, Scan]:
    document = whole(data, PLAN)
    if document is not None:
        return _Found(gather_whole(document)), Scan((), (), "utf-8")
    found = _Found()
    return found, scan(data, PLAN, found.gatherer)


def _tabulate(found: _Found, size: int) -> None:
    gathered = found.gatherer
    tracks = [track for track in gathered.tracks if track.coords and track.whens]
    pairs = [pairs_of(track) for track in tracks]
    found.unpaired = sum(pair.lost for pair in pairs)
    tables = {
        TRACK_POINTS: track_table(tracks, pairs),
        TIMED_POINTS: mark_table(gathered.marks),
        LINES: line_table(gathered.lines),
    }
    found.placed = {name: table for name, table in tables.items() if table.num_rows}
    found.tables = PlacedTables(found.placed, partial(with_values, tables[TRACK_POINTS], tracks, size))
    if found.unpaired:
        what = f"{found.unpaired} times or places of tracks have no certain partner: they are left out."
        found.general.append(Problem(None, 0, what))
    if not found.placed:
        found.general.append(Problem(None, 0, "There is no track, timed point or line in the document."))
    for name, table in found.placed.items():
        bad = int((~np.isfinite(table.column("lon").to_numpy()) | ~np.isfinite(table.column("lat").to_numpy())).sum())
        if bad:
            found.general.append(Problem(None, 0, f"{bad} rows of {name} have no readable longitude and latitude."))


def _damaged(gaps: tuple[Gap, ...]) -> list[Problem]:
    return [Problem(gap.start, gap.end - gap.start, f"Damaged: {gap.why}") for gap in gaps]


def _archive(data: memoryview) -> Decoded:
    size = len(data)
    entry = document_of(data)
    if entry is None:
        problem = Problem(0, size, "There is no KML document in the archive, or it is a DJI mission.")
        return Decoded({}, {"inferences": []}, (problem,), ByteAccount(size, 0, size))
    unpacked = unpack(data, entry)
    found, scanned = _document(memoryview(unpacked.content))
    end = unpacked.end if unpacked.content else entry.body
    if unpacked.why:
        found.general.append(Problem(None, 0, f"The document {entry.name[:80]!r} in the archive: {unpacked.why}."))
    lost = sum(gap.end - gap.start for gap in scanned.gaps)
    if lost and unpacked.content:
        found.general.append(Problem(None, 0, f"{lost} bytes of the unpacked document are damaged and were skipped."))
    rest = [
        Problem(start, stop - start, "Other parts of the archive are not read.")
        for start, stop in ((0, entry.start), (end, size))
        if stop > start
    ]
    account = ByteAccount(size, end - entry.start, size - (end - entry.start))
    facts = {**_facts(found), "archived_as": entry.name[:200]}
    return Decoded(found.tables, facts, (*found.general, *rest), account)


def _facts(found: _Found) -> dict[str, Fact]:
    gathered = found.gatherer
    modes: list[Fact] = [
        *sorted({str(mode) for t in found.placed.values() for mode in t.column("altitude_mode").unique().to_pylist()})
    ]
    return {
        "name": next((text for text in gathered.said if text), ""),
        "tracks": len(gathered.tracks),
        "lines": len(gathered.lines),
        "untimed_points": gathered.untimed_points,
        **{name: table.num_rows for name, table in found.placed.items()},
        "altitude_modes": modes,
        "simulated": any(_SIMULATED in text for text in gathered.said),
        "inferences": [],
    }
