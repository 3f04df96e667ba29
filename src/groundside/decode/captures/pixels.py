"""Bytes of an image to its digital numbers."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from groundside.decode.captures.tags import MOST_PIXELS, NotAnImage

if TYPE_CHECKING:
    from PIL import Image

_DAMAGE = (OSError, ValueError, SyntaxError, KeyError, TypeError, IndexError, EOFError, MemoryError, AttributeError)
"""All that Pillow raises for bytes that are not what they say."""


def pixels_of(data: bytes) -> NDArray[np.uint16 | np.uint8]:
    """
    Read the digital numbers as they were recorded.

    Returns:
        Shape (rows, columns) of one band, or (rows, columns, 3) of a JPEG; uint16 or uint8, unchanged.

    Raises:
        NotAnImage: cut short, damaged, or of no kind that a camera here writes.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd tags, which are of no concern here
            with Image.open(BytesIO(data), formats=("TIFF", "JPEG")) as image:
                numbers = _loaded(image)
    except Image.DecompressionBombError as error:
        what = f"has more than {MOST_PIXELS} pixels"
        raise NotAnImage(what) from error
    except _DAMAGE as error:
        what = "ends before its image does, or is damaged"
        raise NotAnImage(what) from error
    if numbers.dtype.byteorder == ">":
        numbers = numbers.astype(np.uint16)
    if numbers.dtype.name not in ("uint16", "uint8") or numbers.ndim not in (2, 3):
        what = f"holds {numbers.dtype} of {numbers.ndim} dimensions, which no camera here writes"
        raise NotAnImage(what)
    return numbers


def _loaded(image: Image.Image) -> NDArray[Any]:
    if image.width * image.height > MOST_PIXELS:
        what = f"has more than {MOST_PIXELS} pixels"
        raise ValueError(what)
    image.load()
    return np.asarray(image)
