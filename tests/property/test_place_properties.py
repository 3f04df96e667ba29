"""Places: the fast answers are those of the plain ones, for every track and every question that can be made up."""

from __future__ import annotations

import math

import numpy as np
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Geod

from groundside.keep.path_heads import has_positions
from groundside.keep.paths import cells_in, pack, unpack
from groundside.model.place import LonLat
from groundside.model.query import Area
from groundside.reference.areas import Region
from groundside.reference.cells import Bounds, cells_around
from groundside.reference.geodesy import distance_to_path_m
from groundside.reference.nearness import within
from groundside.reference.paths import Path, path_of, single

UNDECIDED_M = 1e-6
GEOD = Geod(ellps="WGS84")
Floats = NDArray[np.float64]
Rows = tuple[Floats, Floats, NDArray[np.int64]]


@st.composite
def tracks(draw: st.DrawFn) -> tuple[Rows, LonLat]:
    """A track with gaps and missing positions somewhere on Earth, and a point that may be near it."""
    lon0 = draw(st.sampled_from([0.0, 8.5, 179.9995, -180.0, -70.0]))
    lat0 = draw(st.sampled_from([0.0, 47.2, 80.0, 89.999, -89.9999, -33.0]))
    wide = draw(st.sampled_from([1e-5, 1e-3, 0.1, 5.0, 60.0]))
    offset = st.floats(-1.0, 1.0, allow_nan=False, width=32).map(lambda share: share * wide)
    steps = draw(st.lists(st.tuples(offset, offset, st.sampled_from([0.0, 0.2, 1.0, 5.0, 5.1, 60.0])), max_size=12))
    unknown = draw(st.sets(st.integers(0, 11), max_size=3))
    whole = draw(st.booleans())
    lon = np.array([(lon0 + east + 180.0) % 360.0 - 180.0 for east, _, _ in steps])
    lat = np.clip(np.array([lat0 + north for _, north, _ in steps]), -90.0, 90.0)
    if whole:
        lon, lat = np.round(lon * 1e7) / 1e7, np.round(lat * 1e7) / 1e7
    for row in unknown & set(range(len(steps))):
        lon[row] = math.nan
    times = np.cumsum([round(seconds * 1e6) for _, _, seconds in steps]).astype(np.int64)
    point = LonLat((lon0 + draw(offset) + 180.0) % 360.0 - 180.0, float(np.clip(lat0 + draw(offset), -90, 90)))
    return (lon.astype(np.float64), lat.astype(np.float64), times), point


@settings(deadline=None, max_examples=150)
@given(tracks(), st.sampled_from([0.3, 0.999, 1.0 - 1e-7, 1.0 + 1e-7, 1.001, 3.0]))
@example(((np.array([]), np.array([]), np.array([], dtype=np.int64)), LonLat(1.0, 2.0)), 1.0)
@example(((np.array([179.9, -179.9]), np.array([10.0, 10.0]), np.array([0, 1_000_000])), LonLat(180.0, 10.001)), 1.001)
@example(((np.array([0.0, 180.0]), np.array([89.9, 89.9]), np.array([0, 1_000_000])), LonLat(90.0, 89.95)), 1.001)
def test_a_path_is_near_exactly_where_measuring_says_so(asked: tuple[Rows, LonLat], share: float) -> None:
    rows, point = asked
    least = distance_to_path_m(point, *rows)
    metres = 1000.0 if math.isnan(least) else max(least * share, 0.01)
    path, reach = unpack(pack(path_of(*rows)))
    others = [single(point.lon, point.lat), path_of([], [], [])]
    answers = within(point, metres, [others[0], path, others[1]], np.array([0.0, reach, 0.0])).tolist()
    assert answers[::2] == [True, False]
    if math.isnan(least) or abs(least - metres) > UNDECIDED_M:
        assert answers[1] == (least <= metres)


@settings(deadline=None, max_examples=100)
@given(tracks(), st.sampled_from([1.0 + 1e-9, 1.5, 40.0, 3000.0]))
def test_whatever_is_near_touches_a_cell_that_is_looked_at(asked: tuple[Rows, LonLat], share: float) -> None:
    rows, point = asked
    least = distance_to_path_m(point, *rows)
    if math.isnan(least):
        return
    around = Bounds(point.lon, point.lat, point.lon, point.lat).grown(least * share + 1e-6)
    assert set(cells_in(pack(path_of(*rows))).tolist()) & set(cells_around(around))


@settings(deadline=None, max_examples=100)
@given(tracks())
def test_positions_come_back_as_the_very_same_numbers(asked: tuple[Rows, LonLat]) -> None:
    path = path_of(*asked[0])
    again, reach = unpack(pack(path))
    assert np.array_equal(path.lon, again.lon)
    assert np.array_equal(path.lat, again.lat)
    assert np.array_equal(path.starts, again.starts)
    assert reach == path.step_m().max(initial=0.0)
    assert has_positions(pack(path)) == (path.lon.size > 0)


