"""Photos: which see a place, were taken near one, in a flight, in a time; and which flight each belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, or_, select, true, update

from groundside.keep import schema
from groundside.keep.connection import Asking, Changing, by_hundreds, within
from groundside.keep.flight_sums import contains
from groundside.keep.originals import as_named
from groundside.keep.photo_cells import cells_at, cells_of_outline
from groundside.keep.photo_rows import NO_FOOTPRINT, THUMBNAIL, UNJOINED, corners_in, kept_photo, outline_in
from groundside.keep.photo_tables import photo, photo_cell
from groundside.keep.row_seals import insert_sealed, reseal
from groundside.keep.rows import Stored
from groundside.model.caller import Scope
from groundside.model.digest import Digest
from groundside.model.kept_photo import KeptPhoto, PhotoExtent, PhotoQuery
from groundside.model.place import LonLat

if TYPE_CHECKING:
    from groundside.reference.cells import Bounds

_P, _X, _O, _F, _D, _R = photo, photo_cell, schema.original, schema.flight, schema.derived_object, schema.reading
_HALF_TURN = 180.0


@dataclass(frozen=True, slots=True)
class ToJoin:
    """What of a photo decides which flight it belongs to."""

    id: str
    case: str
    clock_us: int
    clock_is_utc: bool
    camera: str
    place: LonLat | None
    is_video: bool = False


class PhotoReads(Asking):
    """Questions about photos."""

    def photos(self, asked: PhotoQuery, scope: Scope) -> list[KeptPhoto]:
        """List one page of photos, the latest first; `seeing` and `near` are not looked at."""
        ids = self._wanted(select(_P.c.original_id).select_from(_JOINED), asked, scope).order_by(*_LATEST)
        page = [str(each) for each in self.connection.scalars(ids.limit(asked.limit).offset(asked.offset))]
        shown = self.photos_named(page, scope)
        return [shown[each] for each in page]

    def count_photos(self, asked: PhotoQuery, scope: Scope) -> int:
        """Count the photos that `photos` would list if there were no pages."""
        query = self._wanted(select(func.count()).select_from(_JOINED), asked, scope)
        return int(self.connection.scalar(query) or 0)

    def outlines_around(self, place: LonLat, asked: PhotoQuery, scope: Scope) -> dict[str, list[LonLat]]:
        """Give the outlines of photos that fit a question and whose footprint's bounds hold a place, by their id."""
        found = select(_X.c.original_id).where(_X.c.cell.in_(cells_at(place)))
        lons = [place.lon + turn for turn in (0.0, 360.0, -360.0)]
        around = and_(_P.c.south <= place.lat, _P.c.north >= place.lat)
        here = or_(*(and_(_P.c.west <= lon, _P.c.east >= lon) for lon in lons))
        query = self._wanted(select(_P.c.original_id, _P.c.footprint).select_from(_JOINED), asked, scope)
        rows = self.connection.execute(
            query.where(_P.c.original_id.in_(found), around, here).order_by(_P.c.original_id)
        )
        return {row.original_id: corners_in(row.footprint) for row in rows}

    def photos_within(self, bounds: Bounds, asked: PhotoQuery, scope: Scope) -> list[KeptPhoto]:
        """List all photos that fit a question and whose camera was within some bounds, in order of their id."""
        here = and_(_P.c.lat >= bounds.south, _P.c.lat <= bounds.north)
        if bounds.west >= -_HALF_TURN and bounds.east <= _HALF_TURN:
            here = and_(here, _P.c.lon >= bounds.west, _P.c.lon <= bounds.east)
        query = self._wanted(_OF_PHOTO, asked, scope).where(here).order_by(_P.c.original_id)
        return [kept_photo(row) for row in self.connection.execute(query)]

    def photos_overlapping(self, box: Box, asked: PhotoQuery, scope: Scope) -> list[tuple[str, Box]]:
        """
        List the photos that fit a question and the bounds of whose footprint meet a box, the latest first.

        Args:
            box: west, south, east, north; east may be past 180.
        """
        west, south, east, north = box
        meets = or_(*(and_(_P.c.west <= east + turn, _P.c.east >= west + turn) for turn in (-360.0, 0.0, 360.0)))
        query: Select[Any] = self._wanted(
            select(_P.c.original_id, _P.c.west, _P.c.south, _P.c.east, _P.c.north).select_from(_JOINED), asked, scope
        ).where(_P.c.south <= north, _P.c.north >= south, meets)
        rows = self.connection.execute(query.order_by(*_LATEST))
        return [(r.original_id, (r.west, r.south, r.east, r.north)) for r in rows]

    def photo_extent(self, scope: Scope) -> PhotoExtent:
        """Say where and when photos were taken."""
        ends = (func.min(_P.c.west), func.min(_P.c.south), func.max(_P.c.east), func.max(_P.c.north))
        query = select(*ends, func.min(_P.c.order_us), func.max(_P.c.order_us)).select_from(_JOINED)
        row = self.connection.execute(query.where(within(_O.c.case_name, scope))).one()
        west, south, east, north, first, last = row
        if west is None:
            return PhotoExtent(None, first, last)
        crosses = west < -_HALF_TURN or east > _HALF_TURN
        sides = (-_HALF_TURN, _HALF_TURN) if crosses else (west, east)
        return PhotoExtent((sides[0], south, sides[1], north), first, last)

    def photo_span(self, asked: PhotoQuery, scope: Scope) -> tuple[int | None, int | None]:
        """Say when the first and the last of the photos that `photos` would list were taken."""
        query = select(func.min(_P.c.order_us).label("first"), func.max(_P.c.order_us).label("last"))
        row = self.connection.execute(self._wanted(query.select_from(_JOINED), asked, scope)).one()
        return row.first, row.last

    def photo_counts(self, asked: PhotoQuery, step_us: int, scope: Scope) -> dict[int, int]:
        """Count them by steps of time since 1970; those whose time is not known are not in the answer."""
        step = (_P.c.order_us // step_us).label("step")
        counts = select(step, func.count().label("photos")).select_from(_JOINED)
        query = self._wanted(counts, asked, scope).where(_P.c.order_us.is_not(None))
        return {int(row.step): int(row.photos) for row in self.connection.execute(query.group_by(step).order_by(step))}

    def photos_named(self, original_ids: Collection[str], scope: Scope) -> dict[str, KeptPhoto]:
        """Get photos by their ids; those that are none, or not in this scope, are not in the answer."""
        found: dict[str, KeptPhoto] = {}
        for some in by_hundreds(original_ids):
            query = _OF_PHOTO.where(_P.c.original_id.in_(some), within(_O.c.case_name, scope))
            found |= {row.original_id: kept_photo(row) for row in self.connection.execute(query)}
        return found

    def photo(self, original_id: str, scope: Scope) -> KeptPhoto | None:
        """Get one photo; None where it is none, or not in this scope."""
        query = _OF_PHOTO.where(_P.c.original_id == original_id, within(_O.c.case_name, scope))
        row = self.connection.execute(query).one_or_none()
        return kept_photo(row) if row else None

    def thumbnail(self, original_id: str, scope: Scope) -> Stored | None:
        """Say where the small image of a photo is; None where there is none."""
        return self.thumbnails([original_id], scope).get(original_id)

    def thumbnails(self, original_ids: Collection[str], scope: Scope) -> dict[str, Stored]:
        """Say where the small images of photos are; those that have none are not in the answer."""
        columns = (_D.c.original_id, _D.c.object_id, _D.c.size, _D.c.digest)
        query = select(*columns).join(_O, _O.c.id == _D.c.original_id)
        query = query.where(_D.c.kind == THUMBNAIL, within(_O.c.case_name, scope))
        found: dict[str, Stored] = {}
        for some in by_hundreds(original_ids):
            rows = self.connection.execute(query.where(_D.c.original_id.in_(some)))
            found |= {row.original_id: Stored(row.object_id, row.size, Digest(row.digest)) for row in rows}
        return found

    def facts_of_photos(self, original_ids: Collection[str], scope: Scope) -> dict[str, str]:
        """Get the facts of the readings of some photos, as JSON text."""
        found: dict[str, str] = {}
        query = select(_R.c.original_id, _R.c.facts).join(_O).where(within(_O.c.case_name, scope))
        for some in by_hundreds(original_ids):
            rows = self.connection.execute(query.where(_R.c.original_id.in_(some)))
            found |= {str(row.original_id): str(row.facts) for row in rows}
        return found

    def photos_to_join(self, spans_us: Iterable[tuple[int, int]], scope: Scope) -> list[ToJoin]:
        """
        List photos whose flight is to be looked for: those never looked for, and those whose clock is in some spans.

        With each, all others of the same case that were taken within a day of it come along, for the offset of a
        camera's clock is found from many.
        """
        mine = and_(_P.c.clock_us.is_not(None), within(_O.c.case_name, scope))
        new = select(_P.c.clock_us).select_from(_JOINED).where(mine, _P.c.joined_us.is_(None))
        clocks = sorted(int(each) for each in self.connection.scalars(new))
        wanted = _merged([*spans_us, *((each - DAY_US, each + DAY_US) for each in clocks)])
        query = select(
            _P.c.original_id, _O.c.case_name, _P.c.clock_us, _P.c.clock_is_utc, _P.c.camera, _P.c.camera_serial,
            _P.c.placed_by, _P.c.lon, _P.c.lat, _P.c.kind,
        ).select_from(_JOINED)  # fmt: skip
        found: dict[str, ToJoin] = {}
        for first, last in wanted:
            rows = self.connection.execute(query.where(mine, _P.c.clock_us >= first, _P.c.clock_us <= last))
            found |= {row.original_id: _to_join(row) for row in rows}
        return sorted(found.values(), key=lambda each: (each.clock_us, each.id))

    def _wanted(self, query: Any, asked: PhotoQuery, scope: Scope) -> Any:  # noqa: ANN401 - a selection, of whatever columns
        return query.where(
            within(_O.c.case_name, scope),
            true() if asked.from_us is None else _P.c.order_us >= asked.from_us,
            true() if asked.to_us is None else _P.c.order_us < asked.to_us,
            contains(_P.c.camera_folded, asked.camera) if asked.camera else true(),
            self._of_flight(asked.flight) if asked.flight else true(),
            _P.c.order_us.is_not(None) if asked.timed else true(),
            _P.c.original_id == asked.only if asked.only else true(),
        )

    def _of_flight(self, flight_id: str) -> ColumnElement[bool]:
        """Hold a question to a flight, with all that were merged into it."""
        ids, wave = [flight_id], [flight_id]
        while wave:
            wave = [str(e) for e in self.connection.scalars(select(_F.c.id).where(_F.c.merged_into.in_(wave)))]
            ids += wave
        return _P.c.flight_id.in_(ids)


DAY_US = 86_400_000_000


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _to_join(row: Any) -> ToJoin:  # noqa: ANN401 - a row of the table
    place = LonLat(row.lon, row.lat) if row.placed_by == "file" else None
    camera = f"{row.camera}\n{row.camera_serial}"
    return ToJoin(row.original_id, row.case_name, row.clock_us, row.clock_is_utc, camera, place, row.kind == "video")


class PhotoWrites(PhotoReads, Changing):
    """Changes to photos."""

    def add_photos(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """
        Record photos of originals whose reading was just recorded.

        Args:
            rows: `original_id`, `file_name`, and all of `photo_rows.photo_columns`.
        """
        named = [{**row, "file_name": as_named(row["file_name"])} for row in rows]
        insert_sealed(self.connection, self.row_key, _P, named)
        for row in rows:
            self._enter(row["original_id"], outline_in(row))

    def join_photos(self, changes: Sequence[Mapping[str, Any]]) -> None:
        """
        Write which flights photos belong to, and what a flight's track added to what they say.

        Args:
            changes: `original_id`, and the columns that change; a `footprint` among them is entered anew.
        """
        for change in changes:
            original_id, values = change["original_id"], {k: v for k, v in change.items() if k != "original_id"}
            self.connection.execute(update(_P).where(_P.c.original_id == original_id).values(values))
            if "footprint" in values:
                self.connection.execute(delete(_X).where(_X.c.original_id == original_id))
                self._enter(original_id, outline_in(values))
        for some in by_hundreds(change["original_id"] for change in changes):
            reseal(self.connection, self.row_key, _P, _P.c.original_id.in_(some))

    def _enter(self, original_id: str, outline: Sequence[LonLat]) -> None:
        entries = [{"cell": cell, "original_id": original_id} for cell in cells_of_outline(outline)]
        if entries:
            self.connection.execute(insert(_X), entries)


def forget_photos(connection: Connection, original_ids: Collection[str]) -> None:
    """Remove the rows of photos; their thumbnails are objects of the original and go as such."""
    for some in by_hundreds(original_ids):
        connection.execute(delete(_X).where(_X.c.original_id.in_(some)))
        connection.execute(delete(_P).where(_P.c.original_id.in_(some)))


def leave_flights(connection: Connection, row_key: bytes | None, flight_ids: Collection[str]) -> None:
    """
    Take from photos what flights that are about to go told of them: the flight, its clock, and places from its track.

    They are looked at again when flights are next looked for.
    """
    for some in by_hundreds(flight_ids):
        ids = list(connection.scalars(select(_P.c.original_id).where(_P.c.flight_id.in_(some))))
        for few in by_hundreds(ids):
            _unplace(connection, _P.c.original_id.in_(few))
            reseal(connection, row_key, _P, _P.c.original_id.in_(few))


def _unplace(connection: Connection, which: ColumnElement[bool]) -> None:
    by_track = and_(which, _P.c.placed_by == "track")
    gone = select(_P.c.original_id).where(by_track)
    connection.execute(delete(_X).where(_X.c.original_id.in_(gone)))
    nothing = {**NO_FOOTPRINT, "lon": None, "lat": None, "placed_by": "", "why_no_footprint": NO_PLACE}
    connection.execute(update(_P).where(by_track).values(nothing))
    local = and_(which, _P.c.clock_is_utc.is_(False))
    connection.execute(update(_P).where(local).values(taken_us=None, order_us=_P.c.clock_us))
    connection.execute(update(_P).where(which).values(dict(UNJOINED)))


NO_PLACE = "The file does not say where the camera was."
Box = tuple[float, float, float, float]
"""West, south, east, north."""
_LATEST = (_P.c.order_us.desc().nulls_last(), _P.c.original_id.desc())
"""As its index has them, read backwards: a page is then found without sorting all photos."""
_JOINED = _P.join(_O, _O.c.id == _P.c.original_id)
_OF_PHOTO = select(_P).select_from(_JOINED)
