"""
"Which flights came within 500 m of this point in this month?": ours, PostGIS and DuckDB-spatial over the same flights.

Flights are made by `fleet`. Each engine has the index that suits the question best, is asked the same questions one
after another from one connection, and all three have to find the same flights. Ours gives the first page of flights
with their sources and sums, through the verb that the shell calls; the others give numbers of flights. Times are of
the wall clock, for PostgreSQL works in a process of its own.
"""

import importlib.resources
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fleet import EPOCH_US, MONTHS, SITES, WHO, Fleet, fill

from groundside.archive.archive import Archive
from groundside.model.place import LonLat
from groundside.model.query import FlightQuery, Near
from groundside.reference.geodesy import distance_to_path_m

WITHIN_M = 500.0
POINTS = 600
FULL, REDUCED = 100_000, 4_000
QUESTIONS = 100
POSTGRES = Path("/usr/lib/postgresql/15/bin")
CHECKED = 3


@dataclass(frozen=True)
class Question:
    """A place and a month, as microseconds since 1970, half open."""

    point: LonLat
    from_us: int
    to_us: int


def rows(
    corpus: Path, median_s: Callable[[Callable[[], object]], float], full: bool = False
) -> Iterator[dict[str, object]]:
    fleet = Fleet(FULL if full else REDUCED, POINTS)
    questions = _questions(fleet)
    folder = Path(tempfile.mkdtemp(prefix="groundside-spatial-"))
    folder.chmod(0o755)
    try:
        with ExitStack() as open_things:
            ours = _Ours(open_things, folder, fleet)
            _check(fleet, questions[:CHECKED], ours)
            measured, found = _asked(ours.ask, questions)
            peers = [(_PostGIS(open_things, folder, fleet), "PostGIS"), (_DuckDB(folder, fleet), "DuckDB-spatial")]
            for peer, name in peers:
                theirs, they_found = _asked(peer.ask, questions)
                yield {
                    "what": f"within 500 m in a month, {fleet.flights:,} flights, {fleet.flights * POINTS:,} points",
                    "median_ms": float(np.median(measured)),
                    "p95_ms": float(np.percentile(measured, 95)),
                    "worst_ms": max(measured),
                    "found": sum(map(len, found)),
                    "found_otherwise": sum(len(a ^ b) for a, b in zip(found, they_found, strict=True)),
                    "peer": name,
                    "peer_median_ms": float(np.median(theirs)),
                    "peer_p95_ms": float(np.percentile(theirs, 95)),
                    "times_peer": float(np.median(theirs) / np.median(measured)),
                }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _questions(fleet: Fleet) -> list[Question]:
    chance, sites = np.random.default_rng(5), fleet.sites()
    first = np.datetime64(EPOCH_US, "us").astype("datetime64[M]")
    made: list[Question] = []
    for number in range(QUESTIONS):
        lon, lat = sites[int(chance.integers(20 if number % 2 else SITES))]
        month = first + int(chance.integers(MONTHS))
        ends = [int(each.astype("datetime64[us]").astype(int)) for each in (month, month + 1)]
        point = LonLat(float(lon + chance.normal(0, 0.006)), float(lat + chance.normal(0, 0.006)))
        made.append(Question(point, *ends))
    return made


def _asked(ask: Callable[[Question], set[int]], questions: list[Question]) -> tuple[list[float], list[set[int]]]:
    ask(questions[0])  # connections and plans are made once
    times, found = [], []
    for question in questions:
        began = time.perf_counter()
        found.append(ask(question))
        times.append((time.perf_counter() - began) * 1e3)
    return times, found


def _check(fleet: Fleet, questions: list[Question], ours: "_Ours") -> None:
    """Some questions are answered by measuring to every segment of every flight."""
    expected: list[set[int]] = [set() for _ in questions]
    seconds = np.arange(POINTS) * 1_000_000
    for flown in fleet.flown():
        for question, near in zip(questions, expected, strict=True):
            far = abs(flown.lat[0] - question.point.lat) > 1.0  # a flight is 3 km across at the most
            if far or not question.from_us <= flown.start_us < question.to_us:
                continue
            if distance_to_path_m(question.point, flown.lon, flown.lat, seconds) <= WITHIN_M:
                near.add(flown.number)
    if expected != [ours.ask(question) for question in questions]:
        raise AssertionError("the flights found are not those that measuring finds")


class _Ours:
    def __init__(self, things: ExitStack, folder: Path, fleet: Fleet) -> None:
        self._archive = things.enter_context(Archive.open(folder / "archive", create=True))
        fill(self._archive.catalogue, fleet, paths=True)

    def ask(self, question: Question) -> set[int]:
        asked = FlightQuery(
            from_us=question.from_us, to_us=question.to_us, near=Near(question.point, WITHIN_M), limit=1000
        )
        page = self._archive.flights(WHO, asked)
        return {int(flight.sources[0].file[:8]) for flight in page.flights}