def test_no_segment_is_made_over_a_gap_and_positions_that_repeat_are_left_out() -> None:
    lon, lat = [1.0, 1.0, 2.0, math.nan, 3.0, 3.0, 4.0], [0.0] * 7
    path = path_of(lon, lat, np.array([0, 1, 2, 3, 4, 10, 11]) * 1_000_000)
    assert path.lon.tolist() == [1.0, 2.0, 3.0, 3.0, 4.0]
    assert path.starts.tolist() == [0, 3]
    assert path.joined().tolist() == [True, True, False, True]


@st.composite
def areas(draw: st.DrawFn, around: LonLat) -> Area:
    """A star-shaped polygon around a point, with a hole or without, either way round, perhaps a turn further on."""
    count = draw(st.integers(3, 9))
    size = draw(st.sampled_from([1e-4, 1e-2, 1.0]))
    turn = draw(st.sampled_from([0.0, 360.0, -360.0])) if abs(around.lon) > 170 else 0.0
    middle = LonLat(around.lon + draw(st.floats(-2.0, 2.0)) * size, max(min(around.lat, 85.0), -85.0))
    reach = [draw(st.floats(0.3, 1.0)) * size for _ in range(count)]
    ring = [
        LonLat(
            middle.lon + turn + r * math.cos(2 * math.pi * i / count),
            middle.lat + r * math.sin(2 * math.pi * i / count),
        )
        for i, r in enumerate(reach)
    ]
    hole = [LonLat(0.5 * at.lon + 0.5 * (middle.lon + turn), 0.5 * at.lat + 0.5 * middle.lat) for at in ring]
    if draw(st.booleans()):
        ring = ring[::-1]
    rings = [(*ring, ring[0])] + ([(*hole, hole[0])] if draw(st.booleans()) else [])
    return Area((tuple(rings),))


def inside_by_walking(area: Area, path: Path) -> bool:
    """Walk along every segment in a hundred steps and look whether any of the places is inside."""
    shape = shapely.MultiPolygon(
        [
            ([(at.lon, at.lat) for at in rings[0]], [[(at.lon, at.lat) for at in hole] for hole in rings[1:]])
            for rings in area.polygons
        ]
    )
    places = list(zip(path.lon.tolist(), path.lat.tolist(), strict=True))
    for row in np.flatnonzero(path.joined()):
        ends = path.lon[row], path.lat[row], path.lon[row + 1], path.lat[row + 1]
        places += GEOD.npts(*ends, 99)
    return any(
        bool(shapely.intersects_xy(shape, lon + turn, lat)) for lon, lat in places for turn in (-360.0, 0.0, 360.0)
    )


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_no_flight_that_was_inside_an_area_is_left_out(data: st.DataObject) -> None:
    rows, point = data.draw(tracks())
    area = data.draw(areas(point))
    path, reach = unpack(pack(path_of(*rows)))
    region = Region(area)
    answer = bool(region.crossed([path], np.array([reach]))[0])
    if inside_by_walking(area, path):
        assert answer
        assert set(cells_in(pack(path)).tolist()) & set(cells_around(region.bounds))
    elif answer and path.lon.size == 1:
        raise AssertionError("a single position is inside or it is not")


def test_what_only_runs_through_an_area_or_through_its_hole_is_told_apart() -> None:
    ring = tuple(LonLat(*at) for at in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)))
    hole = tuple(LonLat(at.lon / 2, at.lat / 2) for at in ring)
    region, solid = Region(Area(((ring, hole),))), Region(Area(((ring,),)))
    time = np.array([0, 1_000_000])
    across, apart = path_of([-2.0, 2.0], [0.1, 0.1], time), path_of([-2.0, 2.0], [0.1, 0.1], time * 6)
    in_hole = path_of([-0.2, 0.2], [0.1, 0.1], time)
    reach = np.array([5e5, 0.0, 5e4])
    assert region.crossed([across, apart, in_hole], reach).tolist() == [True, False, False]
    assert solid.crossed([across, apart, in_hole], reach).tolist() == [True, False, True]


def test_an_area_over_the_antimeridian_holds_what_is_on_either_side_of_it() -> None:
    ring = tuple(LonLat(*at) for at in ((179, -1), (181, -1), (181, 1), (179, 1), (179, -1)))
    region = Region(Area(((ring,),)))
    paths = [single(179.5, 0.0), single(-179.5, 0.0), single(-178.5, 0.0), single(180.0, 0.0), single(0.0, 0.0)]
    assert region.crossed(paths, np.zeros(5)).tolist() == [True, True, False, True, False]
    through = path_of([-178.0, 178.0], [0.5, 0.5], np.array([0, 1_000_000]))
    assert region.crossed([through], np.array([5e5])).tolist() == [True]
