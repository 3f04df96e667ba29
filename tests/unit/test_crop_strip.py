"""A drawn N-rich strip gives a model its reference; what cannot be looked up is said."""

import json

import numpy as np
import pytest
import rasterio
from rasterio.warp import transform
from typer.testing import CliRunner

from groundside.archive.crop_feeding import NitrogenOrder, nitrogen
from groundside.archive.crop_strips import with_strip
from groundside.errors import BadRequest
from groundside.see.cli import main
from tests.crop_rasters import raster

FIELD, STRIP = 4000, 5500
ROWS, COLUMNS = slice(20, 100), slice(30, 60)


def ignore(step):
    """Progress that nobody looks at."""


@pytest.fixture
def ndvi(tmp_path):
    stored = np.full((1, 120, 150), FIELD, np.int16)
    stored[0, ROWS, COLUMNS] = STRIP
    stored[0, 40:50, 40:50] = -32768
    path = raster(tmp_path / "ndvi.tif", stored, nodata=-32768)
    with rasterio.open(path, "r+") as file:
        file.scales = (0.0001,)
    return path


def drawn(path, rows, columns):
    """A rectangle of the raster in longitude and latitude."""
    x = [500_000 + 0.5 * c for c in (columns.start, columns.stop, columns.stop, columns.start, columns.start)]
    y = [5_000_000 - 0.5 * r for r in (rows.start, rows.start, rows.stop, rows.stop, rows.start)]
    ring = [list(at) for at in zip(*transform("EPSG:32632", "EPSG:4326", x, y), strict=True)]
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    return path


def order(raster=None, model="nfoa", **more):
    return NitrogenOrder(model, {"days_gdd": 100.0, **more}, raster)


def test_the_mean_of_the_strip_is_the_reference_and_holes_in_it_do_not_count(ndvi, tmp_path):
    strip = drawn(tmp_path / "strip.geojson", ROWS, COLUMNS)
    asked, found = with_strip(order(ndvi), strip, ignore)
    assert found.pixels == 80 * 30 - 100
    assert (found.mean, found.deviation) == (pytest.approx(0.55), pytest.approx(0.0, abs=1e-6))
    assert asked.inputs["ndvi_rich"] == pytest.approx(0.55)
    by_hand = nitrogen(order(ndvi, ndvi_rich=found.mean), None, ignore)
    assert nitrogen(asked, None, ignore).answer == by_hand.answer


def test_the_command_says_what_is_in_the_strip_and_takes_it_for_the_rate(ndvi, tmp_path):
    strip = drawn(tmp_path / "strip.geojson", ROWS, COLUMNS)
    words = ["crop", "nitrogen", "sufficiency", "--set", "index_field=0.4", str(ndvi), "--strip", str(strip), "--json"]
    result = CliRunner().invoke(main.app, words)
    said = json.loads(result.stdout)
    assert said["strip"] == {"mean": pytest.approx(0.55), "deviation": pytest.approx(0, abs=1e-6), "pixels": 2300}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (lambda ndvi: order(), "no raster"),
        (lambda ndvi: order(ndvi, "nni"), "does not compare"),
        (lambda ndvi: order(ndvi, ndvi_rich=0.6), "as well"),
    ],
)
def test_a_strip_that_nothing_can_be_done_with_is_refused(ndvi, tmp_path, asked, says):
    strip = drawn(tmp_path / "strip.geojson", ROWS, COLUMNS)
    with pytest.raises(BadRequest, match=says):
        with_strip(asked(ndvi), strip, ignore)


@pytest.mark.parametrize(("rows", "columns"), [(slice(20, 25), slice(30, 40)), (slice(500, 600), slice(500, 600))])
def test_too_small_a_strip_or_one_beside_the_raster_is_refused(ndvi, tmp_path, rows, columns):
    with pytest.raises(BadRequest, match="100 are needed"):
        with_strip(order(ndvi), drawn(tmp_path / "strip.geojson", rows, columns), ignore)
