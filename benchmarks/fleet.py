"""
Simulated fleets as rows: many flights fast, to measure questions about them.

Made with NumPy, not by the simulator of the package: 200 sites over the Earth, some flown often and most seldom,
500 aircraft, 36 months; each flight a lawnmower pattern of 1 Hz positions at 9 m/s with lines 30 m apart, turned and
set down at random within some hundred metres of its site. What goes into the catalogue is made by the functions of
`groundside.keep` that an ingest uses, and inserted many rows at a time; there are no files and no vault behind it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete, insert, select, text

from groundside.keep import schema
from groundside.keep.catalogue import Catalogue, Writer
from groundside.keep.flight_columns import facts_columns
from groundside.keep.flight_search import folded
from groundside.keep.flight_sums import counted_of, month_of, touch
from groundside.keep.path_heads import VERSION
from groundside.keep.paths import cells_in, pack
from groundside.keep.rows import Box, CutRef, FlightFacts
from groundside.model.caller import Caller
from groundside.model.flight import Cut, Place
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, TimeBasis
from groundside.reference.cells import cells_of
from groundside.reference.paths import path_of, single

WHO = Caller("benchmark", "test")
EPOCH_US = int(np.datetime64("2023-11-01", "us").astype(int))
MONTHS, SITES, AIRCRAFT = 36, 200, 500
SPEED_MPS, LINE_S, APART_M = 9.0, 60, 30.0
M_PER_DEGREE = 111_195.0
AT_ONCE = 10_000
LISTS = [index for index in schema.flight.indexes if str(index.name).startswith(("ix_flight_by_", "ix_flight_of_"))]
"""Made at the end, as for any bulk load: one after another in their order."""


@dataclass(frozen=True)
class Flown:
    """One flight as it was made."""

    number: int
    site: int
    aircraft: int
    start_us: int
    lon: np.ndarray
    lat: np.ndarray


@dataclass(frozen=True)
class Fleet:
    """So many flights of so many positions each; the same seed gives the same flights."""

    flights: int
    points: int
    seed: int = 4

    def sites(self) -> np.ndarray:
        """Longitude and latitude of each site, degrees."""
        chance = np.random.default_rng(self.seed)
        return np.stack([chance.uniform(-179, 179, SITES), np.degrees(np.arcsin(chance.uniform(-0.8, 0.9, SITES)))], 1)

    def flown(self) -> Iterator[Flown]:
        """Make the flights, in no order of time."""
        chance = np.random.default_rng(self.seed + 1)
        sites, often = self.sites(), 1.0 / np.arange(1, SITES + 1) ** 0.7
        step = np.arange(self.points)
        line, along = step // LINE_S, step % LINE_S
        x = np.where(line % 2 == 0, along, LINE_S - 1 - along) * SPEED_MPS
        y = line * APART_M
        for number in range(self.flights):
            site = self._site(chance, often)
            turn = chance.uniform(0, 2 * np.pi)
            east = x * np.cos(turn) - y * np.sin(turn) + chance.normal(0, 600)
            north = x * np.sin(turn) + y * np.cos(turn) + chance.normal(0, 600)
            lon0, lat0 = sites[site]
            start = EPOCH_US + int(chance.uniform(0, MONTHS * 30.4375 * 86_400)) * 1_000_000
            lon = (lon0 + east / (M_PER_DEGREE * np.cos(np.radians(lat0))) + 180.0) % 360.0 - 180.0
            where = np.round(lon * 1e7) / 1e7, np.round((lat0 + north / M_PER_DEGREE) * 1e7) / 1e7
            yield Flown(number, site, int(chance.integers(AIRCRAFT)), start, *where)

    def _site(self, chance: np.random.Generator, often: np.ndarray) -> int:
        return int(np.searchsorted(np.cumsum(often) / often.sum(), chance.random()))


def fill(catalogue: Catalogue, fleet: Fleet, *, paths: bool) -> None:
    """
    Put a fleet into an empty catalogue.

    Args:
        catalogue: empty.
        fleet: which flights.
        paths: with the positions of each flight; otherwise only its home point is known.
    """
    with catalogue.commit(WHO) as writer:
        for index in LISTS:
            index.drop(writer.connection)
    sums: Counter[tuple[object, ...]] = Counter()
    rows: dict[str, list[dict[str, object]]] = {}
    for flown in fleet.flown():
        _add(rows, flown, fleet, sums, paths=paths)
        if len(rows["flight"]) >= AT_ONCE:
            _write(catalogue, rows)
    _write(catalogue, rows)
    with catalogue.commit(WHO) as writer:
        _write_sums(writer, sums)
        for index in LISTS:
            index.create(writer.connection)


def _write(catalogue: Catalogue, rows: dict[str, list[dict[str, object]]]) -> None:
    with catalogue.commit(WHO) as writer:
        for table in (
            "original",
            "arrival",
            "reading",
            "derived_object",
            "track_path",
            "flight",
            "flight_source",
            "flight_text",
            "flight_cell",
        ):
            if rows.get(table):
                writer.connection.execute(insert(schema.metadata.tables[table]), rows[table])
        touch(writer.connection)
    rows.clear()


def _write_sums(writer: Writer, sums: Counter[tuple[object, ...]]) -> None:
    names = ("case_name", "month", "bench", "simulated", "aircraft_folded")
    keys = {key[:5] for key in sums}
    writer.connection.execute(
        insert(schema.flight_sum),
        [
            dict(zip(names, key, strict=True))
            | {what: sums[(*key, what)] for what in ("flights", "airborne_us", "distance_mm")}
            for key in keys
        ],
    )
    touch(writer.connection)


def _add(
    rows: dict[str, list[dict[str, object]]],
    flown: Flown,
    fleet: Fleet,
    sums: Counter[tuple[object, ...]],
    *,
    paths: bool,
) -> None:
    made = hashlib.sha256(f"{fleet.seed} {flown.number}".encode()).hexdigest()
    original, flight, track = made[:32], hashlib.md5(made.encode()).hexdigest(), made[32:]
    facts = _facts(flown, CutRef(original, 0), track if paths else None)
    columns = facts_columns(facts)
    name = f"{flown.number:08d}.BIN"
    found_by = folded((columns["place_folded"], columns["aircraft_folded"], name))
    path = pack(path_of(flown.lon, flown.lat, np.arange(flown.lon.size) * 1_000_000)) if paths else None
    home = facts.summary.home
    cells = cells_in(path).tolist() if path else cells_of(single(home.lon, home.lat)).tolist()
    put = lambda table, **row: rows.setdefault(table, []).append(row)  # noqa: E731
    put(
        "original",
        id=original,
        case_name="general",
        object_id=made[:32],
        digest=made,
        size=1000,
        fingerprint=made,
        received_us=flown.start_us,
    )
    put(
        "arrival",
        id=flown.number + 1,
        original_id=original,
        file_name=name,
        origin="card",
        at_us=flown.start_us,
        job_id=None,
    )
    put(
        "reading",
        original_id=original,
        state="read",
        format="ardupilot-dataflash",
        code="bin/1",
        parameters="{}",
        facts="{}",
        problems="[]",
        problem_count=0,
        account='{"decoded":1000,"skipped":0,"total":1000}',
        recording=None,
        track_object=None,
        track_rows=fleet.points,
        at_us=flown.start_us,
    )
    if path:
        put(
            "derived_object",
            object_id=track,
            original_id=original,
            kind="track",
            code="bin/1",
            parameters="{}",
            digest=made,
            size=1000,
        )
        put("track_path", track_object=track, path=path)
    put("flight", id=flight, case_name="general", merged_into=None, made_us=flown.start_us, placed=VERSION, **columns)
    put(
        "flight_source",
        original_id=original,
        ordinal=0,
        flight_id=flight,
        clock_offset_s=None,
        clock_error_s=None,
        why="the only file that tells of this flight",
        chosen=True,
        by_person=False,
    )
    put("flight_text", flight_id=flight, search_text=found_by or "")
    for cell in cells:
        put("flight_cell", cell=cell, start_us=flown.start_us, flight_id=flight)
    key = ("general", month_of(flown.start_us), False, True, columns["aircraft_folded"] or "")
    sums[(*key, "flights")] += 1
    sums[(*key, "airborne_us")] += round(facts.summary.airborne_s * 1e6)
    sums[(*key, "distance_mm")] += round(facts.summary.distance_m * 1e3)


def _facts(flown: Flown, ref: CutRef, track: str | None) -> FlightFacts:
    seconds = 300.0 + flown.number * 7919 % 1500
    cut = Cut(
        ordinal=0,
        first_row=0,
        end_row=flown.lon.size,
        time_basis=TimeBasis.UTC_GNSS,
        time_error_s=0.2,
        recording_start_us=flown.start_us,
        recording_s=seconds + 60.0,
        takeoff_us=flown.start_us + 30_000_000,
        landing_us=flown.start_us + 30_000_000 + int(seconds * 1e6),
        airborne_s=seconds,
        distance_m=seconds * 8.5 + flown.number % 977 / 10.0,
        distance_basis="summed along the track",
        max_height_m=40.0 + flown.number * 31 % 800 / 10.0 if flown.number % 10 else None,
        home=LonLat(float(flown.lon[0]), float(flown.lat[0])),
        aircraft=Aircraft(name=f"Drone {flown.aircraft:03d}", model="Quad 4", serial=f"SN-{flown.aircraft:05d}"),
        track_rows=flown.lon.size,
    )
    return FlightFacts(
        summary=cut,
        place=Place(name=f"{flown.site % 40} km N of Site {flown.site:03d}", time_zone="Etc/UTC"),
        box=Box(float(flown.lon.min()), float(flown.lat.min()), float(flown.lon.max()), float(flown.lat.max())),
        track_object=track,
        chosen=ref,
        simulated=True,
    )


def multiply(catalogue: Catalogue, times: int) -> None:
    """
    Make of each flight in a SQLite catalogue so many: with other ids, files, times, lengths and heights, at one place.

    Inside the database, so that a million take a minute. For lists and totals; tracks are not copied.
    """
    with catalogue.commit(WHO) as writer:
        for index in LISTS:
            index.drop(writer.connection)
        writer.connection.execute(text(f"CREATE TEMP TABLE turn AS {_TURNS}"), {"times": times})
        for table, changed in _MULTIPLIED.items():
            columns = [column.name for column in schema.metadata.tables[table].columns]
            values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
            writer.connection.execute(
                text(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM turn CROSS JOIN {table} t")
            )
        writer.connection.execute(text("DROP TABLE turn"))
        _sum_again(writer)
        for index in LISTS:
            index.create(writer.connection)


_TURNS = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < :times - 1) SELECT k FROM n"
_SHIFT = "turn.k * 1237000000"


def _renamed(column: str) -> str:
    return f"printf('%08x', turn.k) || substr(t.{column}, 9)"


_MULTIPLIED = {
    "original": {
        "id": _renamed("id"),
        "object_id": _renamed("object_id"),
        "fingerprint": _renamed("fingerprint"),
        "received_us": f"t.received_us + {_SHIFT}",
    },
    "arrival": {
        "id": "t.id + turn.k * 10000000",
        "original_id": _renamed("original_id"),
        "file_name": "turn.k || '-' || t.file_name",
    },
    "reading": {"original_id": _renamed("original_id")},
    "flight": {
        "id": _renamed("id"),
        "recording_start_us": f"t.recording_start_us + {_SHIFT}",
        "airborne_s": "t.airborne_s + turn.k % 97",
        "distance_m": "t.distance_m + turn.k % 1009",
        "max_height_m": "t.max_height_m + turn.k % 13",
        "summary": "replace(t.summary, '\"recording_start_us\"\\:' || t.recording_start_us, "
        f"'\"recording_start_us\"\\:' || (t.recording_start_us + {_SHIFT}))",
        "chosen_original": _renamed("chosen_original"),
        "track_object": "NULL",
    },
    "flight_source": {"original_id": _renamed("original_id"), "flight_id": _renamed("flight_id")},
    "flight_text": {"flight_id": _renamed("flight_id"), "search_text": "t.search_text || char(10) || turn.k"},
    "flight_cell": {"start_us": f"t.start_us + {_SHIFT}", "flight_id": _renamed("flight_id")},
}
"""What of each table is other in a copy; in order of reference."""


_BRINGS = ("case_name", "recording_start_us", "bench", "simulated", "aircraft_folded", "airborne_s", "distance_m")


def _sum_again(writer: Writer) -> None:
    sums: Counter[tuple[object, ...]] = Counter()
    for row in writer.connection.execute(select(*(schema.flight.c[name] for name in _BRINGS))):
        one = counted_of(row)
        for what, value in (("flights", 1), ("airborne_us", one.airborne_us), ("distance_mm", one.distance_mm)):
            sums[(*one.key, what)] += value
    writer.connection.execute(delete(schema.flight_sum))
    _write_sums(writer, sums)
