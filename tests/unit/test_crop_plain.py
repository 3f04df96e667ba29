"""A plain GeoTIFF is read and written without GDAL, and GDAL finds nothing to be otherwise."""

import subprocess
import sys

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.enums import ColorInterp

from groundside.archive.crop_analysis import IndexOrder, index_raster
from groundside.errors import Unreadable
from groundside.produce.crop.blocks import head, indexing, zstd
from groundside.produce.crop.blocks.opened import REFLECTANCE_TAG, layout, opened
from groundside.produce.crop.blocks.plain import plain
from groundside.produce.crop.blocks.tiles import tiles_of
from tests.crop_rasters import NAMES, field, raster, stored

TILE = {"blockxsize": 128, "blockysize": 144}
GROUND = rasterio.Affine(0.5, 0, 9, 0, -0.25, 50)


def ignore(step):
    """Progress that nobody looks at."""


def written(path, bands=None, names=NAMES, **more):
    bands = field(300, 290) if bands is None else bands
    return raster(path, bands, names and names[: len(bands)], **{**TILE, **more})


def with_more(path):
    """Say of a raster what GDAL keeps beside the picture: text with marks of XML, scales, another domain."""
    with rasterio.open(path, "r+") as file:
        file.update_tags(**{REFLECTANCE_TAG: 'a <panel> & "more"', "AUTHOR": "né"})
        file.update_tags(ns="elsewhere", DESCRIPTION="nir")
        file.scales, file.offsets = (0.0001, 1.0, 2.0, 1e-300, 1.0), (0.0, -0.1, 0.0, 0.0, 0.0)
    return path


KINDS = {
    "band": {}, "pixel": {"interleave": "pixel"}, "big": {"bigtiff": "yes"}, "predictor": {"predictor": 2},
    "nothing": {"compress": None}, "nodata": {"nodata": 7}, "degrees": {"crs": "EPSG:4326"},
    "place": {"transform": GROUND}, "colours": {"photometric": "RGB"}, "silent": {"names": None},
    "floats": {"kind": "float32", "nodata": -9999.0}, "bytes": {"kind": "uint8"}, "signed": {"kind": "int32"},
    "alpha": {"alpha": "yes"}, "both": {"photometric": "RGB", "alpha": "yes", "interleave": "pixel"},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_raster_says_without_gdal_what_it_says_with_it(tmp_path, kind):
    asked = dict(KINDS[kind])
    bands = (field(300, 290) // (256 if kind == "bytes" else 1)).astype(asked.pop("kind", "uint16"))
    path = written(tmp_path / "f.tif", bands, **asked)
    found = plain(path)
    assert found is not None
    with opened(path) as file:
        assert found.layout == layout(file)
        tiles = tiles_of(file, found.layout, [1, 2, 3, 4, 5])
    assert tiles is not None
    assert tiles.records.keys() == found.tiles.records.keys()
    assert all(np.array_equal(where, found.tiles.records[band]) for band, where in tiles.records.items())
    for name in ("path", "tile", "dtype", "together", "compressed", "differences", "empty"):
        assert getattr(tiles, name) == getattr(found.tiles, name)


def test_what_stands_beside_the_picture_is_read_as_gdal_reads_it(tmp_path):
    path = with_more(written(tmp_path / "f.tif"))
    found = plain(path)
    assert found is not None
    with opened(path) as file:
        assert found.layout == layout(file)
    assert found.layout.reflectance == 'a <panel> & "more"'


def test_smaller_copies_of_the_picture_do_not_matter(tmp_path):
    path = written(tmp_path / "f.tif", compress="zstd")
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4])
    assert plain(path) is not None


def masked(path):
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(np.zeros((300, 290), bool))


def masked_beside(path):
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(path, "r+") as file:
        file.write_mask(np.zeros((300, 290), bool))


def said_beside(path):
    path.with_name(path.name + ".aux.xml").write_text("<PAMDataset></PAMDataset>")


def told_by_colour(path):
    with rasterio.open(path, "r+") as file:
        file.colorinterp = [ColorInterp.red, ColorInterp.nir, *[ColorInterp.undefined] * 3]


