"""Areas read from GeoJSON: whatever is a polygon is taken, and whatever is none is refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundside.errors import BadRequest, TooLarge, Unreadable
from groundside.model.place import LonLat
from groundside.model.query import Near
from groundside.see import areas
from groundside.see.areas import area_in, area_of
from groundside.see.cli.filters import near_of
from groundside.see.questions import month_us, span_us

RING = [[8.0, 47.0], [9.0, 47.0], [9.0, 48.0], [8.0, 47.0]]
HOLE = [[8.8, 47.2], [8.9, 47.2], [8.9, 47.3], [8.8, 47.2]]
POLYGON = {"type": "Polygon", "coordinates": [RING, HOLE]}


@pytest.mark.parametrize(
    ("said", "polygons"),
    [
        (POLYGON, 1),
        ({"type": "MultiPolygon", "coordinates": [[RING], [[[lon + 5, lat] for lon, lat in RING]]]}, 2),
        ({"type": "Feature", "properties": None, "geometry": POLYGON}, 1),
        ({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}] * 2}, 2),
        ({"type": "GeometryCollection", "geometries": [POLYGON]}, 1),
        ({"type": "Polygon", "coordinates": [[[*at, 120.0] for at in RING]]}, 1),
        ({"type": "Polygon", "coordinates": [[[179, 1], [181, 1], [181, 2], [179, 1]]]}, 1),
        ({"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}, 1),
    ],
)
def test_polygons_are_taken_wherever_they_are_in_it(said: object, polygons: int):
    assert len(area_of(json.dumps(said)).polygons) == polygons


def test_positions_rings_and_holes_come_as_they_stand_whichever_way_round():
    backwards = {"type": "Polygon", "coordinates": [RING[::-1]]}
    assert area_of(json.dumps(POLYGON)).polygons[0][1][0] == LonLat(8.8, 47.2)
    assert area_of(json.dumps(backwards)).polygons[0][0][1] == LonLat(9.0, 48.0)


BOW = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
BAD = [
    ("", "not JSON"),
    ("[" * 100_000, "not JSON"),
    ("null", "not GeoJSON"),
    ('{"type": "Point", "coordinates": [1, 2]}', "no inside"),
    ('{"type": 7}', "no inside"),
    ('{"type": "Feature", "geometry": null}', "not GeoJSON"),
    ('{"type": "FeatureCollection", "features": []}', "no polygon"),
    ('{"type": "MultiPolygon", "coordinates": []}', "no polygon"),
    ('{"type": "Polygon"}', "not GeoJSON"),
    ('{"type": "Polygon", "coordinates": []}', "no ring"),
    (json.dumps({"type": "Polygon", "coordinates": [RING[:3]]}), "four positions"),
    (json.dumps({"type": "Polygon", "coordinates": [[*RING[:3], [8.1, 47.0]]]}), "four positions"),
    (json.dumps({"type": "Polygon", "coordinates": [[[47.0, 108.0]] * 4]}), "not on the ground"),
    (json.dumps({"type": "Polygon", "coordinates": [[["8", "47"]] * 4]}), "not two numbers"),
    (json.dumps({"type": "Polygon", "coordinates": [[[True, 1]] * 4]}), "not two numbers"),
    ('{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 2], [3, 3], [NaN, 1]]]}', "not on the ground"),
    ('{"type": "Polygon", "coordinates": [[[1' + "0" * 400 + ", 1], [2, 2], [3, 3], [1, 1]]]}", "not on the ground"),
    (json.dumps({"type": "Polygon", "coordinates": [[[1.0, 1.0]] * 4]}), "no area"),
    (json.dumps({"type": "Polygon", "coordinates": [BOW]}), "elf-intersection"),
    (json.dumps({"type": "Polygon", "coordinates": [[[179, 1], [-179, 1], [-179, 2], [179, 1]]]}), "358 degrees"),
]


@pytest.mark.parametrize(("text", "why"), BAD)
def test_what_is_no_area_is_refused_and_told_why(text: str, why: str):
    with pytest.raises(BadRequest, match=why) as caught:
        area_of(text)
    assert caught.value.try_this


def test_what_is_nested_too_deep_or_has_too_many_positions_is_refused(monkeypatch: pytest.MonkeyPatch):
    said: object = POLYGON
    for _ in range(20):
        said = {"type": "GeometryCollection", "geometries": [said]}
    with pytest.raises(BadRequest, match="not GeoJSON"):
        area_of(json.dumps(said))
    monkeypatch.setattr(areas, "MOST_POSITIONS", 7)
    with pytest.raises(BadRequest, match="7 positions"):
        area_of(json.dumps(POLYGON))


def test_a_file_that_is_not_there_or_too_large_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "field.geojson"
    with pytest.raises(Unreadable):
        area_in(file)
    file.write_text(json.dumps(POLYGON))
    assert area_in(file) == area_of(json.dumps(POLYGON))
    monkeypatch.setattr(areas, "MOST_BYTES", 10)
    with pytest.raises(TooLarge):
        area_in(file)


@pytest.mark.parametrize(("near", "within"), [("8.5,47.2", 500.0), ("8.5,47.2,500", None)])
def test_a_place_takes_its_distance_beside_it_or_within_it(near: str, within: float | None):
    assert near_of(near, within) == Near(LonLat(8.5, 47.2), 500.0)
    assert near_of("", None) is None


@pytest.mark.parametrize(
    ("near", "within"),
    [
        ("8.5,47.2", None),
        ("8.5,47.2,500", 500.0),
        ("", 500.0),
        ("8.5", 1.0),
        ("a,b", 1.0),
        ("8.5,97", 1.0),
        ("1,2", -1.0),
        ("1,2", float("nan")),
    ],
)
def test_a_place_without_one_distance_is_refused(near: str, within: float | None):
    with pytest.raises(BadRequest):
        near_of(near, within)


def test_a_month_is_from_its_first_moment_to_that_of_the_next():
    assert span_us("", "", "2025-12") == (1_764_547_200_000_000, 1_767_225_600_000_000)
    assert month_us("") is None
    for text in ("2025", "2025-00", "2025-13", "0000-01", "2025-1", "May"):
        with pytest.raises(BadRequest):
            month_us(text)
    with pytest.raises(BadRequest, match="besides"):
        span_us("2025-01-01", "", "2025-01")
