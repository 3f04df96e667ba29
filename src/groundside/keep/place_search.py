"""Looking for flights by place: with numbers, and so loaded when a question names a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, select, true

from groundside.keep import schema
from groundside.keep.connection import AT_ONCE, Asking, by_hundreds
from groundside.keep.connection import within as within_scope
from groundside.keep.flight_filter import LIGHT, conditions, looked_up
from groundside.keep.path_heads import VERSION, has_positions, version_of
from groundside.keep.paths import cells_in, unpack
from groundside.keep.places import UNKNOWN_START_US, Exactly, FoundRow
from groundside.model.caller import Scope
from groundside.model.query import FlightQuery
from groundside.reference.cells import Bounds, cells_around, cells_of
from groundside.reference.nearness import within
from groundside.reference.paths import NOWHERE, Path, single

_F, _P, _C = schema.flight, schema.track_path, schema.flight_cell
_O, _D = schema.original, schema.derived_object
WORLD = Bounds(-180.0, -90.0, 180.0, 90.0)
Which = NDArray[np.bool_]


class Sought:
    """The places that a question asks for: near a point, inside an area, or both."""

    def __init__(self, asked: FlightQuery) -> None:
        self._near, self._region = asked.near, None
        if asked.inside:
            from groundside.reference.areas import Region  # late: shapely takes 60 ms, and few questions need it

            self._region = Region(asked.inside)

    @property
    def bounds(self) -> Bounds:
        """Bounds that any flight sought comes into."""
        if self._near:
            at = self._near.point
            return Bounds(at.lon, at.lat, at.lon, at.lat).grown(self._near.metres)
        return self._region.bounds if self._region else WORLD

    def met(self, paths: Sequence[Path], reach_m: Sequence[float]) -> Which:
        """Say which paths were where the question asks; exact."""
        reach = np.asarray(reach_m, dtype=np.float64)
        found = np.array([path.lon.size > 0 for path in paths], dtype=bool)
        if self._near and len(paths):
            found &= within(self._near.point, self._near.metres, paths, reach)
        if self._region and found.any():
            left = np.flatnonzero(found)
            found[left] = self._region.crossed([paths[each] for each in left.tolist()], reach[left])
        return found


class PlaceSearch(Asking):
    """Questions about where flights were; `places.PlaceReads` says what each means."""

    def flights_at(self, asked: FlightQuery, scope: Scope, exactly: Exactly | None = None) -> Iterator[FoundRow]:
        """Find the flights that were where a question asks."""
        sought = Sought(asked)
        wanted = and_(conditions(asked, scope), looked_up(asked), _F.c.placed == VERSION)
        for ids in self.candidates(asked, sought.bounds):
            query = _LOOKED_AT.where(wanted, _F.c.id.in_(ids))
            yield from _those_met(sought, self.connection.execute(query).all(), _entered)
        unplaced = and_(conditions(asked, scope), looked_up(asked), _F.c.placed.is_(None))
        query = _LOOKED_AT.with_hint(_F, "INDEXED BY ix_flight_unplaced", "sqlite").where(unplaced)
        for rows in self.connection.execute(query).partitions(AT_ONCE):
            yield from _those_met(sought, rows, exactly or (lambda _: None))

    def paths_of(self, track_objects: Iterable[str], scope: Scope) -> dict[str, Path]:
        """Get the paths of track objects."""
        found: dict[str, Path] = {}
        made_of = _P.join(_D, _D.c.object_id == _P.c.track_object).join(_O, _O.c.id == _D.c.original_id)
        query = select(_P.c.track_object, _P.c.path).select_from(made_of).where(within_scope(_O.c.case_name, scope))
        for some in by_hundreds(track_objects):
            rows = self.connection.execute(query.where(_P.c.track_object.in_(some)))
            found |= {row.track_object: unpack(row.path)[0] for row in rows if version_of(row.path) == VERSION}
        return found

    def candidates(self, asked: FlightQuery, bounds: Bounds) -> Iterator[Sequence[str]]:
        """Name the flights that touch cells around some bounds, some hundreds at a time."""
        timely = and_(
            true() if asked.from_us is None else _C.c.start_us >= asked.from_us,
            true() if asked.to_us is None else _C.c.start_us < asked.to_us,
            true() if asked.from_us is None and asked.to_us is None else _C.c.start_us > UNKNOWN_START_US,
        )
        cells = cells_around(bounds)
        found: dict[str, None] = {}
        for some in by_hundreds(cells):
            query = select(_C.c.flight_id).where(_C.c.cell.in_(some), timely)
            found |= dict.fromkeys(self.connection.scalars(query))
        yield from by_hundreds(found)


def cells_of_flight(row: FoundRow) -> list[int] | None:
    """
    Name the cells a flight touches: those of its track, or that of its home point where there is no position in it.

    Returns:
        None where it has a track whose path is not there.
    """
    if row.track_object is not None and (row.path is None or version_of(row.path) != VERSION):
        return None
    if row.path is not None and has_positions(row.path):
        return cells_in(row.path).tolist()
    return [] if row.home_lon is None else cells_of(single(row.home_lon, row.home_lat)).tolist()


def _those_met(sought: Sought, rows: Sequence[FoundRow], path_of: Callable[[str], Path | None]) -> Iterator[FoundRow]:
    paths = [_path(row, path_of) for row in rows]
    met = sought.met([path for path, _ in paths], [reach for _, reach in paths])
    return (row for row, here in zip(rows, met, strict=True) if here)


def _path(row: FoundRow, path_of: Callable[[str], Path | None]) -> tuple[Path, float]:
    """Give where a flight went, and its longest step: along its track, or its home point where it has none."""
    if row.path is not None and version_of(row.path) == VERSION and has_positions(row.path):
        return unpack(row.path)
    read = path_of(row.track_object) if row.track_object is not None else None
    if read is not None and read.lon.size:
        return read, float(read.step_m().max())
    return (single(row.home_lon, row.home_lat), 0.0) if row.home_lon is not None else (NOWHERE, 0.0)


def _entered(_: str) -> None:
    """Read nothing: the path of a flight that is entered is in the catalogue, or it has no positions."""


_LOOKED_AT = select(*LIGHT, _F.c.track_object, _F.c.home_lon, _F.c.home_lat, _P.c.path).select_from(
    _F.outerjoin(_P, _P.c.track_object == _F.c.track_object)
)
