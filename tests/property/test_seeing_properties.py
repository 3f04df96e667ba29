"""Which outlines hold a place: the index, every outline looked at, and GEOS agree."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.model.place import LonLat
from groundside.produce.imagery.seeing import FootprintIndex, Rings, holding, rings_of


def scattered(seed: int, count: int, west: float, size: float) -> Rings:
    """Crooked outlines of 3 to 9 corners around places east of a meridian; some are empty."""
    rng = np.random.default_rng(seed)
    sizes = rng.choice([0, 3, 4, 5, 9], count)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    owner = np.repeat(np.arange(count), sizes)
    turn = (np.arange(starts[-1]) - starts[owner]) / np.maximum(sizes[owner], 1) * 2 * np.pi
    radius = rng.uniform(0.3, 1.0, starts[-1]) * size
    lon, lat = rng.uniform(west, west + 1.0, count), rng.uniform(-1.0, 1.0, count)
    return Rings(lon[owner] + radius * np.cos(turn), lat[owner] + radius * np.sin(turn), starts)


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.sampled_from([0, 1, 40, 300, 700]),
    west=st.sampled_from([-180.3, -5.0, 0.0, 179.4]),
    size=st.sampled_from([0.01, 0.1, 0.6]),
)
def test_the_index_finds_what_looking_at_every_outline_finds(seed: int, count: int, west: float, size: float) -> None:
    rings = scattered(seed, count, west, size)
    index = FootprintIndex(rings)
    rng = np.random.default_rng(seed + 1)
    for lon, lat in zip(rng.uniform(west - 0.5, west + 1.5, 6), rng.uniform(-1.5, 1.5, 6), strict=True):
        place = LonLat((lon + 180.0) % 360.0 - 180.0, lat)
        found = index.seeing(place)
        assert found.tolist() == holding(rings, place).tolist()
        assert found.tolist() == by_geos(rings, place)


def by_geos(rings: Rings, place: LonLat) -> list[int]:
    sizes = np.diff(rings.starts)
    filled = np.flatnonzero(sizes)
    corners, owner = np.column_stack([rings.lon, rings.lat]), np.repeat(np.arange(filled.size), sizes[filled])
    if not filled.size:
        return []
    outlines = shapely.polygons(shapely.linearrings(corners, indices=owner))
    held = [shapely.contains_xy(outlines, place.lon + turn, place.lat) for turn in (-360.0, 0.0, 360.0)]
    return filled[np.any(held, axis=0)].tolist()


def test_no_outlines_hold_nothing() -> None:
    for rings in (rings_of([]), rings_of([[], []])):
        assert FootprintIndex(rings).seeing(LonLat(0.0, 0.0)).size == 0
        assert holding(rings, LonLat(0.0, 0.0)).size == 0


def test_a_place_is_found_from_either_side_of_the_antimeridian() -> None:
    rings = rings_of([[LonLat(179.9, -1.0), LonLat(180.2, -1.0), LonLat(180.2, 1.0), LonLat(179.9, 1.0)]])
    index = FootprintIndex(rings)
    found = [index.seeing(LonLat(lon, 0.0)).size for lon in (179.95, -179.85, -179.7, 0.0)]
    assert found == [1, 1, 0, 0]
