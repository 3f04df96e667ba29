"""Bring all bands of a capture onto one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Band
from groundside.produce.crop.alignment.refinement import (
    Residual,
    edges,
    fitted,
    refined,
    residual_between,
    shift_between,
)
from groundside.produce.crop.alignment.rig import lens_homography, rig_homography
from groundside.produce.crop.alignment.undistortion import Floats, maps_onto

GOOD_PX = 2.0
"""A median residual above this is said aloud: indices mix neighbouring pixels."""
ENOUGH_PX = 1.0
"""Median and worst tiles together: below it ECC, which is slow, has nothing to add."""


@dataclass(frozen=True, slots=True)
class Placed:
    """
    How one band was brought onto the reference.

    Args:
        image: reflectance in the frame of the reference, undistorted; NaN where the band saw nothing.
        onto: from undistorted pixels of the reference to undistorted pixels of this band, shape (3, 3).
        begun_with: `reference`, `rig`, `shift` (one shift found in the images) or `lens`.
        refined: whether what the images show improved it.
        residual: what is left; zero for the reference itself.
        first: what was left before the images were asked.
    """

    image: NDArray[np.float32]
    onto: Floats
    begun_with: str
    refined: bool
    residual: Residual
    first: Residual


def can_align(bands: Sequence[Band]) -> bool:
    """Say whether all bands have a lens that can be undistorted, and the same size."""
    return len(bands) > 1 and all(band.lens is not None and band.size == bands[0].size for band in bands)


def reference_of(bands: Sequence[Band]) -> int:
    """Choose the reference: the band that the rig is measured against, else green, else the first."""
    still = [place for place, band in enumerate(bands) if band.rotation_deg == (0.0, 0.0, 0.0)]
    green = [place for place, band in enumerate(bands) if band.name == "green"]
    return (still or green or [0])[0]


def aligned(bands: Sequence[Band], images: Sequence[NDArray[np.float32]]) -> list[Placed]:
    """
    Bring every band onto the reference: by the rig's calibration, then by what the images show where that is better.

    Args:
        bands: that `can_align`.
        images: of reflectance as recorded, each of shape (rows, columns).
    """
    reference = bands[reference_of(bands)]
    frame = _moved(reference, images[reference_of(bands)], np.eye(3), reference)
    there = edges(frame)
    return [_placed(band, image, reference, there) for band, image in zip(bands, images, strict=True)]


def _placed(band: Band, image: NDArray[np.float32], reference: Band, there: NDArray[np.float32]) -> Placed:
    if band is reference:
        none = Residual(0.0, 0.0, 0)
        return Placed(_moved(band, image, np.eye(3), reference), np.eye(3), "reference", False, none, none)
    rig = rig_homography(band, reference)
    begin: Floats = np.asarray(np.linalg.inv(lens_homography(band, reference) if rig is None else rig), np.float64)
    best = first = _tried(band, image, reference, there, (begin, "lens" if rig is None else "rig", False))
    x, y = shift_between(there, edges(first.image))
    shifted: Floats = begin @ np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
    best = min(first, _tried(band, image, reference, there, (shifted, "shift", False)), key=_worth)
    return replace(_improved(band, image, reference, there, best), first=first.residual)


def _improved(
    band: Band, image: NDArray[np.float32], reference: Band, there: NDArray[np.float32], best: Placed
) -> Placed:
    """Fit the shifts of the tiles; maximise ECC where much is left. Either is kept only where less is left after it."""
    fit = fitted(there, edges(best.image))
    if fit is not None:
        best = min(best, _tried(band, image, reference, there, (best.onto @ fit, best.begun_with, True)), key=_worth)
    if _worth(best) <= (0, ENOUGH_PX):
        return best
    flat = edges(_moved(band, image, np.eye(3), band))
    better = refined(there, flat, best.onto)
    if better is not None:
        best = min(best, _tried(band, image, reference, there, (better, best.begun_with, True)), key=_worth)
    return best


def _tried(
    band: Band, image: NDArray[np.float32], reference: Band, there: NDArray[np.float32], way: tuple[Floats, str, bool]
) -> Placed:
    onto, how, was_refined = way
    moved = _moved(band, image, onto, reference)
    residual = residual_between(there, edges(moved))
    return Placed(moved, onto, how, was_refined, residual, residual)


def _worth(placed: Placed) -> tuple[int, float]:
    """Order ways: measured before unmeasured, then by what is left at the median and at the worst tiles."""
    left = placed.residual
    return (1, 0.0) if left.median_px is None or left.p90_px is None else (0, left.median_px + left.p90_px)


def _moved(band: Band, image: NDArray[np.float32], onto: Floats, reference: Band) -> NDArray[np.float32]:
    import cv2

    across, down = maps_onto(band.lens, onto, reference.size)
    nothing = float("nan")
    made = cv2.remap(image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=nothing)
    return np.asarray(made, np.float32)
