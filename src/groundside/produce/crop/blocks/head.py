"""The head of a GeoTIFF of whole numbers in tiles, written without GDAL: as GDAL would, tag by tag."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from groundside.model.raster import STORED_NODATA
from groundside.produce.crop.blocks import plain as tag
from groundside.produce.crop.blocks.tiff_tags import BIG, Tag

BIG_BYTES = 2_000_000_000
"""A file that may become larger than this is a BigTIFF, even where compression would spare it: "if safer" of GDAL."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
BY_BAND, MIN_IS_BLACK, SIGNED = 2, 1, 2


@dataclass(frozen=True, slots=True)
class Layer:
    """One band to be written: its name, what its whole numbers are multiplied by, and what is known of it."""

    name: str
    scale: float
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Ground:
    """
    Pixels on the ground: those of a raster of which another is made.

    Args:
        rows, columns: its size.
        tile: rows and columns of a tile.
        placing: tags that say where it lies.
    """

    rows: int
    columns: int
    tile: tuple[int, int]
    placing: Mapping[int, Tag]


def head(ground: Ground, layers: Sequence[Layer], tags: Mapping[str, str]) -> bytes:
    """
    Begin a file of int16, zstd and horizontal differences, each band in tiles of its own, -32768 for nothing.

    Args:
        ground: the pixels.
        layers: its bands.
        tags: of the whole raster.

    Returns:
        The file as far as it goes: where its tiles are is for `tile_tags.point_to_tiles` to say.
    """
    count, (high, wide) = len(layers), ground.tile
    tiles = -(-ground.rows // high) * -(-ground.columns // wide) * count
    said = {
        tag.WIDTH: _long(ground.columns), tag.HEIGHT: _long(ground.rows), tag.BITS: _short(*[16] * count),
        tag.COMPRESSION: _short(tag.ZSTD), tag.PHOTOMETRIC: _short(MIN_IS_BLACK), tag.SAMPLES: _short(count),
        tag.PLANAR: _short(BY_BAND), tag.PREDICTOR: _short(2), tag.TILE_WIDTH: _short(wide),
        tag.TILE_HEIGHT: _short(high), tag.TILE_OFFSETS: _long(0), tag.TILE_BYTES: _long(0),
        **({tag.EXTRA: _short(*[0] * (count - 1))} if count > 1 else {}), tag.FORMAT: _short(*[SIGNED] * count),
        **ground.placing, tag.GDAL_METADATA: _text(_metadata(layers, tags)),
        tag.GDAL_NODATA: _text(str(STORED_NODATA)),
    }  # fmt: skip
    return _file(said, tiles * high * wide * 2 > BIG_BYTES)


def _file(said: Mapping[int, Tag], big: bool) -> bytes:
    """Give head, directory, and the values that do not stand in it, each at a whole word as TIFF asks."""
    first, form, room = (16, "<HHQ", 8) if big else (8, "<HHI", 4)
    start = struct.pack("<2sHHHQ", b"II", BIG, 8, 0, 16) if big else struct.pack("<2sHI", b"II", 42, 8)
    count = struct.pack("<Q" if big else "<H", len(said))
    at = first + len(count) + len(said) * (struct.calcsize(form) + room) + room
    entries, values = b"", b""
    for number, one in sorted(said.items()):
        held = one.data
        if len(held) > room:
            held = struct.pack("<Q" if big else "<I", at + len(values))
            values += one.data + bytes(len(one.data) % 2)
        entries += struct.pack(form, number, one.kind, one.count) + held.ljust(room, b"\0")
    return start + count + entries + bytes(room) + values


def _short(*values: int) -> Tag:
    return Tag(3, len(values), struct.pack(f"<{len(values)}H", *values))


def _long(value: int) -> Tag:
    return Tag(4, 1, struct.pack("<I", value))


def _text(text: str) -> Tag:
    data = text.encode() + b"\0"
    return Tag(2, len(data), data)


def _metadata(layers: Sequence[Layer], tags: Mapping[str, str]) -> str:
    """Write what is known of the raster and of its bands, as GDAL's programs read it."""
    lines = [_item(name, value) for name, value in tags.items()]
    for number, layer in enumerate(layers):
        sample = f' sample="{number}"'
        lines += [_item(name, value, sample) for name, value in layer.tags.items()]
        for role, value in (("offset", "0"), ("scale", f"{layer.scale:.17g}"), ("description", layer.name)):
            lines.append(_item(role.upper(), value, f'{sample} role="{role}"'))
    return "\n".join(["<GDALMetadata>", *lines, "</GDALMetadata>", ""])


def _item(name: str, value: str, more: str = "") -> str:
    twice = value.translate(_ESCAPES).translate(_ESCAPES)  # as GDAL writes values, and reads them
    return f'  <Item name="{name.translate(_ESCAPES)}"{more}>{twice}</Item>'
