"""Planning over the API: what is drawn becomes a plan, a file that is read back, or a refusal that says why."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from starlette.testclient import TestClient

from groundside.archive.archive import Archive
from groundside.archive.missions import encode_mission, mission_in
from groundside.archive.simulating import simulated_files
from groundside.model.caller import Caller
from groundside.model.mission import Hover, Mission, Waypoint
from groundside.model.query import FlightQuery
from groundside.see.web.app import PREFIX, create_app
from groundside.see.web.ground import MOST_KEPT
from groundside.see.web.session import new_token
from tests.elevation import tiff

HOST = "127.0.0.1:8321"
TOKEN = new_token()
TESTER = Caller("tester", "test")
CAMERA = "DJI Phantom 4 RTK"
FIELD = [[11.0, 47.0], [11.004, 47.0], [11.004, 47.003], [11.002, 47.0015], [11.0, 47.003]]
LINE = [[11.0, 47.0], [11.002, 47.0005]]
Body = dict[str, Any]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("plans") / "archive", create=True) as it:
        yield it


@pytest.fixture(scope="module")
def api(archive: Archive) -> Iterator[TestClient]:
    app = create_app(archive, TOKEN, frozenset({HOST}), None, 1 << 30)
    headers = {"authorization": f"Bearer {TOKEN}", "x-groundside": "1"}
    with TestClient(app, base_url=f"http://{HOST}{PREFIX}", headers=headers) as client:
        yield client
    app.state.grounds.close()


def field(**said: object) -> Body:
    return {"drawn": {"areas": [[FIELD]]}, "camera": CAMERA, **said}


def trouble(answer: Any) -> str:
    said = answer.json()["error"]
    return f"{said['what']} {said['try_this']}"


PATTERNS: dict[str, tuple[Body, Body]] = {
    "survey": ({"areas": [[FIELD]]}, {"crosshatch": True}),
    "corridor": ({"lines": [LINE]}, {"width_m": 100}),
    "orbit": ({"points": [[11.0, 47.0]]}, {"radius_m": 20, "top_m": 40}),
    "facade": ({"lines": [LINE]}, {"top_m": 20}),
    "bridge": ({"lines": [LINE]}, {"deck_m": 20, "width_m": 10}),
    "stockpile": ({"areas": [[FIELD]]}, {"top_m": 5}),
    "perimeter": ({"areas": [[FIELD]]}, {"outside_m": 10, "look": "in"}),
    "search": ({"areas": [[FIELD]]}, {"search": "creeping", "spacing_m": 40}),
    "sampling": ({"points": [[11.0, 47.0]]}, {"transects": 3}),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pattern_is_planned_with_times_photos_and_every_check(api: TestClient, pattern: str) -> None:
    drawn, how = PATTERNS[pattern]
    answer = api.post("/plan", json={"pattern": pattern, "drawn": drawn, "how": how, "camera": CAMERA, "wind_m_s": 3})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["flight"]["waypoints"] == len(said["way"]) > 1
    assert said["flight"]["seconds"] > 0
    assert len(said["photos"]) == said["photo_count"]
    assert [each["check"] for each in said["checks"]] == [
        each["name"] for each in api.get("/plan/choices").json()["checks"]
    ]
    along = said["profile"]["along_m"]
    assert along == sorted(along)
    assert said["profile"]["ground_m"] is None


def test_while_a_corner_is_dragged_the_plan_is_nearly_that_which_comes_after(api: TestClient) -> None:
    quick, whole = (api.post("/plan", json=field(quick=each)).json() for each in (True, False))
    assert quick["photo_count"] == pytest.approx(whole["photo_count"], rel=0.1)
    assert quick["flight"]["seconds"] == pytest.approx(whole["flight"]["seconds"], rel=0.15)
    assert [c["outcome"] for c in quick["checks"]] == [c["outcome"] for c in whole["checks"]]


def test_holes_and_keep_outs_are_not_flown_over(api: TestClient) -> None:
    bar = [[11.0015, 47.0005], [11.002, 47.0005], [11.002, 47.001], [11.0015, 47.001]]
    for body in (field(keep_outs=[[bar]], home=[11.0, 46.9995]), {**field(), "drawn": {"areas": [[FIELD, bar]]}}):
        way = api.post("/plan", json=body).json()["way"]
        near = [(lon, lat) for lon, lat, _ in way if 11.00151 < lon < 11.00199 and 47.00051 < lat < 47.00099]
        assert near == []


@pytest.mark.parametrize("to", [".kmz", ".plan", ".waypoints", ".csv", ".kml", ".geojson"])
def test_the_file_is_read_back_to_the_way_that_was_shown(api: TestClient, to: str) -> None:
    shown = api.post("/plan", json=field(name="Upper field: 1/2")).json()
    answer = api.post("/plan/file", json={"plan": field(name="Upper field: 1/2"), "to": to})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="Upper field- 1-2{to}"'
    way = [(w.lon, w.lat) for w in mission_in(answer.content).mission.waypoints]
    assert np.allclose(way, [(lon, lat) for lon, lat, _ in shown["way"]], atol=2e-7)
    again = api.post("/plan/read", params={"name": f"x{to}"}, content=answer.content).json()
    assert len(again["mission"]["way"]) == len(way)


def test_a_failed_check_blocks_the_file_until_it_is_overridden_with_a_reason(api: TestClient, archive: Archive) -> None:
    high = {"plan": field(height_m=150), "to": ".plan"}
    refused = api.post("/plan/file", json=high)
    assert refused.status_code == 403
    assert "height" in trouble(refused)
    overridden = api.post("/plan/file", json={**high, "overrides": [{"check": "height", "reason": "permit 12/26"}]})
    assert overridden.status_code == 200
    kept = [e for e in archive.events(Caller("tester", "test"), 0, 100) if e.what == "plan.override"]
    assert [event.about for event in kept] == ["height"]
    assert "permit 12/26" in kept[0].details


def test_an_elevation_model_is_followed_until_newer_ones_push_it_out(api: TestClient) -> None:
    ground = api.post("/plan/terrain", params={"name": "../hill.tif"}, content=tiff()).json()
    assert ground["name"] == "hill.tif"
    said = api.post("/plan", json=field(terrain=ground["id"])).json()
    heights = said["profile"]["ground_m"]
    assert max(heights) - min(heights) > 5
    assert {c["check"]: c["outcome"] for c in said["checks"]}["clearance"] == "passed"
    for _ in range(MOST_KEPT):
        api.post("/plan/terrain", params={"name": "next.tif"}, content=tiff())
    assert api.post("/plan", json=field(terrain=ground["id"])).status_code == 404


REFUSED: dict[str, tuple[Body, int, str]] = {
    "nothing is drawn": ({"drawn": {}}, 400, "nothing drawn"),
    "too many corners": (
        {"drawn": {"areas": [[FIELD, *([[[11.001, 47.0001], [11.0011, 47.0001], [11.001, 47.0002]]] * 39)], [FIELD]]}},
        400, "rings",
    ),
    "too many photos": (field(height_m=2), 413, "photos"),
    "too far across": ({"drawn": {"lines": [[[0, 0], [50, 20]]]}, "pattern": "corridor", "camera": CAMERA}, 413, "km"),
    "too many photos on a wall": (
        {"pattern": "facade", "camera": CAMERA, "drawn": {"lines": [[[11, 47], [11.2, 47]]]},
         "how": {"top_m": 900, "stand_off_m": 1}}, 413, "photos",
    ),
    "no such camera": (field(camera="Box Brownie"), 404, "Box Brownie"),
    "a name that is none": (field(cammera="x"), 400, "cammera"),
    "home nowhere": (field(home=[11, 95]), 400, "Home"),
    "no time": (field(start="soon"), 400, "soon"),
    "a ring that crosses itself": (
        {"camera": CAMERA, "drawn": {"areas": [[[[11, 47], [11.01, 47.01], [11.01, 47], [11, 47.01]]]]}}, 400, "",
    ),
    "endless numbers": (field(height_m=1e300), 400, "height_m"),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_makes_no_sense_or_too_much_work_is_refused_with_the_reason(api: TestClient, why: str) -> None:
    body, status, word = REFUSED[why]
    answer = api.post("/plan", json=body)
    assert answer.status_code == status, answer.text
    assert word in trouble(answer)


def test_files_that_are_none_of_what_they_should_be_are_refused_without_a_path(api: TestClient) -> None:
    for path, name, content, status in (
        ("/plan/read", "x.kmz", b"PK\x03\x04 broken", 415),
        ("/plan/read", "x.plan", b"", 415),
        ("/plan/read", "x.plan", b" " * (17 << 20), 413),
        ("/plan/terrain", "x.tif", b"no raster", 415),
        ("/plan/terrain", "x.tif", tiff(crs=None), 400),
    ):
        answer = api.post(path, params={"name": name}, content=content)
        assert answer.status_code == status, answer.text
        assert "/tmp" not in answer.text


def test_a_drawing_of_somebody_else_comes_back_as_what_it_shows(api: TestClient) -> None:
    content = b'{"type": "Polygon", "coordinates": [[[11, 47], [11.01, 47], [11.01, 47.01], [11, 47]]]}'
    said = api.post("/plan/read", params={"name": "field.geojson"}, content=content).json()
    assert said["mission"] is None
    assert said["drawing"]["areas"] == [[[[11, 47], [11.01, 47], [11.01, 47.01], [11, 47]]]]


def test_a_plan_is_printed_and_given_as_as_many_flights_as_batteries_need(api: TestClient) -> None:
    large = field(height_m=25, aircraft="Parrot ANAFI Ai", home=[11.0, 47.0])
    printed = api.post("/plan/file", json={"plan": field(height_m=60), "to": ".pdf"})
    assert printed.content.startswith(b"%PDF") and 'filename="plan.pdf"' in printed.headers["content-disposition"]
    assert api.post("/plan/file", json={"plan": large, "to": ".plan"}).status_code != 200
    packed = api.post("/plan/file", json={"plan": large, "to": ".plan", "split": True})
    assert 'filename="plan.zip"' in packed.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        parts = {name: mission_in(archive.read(name)).mission for name in archive.namelist()}
    assert list(parts) == [f"plan-{i}.plan" for i in range(1, len(parts) + 1)]
    assert len(parts) > 1 and all(len(each.waypoints) > 1 for each in parts.values())


def test_what_an_opened_mission_was_made_of_can_be_drawn_again(api: TestClient) -> None:
    headers = {"content-type": "application/octet-stream"}
    for pattern, drawn, how in (
        ("survey", {"areas": [[FIELD]]}, {"heading_deg": 0}),
        ("corridor", {"lines": [LINE]}, {}),
    ):
        plan = {"drawn": drawn, "camera": CAMERA, "height_m": 60, "pattern": pattern, "how": how}
        content = api.post("/plan/file", json={"plan": plan, "to": ".plan"}).content
        read = api.post("/plan/read?name=a.plan", content=content, headers=headers).json()
        assert read["mission"] is not None and read["drawing"] is None
        shape = read["editable"]
        if pattern == "survey":
            assert {(round(x, 6), round(y, 6)) for x, y in shape["areas"][0][0]} == {(x, y) for x, y in FIELD}
            assert shape["lines"] == []
        else:
            assert shape["areas"] == [] and len(shape["lines"][0]) >= 2


def test_actions_of_an_opened_mission_are_kept_when_its_way_is_changed_and_the_others_are_named(
    api: TestClient,
) -> None:
    points = [Waypoint(lon=11.0 + i * 1e-3, lat=47.0, height_m=40.0, actions=(Hover(i + 1.0),)) for i in range(4)]
    content = encode_mission(Mission(name="four", waypoints=tuple(points)), "four.plan").content
    read = api.post("/plan/read", params={"name": "four.plan"}, content=content).json()
    (line,) = read["editable"]["lines"]
    line[1][1] += 0.0005
    body = {"pattern": "corridor", "drawn": {"lines": [line]}, "how": {"width_m": 0}, "camera": CAMERA}
    plan = {**body, "height_m": 50, "opened": read["opened"]}
    kept = api.post("/plan", json=plan).json()["kept"]
    assert kept == {"actions": 3, "lost": [{"waypoint": 1, "does": "hover seconds 2.0"}], "lost_count": 1}
    written = mission_in(api.post("/plan/file", json={"plan": plan, "to": ".plan"}).content).mission
    assert [each.hold_s for each in written.waypoints] == [1.0, 0.0, 3.0, 4.0]
    assert api.post("/plan", json=body).json()["kept"] is None
    assert api.post("/plan", json={**plan, "opened": "f" * 32}).status_code == 404


def test_a_plan_is_compared_with_a_flight_of_the_archive(api: TestClient, archive: Archive) -> None:
    (file, *_) = simulated_files(1, 5, formats=["airdata-csv"], vehicles=["multirotor"], faults=())
    archive.receive(TESTER, file.name, [file.content])
    flight = archive.flights(TESTER, FlightQuery()).flights[0]
    track = archive.track(TESTER, flight.id).table
    lon, lat = (float(np.nanmedian(track.column(name).to_numpy())) for name in ("lon", "lat"))
    d = 0.0005
    square = [[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d], [lon - d, lat + d]]
    plan = {"drawn": {"areas": [[square]]}, "camera": CAMERA, "height_m": 40}
    said = api.post("/plan/compare", json={"plan": plan, "flight": flight.id}).json()
    assert 0.0 <= said["covered"] <= 1.0 and said["planned_photos"] > 0 and len(said["flown"]) > 10
    assert said["area_m2"] * (1 - said["covered"]) == pytest.approx(said["gap_m2"], rel=0.02, abs=5.0)
    assert all(ring[0] == ring[-1] for ring in said["gaps"])
    assert api.post("/plan/compare", json={"plan": plan, "flight": "f" * 32}).status_code == 404
    again = api.post("/plan/file", json={"plan": plan, "to": ".plan", "flight": flight.id})
    assert again.status_code == 200 and "again.plan" in again.headers["content-disposition"]
    whole = api.post("/plan", json=plan).json()
    reflown = api.post("/plan/read", params={"name": "again.plan"}, content=again.content).json()
    gaps = shapely.MultiPolygon([shapely.Polygon(ring) for ring in said["gaps"]])
    assert 0 < reflown["photo_count"] <= whole["photo_count"]
    near = shapely.buffer(gaps, 60 / 111_000.0)
    assert all(near.contains(shapely.Point(lon, lat)) for lon, lat, _ in reflown["mission"]["way"])
    assert api.post("/plan/file", json={"plan": plan, "to": ".plan", "flight": "f" * 32}).status_code == 404