class _PostGIS:
    """A server of its own, with one index over time and place together."""

    def __init__(self, things: ExitStack, folder: Path, fleet: Fleet) -> None:
        import psycopg

        home = folder / "postgres"
        home.mkdir()
        shutil.chown(home, "postgres")
        self._run(
            home, "initdb", "-D", "data", "-U", "gs", "-A", "trust", "--no-sync", "--locale=C.UTF-8", "--encoding=UTF8"
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off -c shared_buffers=512MB"
        self._run(home, "pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
        things.callback(self._run, home, "pg_ctl", "-D", "data", "-m", "immediate", "stop")
        self._connection = things.enter_context(
            psycopg.connect(f"host={home} user=gs dbname=postgres", autocommit=True)
        )
        for statement in (
            "CREATE EXTENSION postgis",
            "CREATE EXTENSION btree_gist",
            "SET max_parallel_workers_per_gather = 0",
            "CREATE TABLE flight (number int, start_us bigint, track geography(LineString, 4326))",
        ):
            self._connection.execute(statement)
        with self._connection.cursor().copy("COPY flight FROM STDIN") as copy:
            for flown in fleet.flown():
                copy.write_row((flown.number, flown.start_us, _ewkb(flown.lon, flown.lat).hex()))
        self._connection.execute("CREATE INDEX ON flight USING gist (start_us, track)")
        self._connection.execute("VACUUM ANALYZE flight")

    def ask(self, question: Question) -> set[int]:
        query = (
            "SELECT number FROM flight WHERE start_us >= %s AND start_us < %s"
            " AND ST_DWithin(track, ST_MakePoint(%s, %s)::geography, %s)"
        )
        point = question.point
        found = self._connection.execute(query, (question.from_us, question.to_us, point.lon, point.lat, WITHIN_M))
        return {row[0] for row in found}

    @staticmethod
    def _run(home: Path, program: str, *arguments: str) -> None:
        as_owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run([*as_owner, POSTGRES / program, *arguments], cwd=home, check=True, stdout=subprocess.DEVNULL)


class _DuckDB:
    """
    One thread, an R-tree over the tracks.

    Its spheroidal distances are of points alone, so tracks found by the index are projected around the point (azimuthal
    equidistant on the ellipsoid: distances from the middle are exact) and measured there.
    """

    def __init__(self, folder: Path, fleet: Fleet) -> None:
        import duckdb
        import duckdb_extension_spatial
        import pyarrow as pa

        self._connection = duckdb.connect(str(folder / "flights.duckdb"), config={"threads": "1"})
        extensions = importlib.resources.files(duckdb_extension_spatial) / "extensions"
        extension = next(extensions.glob("v*/spatial.duckdb_extension"))
        self._connection.execute(f"LOAD '{extension}'")
        self._connection.execute("CREATE TABLE flight (number INTEGER, start_us BIGINT, track GEOMETRY)")
        some: list[tuple[int, int, bytes]] = []
        for flown in fleet.flown():
            some.append((flown.number, flown.start_us, _wkb(flown.lon, flown.lat)))
            if len(some) == 5000 or flown.number == fleet.flights - 1:
                part = pa.table(
                    dict(zip(("number", "start_us", "wkb"), map(list, zip(*some, strict=True)), strict=True))
                )
                self._connection.register("part", part)
                self._connection.execute("INSERT INTO flight SELECT number, start_us, ST_GeomFromWKB(wkb) FROM part")
                some = []
        self._connection.execute("CREATE INDEX flight_track ON flight USING RTREE (track)")

    def ask(self, question: Question) -> set[int]:
        point = question.point
        high = WITHIN_M / 110_000.0
        wide = high / np.cos(np.radians(abs(point.lat) + high))
        box = f"ST_MakeEnvelope({point.lon - wide}, {point.lat - high}, {point.lon + wide}, {point.lat + high})"
        around = f"+proj=aeqd +lat_0={point.lat!r} +lon_0={point.lon!r} +ellps=WGS84"
        query = f"""
            SELECT number FROM flight
            WHERE ST_Intersects(track, {box}) AND start_us >= {question.from_us} AND start_us < {question.to_us}
            AND ST_DWithin(
                ST_Transform(track, 'EPSG:4326', '{around}', always_xy := true), ST_Point(0, 0), {WITHIN_M}
            )"""
        return {row[0] for row in self._connection.execute(query).fetchall()}


def _wkb(lon: np.ndarray, lat: np.ndarray) -> bytes:
    return b"\x01\x02\x00\x00\x00" + np.uint32(lon.size).tobytes() + np.stack([lon, lat], axis=1).tobytes()


def _ewkb(lon: np.ndarray, lat: np.ndarray) -> bytes:
    head = b"\x01\x02\x00\x00\x20\xe6\x10\x00\x00"  # little-endian LineString with SRID 4326
    return head + np.uint32(lon.size).tobytes() + np.stack([lon, lat], axis=1).tobytes()
