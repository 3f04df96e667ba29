"""Heights from an owner's GeoTIFF."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine

from groundside.decode.surface import RasterSurface
from groundside.errors import BadRequest, NotUnderstood, Unreadable
from groundside.model.surface import FlatSurface

WEST, NORTH, STEP = 10.0, 50.0, 0.001


def raster(
    path: Path, heights: np.ndarray, crs: object = "EPSG:4326", transform: object = None, **more: object
) -> Path:
    transform = transform or Affine(STEP, 0.0, WEST, 0.0, -STEP, NORTH)
    profile = {"driver": "GTiff", "height": heights.shape[0], "width": heights.shape[1], "count": 1}
    tags = {k: more.pop(k) for k in ("units", "scales", "offsets") if k in more}
    with rasterio.open(path, "w", dtype=heights.dtype, crs=crs, transform=transform, **profile, **more) as out:
        out.write(heights, 1)
        for name, value in tags.items():
            setattr(out, name, (value,))
    return path


def slope(rows: int = 300, columns: int = 600) -> np.ndarray:
    return np.add.outer(np.arange(rows) * 2.0, np.arange(columns) * 3.0).astype(np.float32)


def test_heights_of_a_plane_are_exact_between_cells_and_across_tiles(tmp_path):
    with RasterSurface(raster(tmp_path / "a.tif", slope())) as surface:
        rows, columns = np.array([0.0, 10.25, 255.5, 298.9]), np.array([0.0, 255.75, 511.5, 598.1])
        lon, lat = WEST + (columns + 0.5) * STEP, NORTH - (rows + 0.5) * STEP
        assert surface.heights_m(lon, lat) == pytest.approx(rows * 2.0 + columns * 3.0, abs=1e-3)


def test_heights_have_the_shape_of_what_was_asked_and_nothing_outside(tmp_path):
    with RasterSurface(raster(tmp_path / "a.tif", slope(3, 4))) as surface:
        lon = np.array([[WEST + 0.002, WEST - 0.0001], [np.nan, 200.0]])
        found = surface.heights_m(lon, np.full((2, 2), NORTH - 0.0015))
        assert found.shape == (2, 2)
        assert np.isfinite(found[0, 0]) and np.isnan(found).sum() == 3


def test_within_half_a_cell_of_the_edge_the_outermost_cells_go_on_level(tmp_path):
    with RasterSurface(raster(tmp_path / "a.tif", slope(3, 4))) as surface:
        assert surface.heights_m(WEST + 0.1 * STEP, NORTH - 0.1 * STEP) == pytest.approx(0.0)


def test_a_height_leaning_on_a_cell_without_data_is_unknown_and_others_are_not(tmp_path):
    heights = slope(4, 4)
    heights[1, 1] = -9999.0
    with RasterSurface(raster(tmp_path / "a.tif", heights, nodata=-9999.0)) as surface:
        lon = WEST + np.array([2.0, 2.5, 0.5]) * STEP
        lat = NORTH - np.array([2.0, 2.5, 1.5]) * STEP
        found = surface.heights_m(lon, lat)
        assert np.isnan(found[0]) and found[1] == pytest.approx(10.0) and found[2] == pytest.approx(2.0)


def test_a_raster_in_utm_is_asked_in_degrees(tmp_path):
    from pyproj import Transformer

    east, north = 500_000.0, 5_500_000.0
    path = raster(tmp_path / "a.tif", slope(50, 50), "EPSG:32632", Affine(10.0, 0.0, east, 0.0, -10.0, north))
    lon, lat = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True).transform(east + 105.0, north - 205.0)
    with RasterSurface(path) as surface:
        assert surface.heights_m(lon, lat) == pytest.approx(20 * 2.0 + 10 * 3.0, abs=1e-3)
        assert surface.cell_m == pytest.approx(10.0, rel=1e-3)


def test_the_vertical_datum_is_named_and_its_unit_heeded(tmp_path):
    with RasterSurface(raster(tmp_path / "a.tif", slope(4, 4), "EPSG:4326+5773")) as surface:
        assert "EGM96" in surface.datum
    with RasterSurface(raster(tmp_path / "b.tif", slope(4, 4))) as surface:
        assert surface.datum == "unknown"
    with RasterSurface(raster(tmp_path / "c.tif", np.full((4, 4), 100.0), units="ft")) as surface:
        assert surface.heights_m(WEST + STEP, NORTH - STEP) == pytest.approx(30.48)
    with pytest.raises(BadRequest, match="furlong"):
        RasterSurface(raster(tmp_path / "d.tif", slope(4, 4), units="furlong"))


def test_scale_and_offset_of_the_band_are_heeded(tmp_path):
    path = raster(tmp_path / "a.tif", np.full((4, 4), 1000, np.int16), scales=0.1, offsets=5.0)
    with RasterSurface(path) as surface:
        assert surface.heights_m(WEST + STEP, NORTH - STEP) == pytest.approx(105.0)


def test_what_is_no_geotiff_is_refused_in_words(tmp_path):
    with pytest.raises(Unreadable):
        RasterSurface(tmp_path / "none.tif")
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(NotUnderstood):
        RasterSurface(tmp_path / "text.tif")
    vrt = tmp_path / "remote.tif"
    vrt.write_text('<VRTDataset rasterXSize="1" rasterYSize="1"></VRTDataset>')
    with pytest.raises(NotUnderstood):
        RasterSurface(vrt)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_that_does_not_say_where_it_lies_is_refused(tmp_path):
    with pytest.raises(BadRequest, match="where on Earth"):
        RasterSurface(raster(tmp_path / "a.tif", slope(4, 4), crs=None))


def test_a_file_cut_short_says_where(tmp_path):
    path = raster(tmp_path / "a.tif", np.random.default_rng(1).random((600, 600)), tiled=True)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with RasterSurface(path) as surface, pytest.raises(Unreadable, match="row"):
        surface.heights_m(WEST + 599 * STEP, NORTH - 599 * STEP)


def test_level_ground_is_level():
    assert FlatSurface(7.0).heights_m([1.0, np.nan], [2.0, 2.0])[0] == 7.0
    assert np.isnan(FlatSurface(7.0).heights_m([1.0, np.nan], [2.0, 2.0])[1])