UNUSUAL = {
    "deflate": ({"compress": "deflate"}, None), "strips": ({"tiled": False}, None),
    "other end first": ({"endianness": "big"}, None), "nbits": ({"nbits": 12}, None),
    "predicted floats": ({"kind": "float32", "predictor": 3}, None), "small tiles": ({"blockxsize": 64}, None),
    "turned": ({"transform": GROUND @ rasterio.Affine.rotation(10)}, None), "no number": ({"crs": "+proj=utm +zone=32 +ellps=bessel"}, None),
    "no place": ({"crs": None}, None), "mask": ({}, masked), "mask beside": ({}, masked_beside),
    "said beside": ({}, said_beside), "colours": ({}, told_by_colour), "nodata": ({"kind": "float32", "nodata": float("nan")}, None),
    "ink": ({"photometric": "CMYK"}, None),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNUSUAL)
def test_what_is_not_plain_is_left_to_gdal(tmp_path, kind):
    asked, more = UNUSUAL[kind]
    asked = dict(asked)
    bands = (field(300, 290) % 4096).astype(asked.pop("kind", "uint16"))
    path = written(tmp_path / "f.tif", bands, **asked)
    if more is not None:
        more(path)
    assert plain(path) is None


def test_what_is_no_file_or_no_picture_is_left_to_gdal_to_say(tmp_path):
    (tmp_path / "no.tif").write_bytes(b"II*\0")
    for path in (tmp_path / "no.tif", tmp_path, tmp_path / "nothing.tif"):
        assert plain(path) is None
        with pytest.raises(Exception, match="no"):
            index_raster(path, IndexOrder(("ndvi",)), None, ignore)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = with_more(written(tmp_path_factory.mktemp("plain") / "f.tif", bigtiff="yes"))
    return path, path.read_bytes()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_bytes_bring_it_down(whole, data):
    path, good = whole
    first = int.from_bytes(good[8:16], "little")
    bad = bytearray(good[: data.draw(st.none() | st.integers(0, len(good)))])
    for at in data.draw(st.lists(st.integers(0, 15) | st.integers(first, first + 900), max_size=6)):
        if at < len(bad):
            bad[at] = data.draw(st.integers(0, 255))
    other = path.with_name("bad.tif")
    other.write_bytes(bad)
    found = plain(other)
    assert found is None or found.layout.count <= 4096
    assert found is not None or bytes(bad) != good


def said(path):
    with rasterio.open(path) as made:
        return {
            "tags": made.tags(), "bands": [made.tags(n) for n in made.indexes], "scales": made.scales,
            "offsets": made.offsets, "names": made.descriptions, "nodata": made.nodatavals, "kinds": made.dtypes,
            "blocks": made.block_shapes, "colours": made.colorinterp, "crs": made.crs, "place": made.transform,
            "kept": {k: v for k, v in made.tags(ns="IMAGE_STRUCTURE").items() if k != "COMPRESSION_REVERSIBILITY"},
            "masks": made.mask_flag_enums, "bounds": made.bounds, "wkt": made.crs.to_wkt(),
        }  # fmt: skip


@pytest.mark.parametrize("names", [("ndvi",), ("ndvi", "gndvi", "cire")])
@pytest.mark.parametrize("kind", ["band", "big", "degrees", "place", "nodata", "more", "empty"])
def test_what_is_written_without_gdal_is_what_it_would_have_written(tmp_path, monkeypatch, names, kind):
    given = written(tmp_path / "f.tif", **(KINDS.get(kind) or {}))
    if kind == "more":
        with rasterio.open(given, "r+") as file:
            file.update_tags(**{REFLECTANCE_TAG: 'a <panel> & "more" né'})
            file.scales = (0.0001,) * 5
    if kind == "empty":
        given = written(tmp_path / "f.tif", np.zeros((5, 300, 290), np.uint16), nodata=0)
    monkeypatch.setattr(head, "BIG_BYTES", 0 if kind == "big" else head.BIG_BYTES)
    one = index_raster(given, IndexOrder(names), tmp_path / "without.tif", ignore)
    monkeypatch.setattr(indexing, "plain", lambda path: None)
    other = index_raster(given, IndexOrder(names), tmp_path / "with.tif", ignore)
    assert one == other
    assert np.array_equal(stored(tmp_path / "without.tif"), stored(tmp_path / "with.tif"))
    assert said(tmp_path / "without.tif") == said(tmp_path / "with.tif")
    assert ((tmp_path / "without.tif").read_bytes()[2] == 43) == (kind == "big")


