"""The API says what the archive says, in the shapes of `see.schema`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from groundside.errors import Conflict, GroundsideError, NoSpace, Tampered
from groundside.model.place import LonLat
from groundside.model.query import Area, FlightOrder, FlightQuery, Near
from groundside.reference.cells import Bounds
from groundside.see import log_schema, schema
from groundside.see.exports.known import choose
from groundside.see.web.answers import without_paths
from groundside.see.web.app import PREFIX, create_app, openapi
from groundside.see.web.routes import lines
from groundside.see.web.session import new_token
from groundside.see.web.uploads import PIECE_BYTES, base_name
from tests.fake_archive import FLIGHT, JOB, LOCKED, NOTED, OTHER, START_US, FakeArchive

HOST = "127.0.0.1:8321"
TOKEN = new_token()
LIMIT = 3 * PIECE_BYTES
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"
MAP = bytes(range(256)) * 40


@pytest.fixture
def archive() -> FakeArchive:
    return FakeArchive()


@pytest.fixture
def app(archive: FakeArchive, tmp_path: Path) -> FastAPI:
    (tmp_path / "owner.pmtiles").write_bytes(MAP)
    return create_app(archive, TOKEN, frozenset({HOST}), tmp_path / "owner.pmtiles", LIMIT)  # pyright: ignore


@pytest.fixture
def api(app: FastAPI) -> Iterator[TestClient]:
    headers = {"authorization": f"Bearer {TOKEN}", "x-groundside": "1"}
    with TestClient(app, base_url=f"http://{HOST}{PREFIX}", headers=headers) as client:
        yield client


def asked_query(archive: FakeArchive) -> FlightQuery:
    query = archive.asked[-1][2][0]
    assert isinstance(query, FlightQuery)
    return query


GETS = [
    ("/about", schema.AboutShape),
    ("/flights", schema.FlightsShape),
    (f"/flights/{FLIGHT}", schema.FlightDetailShape),
    (f"/flights/{FLIGHT}/track", schema.TrackShape),
    (f"/flights/{FLIGHT}/log", log_schema.FlightLogShape),
    (f"/flights/{FLIGHT}/diff?other={OTHER}", log_schema.ParametersComparedShape),
    ("/lines", schema.LinesShape),
    ("/totals", schema.TotalsShape),
    ("/totals?by=aircraft&month=2026-05", schema.TotalsShape),
    ("/heat?bounds=8,47,9,48", schema.HeatShape),
    ("/files", schema.FilesShape),
    ("/jobs", schema.JobsShape),
]
POSTS = [
    (f"/flights/{FLIGHT}/notes", {"text": "t"}, schema.NoteShape, ("annotate", (FLIGHT, "t"))),
    (f"/flights/{FLIGHT}/merge", {"other": OTHER}, schema.FlightShape, ("merge", (FLIGHT, OTHER))),
    (f"/flights/{FLIGHT}/unmerge", {"alias": OTHER}, schema.FlightShape, ("unmerge", (OTHER,))),
    (f"/jobs/{JOB}/cancel", {}, schema.JobShape, ("cancel", (JOB,))),
]


@pytest.mark.parametrize(("path", "kind"), GETS)
def test_every_answer_has_the_shape_that_the_document_promises(api: TestClient, path: str, kind: type) -> None:
    said = api.get(path).json()
    assert TypeAdapter(kind).validate_python(said, strict=True) == said


@pytest.mark.parametrize(("path", "body", "kind", "asked"), POSTS)
def test_every_change_asks_its_verb_and_answers_in_its_shape(
    api: TestClient,
    archive: FakeArchive,
    path: str,
    body: dict[str, str],
    kind: type,
    asked: tuple[str, tuple[str, ...]],
) -> None:
    answer = api.post(path, json=body)
    assert answer.status_code == 200
    assert TypeAdapter(kind).validate_python(answer.json(), strict=True) == answer.json()
    assert [(verb, given) for verb, _, given in archive.asked] == [asked]


@pytest.mark.parametrize("path", [path for path, _ in GETS])
def test_no_answer_holds_a_path_of_ours(api: TestClient, path: str) -> None:
    assert "/secret" not in api.get(path).text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", FlightQuery(limit=100)),
        (
            "from=2026-01-02&to=2026-01-02",
            FlightQuery(from_us=1_767_312_000_000_000, to_us=1_767_398_400_000_000, limit=100),
        ),
        ("from=2026-01-02T01:00:00%2B01:00", FlightQuery(from_us=1_767_312_000_000_000, limit=100)),
        (
            "aircraft=Mav&q=field%20%27&bench=true",
            FlightQuery(aircraft="Mav", text="field '", bench=True, limit=100),
        ),
        ("month=2026-01", FlightQuery(from_us=1_767_225_600_000_000, to_us=1_769_904_000_000_000, limit=100)),
        (
            'inside={"type":"Polygon","coordinates":[[[8,47],[9,47],[9,48],[8,47]]]}',
            FlightQuery(
                inside=Area((((LonLat(8.0, 47.0), LonLat(9.0, 47.0), LonLat(9.0, 48.0), LonLat(8.0, 47.0)),),)),
                limit=100,
            ),
        ),
        ("near=8.5,47.25,500", FlightQuery(near=Near(LonLat(8.5, 47.25), 500.0), limit=100)),
        (
            "sort=distance_m&order=asc&limit=7&offset=14",
            FlightQuery(order=FlightOrder.DISTANCE, descending=False, limit=7, offset=14),
        ),
    ],
)
def test_a_question_reaches_the_archive_as_it_was_asked(
    api: TestClient, archive: FakeArchive, asked: str, expected: FlightQuery
) -> None:
    assert api.get(f"/flights?{asked}").status_code == 200
    assert asked_query(archive) == expected


@pytest.mark.parametrize(
    "asked",
    ["from=yesterday", "near=1,2", "near=0,0,5", "near=500,1,5", "sort=nothing", "order=up", "limit=0", "limit=x", "limit=10001",
     "offset=-1", "offset=99999999999999999999", "form=2026-01-01", "bench=maybe", "q=" + "x" * 201,
     "month=2026-13", "month=2026-01&from=2026-01-02", "inside={}", "inside=x", 'inside={"type":"Point","coordinates":[1,2]}'],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused_in_words(api: TestClient, archive: FakeArchive, asked: str) -> None:
    answer = api.get(f"/flights?{asked}")
    assert answer.status_code == 400
    assert TypeAdapter(schema.ErrorShape).validate_python(answer.json(), strict=True) == answer.json()
    assert archive.asked == []


@pytest.mark.parametrize("bounds", ["1,2,3", "9,47,8,48", "8,47,9,91", "0,0,361,1", "nan,0,1,1", "a,b,c,d"])
def test_bounds_that_are_none_are_refused(api: TestClient, archive: FakeArchive, bounds: str) -> None:
    assert api.get(f"/heat?bounds={bounds}").status_code == 400
    assert archive.asked == []


def test_the_heat_map_is_asked_for_with_its_bounds_and_how_many_squares(api: TestClient, archive: FakeArchive) -> None:
    said = api.get("/heat?bounds=179,-10,181,10&squares=500&month=2026-01").json()
    assert [each["properties"]["flights"] for each in said["features"]] == [1, 3]
    _, _, (query, bounds, most) = archive.asked[-1]
    assert isinstance(query, FlightQuery)
    assert (query.from_us, bounds, most) == (1_767_225_600_000_000, Bounds(179.0, -10.0, 181.0, 10.0), 500)


def test_lines_take_the_same_questions_as_flights(api: TestClient, archive: FakeArchive) -> None:
    said = api.get("/lines?q=x&points=50").json()
    assert said == {
        "lines": [{"id": FLIGHT, "parts": [[[8.5, 47.25], [8.51, 47.26]], [[8.6, 47.3], [8.61, 47.31]]]}],
        "truncated": False,
    }
    assert asked_query(archive).text == "x"
    assert archive.asked[-1][2][1] == 50


def test_lines_that_are_too_many_are_cut_and_it_is_said(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_POINTS", 3)
    assert api.get("/lines").json() == {"lines": [], "truncated": True}


def test_a_track_is_thinned_to_what_was_asked(api: TestClient) -> None:
    said = api.get(f"/flights/{FLIGHT}/track?rows=40").json()
    assert said["rows"] <= 40
    assert (said["rows_total"], said["time_basis"], said["time_error_s"]) == (100, "utc_gnss", 0.5)
    assert {len(column) for column in said["columns"].values()} == {said["rows"]}
    assert said["origins"] == {"lon": "GPS.Lng", "lat": "GPS.Lat"}
    assert said["columns"]["time_us"][0] == START_US
    whole = api.get(f"/flights/{FLIGHT}/track").json()
    assert (whole["rows"], whole["thinning"], whole["columns"]["lat"][3]) == (100, "", None)


@pytest.mark.parametrize("rows", ["1", "0", "-1", "100001", "many"])
def test_a_track_cannot_be_asked_for_without_measure(api: TestClient, rows: str) -> None:
    assert api.get(f"/flights/{FLIGHT}/track?rows={rows}").status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [(f"/flights/{OTHER}", 404), (f"/flights/{LOCKED}/track", 409), ("/nothing", 404), ("/flights/", 404)],
)
def test_an_error_says_what_happened_and_what_to_try(api: TestClient, path: str, status: int) -> None:
    answer = api.get(path)
    assert answer.status_code == status
    assert answer.json()["error"]["what"]


@pytest.mark.parametrize("kind", [Conflict, NoSpace, Tampered, GroundsideError])
def test_an_error_has_its_own_status_and_leaves_paths_out(
    api: TestClient, archive: FakeArchive, kind: type[GroundsideError]
) -> None:
    archive.fail = kind("'/secret/my vault/ab' is in use", try_this="groundside verify /secret/my")
    answer = api.get("/flights")
    assert answer.status_code == kind.http_status
    assert answer.json()["error"] == {"what": "'ab' is in use", "try_this": "groundside verify my"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/home/me/a.bin is short", "a.bin is short"),
        ('"/home/me/my logs/a b.bin" changed', '"a b.bin" changed'),
        ("C:\\Users\\me\\a.bin changed", "a.bin changed"),
        ("read /a/b, then /c/d/e.", "read b, then e."),
        ("/archive/", "a folder"),
        ("write LON,LAT,METRES: 8.5,47.2,500", "write LON,LAT,METRES: 8.5,47.2,500"),
        ("3 m/s and 1/2 and and/or", "3 m/s and 1/2 and and/or"),
        ("see https://example.org/a/b", "see https://example.org/a/b"),
        ("groundside keychain add FILE KEYS.json", "groundside keychain add FILE KEYS.json"),
    ],
)
def test_of_a_path_in_a_sentence_only_its_last_part_is_left(text: str, kept: str) -> None:
    assert without_paths(text) == kept


@pytest.mark.parametrize("name", ["csv", "geojson", "gpx", "kml", "parquet"])
def test_a_flight_is_exported_as_a_file_with_a_harmless_name(api: TestClient, archive: FakeArchive, name: str) -> None:
    kind = choose(name)
    answer = api.get(f"/flights/{FLIGHT}/export?to={name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind.media_type)
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="groundside-2026-01-02-01234567{kind.suffix}"'
    )
    assert len(answer.content) > 100
    assert [(verb, given) for verb, _, given in archive.asked] == [("export", (FLIGHT, name))]


@pytest.mark.parametrize("to", ["", "../x", "exe", "gpx%00", "x" * 41])
def test_an_export_that_is_not_known_is_refused(api: TestClient, archive: FakeArchive, to: str) -> None:
    assert api.get(f"/flights/{FLIGHT}/export?to={to}").status_code == 400
    assert archive.asked == []


@pytest.mark.parametrize(
    "text", ["'/" + "a" * 200_000, "'/" * 100_000, "/a" * 100_000, "-/" * 100_000, "C:\\" * 100_000]
)
def test_a_long_hostile_text_is_cleaned_of_paths_as_quickly_as_it_is_read(text: str) -> None:
    assert len(without_paths(text)) <= len(text)


# Uploads


def test_an_upload_arrives_byte_for_byte(api: TestClient, archive: FakeArchive) -> None:
    whole = bytes(range(256)) * (LIMIT // 256)
    answer = api.post(
        "/upload?name=FLY001.BIN", content=(whole[at : at + 65_536] for at in range(0, len(whole), 65_536))
    )
    assert answer.status_code == 200
    assert archive.received == {"FLY001.BIN": whole}
    assert TypeAdapter(schema.ReceivedShape).validate_python(answer.json(), strict=True) == answer.json()
    assert "/secret" not in answer.text


def test_an_empty_upload_is_the_archives_to_judge(api: TestClient, archive: FakeArchive) -> None:
    assert api.post("/upload?name=a.bin", content=b"").status_code == 200
    assert archive.received == {"a.bin": b""}


def test_an_upload_that_says_it_is_too_large_is_refused_before_the_archive_hears_of_it(
    api: TestClient, archive: FakeArchive
) -> None:
    answer = api.post("/upload?name=a.bin", content=b"x" * (LIMIT + 1))
    assert answer.status_code == 413
    assert "max_file_bytes" in answer.json()["error"]["try_this"]
    assert archive.asked == []


def test_an_upload_that_turns_out_too_large_is_broken_off(api: TestClient, archive: FakeArchive) -> None:
    answer = api.post("/upload?name=a.bin", content=(b"x" * PIECE_BYTES for _ in range(100)))
    assert answer.status_code == 413
    assert archive.received == {}
    assert sum(archive.pieces) <= LIMIT


def test_an_archive_that_cannot_take_an_upload_says_why(api: TestClient, archive: FakeArchive) -> None:
    archive.fail = NoSpace("The disk is full.", try_this="make room")
    answer = api.post("/upload?name=a.bin", content=b"x" * PIECE_BYTES * 2)
    assert (answer.status_code, answer.json()["error"]["what"]) == (507, "The disk is full.")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/cron.d/x", "x"),
        ("C:\\logs\\1.BIN", "1.BIN"),
        ("..", "upload"),
        (".", "upload"),
        ("", "upload"),
        ("/", "upload"),
        ("   ", "upload"),
        ("a\x00b\n.bin", "a\\x00b\\x0a.bin"),
        ("<img src=x onerror=alert(1)>.srt", "<img src=x onerror=alert(1)>.srt"),
        ("x" * 4000 + ".bin", "x" * 196 + ".bin"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("猫.srt", "猫.srt"),
    ],
)
def test_whatever_a_file_is_called_its_name_is_no_path(
    api: TestClient, archive: FakeArchive, name: str, kept: str
) -> None:
    assert base_name(name) == kept
    assert api.post("/upload", params={"name": name}, content=b"x").status_code == 200
    assert list(archive.received) == [kept]


# The owner's map, and the document


def test_the_owners_map_is_served_by_ranges(api: TestClient) -> None:
    assert api.get("/about").json()["basemap_pmtiles"] == f"{PREFIX}/basemap.pmtiles"
    part = api.get("/basemap.pmtiles", headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, MAP[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(MAP)}"
    assert api.get("/basemap.pmtiles").content == MAP
    assert api.get("/basemap.pmtiles", headers={"range": "bytes=99999999-"}).status_code == 416


def test_without_a_map_of_the_owners_there_is_none(app: FastAPI, api: TestClient) -> None:
    app.state.basemap = None
    assert api.get("/about").json()["basemap_pmtiles"] is None
    assert api.get("/basemap.pmtiles").status_code == 404


def test_a_map_that_is_gone_is_not_found_and_its_path_is_not_told(
    app: FastAPI, api: TestClient, tmp_path: Path
) -> None:
    (tmp_path / "owner.pmtiles").unlink()
    answer = api.get("/basemap.pmtiles")
    assert answer.status_code == 404
    assert str(tmp_path) not in answer.text


def test_the_document_of_the_api_is_served_and_kept_with_the_docs(api: TestClient) -> None:
    assert api.get("/openapi.json").json() == openapi()
    kept = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    assert kept == openapi(), "write it again: python -m groundside.see.web.document docs/reference/openapi.json"


def test_the_document_names_the_shapes_and_how_to_prove_oneself() -> None:
    said = openapi()
    assert "FlightShape" in said["components"]["schemas"]
    assert said["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    for path in said["paths"].values():
        for operation in path.values():
            assert "422" not in operation["responses"]
            assert operation["responses"]["default"]["content"]["application/json"]["schema"]["$ref"].endswith(
                "/ErrorShape"
            )


def test_an_event_stream_says_how_it_can_be_taken_up_again() -> None:
    parameters = {each["name"] for each in openapi()["paths"][f"{PREFIX}/events"]["get"]["parameters"]}
    assert parameters == {"last-event-id", "after"}


def test_a_note_is_given_back_as_it_was_written(api: TestClient) -> None:
    assert api.post(f"/flights/{FLIGHT}/notes", json={"text": NOTED.text}).json()["text"] == NOTED.text
