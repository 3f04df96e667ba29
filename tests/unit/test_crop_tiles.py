"""Tiles read from the file itself are those that GDAL gives, and what is written without it GDAL reads."""

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.windows import Window as Place

from groundside.archive.crop_analysis import IndexOrder, index_raster
from groundside.errors import Unreadable
from groundside.produce.crop.blocks.opened import layout, opened, windows
from groundside.produce.crop.blocks.tiles import TileReader, tiles_of
from tests.crop_rasters import NAMES, field, raster, stored

TILE = {"blockxsize": 128, "blockysize": 144}


def ignore(step):
    """Progress that nobody looks at."""


def written(path, bands, **more):
    return raster(path, bands, NAMES[: len(bands)], **TILE, **more)


@pytest.mark.parametrize("interleave", ["band", "pixel"])
@pytest.mark.parametrize("kept", [{"compress": "zstd"}, {"compress": "zstd", "predictor": 2}, {"compress": None}])
@pytest.mark.parametrize("kind", ["uint8", "uint16", "int16", "uint32", "float32"])
def test_every_tile_is_the_one_that_gdal_gives(tmp_path, interleave, kept, kind):
    if kind == "float32":
        kept = {**kept, "predictor": 1}
    bands = (field(300, 290) // (256 if kind == "uint8" else 1)).astype(kind)
    source = written(tmp_path / "f.tif", bands, interleave=interleave, bigtiff="yes", **kept)
    with opened(source) as file:
        said = layout(file)
        tiles = tiles_of(file, said, [2, 4, 5])
        assert tiles is not None
        reader = TileReader(tiles)
        for place in windows(said, single=True):
            for number, found in zip((4, 2, 4), reader.read((4, 2, 4), place), strict=True):
                there = file.read(number, window=Place(place.column, place.row, place.columns, place.rows))
                assert np.array_equal(found, there)
        reader.close()


@pytest.mark.parametrize(
    "kept",
    [
        {"compress": "deflate"}, {"compress": "lzw"}, {"compress": "zstd", "endianness": "big"},
        {"compress": "zstd", "nbits": 12}, {"tiled": False}, {"blockxsize": 64}, {"blockxsize": 2048},
    ],
)  # fmt: skip
def test_what_is_kept_otherwise_is_left_to_gdal(tmp_path, kept):
    source = raster(tmp_path / "f.tif", field(300, 290) % 4096, NAMES, **{**TILE, **kept})
    with opened(source) as file:
        assert tiles_of(file, layout(file), [3, 4]) is None
    index_raster(source, IndexOrder(("ndvi",)), tmp_path / "o.tif", ignore)
    nir, red = (stored(source)[n].astype(np.float64) for n in (3, 2))
    assert np.array_equal(stored(tmp_path / "o.tif")[0], np.rint((nir - red) / (nir + red) * 10_000))


def test_predicted_floats_are_left_to_gdal(tmp_path):
    source = written(tmp_path / "f.tif", field().astype(np.float32), predictor=3)
    with opened(source) as file:
        assert tiles_of(file, layout(file), [3, 4]) is None


@pytest.mark.parametrize(("nodata", "stands"), [(None, 0), (7, 7)])
def test_a_tile_that_is_not_there_is_what_gdal_says_it_is(tmp_path, nodata, stands):
    path = tmp_path / "f.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=256, height=288, count=2, dtype="uint16", tiled=True, compress="zstd",
        sparse_ok=True, interleave="band", nodata=nodata, transform=rasterio.Affine(0.5, 0, 9, 0, -0.5, 9), **TILE,
    ) as target:  # fmt: skip
        target.write(np.full((144, 128), 9, np.uint16), 1, window=Place(0, 0, 128, 144))
    with opened(path) as file:
        said = layout(file)
        tiles = tiles_of(file, said, [1, 2])
        assert tiles is not None
        reader = TileReader(tiles)
        found = [[one.copy() for one in reader.read((1, 2), place)] for place in windows(said, single=True)]
        assert [int(one.max()) for one, _ in found] == [9, stands, stands, stands]
        assert all((other == stands).all() for _, other in found)
        assert file.read(2).max() == stands
        reader.close()


