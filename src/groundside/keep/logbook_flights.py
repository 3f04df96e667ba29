"""Flights as the logbook needs them: few columns, read many at a time."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from groundside.keep import schema
from groundside.keep.connection import Asking, by_hundreds, within
from groundside.model.caller import Scope
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery

_F, _S, _A, _E = schema.flight, schema.flight_source, schema.arrival, schema.event
_COLUMNS = tuple(
    _F.c[name]
    for name in (
        "id", "takeoff_us", "landing_us", "airborne_s", "recording_start_us", "recording_s", "home_lon", "home_lat",
        "time_zone", "simulated", "summary", "track_object", "place",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFlight:
    """A flight with what a logbook and a fleet are told from; see `Cut` for the fields."""

    id: str
    takeoff_us: int | None
    landing_us: int | None
    airborne_s: float | None
    recording_start_us: int | None
    recording_s: float | None
    home: LonLat | None
    zone: str
    place: str
    simulated: bool
    track_object: str | None
    local_start: str
    max_range_m: float | None
    aircraft: Aircraft
    batteries: tuple[Battery, ...]


class LoggedReads(Asking):
    """Questions of the logbook about flights."""

    def logged_flights(self, scope: Scope, flight_ids: Collection[str] | None = None) -> list[KeptFlight]:
        """
        List flights that are no bench runs and no aliases, in order of their beginning, those of unknown time first.

        Args:
            scope: what the caller may see.
            flight_ids: only these; None for all.
        """
        query = select(*_COLUMNS).where(
            _F.c.merged_into.is_(None), _F.c.bench.is_(False), within(_F.c.case_name, scope)
        )
        if flight_ids is None:
            found = [_kept(row) for row in self.connection.execute(query)]
        else:
            rows = (self.connection.execute(query.where(_F.c.id.in_(some))) for some in by_hundreds(flight_ids))
            found = [_kept(row) for some in rows for row in some]
        return sorted(found, key=lambda f: (f.takeoff_us or f.recording_start_us or 0, f.id))

    def made_since(self, flight_ids: Collection[str], since_us: int, scope: Scope) -> list[str]:
        """Say which of some flights were made at a time (UTC microseconds) or later."""
        found: list[str] = []
        for some in by_hundreds(flight_ids):
            made = (_F.c.id.in_(some), _F.c.made_us >= since_us, within(_F.c.case_name, scope))
            found += self.connection.scalars(select(_F.c.id).where(*made))
        return found

    def came_from(self, flight_ids: Collection[str], scope: Scope) -> dict[str, set[tuple[str, str]]]:
        """Say of flights from where their files came, and which account brought them: (folder, account)."""
        found: dict[str, set[tuple[str, str]]] = {}
        brought = select(_E.c.about, _E.c.who).where(_E.c.what == "ingest")
        for some in by_hundreds(flight_ids):
            query = select(_S.c.flight_id, _S.c.original_id, _A.c.origin).join(_A, _A.c.original_id == _S.c.original_id)
            mine = (_S.c.flight_id.in_(some), _F.c.id == _S.c.flight_id, within(_F.c.case_name, scope))
            rows = self.connection.execute(query.where(*mine)).all()
            originals = sorted({row.original_id for row in rows})
            who: dict[str, set[str]] = {}
            for part in by_hundreds(originals):
                for about, account in self.connection.execute(brought.where(_E.c.about.in_(part))):
                    who.setdefault(str(about), set()).add(str(account))
            for row in rows:
                pairs = {(str(row.origin), account) for account in who.get(row.original_id, {""})}
                found.setdefault(str(row.flight_id), set()).update(pairs)
        return found


def _kept(row: Row[tuple[object, ...]]) -> KeptFlight:
    told: dict[str, Any] = json.loads(row.summary)
    aircraft: dict[str, str] = told.get("aircraft") or {}
    home = None if row.home_lon is None or row.home_lat is None else LonLat(row.home_lon, row.home_lat)
    return KeptFlight(
        id=row.id, takeoff_us=row.takeoff_us, landing_us=row.landing_us, airborne_s=row.airborne_s,
        recording_start_us=row.recording_start_us, recording_s=row.recording_s, home=home, zone=row.time_zone or "",
        place=row.place or "", simulated=row.simulated, track_object=row.track_object,
        local_start=told.get("local_start") or "", max_range_m=told.get("max_range_m"),
        aircraft=Aircraft(**aircraft), batteries=tuple(Battery(**each) for each in told.get("batteries") or ()),
    )  # fmt: skip
