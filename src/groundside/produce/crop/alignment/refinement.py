"""
Bring two bands closer by what they show, and measure how far apart they still are.

Source: G. D. Evangelidis and E. Z. Psarakis 2008, "Parametric image alignment using enhanced correlation coefficient
maximization", IEEE Transactions on Pattern Analysis and Machine Intelligence 30, 1858-1865 (ECC); H. Foroosh, J. B.
Zerubia and M. Berthod 2002, "Extension of phase correlation to subpixel registration", IEEE Transactions on Image
Processing 11, 188-200 (residual).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundside.produce.crop.alignment.undistortion import Floats

ROUNDS, ENOUGH = 60, 1e-5
BLUR = 5
SHRINK = 0.5
TILES_ACROSS, TILES_DOWN = 6, 5
CLEAR = 0.08
"""Response of the phase correlation below which a tile shows nothing that both bands have."""
FARTHEST = 0.25
"""Share of a tile's width beyond which a shift is no measurement but chance."""
FEWEST_TILES, FEWEST_TO_FIT = 5, 8
AGREE_PX = 1.5


@dataclass(frozen=True, slots=True)
class Residual:
    """
    How far two bands still are from each other.

    Args:
        median_px, p90_px: of the shift of the tiles; None where too few showed anything.
        tiles: how many did.
    """

    median_px: float | None
    p90_px: float | None
    tiles: int


Tiles = list[tuple[tuple[float, float], tuple[float, float]]]
"""The middle of each tile that shows something clear, and its shift; x and y in pixels."""


def edges(image: NDArray[Any]) -> NDArray[np.float32]:
    """
    Give the strength of edges, which bands of different colour share, scaled to a spread of 1; NaN counts as none.

    Args:
        image: shape (rows, columns).
    """
    import cv2

    known = np.isfinite(image)
    some = image[::4, ::4][known[::4, ::4]]
    middle = float(np.median(some)) if some.size else 0.0
    filled = np.where(known, image, middle).astype(np.float32)
    soft = cv2.GaussianBlur(filled, (0, 0), 1.0)
    strength = cv2.magnitude(cv2.Scharr(soft, cv2.CV_32F, 1, 0), cv2.Scharr(soft, cv2.CV_32F, 0, 1))
    around = cv2.erode(known.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    strength = np.sqrt(np.where(around, strength, 0.0)).astype(np.float32)
    return strength / max(float(strength.std()), 1e-9)


def refined(reference: NDArray[np.float32], moving: NDArray[np.float32], onto: Floats) -> Floats | None:
    """
    Refine where a band lies by maximising ECC over eight parameters, at half size.

    Args:
        reference, moving: edges of both, undistorted.
        onto: from pixels of the reference to pixels of the band, to begin with.

    Returns:
        The same, refined; None where it does not converge.
    """
    import cv2

    small = [cv2.resize(one, None, fx=SHRINK, fy=SHRINK, interpolation=cv2.INTER_AREA) for one in (reference, moving)]
    scale = np.diag([SHRINK, SHRINK, 1.0])
    begin = (scale @ onto @ np.linalg.inv(scale)).astype(np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, ROUNDS, ENOUGH)
    everything = np.full(small[0].shape, 255, np.uint8)
    try:
        _, found = cv2.findTransformECC(small[0], small[1], begin, cv2.MOTION_HOMOGRAPHY, stop, everything, BLUR)
    except cv2.error:
        return None
    made = np.linalg.inv(scale) @ np.asarray(found, np.float64) @ scale
    return made / made[2, 2] if np.isfinite(made).all() and abs(made[2, 2]) > 1e-9 else None


def shift_between(reference: NDArray[np.float32], moving: NDArray[np.float32]) -> tuple[float, float]:
    """Give the one shift, x and y in pixels, that brings the reference onto the band, by phase correlation."""
    import cv2

    window = cv2.createHanningWindow((reference.shape[1], reference.shape[0]), cv2.CV_32F)
    (x, y), _response = cv2.phaseCorrelate(reference, moving, window)
    return float(x), float(y)


def residual_between(reference: NDArray[np.float32], moved: NDArray[np.float32]) -> Residual:
    """
    Measure, tile by tile, how far a band lies from the reference that it was brought onto.

    Args:
        reference, moved: edges of both, in the frame of the reference.
    """
    return residual_of(tile_shifts(reference, moved))


def residual_of(tiles: Tiles) -> Residual:
    """Say how far a band lies from the reference, by how its tiles are shifted."""
    shifts = [float(np.hypot(*shift)) for _, shift in tiles]
    if len(shifts) < FEWEST_TILES:
        return Residual(None, None, len(shifts))
    return Residual(float(np.median(shifts)), float(np.percentile(shifts, 90)), len(shifts))


def fitted(tiles: Tiles) -> Floats | None:
    """
    Fit one homography to how each tile is shifted, leaving out those that do not agree with the others.

    Returns:
        From pixels of the reference to pixels of what was moved, shape (3, 3); None where too few tiles agree.
    """
    import cv2

    if len(tiles) < FEWEST_TO_FIT:
        return None
    there = np.array([middle for middle, _ in tiles], np.float64)
    here = there + np.array([shift for _, shift in tiles], np.float64)
    made: Any = cv2.findHomography(there, here, cv2.RANSAC, AGREE_PX)[0]
    return None if made is None or not np.isfinite(made).all() else np.asarray(made, np.float64)


def tile_shifts(reference: NDArray[np.float32], moved: NDArray[np.float32]) -> Tiles:
    """
    Measure how each tile of a grid is shifted, by phase correlation; tiles that show nothing clear are left out.

    Returns:
        The middle of each tile, and its shift; x and y in pixels.
    """
    import cv2

    rows, columns = reference.shape[0] // TILES_DOWN, reference.shape[1] // TILES_ACROSS
    window = cv2.createHanningWindow((columns, rows), cv2.CV_32F)
    out: Tiles = []
    for top, left in ((row * rows, column * columns) for row in range(TILES_DOWN) for column in range(TILES_ACROSS)):
        here = np.s_[top : top + rows, left : left + columns]
        two = [np.ascontiguousarray(one[here]) for one in (reference, moved)]
        (x, y), response = cv2.phaseCorrelate(two[0], two[1], window)
        if response >= CLEAR and np.hypot(x, y) <= FARTHEST * columns:
            out.append(((left + columns / 2.0, top + rows / 2.0), (float(x), float(y))))
    return out
