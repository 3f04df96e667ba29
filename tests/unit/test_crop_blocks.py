"""Indices of rasters: block by block they are those of the whole, and what is nothing stays nothing."""

import json
import warnings
from threading import Thread

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from typer.testing import CliRunner

from groundside.archive.crop_analysis import IndexOrder, index_raster
from groundside.errors import BadRequest, NotUnderstood, Refused, Unreadable
from groundside.produce.crop.blocks.opened import Layout, opened, unplaced_is_well, windows
from groundside.see.cli import crop_analysis as cli
from tests.crop_rasters import NAMES, field, raster, stored


def order(*names, **more):
    return IndexOrder(names or ("ndvi",), **more)


def ignore(step):
    """Progress that nobody looks at."""


def by_hand(bands):
    nir, red = (bands[n].astype(np.float64) for n in (3, 2))
    return np.rint((nir - red) / (nir + red) * 10_000)


@pytest.mark.parametrize(
    "layout",
    [{}, {"interleave": "pixel"}, {"tiled": False, "blockysize": 7, "compress": "deflate"}, {"compress": "lzw"}],
)
def test_whatever_the_layout_the_numbers_are_those_of_the_formula(tmp_path, layout, monkeypatch):
    monkeypatch.setattr("groundside.produce.crop.blocks.opened.WINDOW_PIXELS", 5000)
    bands = field()
    source = raster(tmp_path / "field.tif", bands, NAMES, **layout)
    report = index_raster(source, order(threads=3), tmp_path / "ndvi.tif", ignore)
    assert np.array_equal(stored(tmp_path / "ndvi.tif")[0], by_hand(bands))
    assert report.results[0].distribution.count == bands[0].size
    with rasterio.open(tmp_path / "ndvi.tif") as made, rasterio.open(source) as given:
        assert (made.transform, made.crs, made.nodata, made.scales) == (given.transform, given.crs, -32768, (0.0001,))
        assert made.descriptions == ("ndvi",)


