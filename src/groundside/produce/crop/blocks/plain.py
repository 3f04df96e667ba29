"""
A GeoTIFF that is plain: what it says is read from its tags, without GDAL, whose loading takes a fifth of a second.

Anything that is not certain is left to GDAL: `plain` gives None. What it gives is what `opened.layout` gives.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from groundside.native.indices import KINDS
from groundside.produce.crop.blocks.opened import MOST_BLOCK_BYTES, REFLECTANCE_TAG, Layout, named_bands, tile_of
from groundside.produce.crop.blocks.tiff_tags import Tag, Tags, UnusualError, directories
from groundside.produce.crop.blocks.tiles import DIFFERENCES, Records, Tiles

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
FILL_ORDER, ORIENTATION, SAMPLES, PLANAR, PREDICTOR, COLOURS = 266, 274, 277, 284, 317, 320
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES, OTHERS, EXTRA, FORMAT = 322, 323, 324, 325, 330, 338, 339
PIXEL_SCALE, TIEPOINT, GEO_KEYS, GEO_DOUBLES, GEO_TEXTS = 33550, 33922, 34735, 34736, 34737
GDAL_METADATA, GDAL_NODATA = 42112, 42113
NONE, ZSTD, PIXEL_BY_PIXEL = 1, 50000, 1
PLACING = (PIXEL_SCALE, TIEPOINT, GEO_KEYS, GEO_DOUBLES, GEO_TEXTS)
"""Tags that say where on the ground the pixels lie: OGC GeoTIFF 1.1, section 7."""
_KNOWN = frozenset({
    SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, ORIENTATION, SAMPLES, PLANAR, PREDICTOR,
    TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES, EXTRA, FORMAT, GDAL_METADATA, GDAL_NODATA, *PLACING,
})  # fmt: skip
_SAID_ELSEWHERE = frozenset({COLOURS, OTHERS, 34264, 50844})
"""Colours of a palette, further directories, a transformation of other form, rational polynomials: GDAL knows them."""
_TYPES = {
    (8, 1): "uint8", (16, 1): "uint16", (16, 2): "int16", (32, 1): "uint32", (32, 2): "int32", (32, 3): "float32",
    (64, 3): "float64",
}  # fmt: skip
_ITEM = re.compile(r'<Item name="([^"<>]*)"((?: \w+="[^"<>]*")*)>([^<>]*)</Item>')
_SAID = re.compile(r'(\w+)="([^"]*)"')
_ESCAPED = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_MODEL, _GEOGRAPHIC, _PROJECTED = 1024, 2048, 3072


@dataclass(frozen=True, slots=True)
class Plain:
    """
    A raster that is plain.

    Args:
        layout: what it says of itself.
        tiles: how they are kept.
        placing: the tags that say where it lies, as they stand in the file.
    """

    layout: Layout
    tiles: Tiles
    placing: dict[int, Tag]


def plain(path: Path) -> Plain | None:
    """Read what a file says of itself where it is plain; None where it is not, is no GeoTIFF, or is not there."""
    beside = (path.with_name(path.name + more) for more in (".aux.xml", ".msk"))
    if sys.byteorder != "little" or not path.is_file() or any(one.exists() for one in beside):
        return None
    try:
        with path.open("rb") as file:
            length = path.stat().st_size
            found = directories(file, length, _KNOWN)
        first, others = found[0], found[1:]
        if _SAID_ELSEWHERE & first.keys() or any(_one(tags, SUBFILE, 0) != 1 for tags in others):
            return None  # a second picture that is no smaller copy of the first may be a mask
        return _plain(path, first)
    except (UnusualError, OSError, struct.error, ValueError, OverflowError):
        return None


def _plain(path: Path, tags: Tags) -> Plain:
    for tag, usual in ((SUBFILE, 0), (FILL_ORDER, 1), (ORIENTATION, 1)):
        _expect(_one(tags, tag, usual) == usual)
    count = _one(tags, SAMPLES, 1)
    _expect(count <= 4096)
    kind = _kind(tags, count)
    metadata = _metadata(tags)
    colours = _colours(tags, count)
    alpha = colours.index("alpha") + 1 if "alpha" in colours else None
    scales, offsets = (
        tuple(float(metadata.get((n, role), usual)) for n in range(count))
        for role, usual in (("scale", "1"), ("offset", "0"))
    )
    _expect(bool(np.isfinite((*scales, *offsets)).all()))
    layout = Layout(
        rows=_one(tags, HEIGHT), columns=_one(tags, WIDTH),
        bands=named_bands(tuple(metadata.get((n, "description")) for n in range(count)), colours), count=count,
        dtypes=(kind,) * count, nodata=(_nodata(tags, np.dtype(kind)),) * count,
        scales=scales, offsets=offsets, block=(_one(tags, TILE_HEIGHT), _one(tags, TILE_WIDTH)),
        alpha=alpha, masked=False, reflectance=metadata.get((-1, REFLECTANCE_TAG), ""), placed=True,
    )  # fmt: skip
    _expect(layout.rows > 0 and layout.columns > 0 and tile_of(layout) is not None)
    _expect(layout.block[0] * layout.block[1] * 8 <= MOST_BLOCK_BYTES)
    return Plain(layout, _tiles(path, tags, layout), _placing(tags))


def _expect(holds: bool) -> None:
    if not holds:
        raise UnusualError


def _one(tags: Tags, tag: int, usual: int | None = None) -> int:
    """Give the one number of a tag."""
    if tag not in tags:
        _expect(usual is not None)
        return int(usual or 0)
    found = tags[tag].numbers()
    _expect(len(found) == 1)
    return int(found[0])


def _same(tags: Tags, tag: int, count: int, usual: int) -> int:
    """Give the number of a tag that is the same for each band."""
    if tag not in tags:
        return usual
    found = set(tags[tag].numbers())
    _expect(len(found) == 1 and tags[tag].count in (1, count))
    return int(found.pop())


def _kind(tags: Tags, count: int) -> str:
    kind = _TYPES.get((_same(tags, BITS, count, 1), _same(tags, FORMAT, count, 1)), "")
    _expect(kind in KINDS)
    return kind


def _colours(tags: Tags, count: int) -> list[str]:
    """Name the colours as GDAL does: by the kind of picture, then by what its further bands are."""
    first = {1: ["gray"], 2: ["red", "green", "blue"]}.get(_one(tags, PHOTOMETRIC, -1))
    more = tags[EXTRA].numbers() if EXTRA in tags else ()
    if first is None or len(first) + len(more) != count:
        raise UnusualError
    return [*first, *("alpha" if one in (1, 2) else "undefined" for one in more)]


def _nodata(tags: Tags, kind: np.dtype[Any]) -> float | None:
    if GDAL_NODATA not in tags:
        return None
    found = float(tags[GDAL_NODATA].text())
    _expect(bool(np.isfinite(found)) and abs(found) < 1e30)
    if kind.kind in "iu":
        _expect(found.is_integer() and np.iinfo(kind).min <= found <= np.iinfo(kind).max)
    else:
        _expect(float(kind.type(found)) == found)
    return found


def _metadata(tags: Tags) -> dict[tuple[int, str], str]:
    """
    Read what GDAL's programs write beside the picture.

    Returns:
        By band, from 0 (-1 for the whole), and role, or name where there is none; items of other domains left out.
    """
    text = tags[GDAL_METADATA].text() if GDAL_METADATA in tags else "<GDALMetadata></GDALMetadata>"
    _expect(re.sub(r"\s+", "", _ITEM.sub("", text)) == "<GDALMetadata></GDALMetadata>")
    found: dict[tuple[int, str], str] = {}
    for name, said, value in _ITEM.findall(text):
        more = dict(_SAID.findall(said))
        _expect(more.keys() <= {"sample", "role", "domain"} and more.get("role") != "colorinterp")
        if "domain" not in more:
            key = (int(more.get("sample", -1)), _unescaped(more.get("role", name)))
            _expect(key not in found)
            found[key] = _unescaped(_unescaped(value))  # GDAL escapes values twice
    return found


def _unescaped(text: str) -> str:
    whole = re.sub("&[a-z]+;", lambda found: _ESCAPED.get(found[0], "&"), text)
    _expect(text.count("&") == sum(text.count(word) for word in _ESCAPED))
    return whole


def _tiles(path: Path, tags: Tags, layout: Layout) -> Tiles:
    packing, predictor = _one(tags, COMPRESSION, NONE), _one(tags, PREDICTOR, 1)
    whole = np.dtype(layout.dtypes[0]).kind in "iu"
    _expect(packing in (NONE, ZSTD) and (predictor == 1 or (predictor == DIFFERENCES and whole)))
    together = layout.count if layout.count > 1 and _one(tags, PLANAR, 1) == PIXEL_BY_PIXEL else 1
    empty = tuple(value or 0.0 for value in layout.nodata)
    return Tiles(
        path, layout.block, np.dtype(layout.dtypes[0]), together, packing == ZSTD,
        predictor == DIFFERENCES and packing == ZSTD, _records(tags, layout, together), empty,
    )  # fmt: skip


def _records(tags: Tags, layout: Layout, together: int) -> Mapping[int, Records]:
    """Give offset and length of every tile, by band."""
    down, across = (-(-size // side) for size, side in zip((layout.rows, layout.columns), layout.block, strict=True))
    bands = 1 if together > 1 else layout.count
    columns: list[Records] = []
    for tag in (tags.get(TILE_OFFSETS), tags.get(TILE_BYTES)):
        if tag is None or tag.count != bands * down * across or tag.kind not in (3, 4, 16):
            raise UnusualError
        columns.append(np.frombuffer(tag.data, {3: "<u2", 4: "<u4", 16: "<u8"}[tag.kind]).astype(np.int64))
    both = np.stack(columns, axis=-1)
    _expect(bool((both >= 0).all()))
    both[(both == 0).any(axis=-1)] = 0
    return dict(enumerate(both.reshape(bands, down, across, 2), 1))


def _placing(tags: Tags) -> dict[int, Tag]:
    """Give the tags that say where the raster lies: north up, in a reference system that has a number."""
    if PIXEL_SCALE not in tags or TIEPOINT not in tags or GEO_KEYS not in tags:
        raise UnusualError
    scale, tie = tags[PIXEL_SCALE].numbers(), tags[TIEPOINT].numbers()
    _expect(len(scale) == 3 and scale[0] > 0.0 and scale[1] > 0.0 and len(tie) == 6)
    _expect(bool(np.isfinite((*scale, *tie)).all()))
    keys = _keys(tags[GEO_KEYS])
    system = {1: keys.get(_PROJECTED, 0), 2: keys.get(_GEOGRAPHIC, 0)}.get(keys.get(_MODEL, 0), 0)
    _expect(1024 <= system < 32767)
    return {tag: tags[tag] for tag in PLACING if tag in tags}


def _keys(tag: Tag) -> dict[int, int]:
    """Give the keys of the GeoTIFF directory whose value stands in it: OGC GeoTIFF 1.1, section 7.1.2."""
    said = [int(one) for one in tag.numbers()]
    _expect(tag.kind == 3 and len(said) >= 4 and said[0] == 1 and len(said) == 4 * (said[3] + 1))
    return {said[n]: said[n + 3] for n in range(4, len(said), 4) if said[n + 1] == 0}
