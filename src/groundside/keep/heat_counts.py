"""Counting flights in squares of the ground: with numbers, and so loaded when somebody asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from sqlalchemy import and_, func, or_, select

from groundside.keep import schema
from groundside.keep.flight_filter import conditions, key_of
from groundside.keep.flight_memory import Memory
from groundside.keep.flight_query import FlightQueries
from groundside.keep.path_heads import VERSION, has_positions
from groundside.keep.paths import unpack
from groundside.keep.place_search import PlaceSearch, Sought
from groundside.keep.places import UNKNOWN_START_US, Exactly
from groundside.model.caller import Scope
from groundside.model.query import FlightQuery, HeatCell
from groundside.reference.cells import COLUMNS, LEVELS, Bounds, cell_ranges, corners, count_around, numbered
from groundside.reference.paths import Path, single

_F, _C, _P = schema.flight, schema.flight_cell, schema.track_path
FINE = (21, 19, 17)
"""Levels of cells of 19, 76 and 306 m of latitude, for which the tracks themselves are looked at."""
MOST_TRACED = 3000
"""Of more flights the tracks are not looked at, and cells are no finer than 1.2 km."""
MOST_STEPS = 64
_HEAT: Memory[list[HeatCell]] = Memory(32)


class HeatCounts(FlightQueries):
    """Questions about how often flights were where."""

    def heat(
        self, asked: FlightQuery, scope: Scope, bounds: Bounds | None, most: int, exactly: Exactly | None = None
    ) -> list[HeatCell]:
        """Count the flights asked for in squares of the ground; `heat.HeatReads` says what each means."""
        around = bounds or Sought(asked).bounds
        question = (key_of(asked, scope), around, most)
        return _HEAT.get(self.connection, question, lambda: self._heat(asked, scope, around, most, exactly))

    def _heat(
        self, asked: FlightQuery, scope: Scope, bounds: Bounds, most: int, exactly: Exactly | None
    ) -> list[HeatCell]:
        found = self._found(asked, scope, exactly)
        only = None if found is None else {row.id for row in found}
        fine = next((level for level in FINE if count_around(level, bounds) <= most), None)
        if fine and (traced := self._paths_within(asked, scope, bounds, only)) is not None:
            return _squares(fine, _count([*traced, *self._unplaced(asked, scope, exactly, only)], fine, bounds))
        others = self._unplaced(asked, scope, exactly, only)
        for level in LEVELS:
            counts = self._cells(asked, scope, level, bounds, only) + _count(others, level, bounds)
            if len(counts) <= most or level == LEVELS[-1]:
                return _squares(level, counts)
        return []

    def _paths_within(
        self, asked: FlightQuery, scope: Scope, bounds: Bounds, only: set[str] | None
    ) -> list[Path] | None:
        """Get the paths of flights that may come into some bounds; None where they are too many."""
        found: list[Path] = []
        for ids in PlaceSearch(self.connection).candidates(asked, bounds):
            wanted = and_(conditions(asked, scope), _F.c.placed == VERSION, _F.c.id.in_(ids))
            query = select(_F.c.id, _F.c.home_lon, _F.c.home_lat, _P.c.path).select_from(
                _F.outerjoin(_P, _P.c.track_object == _F.c.track_object)
            )
            for row in self.connection.execute(query.where(wanted)):
                if only is not None and row.id not in only:
                    continue
                if row.path is not None and has_positions(row.path):
                    found.append(unpack(row.path)[0])
                elif row.home_lon is not None:
                    found.append(single(row.home_lon, row.home_lat))
            if len(found) > MOST_TRACED:
                return None
        return found

    def _unplaced(self, asked: FlightQuery, scope: Scope, exactly: Exactly | None, only: set[str] | None) -> list[Path]:
        """Read the paths of flights that are not entered among the places yet."""
        wanted = and_(conditions(asked, scope), _F.c.placed.is_(None))
        query = select(_F.c.id, _F.c.track_object, _F.c.home_lon, _F.c.home_lat).where(wanted)
        hinted = query.with_hint(_F, "INDEXED BY ix_flight_unplaced", "sqlite")
        rows = [row for row in self.connection.execute(hinted) if only is None or row.id in only]
        found = [(row, exactly(row.track_object) if exactly and row.track_object else None) for row in rows]
        homes = [single(row.home_lon, row.home_lat) for row, path in found if path is None and row.home_lon is not None]
        return [path for _, path in found if path is not None] + homes

    def _cells(
        self, asked: FlightQuery, scope: Scope, level: int, bounds: Bounds, only: set[str] | None
    ) -> Counter[int]:
        numbers, columns = cell_ranges(level, bounds)
        square = _C.c.cell % (1 << 60)
        where = and_(
            or_(*(_C.c.cell.between(*each) for each in numbers)),
            or_(*((_C.c.cell % COLUMNS).between(*each) for each in columns)),
            conditions(asked, scope),
        )
        if asked.from_us is not None or asked.to_us is not None:
            where = and_(where, _C.c.start_us > UNKNOWN_START_US)
        joined = _C.join(_F, _F.c.id == _C.c.flight_id)
        if only is not None:
            pairs = self.connection.execute(select(square, _C.c.flight_id).select_from(joined).where(where).distinct())
            return Counter(int(row[0]) for row in pairs if row[1] in only)
        flights = func.count(_C.c.flight_id.distinct())
        rows = self.connection.execute(select(square, flights).select_from(joined).where(where).group_by(square))
        return Counter({int(row[0]): int(row[1]) for row in rows})


def _count(paths: Iterable[Path], level: int, bounds: Bounds) -> Counter[int]:
    """Count in how many paths each cell of a level occurs."""
    numbers, columns = cell_ranges(level, bounds)
    counts: Counter[int] = Counter()
    for path in paths:
        cells = np.unique(numbered(0, level, *_followed(path, level)))
        column = cells % COLUMNS
        inside = (cells >= numbers[0][0]) & (cells <= numbers[0][1])
        inside &= np.logical_or.reduce([(column >= first) & (column <= last) for first, last in columns])
        counts.update(cells[inside].tolist())
    return counts


def _followed(path: Path, level: int) -> tuple[np.ndarray, np.ndarray]:
    """Give positions along a path so close that few cells between two of them are passed over."""
    rows = np.flatnonzero(path.joined())
    if not rows.size:
        return path.lon, path.lat
    east = (path.lon[rows + 1] - path.lon[rows] + 180.0) % 360.0 - 180.0
    north = path.lat[rows + 1] - path.lat[rows]
    steps = np.ceil(np.maximum(np.abs(east), np.abs(north)) * 2.0 ** (level + 1) / 360.0)
    steps = np.clip(steps, 1, MOST_STEPS).astype(np.int64)
    of = np.repeat(np.arange(rows.size), steps)
    share = (np.arange(of.size) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[of]
    lon, lat = path.lon[rows[of]] + east[of] * share, path.lat[rows[of]] + north[of] * share
    return np.concatenate([path.lon, lon]), np.concatenate([path.lat, lat])


def _squares(level: int, counts: Counter[int]) -> list[HeatCell]:
    cells = np.array(list(counts), dtype=np.int64)
    west, south, size = corners(level, cells)
    found = zip(west.tolist(), south.tolist(), counts.values(), strict=True)
    return sorted(
        (HeatCell(w, s, size, flights) for w, s, flights in found),
        key=lambda each: (each.flights, each.west, each.south),
    )