def test_pixels_that_are_points_stay_points_in_the_same_place(tmp_path):
    with rasterio.Env(GTIFF_POINT_GEO_IGNORE=False):
        given = written(tmp_path / "f.tif")
        with rasterio.open(given, "r+") as file:
            file.update_tags(AREA_OR_POINT="Point")
        assert plain(given) is not None
        index_raster(given, IndexOrder(("ndvi",)), tmp_path / "o.tif", ignore)
        with rasterio.open(given) as file, rasterio.open(tmp_path / "o.tif") as made:
            assert (made.transform, made.crs, made.tags()) == (file.transform, file.crs, {"AREA_OR_POINT": "Point"})


@pytest.mark.parametrize("cog", [False, True])
def test_any_library_of_zstd_writes_the_same_pixels(tmp_path, monkeypatch, cog):
    given = written(tmp_path / "f.tif", predictor=2)
    index_raster(given, IndexOrder(("ndvi",), cog=cog), tmp_path / "one.tif", ignore)
    monkeypatch.setattr(zstd, "_library", lambda: None)
    index_raster(given, IndexOrder(("ndvi",), cog=cog), tmp_path / "other.tif", ignore)
    assert np.array_equal(stored(tmp_path / "one.tif"), stored(tmp_path / "other.tif"))
    assert said(tmp_path / "one.tif") == said(tmp_path / "other.tif")


@pytest.mark.parametrize("system", [True, False])
def test_what_is_no_zstd_or_of_another_length_is_refused(monkeypatch, system):
    if not system:
        monkeypatch.setattr(zstd, "_library", lambda: None)
    packer, unpacker = zstd.packer(1), zstd.unpacker()
    whole = bytes(range(256)) * 8
    for _ in range(2):
        packed = packer.pack(memoryview(bytearray(whole)))
        assert bytes(unpacker.unpack(memoryview(bytearray(packed)), bytearray(len(whole)))) == whole
        for bad, length in ((packed[:-3], 2048), (packed, 2047), (packed, 2049), (b"nothing of this", 2048)):
            with pytest.raises((ValueError, OSError)):
                unpacker.unpack(memoryview(bytearray(bad)), bytearray(length))
        packer.again(packed)
    packer.close()
    unpacker.close()


def test_a_plain_raster_needs_no_gdal_to_be_loaded(tmp_path):
    given = written(tmp_path / "f.tif")
    words = (
        "import sys; from pathlib import Path; from groundside.archive.crop_analysis import IndexOrder, index_raster; "
        "index_raster(Path(sys.argv[1]), IndexOrder(('ndvi',)), Path(sys.argv[2]), lambda step: None); "
        "print([name for name in ('rasterio', 'scipy', 'cv2', 'shapely', 'logging') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", words, given, tmp_path / "o.tif"], check=True, capture_output=True, text=True
    )
    assert ran.stdout.strip() == "[]"


def test_a_damaged_tile_is_said_and_no_state_of_zstd_is_left_in_use(tmp_path):
    given = written(tmp_path / "f.tif", predictor=2)
    found = plain(given)
    assert found is not None
    at, length = (int(n) for n in found.tiles.records[4][1, 1])
    bad = bytearray(given.read_bytes())
    bad[at : at + length] = bytes(length)
    given.write_bytes(bad)
    with pytest.raises(Unreadable, match="damaged"):
        index_raster(given, IndexOrder(("ndvi",)), tmp_path / "o.tif", ignore)
    assert [one.name for one in tmp_path.iterdir()] == ["f.tif"]
