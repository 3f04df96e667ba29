"""Finding faces: YuNet over a picture in tiles, at full size and at a quarter of it, upright and turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundside.model.redaction import Box
from groundside.produce.imagery.redaction.boxes import inside, joined, turned_back

Pixels = NDArray[np.uint8]

CODE = "yunet-2023mar"
TILE_PX, OVERLAP_PX = 2048, 320
"""A tile and how far it reaches into the next: the model knows faces up to about 300 pixels, says its model card."""
LEAST_TILE_PX = 64
SMALLER = 0.25
"""The second pass is over a picture so much smaller: faces of 300 to 1,200 pixels."""
LEAST_SCORE = 0.5
SAME_FACE = 0.3
MOST_FACES = 5000
MOST_PX = 2.0 * TILE_PX


@dataclass(frozen=True, slots=True)
class Looking:
    """
    How to look for faces.

    Args:
        scale: of the picture that is looked at, 0.1 to 2; 1 finds frontal faces from about 16 pixels, 0.5 from about 24
            for a quarter of the time.
        least_score: of a face, 0 to 1; less finds more faces and more of what is none.
        turned: look also at the picture lying on either side and upside down, for people seen from above; it takes
            four times as long. None leaves it to who knows where the camera looked.
    """

    scale: float = 1.0
    least_score: float = LEAST_SCORE
    turned: bool | None = None


def find_faces(picture: Pixels, looking: Looking, model: bytes) -> tuple[Box, ...]:
    """
    Find faces in a picture. Only where they are is told, nothing of whose they are.

    Args:
        picture: red, green, blue; shape (rows, columns, 3).
        looking: how.
        model: the detector, as ONNX.

    Returns:
        Boxes in pixels of the picture, the surest first. Not every face is found: small, turned away, covered and dark
        ones are missed, and so is who is seen from right above.
    """
    height, width = picture.shape[:2]
    found: list[Box] = []
    for scale in sorted({looking.scale, looking.scale * SMALLER}, reverse=True):
        seen = _scaled(picture, scale)
        for quarters in range(4 if looking.turned else 1):
            turned = np.ascontiguousarray(np.rot90(seen, quarters)[:, :, ::-1])
            for box in _in_tiles(turned, _detector(model, looking.least_score)):
                upright = turned_back(box, quarters, seen.shape[1], seen.shape[0])
                found.append(_grown(upright, width / seen.shape[1], height / seen.shape[0]))
    return joined(each for box in found if (each := inside(box, width, height)) is not None)


def _scaled(picture: Pixels, scale: float) -> Pixels:
    if scale == 1.0:
        return picture
    import cv2

    size = max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1)
    how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=how), dtype=np.uint8)


def _detector(model: bytes, least_score: float) -> Any:  # noqa: ANN401  # OpenCV's classes have no types
    import cv2

    octets = np.frombuffer(model, dtype=np.uint8)
    none = np.empty(0, dtype=np.uint8)
    return cv2.FaceDetectorYN.create("onnx", octets, none, (32, 32), least_score, SAME_FACE, MOST_FACES)


def _in_tiles(picture: Pixels, detector: Any) -> Iterator[Box]:  # noqa: ANN401
    height, width = picture.shape[:2]
    for top in _starts(height):
        for left in _starts(width):
            tile = _large_enough(picture[top : top + TILE_PX, left : left + TILE_PX])
            detector.setInputSize((tile.shape[1], tile.shape[0]))
            _, faces = detector.detect(tile)
            for row in [] if faces is None else faces.tolist():
                if all(map(isfinite, row)) and 0.0 < row[2] < MOST_PX and 0.0 < row[3] < MOST_PX:
                    yield _box(row, left, top)


def _large_enough(tile: Pixels) -> Pixels:
    """Widen a tiny tile by its edge: of one under 32 pixels OpenCV 4.14 reads memory that nobody has written."""
    more = [(0, max(LEAST_TILE_PX - length, 0)) for length in tile.shape[:2]]
    return np.ascontiguousarray(np.pad(tile, [*more, (0, 0)], "edge"))


def _starts(length: int) -> Iterator[int]:
    """Give where tiles begin that cover a length, each reaching into the next."""
    yield from range(0, max(length - OVERLAP_PX, 1), TILE_PX - OVERLAP_PX)


def _box(row: list[float], left: int, top: int) -> Box:
    """Take the place and the score of what was found; the points of eyes and mouth are dropped here."""
    x, y, wide, high = row[:4]
    box = Box(floor(x), floor(y), ceil(x + wide) - floor(x), ceil(y + high) - floor(y), score=round(row[-1], 3))
    return Box(box.x + left, box.y + top, box.width, box.height, score=box.score)


def _grown(box: Box, across: float, down: float) -> Box:
    x, y = floor(box.x * across), floor(box.y * down)
    right, low = ceil((box.x + box.width) * across), ceil((box.y + box.height) * down)
    return Box(x, y, right - x, low - y, score=box.score)
