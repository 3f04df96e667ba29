"""Making parts of a picture unrecognisable, for good: one flat colour, from which nothing can be told."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import numpy as np
from numpy.typing import NDArray

from groundside.model.redaction import Box, Shown
from groundside.produce.imagery.redaction.boxes import inside

Pixels = NDArray[np.uint8]

STEP = 16
"""The colour is rounded to steps of so much: 16 to 17 values for each of red, green and blue."""
MARGIN = 0.25
"""Of the longer side of a face: hair, ears and chin lie outside the box of a detector."""


def hidden(picture: Pixels, boxes: Iterable[Box]) -> Pixels:
    """
    Give a picture in which each box is a single cell of its mean colour.

    All that is left of a box is some twelve bits. Four cells by four, which look as unrecognisable, are not enough: of
    100 portraits the right one was picked for 76 of 100 other views (docs/decisions/0022-redaction.md). A face is
    covered with a margin; what a person drew, as drawn.

    Args:
        picture: shape (rows, columns, 3); stays as it is.
        boxes: in its pixels; what lies outside of it is left out.

    Returns:
        A picture of the same shape.
    """
    out = picture.copy()
    for box in boxes:
        area = inside(covered(box), picture.shape[1], picture.shape[0])
        if area is not None:
            part = out[area.y : area.y + area.height, area.x : area.x + area.width]
            part[:] = np.minimum(np.rint(part.mean(axis=(0, 1)) / STEP) * STEP, 255)
    return out


def covered(box: Box) -> Box:
    """Give what is made unrecognisable for a box: a face that was found with a margin, all else as it was drawn."""
    if box.shown is not Shown.FACE or box.score is None:
        return box
    more = ceil(MARGIN * max(box.width, box.height))
    return Box(box.x - more, box.y - more, box.width + 2 * more, box.height + 2 * more, box.shown, box.score)
