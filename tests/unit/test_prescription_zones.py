"""From a raster to zones: where cells lie, what a spreader can follow, what is never passed."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from groundside.errors import BadRequest, TooLarge
from groundside.model.agronomy import Limits
from groundside.model.place import LonLat
from groundside.model.prescription import NITROGEN, CellGrid
from groundside.model.query import Area
from groundside.model.raster import Window
from groundside.produce.crop.blocks.opened import opened
from groundside.produce.crop.prescribe.cells import Placed, _places, bounds_of, grid_over, means
from groundside.produce.crop.prescribe.drawn import area_ha, cells_in, corners_of, outline_of
from groundside.produce.crop.prescribe.shaping import NONE, by_share, by_size, smoothed, without_small
from groundside.produce.crop.prescribe.zones import Shaping, as_drawn, of_index, of_rates
from groundside.produce.crop.products import PRODUCTS
from tests.prescriptions import grid, quadrangle, utm_raster

NAN = math.nan
pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def quiet(_: object) -> None: ...


def over(
    path: Path, cell_m: float, corners: tuple[LonLat, ...] | None = None
) -> tuple[CellGrid, np.ndarray, np.ndarray]:
    with opened(path) as source:
        ground = Placed(source, corners).ground()
    cells = grid_over(ground.bounds, cell_m)
    return cells, *means(path, 1, corners, cells, quiet)


def test_a_cell_has_the_mean_of_its_pixels_and_what_lies_north_is_in_the_first_row(tmp_path: Path):
    values = np.full((200, 200), 20.0)
    values[:100] = 80.0
    cells, found, share = over(utm_raster(tmp_path / "a.tif", values), 10.0)
    assert found[3, :20] == pytest.approx(80.0)
    assert found[-4, :20] == pytest.approx(20.0)
    assert share[2:-2, 2:-2] == pytest.approx(1.0, abs=0.05)
    lon, lat = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True).transform(500_000, 5_000_000)
    assert (cells.west, cells.north) == pytest.approx((lon, lat), abs=2e-4)
    above = cells.north - cells.cell_lat * (np.arange(cells.rows) + 0.5) - (lat - 100 / 111_150)
    clear = (np.abs(above) > cells.cell_lat) & np.isfinite(found[:, 5])
    assert clear.sum() > 15
    assert (found[clear, 5] > 50).tolist() == (above[clear] > 0).tolist()


def test_cells_are_as_large_as_they_say(tmp_path: Path):
    cells, _, _ = over(utm_raster(tmp_path / "a.tif", np.ones((200, 200))), 10.0)
    one = quadrangle(cells.west, cells.south, cells.west + cells.cell_lon, cells.south + cells.cell_lat)
    assert area_ha(one) == pytest.approx(0.01, rel=1e-4)
    assert cells.cell_ha == 0.01


def test_the_sum_over_all_cells_is_that_of_the_pixels(tmp_path: Path):
    values = np.random.default_rng(5).uniform(0, 100, (333, 257))
    cells, found, share = over(utm_raster(tmp_path / "a.tif", values), 7.0)
    assert np.nansum(found * share) * cells.cell_ha == pytest.approx(values.sum() / 10_000, rel=1e-3)


def test_pixels_larger_than_cells_leave_no_holes(tmp_path: Path):
    values = np.arange(100.0).reshape(10, 10)
    cells, found, share = over(utm_raster(tmp_path / "a.tif", values, 20.0), 6.0)
    assert np.isfinite(found[2:-2, 2:-2]).all()
    assert np.nansum(found * share) * cells.cell_ha == pytest.approx(values.sum() * 400 / 10_000, rel=2e-3)


def test_pixels_that_are_added_up_first_give_the_same_means(tmp_path: Path):
    values = np.add.outer(np.linspace(0, 50, 1000), np.linspace(0, 50, 900))
    values[200:300, 100:450] = NAN
    path = utm_raster(tmp_path / "a.tif", values, 0.1)
    cells, found, share = over(path, 6.0)
    with opened(path) as source:
        lon, lat = _places(Placed(source, None), Window(0, 0, 1000, 900), np.arange(1000) + 0.5, np.arange(900) + 0.5)
    row = ((cells.north - lat) / cells.cell_lat).astype(int)
    column = ((lon - cells.west) / cells.cell_lon).astype(int)
    for at in ((3, 3), (7, 9), (5, 6)):
        inside = values[(row == at[0]) & (column == at[1]) & np.isfinite(values)]
        assert found[at] == pytest.approx(inside.mean(), abs=0.4)
        assert share[at] == pytest.approx(inside.size * 0.01 / 36.0, abs=0.15)
    assert np.nansum(found * share) * 36.0 == pytest.approx(np.nansum(values) * 0.01, rel=2e-3)


def test_pixels_between_nodes_lie_where_the_projection_has_them_to_a_centimetre(tmp_path: Path):
    with opened(utm_raster(tmp_path / "a.tif", np.ones((8, 8)), 1000.0)) as source:
        place = Window(0, 0, 8, 8)
        lon, lat = _places(Placed(source, None), place, np.arange(8) + 0.5, np.arange(8) + 0.5)
    x, y = np.meshgrid(500_500 + 1000 * np.arange(8), 4_999_500 - 1000 * np.arange(8))
    exact = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True).transform(x, y)
    assert np.abs(lon - exact[0]).max() * 78_000 < 0.02
    assert np.abs(lat - exact[1]).max() * 111_000 < 0.02


def test_nodata_is_never_zero(tmp_path: Path):
    values = np.full((100, 100), 50.0)
    values[:, :50] = NAN
    _, found, _ = over(utm_raster(tmp_path / "a.tif", values), 10.0)
    assert np.nanmin(found) == 50.0
    assert np.isnan(found[5, :4]).all()


def test_an_image_without_a_place_is_refused_until_its_corners_are_drawn(tmp_path: Path):
    import rasterio

    path = tmp_path / "a.tif"
    values = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    with rasterio.open(path, "w", driver="GTiff", width=2, height=2, count=1, dtype="float32") as target:
        target.write(values, 1)
    with opened(path) as source, pytest.raises(BadRequest, match="where on the ground") as caught:
        Placed(source, None)
    assert "--corners" in caught.value.try_this
    drawn = quadrangle(7.0, 47.0, 7.001, 47.001)
    corners = corners_of(Area(((tuple(drawn.polygons[0][0][n] for n in (3, 0, 1, 2, 3)),),)))
    assert corners[:2] == (LonLat(7.0, 47.001), LonLat(7.001, 47.001)), "clockwise, whichever way it was drawn"
    cells, found, _ = over(path, 1.0, corners)
    middle = cells.columns // 2
    assert [found[3, 3], found[3, middle + 5], found[-4, 3], found[-4, -4]] == [1.0, 2.0, 3.0, 4.0]


def test_corners_are_four():
    with pytest.raises(BadRequest, match="four"):
        corners_of(Area(((tuple(LonLat(*at) for at in ((7, 47), (8, 47), (8, 48), (7, 47))),),)))


def test_too_many_cells_are_refused():
    with pytest.raises(TooLarge, match="cells"):
        grid_over((7.0, 47.0, 8.0, 48.0), 1.0)


def test_cells_of_a_field_are_those_whose_middle_lies_in_it_and_not_in_its_holes():
    cells = grid(10, 10)
    inner = quadrangle(
        7.0 + 4 * cells.cell_lon, 47.0 + 4 * cells.cell_lat, 7.0 + 6 * cells.cell_lon, 47.0 + 6 * cells.cell_lat
    )
    outer = quadrangle(7.0, 47.0, 7.0 + 5.4 * cells.cell_lon, 47.0 + 10 * cells.cell_lat)
    found = cells_in(Area(((outer.polygons[0][0], inner.polygons[0][0]),)), cells)
    assert found.sum() == 50 - 2
    assert not found[4:6, 4].any()
    assert cells_in(outline_of(found, cells), cells).tolist() == found.tolist()
    assert bounds_of(outer)[0] == 7.0


def test_what_is_smoothed_keeps_its_mean_and_lets_nothing_in_from_outside():
    values = np.full((21, 21), 50.0)
    values[10, 10] = 150.0
    values[:, 0] = NAN
    found = smoothed(values, 5.0)
    assert np.isnan(found[:, 0]).all()
    assert found[10, 10] == pytest.approx(50 + 100 / 21, abs=1e-5), "a disc five cells across has 21"
    assert found[:, 1] == pytest.approx(50.0)
    assert smoothed(values, 1.0) is values


def test_classes_of_an_index_have_as_many_cells_each():
    classes, spans = by_share(np.arange(12.0).reshape(3, 4), 3)
    assert np.bincount(classes.ravel()).tolist() == [4, 4, 4]
    assert spans == [(0.0, 3.0), (4.0, 7.0), (8.0, 11.0)]
    assert len(by_share(np.full((3, 3), 2.0), 3)[1]) == 1


def test_a_rate_of_nothing_is_a_class_of_its_own():
    classes, spans = by_size(np.array([[0.0, 0.0, 30.0, 31.0, 60.0, NAN]]), 2)
    assert classes.tolist() == [[0, 0, 1, 1, 2, NONE]]
    assert spans == [(0.0, 0.0), (30.0, 31.0), (60.0, 60.0)]


def test_a_small_piece_goes_to_the_neighbour_with_the_longest_border():
    classes = np.array([[0, 0, 0, 1], [0, 2, 0, 1], [0, 2, 1, 1], [0, 0, 1, 1]])
    found, count = without_small(classes, 3, [0.0, 10.0, 20.0])
    assert found[1:3, 1].tolist() == [0, 0]
    assert count == 1
    assert (found != classes).sum() == 2


def test_what_is_alone_stays_however_small():
    classes = np.array([[0, NONE, 1], [NONE, NONE, NONE]])
    found, count = without_small(classes, 10, [0.0, 1.0])
    assert found.tolist() == classes.tolist()
    assert count == 0


def whole(rates: np.ndarray) -> np.ndarray:
    return np.ones(rates.shape, dtype=bool)


def test_rates_are_stepped_down_and_never_above_what_the_law_allows():
    rates = np.array([[37.0, 52.0], [99.0, 180.0]])
    zoned = of_rates(rates, whole(rates), grid(2, 2), Shaping(limits=Limits(100.0, "law", 0.0, None, 15.0)))
    assert [zone.rate for zone in zoned.zones] == [30.0, 45.0, 90.0]
    assert zoned.codes.tolist() == [[1, 2], [3, 3]]
    assert zoned.made.wanted_kg == pytest.approx(3.68)
    assert zoned.made.given_kg == pytest.approx((30 + 45 + 180) * 0.01)


def test_the_machines_limits_are_of_the_product_and_the_cap_of_nitrogen():
    rates = np.array([[10.0, 30.0, 92.0]])
    shaping = Shaping(limits=Limits(46.0, "law", 50.0, 90.0, 0.0), product=PRODUCTS["urea"], zones=9)
    zoned = of_rates(rates, whole(rates), grid(1, 3), shaping)
    assert [zone.rate for zone in zoned.zones] == [0.0, 65.21, 90.0], "65.217 is rounded down"
    assert zoned.zones[2].nitrogen_kg_ha == pytest.approx(41.4)


def test_rates_without_steps_become_as_many_zones_as_asked_with_their_mean():
    rates = np.linspace(10.0, 59.0, 100).reshape(10, 10)
    zoned = of_rates(rates, whole(rates), grid(10, 10), Shaping(zones=5))
    assert len(zoned.zones) == 5
    assert zoned.made.given_kg == pytest.approx(zoned.made.wanted_kg, rel=1e-3)
    assert np.bincount(zoned.codes.ravel()).tolist() == [0, 20, 20, 20, 20, 20]


def test_what_has_no_value_in_the_field_is_counted_and_gets_nothing():
    rates = np.array([[40.0, NAN, 40.0, 40.0]])
    zoned = of_rates(rates, np.array([[True, True, True, False]]), grid(1, 4), Shaping())
    assert zoned.codes.tolist() == [[1, 0, 1, 0]]
    assert zoned.made.without_ha == pytest.approx(0.01)


def test_a_field_without_any_value_is_refused():
    with pytest.raises(BadRequest, match="No cell"):
        of_rates(np.full((2, 2), NAN), np.ones((2, 2), bool), grid(2, 2), Shaping())


def test_an_index_takes_rates_from_the_lowest_class_up():
    index = np.array([[0.1, 0.2, 0.5, 0.6, 0.8, 0.9]])
    zoned = of_index(index, [60.0, 40.0, 20.0], whole(index), grid(1, 6), Shaping())
    assert np.array([0.0, *(z.rate for z in zoned.zones)])[zoned.codes].tolist() == [[60, 60, 40, 40, 20, 20]]
    assert zoned.zones[0].said == "index 0.800 to 0.900"
    with pytest.raises(BadRequest, match="different values"):
        of_index(np.ones((2, 2)), [1.0, 2.0], np.ones((2, 2), bool), grid(2, 2), Shaping())


def test_what_was_drawn_stays_as_drawn_and_the_later_holds():
    one, other = np.array([[True, True, False]]), np.array([[False, True, False]])
    zoned = as_drawn({"all": one, "wet": other}, [50.0, 0.0], np.ones((1, 3), bool), grid(1, 3), Shaping(24.0, 9.0))
    assert [(z.said, z.rate, z.cells) for z in zoned.zones] == [("wet", 0.0, 1), ("all", 50.0, 1)]
    assert zoned.codes.tolist() == [[2, 1, 0]]
    assert NITROGEN.nitrogen == 1.0


def test_more_rates_than_a_prescription_holds_are_refused():
    rates = np.arange(300.0).reshape(1, 300)
    with pytest.raises(BadRequest, match="254"):
        of_rates(rates, whole(rates), grid(1, 300), Shaping(limits=Limits(step_kg_ha=1.0)))
