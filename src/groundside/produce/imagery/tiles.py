"""Pieces of large pictures as a viewer shows them: upright, at 1, 1/2, 1/4, 1/8 of their size, without metadata."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from groundside.errors import NotUnderstood, TooLarge, Unreadable
from groundside.produce.imagery.redaction.pictures import in_srgb, over_white

Pixels = NDArray[np.uint8]

TILE_PX = 512
"""Side of a tile; those at the right and lower edge are smaller."""
MOST_PIXELS = 170_000_000
"""Of a picture that is shown in tiles: what Pillow opens at all."""
DEEPEST = 6
"""Halvings at most: what is left of the largest picture is smaller than a tile."""
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")
_QUALITY = 88
_TRANSPOSED = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112
_DARK, _BRIGHT = 2.0, 98.0
"""Percentiles that become black and white where pixels have more than 8 bits."""
_BAD = (OSError, SyntaxError, ValueError, EOFError)
"""What Pillow raises on a file that is broken."""


@dataclass(frozen=True, slots=True)
class Shown:
    """
    How a picture is laid out in tiles.

    Args:
        width_px, height_px: upright, at full size.
        orientation: EXIF's, 1 to 8: how the stored picture was turned for that.
        levels: level 0 is full size, each further one half of the one before; the last fits into one tile.
    """

    width_px: int
    height_px: int
    orientation: int
    levels: int

    def size_at(self, level: int) -> tuple[int, int]:
        """
        Give the width and height at a level.

        >>> Shown(4000, 3000, 1, 4).size_at(3)
        (500, 375)
        """
        return -(-self.width_px >> level), -(-self.height_px >> level)


def layout(data: bytes, name: str) -> Shown:
    """
    Say how a picture is laid out; its pixels are not decoded.

    Raises:
        NotUnderstood, TooLarge, Unreadable: as `picture_at` has it.
    """
    try:
        with _opened(data) as picture:
            return _layout(picture, name)
    except _REFUSED as error:
        raise _refused(error, name) from error


def picture_at(data: bytes, level: int, name: str) -> Pixels:
    """
    Decode a picture at a level: upright, in sRGB, what is transparent over white.

    A JPEG is decoded at a part of its size, by leaving out higher frequencies of each block. Of a picture with more
    than 8 bits the middle 96 % of values become black to white.

    Args:
        data: the file.
        level: how often its size is halved, 0 to `DEEPEST`.
        name: of the file, for errors.

    Returns:
        Red, green, blue; shape (rows, columns, 3).

    Raises:
        NotUnderstood: it is no JPEG, PNG, TIFF or WebP.
        TooLarge: it has more than `MOST_PIXELS`.
        Unreadable: it is broken or cut short.
    """
    try:
        with _opened(data) as picture:
            return _decoded(picture, _layout(picture, name), level)
    except _REFUSED as error:
        raise _refused(error, name) from error


def tile(picture: Pixels, column: int, row: int) -> bytes:
    """
    Give one tile of a decoded picture as a JPEG without metadata.

    Args:
        picture: as `picture_at` gives it.
        column, row: from the upper left, from 0.

    Raises:
        ValueError: the picture does not reach so far.
    """
    part = picture[row * TILE_PX : (row + 1) * TILE_PX, column * TILE_PX : (column + 1) * TILE_PX]
    if min(column, row) < 0 or not part.size:
        what = f"there is no tile {column}, {row}"
        raise ValueError(what)
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(part), "RGB").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


_REFUSED = (Image.UnidentifiedImageError, Image.DecompressionBombError, *_BAD)


def _opened(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Image.open(io.BytesIO(data), formats=_FORMATS)


def _layout(picture: Image.Image, name: str) -> Shown:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _too_large(name)
    turned = picture.getexif().get(_ORIENTATION, 1)
    orientation = turned if isinstance(turned, int) and 1 <= turned <= 8 else 1
    if orientation in _TRANSPOSED:
        width, height = height, width
    deep = next(level for level in range(DEEPEST + 1) if max(width, height) <= TILE_PX << level or level == DEEPEST)
    return Shown(width, height, orientation, deep + 1)


def _decoded(picture: Image.Image, shown: Shown, level: int) -> Pixels:
    width, height = shown.size_at(level)
    flat = (height, width) if shown.orientation in _TRANSPOSED else (width, height)
    if level:
        picture.draft("RGB", flat)
    profile = picture.info.get("icc_profile")
    orientation = shown.orientation
    plain = _eight_bits(picture)
    if plain.size != flat:
        plain = plain.resize(flat, Image.Resampling.BOX, reducing_gap=2.0)
    if isinstance(profile, bytes):
        plain = in_srgb(plain, profile)
    plain.info.clear()
    plain.getexif()[_ORIENTATION] = orientation
    return np.array(ImageOps.exif_transpose(plain), dtype=np.uint8)


def _eight_bits(picture: Image.Image) -> Image.Image:
    if not picture.mode.startswith(("I", "F")):
        return over_white(picture) if picture.mode != "RGB" else picture.convert("RGB")
    values = np.asarray(picture, np.float32)
    few = values[:: max(1, values.shape[0] // 1000), :: max(1, values.shape[1] // 1000)]
    known = few[np.isfinite(few)]
    if not known.size:
        what = "no pixel has a value"
        raise ValueError(what)
    low, high = np.percentile(known, (_DARK, _BRIGHT))
    scaled = np.clip((values - low) / max(high - low, 1e-12), 0.0, 1.0) * 255.0
    return Image.fromarray(np.nan_to_num(scaled).astype(np.uint8)).convert("RGB")


def _refused(error: Exception, name: str) -> NotUnderstood | TooLarge | Unreadable:
    if isinstance(error, Image.UnidentifiedImageError):
        what = f"{name} is no picture that can be shown."
        return NotUnderstood(what, try_this="JPEG, PNG, TIFF and WebP files are shown; save the original")
    if isinstance(error, Image.DecompressionBombError):
        return _too_large(name)
    what = f"{name} is broken or cut short: {error}."
    return Unreadable(what, try_this="take the file from its medium again")


def _too_large(name: str) -> TooLarge:
    return TooLarge(f"{name} has more than {MOST_PIXELS:,} pixels.", try_this="save the original")