def test_a_raster_without_a_place_is_read_whatever_others_do_to_the_filters_of_warnings(tmp_path):
    unplaced_is_well()
    path = raster(tmp_path / "field.tif", field(), NAMES, crs=None, transform=None)
    tasks, refused = iter(range(100)), []

    def opens():
        for _ in tasks:
            try:
                opened(path).close()
            except NotGeoreferencedWarning as error:
                refused.append(error)

    threads = [Thread(target=opens) for _ in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        with warnings.catch_warnings():  # as an import in another thread does
            warnings.simplefilter("error", SyntaxWarning)
    assert refused == []


def test_windows_cover_every_pixel_once():
    for rows, columns, block in (
        (1000, 3000, (256, 256)),
        (5000, 9000, (1, 9000)),
        (70, 50, (512, 512)),
        (1, 1, (1, 1)),
    ):
        seen = np.zeros((rows, columns), np.uint8)
        kept = Layout(rows, columns, {}, 1, ("uint8",), (None,), (1.0,), (0.0,), block, None, False, "")
        for w in windows(kept):
            seen[w.row : w.row + w.rows, w.column : w.column + w.columns] += 1
            assert w.row % block[0] == 0
            assert w.column % block[1] == 0
        assert (seen == 1).all()


def test_nodata_saturation_and_an_empty_denominator_are_nothing_and_never_zero(tmp_path):
    bands = field(64, 64)
    bands[2, 0, 0] = 7777
    bands[3, 0, 1] = 65535
    bands[2:4, 0, 2] = 0
    bands[2, 0, 3] = bands[3, 0, 3] = 500
    source = raster(tmp_path / "f.tif", bands, NAMES, nodata=7777)
    report = index_raster(source, order(), tmp_path / "o.tif", ignore)
    assert stored(tmp_path / "o.tif")[0, 0, :4].tolist() == [-32768, -32768, -32768, 0]
    lost = report.results[0].lost
    assert (lost.no_data, lost.saturated, lost.undefined, lost.beyond) == (1, 1, 1, 0)


def test_an_alpha_band_is_respected(tmp_path):
    bands = np.concatenate([field(64, 64)[:4], np.full((1, 64, 64), 65535, np.uint16)])
    bands[4, :10] = 0
    source = raster(tmp_path / "f.tif", bands, ("blue", "green", "red", "nir", "alpha"))
    with rasterio.open(source, "r+") as target:
        target.colorinterp = [*target.colorinterp[:4], rasterio.enums.ColorInterp.alpha]
    index_raster(source, order(), tmp_path / "o.tif", ignore)
    found = stored(tmp_path / "o.tif")[0]
    assert (found[:10] == -32768).all()
    assert (found[10:] != -32768).all()


def test_a_mask_in_the_file_is_respected(tmp_path):
    source = raster(tmp_path / "f.tif", field(64, 64), NAMES)
    mask = np.full((64, 64), 255, np.uint8)
    mask[:, :5] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(source, "r+") as target:
        target.write_mask(mask)
    index_raster(source, order(), tmp_path / "o.tif", ignore)
    assert np.array_equal(stored(tmp_path / "o.tif")[0] == -32768, mask == 0)


def test_bands_are_found_by_what_the_file_says_not_by_their_order(tmp_path):
    bands = field(64, 64)
    source = raster(tmp_path / "f.tif", bands[[3, 2, 0, 1, 4]], ("NIR", "Red", "Blue", "Green", "Red_Edge"))
    report = index_raster(source, order("ndvi", "ndre"), tmp_path / "o.tif", ignore)
    assert report.bands == {"nir": 1, "red": 2, "rededge": 5}
    assert np.array_equal(stored(tmp_path / "o.tif")[0], by_hand(bands))


def test_where_nothing_says_which_band_is_which_nothing_is_guessed(tmp_path):
    source = raster(tmp_path / "f.tif", field(64, 64))
    with pytest.raises(BadRequest) as error:
        index_raster(source, order(), None, ignore)
    assert error.value.try_this == "--bands nir=NUMBER,red=NUMBER"
    report = index_raster(source, order(bands="red=3,nir=4"), None, ignore)
    assert report.results[0].distribution.count == 64 * 64
    for wrong in ("red=9,nir=4", "green", "ultraviolet=1"):
        with pytest.raises(BadRequest):
            index_raster(source, order(bands=wrong), None, ignore)


def test_an_index_that_needs_reflectance_is_refused_without_it(tmp_path):
    source = raster(tmp_path / "f.tif", field(64, 64), NAMES)
    with pytest.raises(Refused, match="panel"):
        index_raster(source, order("savi"), None, ignore)
    with pytest.raises(BadRequest, match="reflectance of 1"):
        index_raster(source, order("savi", reflectance=True), None, ignore)
    scaled = index_raster(source, order("savi", reflectance=True, scale=1 / 65536), tmp_path / "o.tif", ignore)
    bands = field(64, 64) / 65536
    savi = 1.5 * (bands[3] - bands[2]) / (bands[3] + bands[2] + 0.5)
    assert np.array_equal(stored(tmp_path / "o.tif")[0], np.rint(savi * 10_000))
    assert scaled.reflectance == "said by who asked"


def test_soil_and_shadow_are_left_out_where_that_is_asked(tmp_path):
    bands = field(100, 100)
    bands[3, :20] = 300
    bands[2, :20] = 30
    source = raster(tmp_path / "f.tif", bands, NAMES)
    asked = order(reflectance=True, scale=1 / 65536, plants_only=True, shadow=0.05)
    report = index_raster(source, asked, tmp_path / "o.tif", ignore)
    found = stored(tmp_path / "o.tif")[0] != -32768
    assert not found[:20].any()
    assert not found[:, 50:].any()
    assert found[20:, :50].all()
    assert report.plants is not None
    assert report.plants.fraction == pytest.approx(0.5, abs=0.01)


def test_a_large_chlorophyll_index_is_stored_and_does_not_wrap(tmp_path):
    bands = field(64, 64)
    source = raster(tmp_path / "f.tif", bands, NAMES)
    index_raster(source, order("cig", "cire"), tmp_path / "o.tif", ignore)
    values = bands[3] / bands[1].astype(float) - 1
    assert values.max() > 3.3
    assert np.array_equal(stored(tmp_path / "o.tif")[0], np.rint(values * 1000))


def test_a_cloud_optimised_raster_has_overviews_that_never_mix_in_nothing(tmp_path):
    bands = field(1200, 1100)
    bands[2, :, 550:] = 1
    source = raster(tmp_path / "f.tif", bands, NAMES, nodata=1, blockxsize=256, blockysize=256)
    index_raster(source, order(cog=True), tmp_path / "o.tif", ignore)
    with rasterio.open(tmp_path / "o.tif") as made:
        assert made.overviews(1)
        small = made.read(1, out_shape=(300, 275))
        assert made.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert (small[small != -32768] > 7000).all()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.tif", "o.tif"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_work_that_is_stopped_leaves_what_was_there(tmp_path, error, monkeypatch):
    monkeypatch.setattr("groundside.produce.crop.blocks.opened.WINDOW_PIXELS", 64 * 64)
    source = raster(tmp_path / "f.tif", field(), NAMES)
    (tmp_path / "o.tif").write_bytes(b"as before")

    def stop(step):
        raise error

    with pytest.raises(error):
        index_raster(source, order(), tmp_path / "o.tif", stop)
    assert (tmp_path / "o.tif").read_bytes() == b"as before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.tif", "o.tif"]


