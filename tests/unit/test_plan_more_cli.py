"""`groundside plan ...` from the shell: structures, searches around a point, several aircraft, cameras of one's own."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from groundside.archive.archive import Archive
from groundside.archive.missions import read_mission
from groundside.errors import BadRequest, GroundsideError, Refused
from groundside.model.mission import Gimbal
from groundside.model.query import FlightQuery
from tests.plan_missions import PER_DEGREE
from tests.unit.test_plan_cli import CAMERA, drawn, run

POINT = [8.0, 47.0]
MINE = 'name = "Mine"\nsensor_mm = [13.2, 8.8]\npixels = [5472, 3648]\nfocal_mm = 8.8\nfastest_s = 2.5\n'


def metres(mission) -> np.ndarray:
    """Give east, north and height of each waypoint, from `POINT`."""
    return np.array([
        ((w.lon - 8.0) * PER_DEGREE * np.cos(np.radians(47.0)), (w.lat - 47.0) * PER_DEGREE, w.height_m)
        for w in mission.waypoints
    ])  # fmt: skip


@pytest.mark.parametrize("pattern", ["square", "parallel", "creeping", "sector"])
def test_a_search_around_a_point_reaches_as_far_as_was_asked(tmp_path, pattern):
    out = tmp_path / "out.geojson"
    words = ["search", drawn(tmp_path, "Point", POINT), "--pattern", pattern, "--spacing", 40, "--reach", 200]
    run(*words, "--heading", 0, "--height", 40, "--out", out)
    east, north, _ = metres(read_mission(out).mission).T
    reached = np.array([-east.min(), east.max(), -north.min(), north.max()])
    half = 20.0
    if pattern == "sector":
        assert np.hypot(east, north).max() == pytest.approx(200.0, rel=1e-3)
    else:
        assert (reached >= 200.0 - half - 1.0).all()
        assert (reached <= 200.0 + 40.0 + 1.0).all()


def test_a_bridge_is_seen_from_above_from_both_sides_and_from_below(tmp_path):
    out = tmp_path / "out.geojson"
    line = drawn(tmp_path, "LineString", [[8.0, 47.0], [8.002, 47.0]])
    words = [*CAMERA, "--deck", 20, "--width", 10, "--stand-off", 12]
    run("bridge", line, *words, "--below", 8, "--out", out)
    mission = read_mission(out).mission
    east, north, height = metres(mission).T
    assert sorted(set(np.round(height, 6))) == [12.0, 20.0, 32.0]
    beside = np.abs(north[height < 30.0])
    assert beside == pytest.approx(17.0, abs=0.1)
    tilts = {a.pitch_deg for w in mission.waypoints for a in w.actions if isinstance(a, Gimbal)}
    assert {round(t) for t in tilts} == {-90, 0, round(np.degrees(np.arctan2(8.0, 17.0)))}
    with pytest.raises(BadRequest, match="lower than 2 m"):
        run("bridge", line, *words, "--below", 19, "--out", out)
    assert east.min() == pytest.approx(0.0, abs=0.1)


def test_a_heap_is_flown_over_crosswise_and_looked_at_from_all_sides(tmp_path):
    out = tmp_path / "out.geojson"
    heap = [[8.0, 47.0], [8.0008, 47.0], [8.0008, 47.0005], [8.0, 47.0005], [8.0, 47.0]]
    words = ["stockpile", drawn(tmp_path, "Polygon", heap), *CAMERA, "--top", 8, "--stand-off", 15]
    run(*words, "--height", 30, "--out", out)
    mission = read_mission(out).mission
    tilts = [a.pitch_deg for w in mission.waypoints for a in w.actions if isinstance(a, Gimbal)]
    assert tilts == [pytest.approx(-np.degrees(np.arctan2(26.0, 15.0)))]
    around = shapely.Polygon([(w.lon, w.lat) for w in mission.waypoints if w.heading_deg is not None])
    assert around.contains(shapely.Polygon(heap))
    with pytest.raises(BadRequest, match="leads through it"):
        run(*words, "--height", 8, "--out", out)


def test_the_way_home_leads_around_a_hole_and_a_straight_one_is_refused(tmp_path):
    outer = [[8.0, 47.0], [8.004, 47.0], [8.004, 47.003], [8.0, 47.003], [8.0, 47.0]]
    hole = [[8.0004, 47.0003], [8.0036, 47.0003], [8.0036, 47.0027], [8.0004, 47.0027], [8.0004, 47.0003]]
    area = tmp_path / "ring.geojson"
    area.write_text(json.dumps({"type": "Polygon", "coordinates": [outer, hole]}))
    out = tmp_path / "out.geojson"
    words = ["survey", area, *CAMERA, "--height", 40, "--out", out]
    told = run(*words)
    assert {each["check"]: each["outcome"] for each in told["checks"]}["keep_out"] == "passed"
    inner = shapely.Polygon(hole).buffer(-1e-6)
    way = [(w.lon, w.lat) for w in read_mission(out).mission.waypoints]
    assert not shapely.LineString([*way, way[0]]).intersects(inner)
    # From a home across the hole the way to the first waypoint is the aircraft's own: it must be free too.
    run(*words, "--home", "8.002,46.9995")
    from groundside.archive.plan_checking import Conditions, check
    from groundside.archive.plan_checking import Outcome as It
    from tests.plan_missions import mission, point

    through = mission(point(0.0, 100.0, 40.0), point(300.0, 100.0, 40.0))
    found = {each.check: each for each in check(through, Conditions(surveyed=area))}
    assert found["keep_out"].outcome is It.FAILED
    assert "hole 1 of the area" in found["keep_out"].reason


@pytest.mark.parametrize("by", ["time", "height"])
def test_a_plan_is_shared_among_aircraft_that_keep_apart(tmp_path, by):
    plan = tmp_path / "big.plan"
    field = [[8.0, 47.0], [8.006, 47.0], [8.006, 47.004], [8.0, 47.004], [8.0, 47.0]]
    run(
        "survey", drawn(tmp_path, "Polygon", field), *CAMERA, "--gsd", 1, "--aircraft", "anafi", "--home", "8.0,47.0",
        "--override", "battery", "--reason", "shared below", "--override", "no_return", "--reason", "the same",
        "--out", plan,
    )  # fmt: skip
    told = run("share", plan, "--among", 2, "--by", by, "--aircraft", "anafi", "--out", tmp_path / "part.plan")
    flights = told["flights"]
    assert {each["aircraft"] for each in flights} == {1, 2}
    assert [Path(each["file"]).name for each in flights] == [f"part-{i}.plan" for i in range(1, len(flights) + 1)]
    heights = [max(w.height_m for w in read_mission(Path(each["file"])).mission.waypoints) for each in flights]
    if by == "height":
        assert {each["higher_m"] for each in flights} == {0.0, 10.0}
        assert max(heights) - min(heights) == pytest.approx(10.0)
    else:
        assert {each["higher_m"] for each in flights} == {0.0}
        assert len({each["start_s"] for each in flights}) > 1
    with pytest.raises(BadRequest, match="not kept apart"):
        run("share", plan, "--by", "luck", "--aircraft", "anafi", "--out", tmp_path / "part.plan")
    with pytest.raises(Refused, match="height"):
        run("share", plan, "--aircraft", "anafi", "--height-limit", 20, "--out", tmp_path / "low.plan")


def test_a_camera_of_one_s_own_is_described_in_a_file(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(MINE)
    plans = []
    for name, lens in (("mine", mine), ("known", CAMERA[1])):
        out = tmp_path / f"{name}.geojson"
        run("survey", drawn(tmp_path), "--camera", lens, "--gsd", 2, "--out", out)
        plans.append(read_mission(out).mission)
    assert [w.place for w in plans[0].waypoints] == [w.place for w in plans[1].waypoints]
    assert plans[0].camera == "Mine"


@pytest.mark.parametrize(
    "text", ["focal_mm = ", 'focal_mm = "8"', "lens = 8.8", MINE.replace("8.8]", "-1]"), "focal_mm = nan", ""]
)
def test_a_file_that_describes_no_camera_is_refused_in_words(tmp_path, text):
    mine = tmp_path / "mine.toml"
    mine.write_text(text)
    with pytest.raises(BadRequest, match=r"mine\.toml") as refused:
        run("survey", drawn(tmp_path), "--camera", mine, "--out", tmp_path / "out.plan")
    assert "sensor_mm" in refused.value.try_this
    with pytest.raises(GroundsideError):
        run("survey", drawn(tmp_path), "--camera", tmp_path / "none.toml", "--out", tmp_path / "out.plan")


def test_a_flight_of_an_archive_is_compared_by_its_id_as_its_log_is(tmp_path):
    from groundside.archive.reading import read
    from groundside.archive.simulating import simulated_files
    from groundside.model.caller import Caller

    (file,) = list(simulated_files(1, 5, formats=["airdata-csv"], vehicles=["multirotor"], faults=()))[:1]
    log = tmp_path / file.name
    log.write_bytes(file.content)
    track = read(log).track()
    lon, lat = (np.nanmedian(track.column(name).to_numpy()) for name in ("lon", "lat"))
    d = 0.0004
    area = [[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d], [lon - d, lat + d], [lon - d, lat - d]]
    plan = tmp_path / "field.geojson"
    run("survey", drawn(tmp_path, "Polygon", area), *CAMERA, "--height", 40, "--out", plan)
    with Archive.open(tmp_path / "archive", create=True) as it:
        it.ingest(Caller("tester", "test"), [log])
        (flight,) = it.flights(Caller("tester", "test"), FlightQuery()).flights
    words = [*CAMERA, "--archive", tmp_path / "archive"]
    by_id, by_file = run("compare", plan, flight.id[:8], *words), run("compare", plan, log, *CAMERA)
    assert by_id["flown_photos"] == by_file["flown_photos"]
    assert by_id["covered"] == pytest.approx(by_file["covered"], abs=0.01)
    with pytest.raises(GroundsideError):
        run("compare", plan, "ffffffff", *words)
