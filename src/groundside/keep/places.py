"""Which flights were at a place: found by the cells they touch, decided by the exact positions of their tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, and_, delete, insert, select, true, update

from groundside.keep import schema
from groundside.keep.connection import AT_ONCE, Asking, Changing, by_hundreds
from groundside.keep.connection import within as within_scope
from groundside.keep.flight_filter import LIGHT, conditions, looked_up
from groundside.keep.flight_sums import touch
from groundside.keep.paths import VERSION, cells_in, has_positions, unpack, version_of
from groundside.model.caller import Scope
from groundside.model.query import FlightQuery
from groundside.reference.cells import Bounds, cells_around, cells_of
from groundside.reference.nearness import within
from groundside.reference.paths import NOWHERE, Path, single

_F, _P, _C = schema.flight, schema.track_path, schema.flight_cell
_O, _D = schema.original, schema.derived_object
UNKNOWN_START_US = -(2**62)
"""Stands in `flight_cell` for a start that is not known."""
WORLD = Bounds(-180.0, -90.0, 180.0, 90.0)
FoundRow = Row[Any]
Which = NDArray[np.bool_]
Exactly = Callable[[str], Path | None]
"""Reads the path of a track object that has none in the catalogue; None where the object is lost."""


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


class PlaceReads(Asking):
    """Questions about where flights were."""

    def flights_at(self, asked: FlightQuery, scope: Scope, exactly: Exactly | None = None) -> Iterator[FoundRow]:
        """
        Find the flights that were where a question asks, some hundreds at a time, in no order.

        Args:
            asked: with `near` or `inside`.
            scope: what the caller may see.
            exactly: for flights that are not entered yet; without it they are judged by their home point alone.

        Returns:
            Rows with the columns `LIGHT` of `flight`.
        """
        sought = Sought(asked)
        wanted = and_(conditions(asked, scope), looked_up(asked), _F.c.placed == VERSION)
        for ids in self._candidates(asked, sought.bounds):
            query = _LOOKED_AT.where(wanted, _F.c.id.in_(ids))
            yield from _those_met(sought, self.connection.execute(query).all(), _entered)
        unplaced = and_(conditions(asked, scope), looked_up(asked), _F.c.placed.is_(None))
        query = _LOOKED_AT.with_hint(_F, "INDEXED BY ix_flight_unplaced", "sqlite").where(unplaced)
        for rows in self.connection.execute(query).partitions(AT_ONCE):
            yield from _those_met(sought, rows, exactly or (lambda _: None))

    def paths_of(self, track_objects: Iterable[str], scope: Scope) -> dict[str, Path]:
        """Get the paths of track objects; those that are not entered are not in the answer."""
        found: dict[str, Path] = {}
        made_of = _P.join(_D, _D.c.object_id == _P.c.track_object).join(_O, _O.c.id == _D.c.original_id)
        query = select(_P.c.track_object, _P.c.path).select_from(made_of).where(within_scope(_O.c.case_name, scope))
        for some in by_hundreds(track_objects):
            rows = self.connection.execute(query.where(_P.c.track_object.in_(some)))
            found |= {row.track_object: unpack(row.path)[0] for row in rows if version_of(row.path) == VERSION}
        return found

    def flights_unplaced(
        self, scope: Scope, after: str, most: int | None, only: Sequence[str] | None = None
    ) -> list[tuple[str, str | None]]:
        """
        List flights that are not entered yet, by id, each with its track object.

        Args:
            scope: what the caller may see.
            after: only those with a greater id.
            most: no more than so many; None for all.
            only: only of these.
        """
        wanted = and_(_F.c.placed.is_(None), _F.c.id > after, within_scope(_F.c.case_name, scope))
        query = select(_F.c.id, _F.c.track_object).where(wanted).order_by(_F.c.id).limit(most)
        if only is not None:
            query = query.where(_F.c.id.in_(only))
        return [(str(one), track) for one, track in self.connection.execute(query)]

    def _candidates(self, asked: FlightQuery, bounds: Bounds) -> Iterator[Sequence[str]]:
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


class PlaceWrites(PlaceReads, Changing):
    """Entering where flights were."""

    def add_path(self, object_id: str, path: bytes) -> None:
        """
        Keep the path of a track, in the same commit as the track's own row and before flights are made of it.

        Args:
            object_id: of the track, already recorded as a derived object.
            path: as `paths.path_bytes` gave it.
        """
        self.connection.execute(insert(_P).values(track_object=object_id, path=path))

    def put_path(self, object_id: str, path: bytes) -> None:
        """Keep the path of a track in place of one that was kept before."""
        self.connection.execute(delete(_P).where(_P.c.track_object == object_id))
        self.add_path(object_id, path)

    def enter(self, flight_id: str) -> None:
        """Write down anew which cells a flight touches; one whose track has no path is left to be read each time."""
        row = cast("FoundRow", self.connection.execute(_ENTERED.where(_F.c.id == flight_id)).one())
        cells = cells_of_flight(row)
        self.connection.execute(delete(_C).where(_C.c.flight_id == flight_id))
        start = UNKNOWN_START_US if row.recording_start_us is None else row.recording_start_us
        entries = [{"cell": cell, "start_us": start, "flight_id": flight_id} for cell in cells or ()]
        if entries:
            self.connection.execute(insert(_C), entries)
        placed = None if cells is None else VERSION
        if row.placed != placed:
            self.connection.execute(update(_F).where(_F.c.id == flight_id).values(placed=placed))


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


def leave(connection: Connection, track_objects: Iterable[str]) -> None:
    """Say of flights whose tracks are about to be forgotten that they are to be looked for one by one."""
    for some in by_hundreds(track_objects):
        left = update(_F).where(_F.c.track_object.in_(some)).values(placed=None)
        if connection.execute(left).rowcount:
            touch(connection)


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


_ENTERED = select(
    _F.c.recording_start_us, _F.c.track_object, _F.c.home_lon, _F.c.home_lat, _F.c.placed, _P.c.path
).select_from(_F.outerjoin(_P, _P.c.track_object == _F.c.track_object))
_LOOKED_AT = select(*LIGHT, _F.c.track_object, _F.c.home_lon, _F.c.home_lat, _P.c.path).select_from(
    _F.outerjoin(_P, _P.c.track_object == _F.c.track_object)
)
