"""Rows are parted from what is between them, exactly where they were drawn; grass is not called vine."""

import json

import numpy as np
import pytest
import rasterio
from rasterio.warp import transform
from typer.testing import CliRunner

from groundside.archive.crop_strips import rows_of
from groundside.errors import BadRequest
from groundside.see.cli import main
from tests.crop_rasters import raster, stored

SPACING, WIDE = 10, 4
"""Pixels of 0.5 m: rows 2 m wide, 5 m apart."""


def ignore(step):
    """Progress that nobody looks at."""


def vineyard(path, between=1500, **more):
    """Rows from south to north; a third of each row is a gap of soil; what is between is soil or grass."""
    rng = np.random.default_rng(5)
    ndvi = rng.normal(between, 100, (150, 160))
    for middle in range(10, 160, SPACING):
        ndvi[:, middle - WIDE // 2 : middle + WIDE // 2] = rng.normal(6000, 200, (150, WIDE))
        ndvi[100:, middle - WIDE // 2 : middle + WIDE // 2] = rng.normal(1500, 100, (50, WIDE))
    path = raster(path, ndvi.astype(np.int16)[None], ("ndvi",), nodata=-32768, **more)
    with rasterio.open(path, "r+") as file:
        file.scales = (0.0001,)
    return path


@pytest.fixture
def lines(tmp_path):
    found = []
    for middle in range(10, 160, SPACING):
        x, y = [500_000 + 0.5 * middle] * 2, [5_000_000, 5_000_000 - 75]
        found.append([list(at) for at in zip(*transform("EPSG:32632", "EPSG:4326", x, y), strict=True)])
    path = tmp_path / "rows.geojson"
    path.write_text(json.dumps({"type": "MultiLineString", "coordinates": found}))
    return path


@pytest.mark.parametrize("layout", [{}, {"blockxsize": 128, "blockysize": 128}, {"tiled": False, "blockxsize": None}])
def test_rows_have_their_own_mean_and_canopy_whatever_the_layout(tmp_path, lines, layout):
    source = vineyard(tmp_path / "ndvi.tif", **layout)
    found = rows_of(source, 1, lines, 0.5 * WIDE, tmp_path / "vines.tif", ignore)
    assert found.rows.count == 15 * WIDE * 150
    assert found.rows.mean == pytest.approx((2 * 0.6 + 0.15) / 3, abs=0.002)
    assert found.between.mean == pytest.approx(0.15, abs=0.002)
    assert found.between.count == 14 * (SPACING - WIDE) * 150
    assert found.canopy == pytest.approx(2 / 3, abs=0.001)
    assert 0.2 < found.threshold < 0.55
    made, given = stored(tmp_path / "vines.tif")[0], stored(source)[0]
    kept = made != -32768
    assert kept.sum() == found.rows.count
    assert np.array_equal(made[kept], given[kept])


def test_where_grass_is_as_green_as_vines_the_canopy_is_not_certain(tmp_path, lines):
    found = rows_of(vineyard(tmp_path / "ndvi.tif", between=4000), 1, lines, 0.5 * WIDE, None, ignore)
    assert found.between.mean == pytest.approx(0.4, abs=0.002)
    assert found.rows.mean == pytest.approx(0.45, abs=0.002)
    assert (found.canopy, found.threshold) == (None, None)


def test_what_cannot_be_parted_is_refused(tmp_path, lines):
    source = vineyard(tmp_path / "ndvi.tif")
    away = tmp_path / "away.geojson"
    away.write_text('{"type": "LineString", "coordinates": [[1.0, 45.0], [1.001, 45.0]]}')
    with pytest.raises(BadRequest, match="No row"):
        rows_of(source, 1, away, 1.0, None, ignore)
    with pytest.raises(BadRequest, match="written over"):
        rows_of(source, 1, lines, 1.0, source, ignore)
    with rasterio.open(source, "r+") as file:
        file.crs = "EPSG:4326"
    with pytest.raises(BadRequest, match="metres"):
        rows_of(source, 1, lines, 1.0, None, ignore)


def test_the_command_says_it_in_words_and_as_data(tmp_path, lines):
    source = vineyard(tmp_path / "ndvi.tif")
    words = ["crop", "rows", str(source), "--lines", str(lines), "--width", str(0.5 * WIDE)]
    assert "67% of the rows" in CliRunner().invoke(main.app, words).stdout
    said = json.loads(CliRunner().invoke(main.app, [*words, "--json"]).stdout)
    assert said["rows"]["count"] == 15 * WIDE * 150
