"""Small images of large ones: decoded at an eighth, a quarter or a half where the format allows it."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_PX = 320
"""Of a thumbnail, along its longer side."""
MOST_PIXELS = 400_000_000
"""Of an image; larger ones are not decoded."""
_MOST_WHOLE_PIXELS = 120_000_000
"""Of an image whose format cannot be decoded at a part of its size."""
_QUALITY = 80
_FORMATS = ("JPEG", "TIFF", "PNG")
_DARK, _BRIGHT = 2.0, 98.0
"""Percentiles that become black and white in an image of more than 8 bits, whose numbers say nothing by themselves."""


def thumbnail(data: memoryview | bytes) -> bytes | None:
    """
    Make a small JPEG of an image: upright, at most `LONGEST_PX` along its longer side, without any metadata.

    A JPEG is decoded at the least of the sizes 1/8, 1/4, 1/2 that is at least as large as what is wanted, by leaving
    out the higher frequencies of each block of 8 by 8 pixels.

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
                return _written(_small(opened))
        except Exception:  # whatever a decoder makes of hostile bytes, there is then no small image
            return None


def _small(opened: Image) -> Image:
    from PIL import ImageOps

    width, height = opened.size
    if width * height > MOST_PIXELS:
        what = "too large to be decoded"
        raise ValueError(what)
    share = LONGEST_PX / max(width, height)
    opened.draft("RGB", (int(width * share), int(height * share)))
    if opened.size == (width, height) and width * height > _MOST_WHOLE_PIXELS:
        what = "too large to be decoded whole"
        raise ValueError(what)
    turn = opened.getexif().get(0x0112, 1)
    shown = opened if opened.mode in {"RGB", "L"} else _eight_bits(opened)
    shown.thumbnail((LONGEST_PX, LONGEST_PX), reducing_gap=2.0)
    if turn == 1:
        return shown
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
    shown = image if image.mode in {"RGB", "L"} else image.convert("RGB")
    shown.save(out, "JPEG", quality=_QUALITY, exif=b"", icc_profile=None)
    return out.getvalue()
