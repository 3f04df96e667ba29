"""The JSON of the shell and of the page."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from groundside.decode.reading import Reading
from groundside.model.decoded import ByteAccount, Decoded, Problem
from groundside.model.digest import Digest
from groundside.model.event import Event, Job, JobState
from groundside.model.flight import Cut, Flight, FlightSource, Place
from groundside.model.place import LonLat
from groundside.model.query import FlightPage
from groundside.model.recording import Aircraft, Battery, TimeBasis
from groundside.model.results import About, FileRow, FlightDetail, Note, Offer, Received
from groundside.model.table import Column, table
from groundside.model.track import Track, track_of
from groundside.see import schema, shapes, thin

DIGEST = Digest("0f" * 32)
START_US = 1_767_323_045_000_000


def flight(**cut: object) -> Flight:
    base: dict[str, object] = {
        "ordinal": 0, "first_row": 0, "end_row": 0, "time_basis": TimeBasis.NONE, "time_error_s": None,
        "recording_start_us": None, "recording_s": None,
    }  # fmt: skip
    source = FlightSource(file="a.bin", format="f", sha256=DIGEST, recording_id="r")
    return Flight(id="a" * 32, case="general", sources=(source,), summary=Cut(**{**base, **cut}))  # pyright: ignore


def full_flight() -> Flight:
    known = flight(
        time_basis=TimeBasis.UTC_GNSS, time_error_s=0.5, recording_start_us=START_US, recording_s=10.0,
        takeoff_us=START_US + 1, landing_us=START_US + 2_000_000, airborne_s=2.0, distance_m=3.0, distance_basis="x",
        max_height_m=4.0, max_speed_mps=5.0, max_range_m=6.0, home=LonLat(8.0, 47.0), aircraft=Aircraft(name="n"),
        batteries=(Battery(slot=2, serial="b"),), track_rows=7, inferences=("i",), local_start="2026-01-02T04:04:05",
    )  # fmt: skip
    return Flight(
        id=known.id, case="c", sources=known.sources, summary=known.summary, place=Place(name="P", time_zone="UTC"),
        simulated=True, aliases=("b" * 32,),
    )  # fmt: skip


def track(rows: int, **columns: object) -> Track:
    given = {name: Column(values) for name, values in columns.items()}  # pyright: ignore
    return track_of({"time_us": Column(np.arange(rows, dtype=np.int64)), **given}, TimeBasis.BOOT)


def job(**changes: object) -> Job:
    base = {
        "id": "j", "kind": "ingest", "state": JobState.DONE, "started_us": START_US, "ended_us": None, "done": 1,
        "total": None, "unit": "files", "note": "", "parameters": '{"paths": ["/home/me/private"]}',
    }  # fmt: skip
    return Job(**{**base, **changes})  # pyright: ignore


DETAIL = FlightDetail(
    flight=full_flight(),
    problems=(("a.bin", Problem(None, 0, "w")),),
    notes=(Note(id="n", text="t", author="a", at_us=START_US),),
    offers=(Offer("b" * 32, "near"),),
)
ROW = FileRow(
    file="a", size=1, format="", state="kept", flights=(), problems=0, sha256=DIGEST, received_us=START_US
)  # fmt: skip
EVENT = Event(seq=1, at_us=START_US, what="w", who="o", how="test", why="", about="", details="{}")
RECEIVED = Received(file="a", state="read", flights=("a" * 32,), duplicate=True, problems=1, message="m")
ABOUT = About(version="1", archive_id="a", simulated=False, flights=1, files=2, last_event=3)
READING = Reading(
    None,
    Decoded(
        {"T": table({"x": Column(np.arange(3))})},
        {"f": [1.0, math.nan]},
        (Problem(1, 2, "w"),),
        ByteAccount(9, 5, 4, 1, 2),
    ),
)
EVERY_SHAPE = [
    (schema.FlightsShape, shapes.flights_shape(FlightPage((full_flight(), flight()), 2))),
    (schema.FlightDetailShape, shapes.detail_shape(DETAIL)),
    (
        schema.TrackShape,
        shapes.track_shape(track(5, lon=np.full(5, 8.0), lat=np.full(5, 47.0), mode=["A"] * 5)),
    ),
    (schema.LineShape, shapes.line_shape("a", [[(8.0, 47.0)]])),
    (schema.FilesShape, shapes.files_shape([ROW])),
    (schema.ReceivedShape, shapes.received_shape(RECEIVED)),
    (schema.JobsShape, shapes.jobs_shape([job()])),
    (schema.EventShape, shapes.event_shape(EVENT)),
    (schema.AboutShape, shapes.about_shape(ABOUT, None)),
    (schema.ReadingShape, shapes.reading_shape(READING)),
]


@pytest.mark.parametrize(("kind", "shape"), EVERY_SHAPE, ids=lambda value: getattr(value, "__name__", ""))
def test_every_shape_has_exactly_the_keys_and_kinds_that_the_schema_names(kind: type, shape: object) -> None:
    assert TypeAdapter(kind).validate_python(shape, strict=True) == shape


@pytest.mark.parametrize(("kind", "shape"), EVERY_SHAPE, ids=lambda value: getattr(value, "__name__", ""))
def test_every_shape_is_json(kind: type, shape: object) -> None:
    assert json.loads(shapes.encode(shape)) == shape


def test_a_flight_of_which_nothing_is_known_says_null_and_not_zero() -> None:
    said = shapes.flight_shape(flight())
    unknown = [
        "recording_start",
        "recording_s",
        "takeoff",
        "landing",
        "airborne_s",
        "distance_m",
        "max_height_m",
    ]
    unknown += ["max_speed_mps", "max_range_m", "home", "place", "time_zone", "local_start", "time_error_s"]
    assert {name: said[name] for name in unknown} == dict.fromkeys(unknown)  # pyright: ignore


def test_a_number_that_is_none_on_the_inside_is_null_outside() -> None:
    said = shapes.flight_shape(flight(distance_m=math.nan, max_height_m=math.inf, home=LonLat(math.nan, 47.0)))
    assert (said["distance_m"], said["max_height_m"], said["home"]) == (None, None, None)


def test_a_home_is_written_longitude_first() -> None:
    assert shapes.flight_shape(flight(home=LonLat(8.0, 47.0)))["home"] == [8.0, 47.0]


def test_a_source_tells_the_name_of_its_file_and_not_the_folder() -> None:
    source = FlightSource(file="/home/me/a\x1b[2J.bin", format="f", sha256=DIGEST, recording_id="r")
    one = flight()
    said = shapes.flight_shape(Flight(id=one.id, case=one.case, sources=(source,), summary=one.summary))
    assert said["sources"][0]["file"] == "a\\x1b[2J.bin"


def test_a_job_does_not_tell_its_parameters() -> None:
    assert b"private" not in shapes.encode(shapes.jobs_shape([job()]))


def test_decode_counts_rows_bytes_and_problems() -> None:
    said = shapes.reading_shape(READING)
    assert said["tables"] == {"T": 3}
    assert said["problems"] == [{"offset": 1, "length": 2, "what": "w"}]
    sizes = [said[f"bytes_{of}"] for of in ("total", "decoded", "skipped", "unknown", "locked")]  # pyright: ignore
    assert sizes == [9, 5, 4, 1, 2]
    assert said["facts"] == {"f": [1.0, None]}


def test_a_text_that_is_no_unicode_still_gives_valid_json() -> None:
    assert json.loads(shapes.encode({"a": "x\udc80\ud800y"})) == {"a": "x\udc80\ud800y"}


def test_a_nan_that_slipped_through_is_an_error_and_not_a_broken_document() -> None:
    with pytest.raises(ValueError, match="JSON"):
        shapes.encode({"a": math.nan})


def test_unknown_values_of_a_track_are_null() -> None:
    said = shapes.track_shape(track(2, lon=np.array([8.0, 0.0]), lat=np.array([47.0, 0.0])))
    assert said["columns"]["lon"] == [8.0, None]
    assert said["columns"]["mode"] == [None, None]
    assert said["columns"]["height_m"] == [None, None]


def test_a_short_track_is_shown_whole_and_says_so() -> None:
    said = shapes.track_shape(track(10), 10)
    assert (said["rows"], said["rows_total"], said["thinning"]) == (10, 10, "")


def test_a_thinned_track_says_how_it_was_thinned() -> None:
    said = shapes.track_shape(track(1000, height_m=np.arange(1000.0)), 50)
    assert said["rows"] <= 50
    assert (said["rows_total"], said["thinning"]) == (1000, thin.HOW)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 400), st.integers(2, 300), st.randoms(use_true_random=False))
def test_thinning_keeps_first_last_and_the_peaks_and_never_more_than_asked(rows: int, most: int, random) -> None:
    height = np.array([random.choice([math.nan, random.uniform(-5, 500)]) for _ in range(rows)])
    it = track(rows, height_m=height)
    kept = thin.rows(it, most)
    assert len(kept) <= most
    assert list(kept) == sorted(set(kept))
    assert (kept[0], kept[-1]) == (0, rows - 1)
    if np.isfinite(height).any() and most >= 4:
        assert np.nanmax(height[kept]) == np.nanmax(height)
        assert np.nanmin(height[kept]) == np.nanmin(height)


def test_thinning_keeps_each_row_in_which_the_mode_changes() -> None:
    modes = ["A"] * 333 + ["B"] * 333 + ["C"] * 334
    kept = thin.rows(track(1000, mode=modes, height_m=np.zeros(1000)), 40)
    assert {333, 666} <= set(kept.tolist())


def test_thinning_a_track_without_any_known_value_spreads_the_rows() -> None:
    kept = thin.rows(track(1000), 20)
    assert len(kept) > 15
    assert np.diff(kept).max() < 80


def test_a_track_cannot_be_thinned_to_one_row() -> None:
    with pytest.raises(ValueError, match="fewer than 2"):
        thin.rows(track(5), 1)


def test_an_empty_track_has_no_rows() -> None:
    assert shapes.track_shape(track(0), 100)["rows"] == 0
