"""A picture that others may see: boxes hidden, looked at again, and written without anything else of its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.model.redaction import Box
from groundside.produce.imagery.redaction.hiding import hidden
from groundside.produce.imagery.redaction.pictures import jpeg, opened

Pixels = NDArray[np.uint8]
Find = Callable[[Pixels], tuple[Box, ...]]
ROUNDS = 3
NAME = "what was written"


@dataclass(frozen=True, slots=True)
class Derivative:
    """
    A picture that others may see.

    Args:
        data: the JPEG file.
        boxes: all that is hidden in it.
        again: how many of them were found only in the derivative itself.
        left: what is still found in it; it should not go out then.
        width_px, height_px: of the picture.
    """

    data: bytes
    boxes: tuple[Box, ...]
    again: int
    left: tuple[Box, ...]
    width_px: int
    height_px: int


def derive(picture: Pixels, boxes: tuple[Box, ...], exif: bytes, find: Find | None) -> Derivative:
    """
    Hide boxes in a picture, write it, and look at what was written until nothing is found in it any more.

    Args:
        picture: as it is shown; red, green, blue.
        boxes: to be hidden.
        exif: what the file is to say of itself.
        find: finds faces; None not to look again.
    """
    every, again = boxes, 0
    data, left = _written(picture, every, exif, find)
    for _ in range(ROUNDS):
        if not left:
            break
        again += len(left)
        every = (*every, *left)
        data, left = _written(picture, every, exif, find)
    return Derivative(data, every, again, left, picture.shape[1], picture.shape[0])


def _written(picture: Pixels, boxes: tuple[Box, ...], exif: bytes, find: Find | None) -> tuple[bytes, tuple[Box, ...]]:
    data = jpeg(hidden(picture, boxes), exif)
    return data, find(opened(data, NAME)) if find else ()