def test_a_raster_cut_short_is_said_to_be_unreadable_and_leaves_nothing(tmp_path):
    source = raster(tmp_path / "f.tif", field(300, 300), NAMES)
    whole = source.read_bytes()
    head = raster(tmp_path / "cut.tif", field(300, 300), NAMES)
    head.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises((Unreadable, NotUnderstood)):
        index_raster(head, order(), tmp_path / "o.tif", ignore)
    assert not (tmp_path / "o.tif").exists()


def test_what_is_no_raster_is_said_to_be_none(tmp_path):
    (tmp_path / "x.tif").write_bytes(b"not a raster")
    with pytest.raises(NotUnderstood):
        index_raster(tmp_path / "x.tif", order(), None, ignore)
    with pytest.raises(Unreadable):
        index_raster(tmp_path / "absent.tif", order(), None, ignore)
    (tmp_path / "v.vrt").write_text("<VRTDataset rasterXSize='1' rasterYSize='1'></VRTDataset>")
    with pytest.raises(NotUnderstood):
        index_raster(tmp_path / "v.vrt", order(), None, ignore)


def test_a_raster_is_never_written_over_itself(tmp_path):
    source = raster(tmp_path / "f.tif", field(64, 64), NAMES)
    with pytest.raises(BadRequest, match="over the raster"):
        index_raster(source, order(), source, ignore)


def test_the_command_says_in_json_what_it_made(tmp_path, monkeypatch, capsys):
    import typer

    source = raster(tmp_path / "f.tif", field(64, 64), NAMES)
    app = typer.Typer()
    cli.add_to(app)
    ran = CliRunner().invoke(app, ["index", "ndvi", "gndvi", str(source), "--out", str(tmp_path / "o.tif"), "--json"])
    said = json.loads(ran.stdout)
    assert [each["index"]["name"] for each in said["results"]] == ["ndvi", "gndvi"]
    assert said["results"][0]["canopy"]["certain"] is True
    assert said["written"].endswith("o.tif")
    listed = json.loads(CliRunner().invoke(app, ["indices", "--json"]).stdout)
    assert len(listed) == 14
