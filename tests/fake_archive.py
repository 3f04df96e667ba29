"""An archive that holds one flight and remembers what it was asked: the web server is tested without the rooms."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from groundside.archive.looking import Exported
from groundside.errors import BadRequest, Locked, NotFound
from groundside.model.caller import Caller
from groundside.model.decoded import Problem
from groundside.model.digest import Digest
from groundside.model.event import Event, Job, JobState
from groundside.model.flight import Cut, Flight, FlightSource, Place
from groundside.model.log import EVENTS, MESSAGES, PARAMETERS, Log, rows_of
from groundside.model.parameters import Parameter, ParameterDifference
from groundside.model.place import LonLat
from groundside.model.query import FlightPage, FlightQuery, FlightTotal, HeatCell, TotalsBy
from groundside.model.recording import Aircraft, Battery, TimeBasis
from groundside.model.results import (
    About,
    FileRow,
    FlightDetail,
    FlightLog,
    Note,
    Offer,
    ParametersCompared,
    Received,
    SourceLog,
)
from groundside.model.table import Column
from groundside.model.track import Track, track_of
from groundside.reference.cells import Bounds

FLIGHT = "0123456789abcdef" * 2
LOCKED = "1" * 32
OTHER = "2" * 32
JOB = "job-1"
START_US = 1_767_323_045_250_000
DIGEST = Digest("ab" * 32)
NOTED = Note(id="n1", text="<b>hello</b>", author="owner", at_us=START_US)


def a_flight(flight_id: str = FLIGHT, **changes: object) -> Flight:
    cut = Cut(
        ordinal=0,
        first_row=0,
        end_row=100,
        time_basis=TimeBasis.UTC_GNSS,
        time_error_s=0.5,
        recording_start_us=START_US,
        recording_s=99.0,
        distance_m=math.nan,
        home=LonLat(8.5, 47.25),
        aircraft=Aircraft(name="Test", model="M", serial="S"),
        batteries=(Battery(slot=1, serial="B1"),),
        track_rows=100,
    )
    sources = (
        FlightSource(file="/secret/folder/log.bin", format="ardupilot-dataflash", sha256=DIGEST, recording_id="r1"),
    )
    place = Place(name="Testville", time_zone="Europe/Zurich")
    given = {
        "id": flight_id,
        "case": "general",
        "sources": sources,
        "summary": cut,
        "place": place,
        **changes,
    }
    return Flight(**given)  # pyright: ignore[reportArgumentType]


def a_track(rows: int = 100) -> Track:
    steps = np.arange(rows)
    lat = 47.25 + steps * 1e-5
    lat[3:5] = np.nan
    columns = {
        "time_us": Column(START_US + steps * 1_000_000),
        "lon": Column(8.5 + np.sin(steps / 7) * 1e-3, origin="GPS.Lng"),
        "lat": Column(lat, origin="GPS.Lat"),
        "height_m": Column(np.abs(50 - steps).astype(float)),
        "mode": Column(["AUTO" if step < rows // 2 else "RTL" for step in range(rows)]),
    }
    return track_of(columns, TimeBasis.UTC_GNSS, 0.5)


class FakeArchive:
    """Answers every verb; `asked` says what was asked last, `changed` how often something was."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Caller, tuple[object, ...]]] = []
        self.received: dict[str, bytes] = {}
        self.pieces: list[int] = []
        self.happened: list[Event] = []
        self.fail: Exception | None = None

    def _note(self, verb: str, caller: Caller, *args: object) -> None:
        self.asked.append((verb, caller, args))
        if self.fail is not None:
            raise self.fail

    @property
    def changed(self) -> list[str]:
        changing = {"receive", "cancel", "annotate", "merge", "unmerge"}
        return [verb for verb, _, _ in self.asked if verb in changing]

    def flights(self, caller: Caller, query: FlightQuery) -> FlightPage:
        self._note("flights", caller, query)
        return FlightPage((a_flight(),), 1)

    def totals(self, caller: Caller, query: FlightQuery, by: TotalsBy) -> dict[str, FlightTotal]:
        self._note("totals", caller, query, by)
        return {"": FlightTotal(1, 60.0, 5.0), "2026-05": FlightTotal(2, 120.5, 1000.0)}

    def heat(self, caller: Caller, query: FlightQuery, bounds: Bounds | None, most: int) -> list[HeatCell]:
        self._note("heat", caller, query, bounds, most)
        return [HeatCell(8.4, 47.2, 0.01, 1), HeatCell(8.5, 47.25, 0.01, 3)]

    def flight(self, caller: Caller, flight_id: str) -> FlightDetail:
        self._note("flight", caller, flight_id)
        if flight_id not in {FLIGHT, LOCKED}:
            raise NotFound(f"There is no flight {flight_id}.", try_this="groundside flights")
        problem = ("/secret/folder/log.bin", Problem(10, 3, "3 bytes belong to no record"))
        return FlightDetail(
            flight=a_flight(flight_id), problems=(problem,), notes=(NOTED,), offers=(Offer(OTHER, "near"),)
        )

    def track(self, caller: Caller, flight_id: str) -> Track:
        self._note("track", caller, flight_id)
        if flight_id == LOCKED:
            raise Locked("The track is encrypted.", try_this="groundside keychain add FILE KEYS.json")
        return a_track()

    def log(self, caller: Caller, flight_id: str) -> FlightLog:
        self._note("log", caller, flight_id)
        said = Log(
            TimeBasis.UTC_GNSS,
            messages=rows_of(MESSAGES, [(START_US, 4, "<b>windy</b>", "1/1"), (None, None, "boot", "")]),
            events=rows_of(EVENTS, [(START_US, "failsafe", "Battery failsafe", "ERR.Subsys")]),
            parameters=rows_of(
                PARAMETERS, [(None, "RTL_ALT", 15.0, float("nan"), ""), (START_US, "RTL_ALT", 3.0, 2.0, "")]
            ),
            identity={"firmware": "ArduCopter V4.5.7"},
        )
        source = SourceLog("/secret/folder/log.bin", "ardupilot-dataflash", said)
        return FlightLog(a_flight(flight_id), (source,), {"RTL_ALT": Parameter(15.0, 2.0, 1, 3.0)})

    def diff(self, caller: Caller, flight_id: str, other_id: str) -> ParametersCompared:
        self._note("diff", caller, flight_id, other_id)
        found = (ParameterDifference("RTL_ALT", Parameter(15.0), None),)
        return ParametersCompared(a_flight(flight_id), a_flight(other_id), found, 7)

    def export(self, caller: Caller, flight_id: str, to: str) -> Exported:
        self._note("export", caller, flight_id, to)
        return Exported(a_flight(flight_id), a_track())

    def lines(
        self, caller: Caller, query: FlightQuery, points: int
    ) -> Iterable[tuple[str, list[list[tuple[float, float]]]]]:
        self._note("lines", caller, query, points)
        yield FLIGHT, [[(8.5, 47.25), (8.51, 47.26)], [(8.6, 47.3), (8.61, 47.31)]]

    def files(self, caller: Caller) -> tuple[FileRow, ...]:
        self._note("files", caller)
        row = FileRow(
            file="/secret/folder/caf\udce9.bin", size=7, format="", state="not-understood", flights=(), problems=1,
            sha256=DIGEST, received_us=START_US,
        )  # fmt: skip
        return (row,)

    def receive(self, caller: Caller, name: str, chunks: Iterable[bytes]) -> Received:
        self._note("receive", caller, name)
        whole = bytearray()
        for chunk in chunks:
            self.pieces.append(len(chunk))
            whole += chunk
        self.received[name] = bytes(whole)
        return Received(file=name, state="read", flights=(FLIGHT,), message=f"kept /secret/vault/{len(whole)}")

    def jobs(self, caller: Caller) -> tuple[Job, ...]:
        self._note("jobs", caller)
        return (self._job(),)

    def cancel(self, caller: Caller, job_id: str) -> Job:
        self._note("cancel", caller, job_id)
        if job_id != JOB:
            raise NotFound("There is no such job.", try_this="groundside jobs")
        return self._job()

    def _job(self) -> Job:
        return Job(
            id=JOB, kind="ingest", state=JobState.RUNNING, started_us=START_US, ended_us=None, done=1, total=2,
            unit="files", note="reading /secret/folder/log.bin", parameters='{"paths": ["/secret/folder"]}',
        )  # fmt: skip

    def events(self, caller: Caller, after: int, limit: int) -> tuple[Event, ...]:
        self._note("events", caller, after, limit)
        return tuple(event for event in self.happened if event.seq > after)[:limit]

    def happen(self, what: str, about: str = "") -> None:
        event = Event(
            seq=len(self.happened) + 1, at_us=START_US, what=what, who="owner", how="test", why="", about=about,
            details='{"path": "/secret/folder"}',
        )  # fmt: skip
        self.happened.append(event)

    def annotate(self, caller: Caller, flight_id: str, text: str) -> Note:
        self._note("annotate", caller, flight_id, text)
        return NOTED

    def merge(self, caller: Caller, keep: str, other: str) -> Flight:
        self._note("merge", caller, keep, other)
        if keep == other:
            raise BadRequest("A flight cannot be merged with itself.")
        return a_flight(keep, aliases=(other,))

    def unmerge(self, caller: Caller, alias: str) -> Flight:
        self._note("unmerge", caller, alias)
        return a_flight(alias)

    def about(self, caller: Caller) -> About:
        self._note("about", caller)
        return About(
            version="0.1.0", archive_id="a1", simulated=True, flights=1, files=1, last_event=len(self.happened)
        )
