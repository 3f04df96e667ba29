"""Which flights were at a place: found by the cells they touch, decided by the exact positions of their tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from groundside.keep import schema
from groundside.keep.connection import Asking, Changing, by_hundreds
from groundside.keep.connection import within as within_scope
from groundside.keep.flight_sums import touch
from groundside.keep.path_heads import VERSION
from groundside.model.caller import Scope
from groundside.model.query import FlightQuery

if TYPE_CHECKING:
    from groundside.reference.paths import Path

_F, _P, _C = schema.flight, schema.track_path, schema.flight_cell
UNKNOWN_START_US = -(2**62)
"""Stands in `flight_cell` for a start that is not known."""
FoundRow = Row[Any]
Exactly = Callable[[str], "Path | None"]
"""Reads the path of a track object that has none in the catalogue; None where the object is lost."""


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
        from groundside.keep.place_search import PlaceSearch  # late: numbers take a tenth of a second, and few ask

        return PlaceSearch(self.connection).flights_at(asked, scope, exactly)

    def paths_of(self, track_objects: Iterable[str], scope: Scope) -> dict[str, Path]:
        """Get the paths of track objects; those that are not entered are not in the answer."""
        from groundside.keep.place_search import PlaceSearch

        return PlaceSearch(self.connection).paths_of(track_objects, scope)

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
        from groundside.keep.place_search import cells_of_flight

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


def leave(connection: Connection, track_objects: Iterable[str]) -> None:
    """Say of flights whose tracks are about to be forgotten that they are to be looked for one by one."""
    for some in by_hundreds(track_objects):
        left = update(_F).where(_F.c.track_object.in_(some)).values(placed=None)
        if connection.execute(left).rowcount:
            touch(connection)


_ENTERED = select(
    _F.c.recording_start_us, _F.c.track_object, _F.c.home_lon, _F.c.home_lat, _F.c.placed, _P.c.path
).select_from(_F.outerjoin(_P, _P.c.track_object == _F.c.track_object))