@pytest.mark.parametrize("many", [("ndvi",), ("ndvi", "gndvi", "cire")])
@pytest.mark.parametrize("size", [(100, 100), (288, 256), (300, 290)])
def test_what_is_written_tile_by_tile_is_a_whole_geotiff(tmp_path, many, size):
    bands = field(*size)
    source = written(tmp_path / "f.tif", bands, predictor=2)
    strips = raster(tmp_path / "s.tif", bands, NAMES, tiled=False, blockxsize=None, blockysize=16)
    index_raster(source, IndexOrder(many), tmp_path / "o.tif", ignore)
    index_raster(strips, IndexOrder(many), tmp_path / "os.tif", ignore)
    with rasterio.open(tmp_path / "o.tif") as made, rasterio.open(tmp_path / "os.tif") as other:
        assert made.block_shapes == [(144, 128)] * len(many)
        assert np.array_equal(made.read(), other.read())
        assert (made.transform, made.crs, made.tags(), made.scales) == (
            other.transform, other.crs, other.tags(), other.scales,
        )  # fmt: skip
        assert [made.tags(n) for n in made.indexes] == [other.tags(n) for n in other.indexes]
        assert made.tags(ns="IMAGE_STRUCTURE")["PREDICTOR"] == "2"


def test_the_same_raster_gives_the_same_bytes_whatever_the_threads(tmp_path):
    source = written(tmp_path / "f.tif", field(600, 500))
    for threads in (1, 3):
        index_raster(source, IndexOrder(("ndvi",), threads=threads), tmp_path / f"{threads}.tif", ignore)
    assert (tmp_path / "1.tif").read_bytes() == (tmp_path / "3.tif").read_bytes()


@pytest.mark.parametrize("keep", [{"alpha": "yes"}, {"mask": True}])
@pytest.mark.parametrize("interleave", ["band", "pixel"])
def test_alpha_and_mask_hold_for_tiles_too(tmp_path, keep, interleave):
    bands = field(300, 290)
    there = np.zeros(bands.shape[1:], np.uint16)
    there[20:250, 30:] = 65535
    if "alpha" in keep:
        whole = np.concatenate([bands, there[None]])
        source = raster(tmp_path / "f.tif", whole, (*NAMES, "alpha"), interleave=interleave, **TILE)
        with rasterio.open(source, "r+") as file:
            file.colorinterp = [*file.colorinterp[:5], ColorInterp.alpha]
    else:
        source = written(tmp_path / "f.tif", bands, interleave=interleave)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(source, "r+") as file:
            file.write_mask(there > 0)
    index_raster(source, IndexOrder(("ndvi",)), tmp_path / "o.tif", ignore)
    found = stored(tmp_path / "o.tif")[0]
    assert ((found == -32768) == (there == 0)).all()


@pytest.mark.parametrize("damage", ["cut", "other bytes"])
def test_a_damaged_tile_is_said_and_nothing_is_left(tmp_path, damage):
    source = raster(tmp_path / "f.tif", field(300, 290), None, **TILE)
    with opened(source) as file:
        tiles = tiles_of(file, layout(file), [4])
    assert tiles is not None
    at, length = (int(n) for n in tiles.records[4][2, 2])
    whole = bytearray(source.read_bytes())
    if damage == "cut":
        whole = whole[: at + length // 2]
    else:
        whole[at : at + length] = bytes(length)
    source.write_bytes(whole)
    with pytest.raises(Unreadable, match="damaged"):
        index_raster(source, IndexOrder(("ndvi",), bands="red=3,nir=4"), tmp_path / "o.tif", ignore)
    assert [p.name for p in tmp_path.iterdir()] == ["f.tif"]


@pytest.mark.parametrize("compress", ["zstd", None])
def test_a_tile_of_absurd_length_is_not_read(tmp_path, compress):
    source = raster(tmp_path / "f.tif", field(300, 290), NAMES, **{**TILE, "compress": compress})
    with opened(source) as file:
        said = layout(file)
        tiles = tiles_of(file, said, [4])
    assert tiles is not None
    reader = TileReader(tiles)
    for length in (1 << 40, 1):
        tiles.records[4][1, 1, 1] = length
        with pytest.raises(Unreadable, match="damaged"):
            reader.read((4,), windows(said, single=True)[4])
    reader.close()
