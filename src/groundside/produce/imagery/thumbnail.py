"""Small images of large ones: decoded at an eighth, a quarter or a half where the format allows it."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from groundside.native.jpeg import Plane, means

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_PX = 320
"""Of a thumbnail, along its longer side."""
MOST_PIXELS = 400_000_000
"""Of an image; larger ones are not decoded."""
_MOST_WHOLE_PIXELS = 120_000_000
"""Of an image whose format cannot be decoded at a part of its size."""
_QUALITY = 80
_EIGHTH = 8
_FORMATS = ("JPEG", "TIFF", "PNG")
_DARK, _BRIGHT = 2.0, 98.0
"""Percentiles that become black and white in an image of more than 8 bits, whose numbers say nothing by themselves."""


def thumbnail(data: memoryview | bytes) -> bytes | None:
    """
    Make a small JPEG of an image: upright, at most `LONGEST_PX` along its longer side, without any metadata.

    A JPEG is decoded at the least of the sizes 1/8, 1/4, 1/2 that is at least as large as what is wanted, by leaving
    out the higher frequencies of each block of 8 by 8 pixels. An eighth is nothing but the mean of each block, and read
    by a kernel that passes over all else.

    Args:
        data: the whole file.

    Returns:
        The JPEG; None where there is no image in it that can be decoded, or too large a one.

    Source: G. K. Wallace 1992, "The JPEG still picture compression standard", IEEE Trans. Consumer Electronics 38(1).
    """
    from PIL import Image

    Image.preinit()
    from PIL import TiffImagePlugin as TiffImagePlugin  # its readers are known once it is loaded

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                return _written(_from_means(opened, data) or _small(opened))
        except Exception:  # whatever a decoder makes of hostile bytes, there is then no small image
            return None


def _from_means(opened: Image, data: memoryview | bytes) -> Image | None:
    """Make it of the means of blocks; None of what is no such JPEG, or not eight times as large."""
    longest = max(opened.size)
    if opened.format not in ("JPEG", "MPO") or longest < _EIGHTH * LONGEST_PX:
        return None
    found = means(data, MOST_PIXELS)
    if found is None or found[:2] != opened.size:
        return None
    from PIL import Image

    share = LONGEST_PX / longest
    width, height = max(1, round(opened.width * share)), max(1, round(opened.height * share))
    drawn = [_resized(found[2][0], opened.size, found[2], (width, height))]
    half = (width + 1) // 2, (height + 1) // 2
    for plane in found[2][1:]:  # a JPEG keeps its colours at half the size: no more of them need be drawn
        colour = _resized(plane, opened.size, found[2], half)
        whole = colour.resize((2 * half[0], 2 * half[1]), Image.Resampling.NEAREST)
        drawn.append(whole.crop((0, 0, width, height)))
    return _upright(drawn[0] if len(drawn) == 1 else Image.merge("YCbCr", drawn), opened)


def _resized(plane: Plane, whole: tuple[int, int], among: list[Plane], size: tuple[int, int]) -> Image:
    """Bring a plane to a size; the last of its blocks may lie partly outside the picture."""
    from PIL import Image

    width, height, values, across, down = plane
    wide = whole[0] * across / (_EIGHTH * max(each[3] for each in among))
    tall = whole[1] * down / (_EIGHTH * max(each[4] for each in among))
    drawn = Image.frombytes("L", (width, height), values)
    return drawn.resize(size, Image.Resampling.BICUBIC, (0.0, 0.0, min(wide, width), min(tall, height)))


def _small(opened: Image) -> Image:
    width, height = opened.size
    if width * height > MOST_PIXELS:
        what = "too large to be decoded"
        raise ValueError(what)
    share = LONGEST_PX / max(width, height)
    opened.draft("RGB", (int(width * share), int(height * share)))
    if opened.size == (width, height) and width * height > _MOST_WHOLE_PIXELS:
        what = "too large to be decoded whole"
        raise ValueError(what)
    shown = opened if opened.mode in {"RGB", "L"} else _eight_bits(opened)
    shown.thumbnail((LONGEST_PX, LONGEST_PX), reducing_gap=2.0)
    return _upright(shown, opened)


def _upright(shown: Image, opened: Image) -> Image:
    turn = opened.getexif().get(0x0112, 1)
    if turn == 1:
        return shown
    from PIL import ImageOps

    plain = shown.copy()
    plain.getexif()[0x0112] = turn
    return ImageOps.exif_transpose(plain)


def _eight_bits(opened: Image) -> Image:
    if not opened.mode.startswith(("I", "F")):
        return opened.convert("RGB")
    import numpy as np
    from PIL import Image

    step = max(1, max(opened.size) // (2 * LONGEST_PX))
    values = np.asarray(opened, np.float64)[::step, ::step]
    known = values[np.isfinite(values)]
    if not known.size:
        what = "no pixel has a value"
        raise ValueError(what)
    low, high = np.percentile(known, (_DARK, _BRIGHT))
    scaled = np.clip((values - low) / max(high - low, 1e-12), 0.0, 1.0) * 255.0
    return Image.fromarray(np.nan_to_num(scaled).astype(np.uint8))


def _written(image: Image) -> bytes:
    out = io.BytesIO()
    shown = image if image.mode in {"RGB", "L", "YCbCr"} else image.convert("RGB")
    shown.save(out, "JPEG", quality=_QUALITY, exif=b"", icc_profile=None)
    return out.getvalue()
