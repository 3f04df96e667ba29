"""Whatever an outline, wherever: each place in it shares a square with it, and it has few of them."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from groundside.keep.photo_cells import cells_at, cells_of_outline
from groundside.model.place import LonLat


@given(
    west=st.floats(-180, 180),
    south=st.floats(-90, 89),
    wide=st.floats(1e-9, 40),
    tall=st.floats(1e-9, 1),
    share=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
@example(west=179.9999, south=0.0, wide=0.001, tall=0.001, share=(0.9, 0.5))
@example(west=-180.0, south=-90.0, wide=1e-9, tall=1e-9, share=(0.0, 0.0))
@settings(deadline=None)
def test_every_place_within_the_bounds_of_an_outline_shares_a_square_with_it(
    west: float, south: float, wide: float, tall: float, share: tuple[float, float]
):
    outline = [LonLat(west, south), LonLat(west + wide, south), LonLat(west + wide, south + tall)]
    cells = cells_of_outline(outline)
    lon, lat = west + wide * share[0], south + tall * share[1]
    place = LonLat((lon + 180.0) % 360.0 - 180.0, lat)
    assert set(cells_at(place)) & set(cells)
    assert len(cells) <= 9
    assert all(0 <= cell < 2**63 for cell in cells)


def test_an_outline_without_corners_is_nowhere():
    assert cells_of_outline([]) == []
