"""Bring all bands of a capture onto one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Band
from groundside.produce.crop.alignment.refinement import (
    Residual,
    Tiles,
    edges,
    fitted,
    refined,
    residual_of,
    shift_between,
    tile_shifts,
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
    image = _moved(reference, images[reference_of(bands)], np.eye(3), reference)
    frame = _Frame(image, edges(image))
    return [_placed(band, image, reference, frame) for band, image in zip(bands, images, strict=True)]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The reference, undistorted, and its edges."""

    image: NDArray[np.float32]
    edges: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Try:
    """One way to place a band: what came of it, its edges, and how each tile of it is shifted."""

    placed: Placed
    edges: NDArray[np.float32]
    tiles: Tiles


def _placed(band: Band, image: NDArray[np.float32], reference: Band, frame: _Frame) -> Placed:
    if band is reference:
        none = Residual(0.0, 0.0, 0)
        return Placed(frame.image, np.eye(3), "reference", False, none, none)
    rig = rig_homography(band, reference)
    begin: Floats = np.asarray(np.linalg.inv(lens_homography(band, reference) if rig is None else rig), np.float64)
    first = _tried(band, image, reference, frame, (begin, "lens" if rig is None else "rig", False))
    x, y = shift_between(frame.edges, first.edges)
    shifted: Floats = begin @ np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])
    best = min(first, _tried(band, image, reference, frame, (shifted, "shift", False)), key=_worth)
    return replace(_improved(band, image, reference, frame, best).placed, first=first.placed.residual)


def _improved(band: Band, image: NDArray[np.float32], reference: Band, frame: _Frame, best: _Try) -> _Try:
    """Fit the shifts of the tiles; maximise ECC where much is left. Either is kept only where less is left after it."""
    fit = fitted(best.tiles)
    if fit is not None:
        way = (best.placed.onto @ fit, best.placed.begun_with, True)
        best = min(best, _tried(band, image, reference, frame, way), key=_worth)
    if _worth(best) <= (0, ENOUGH_PX):
        return best
    flat = edges(_moved(band, image, np.eye(3), band))
    better = refined(frame.edges, flat, best.placed.onto)
    if better is not None:
        way = (better, best.placed.begun_with, True)
        best = min(best, _tried(band, image, reference, frame, way), key=_worth)
    return best


def _tried(
    band: Band, image: NDArray[np.float32], reference: Band, frame: _Frame, way: tuple[Floats, str, bool]
) -> _Try:
    onto, how, was_refined = way
    moved = _moved(band, image, onto, reference)
    strength = edges(moved)
    tiles = tile_shifts(frame.edges, strength)
    residual = residual_of(tiles)
    return _Try(Placed(moved, onto, how, was_refined, residual, residual), strength, tiles)


def _worth(one: _Try) -> tuple[int, float]:
    """Order ways: measured before unmeasured, then by what is left at the median and at the worst tiles."""
    left = one.placed.residual
    return (1, 0.0) if left.median_px is None or left.p90_px is None else (0, left.median_px + left.p90_px)


def _moved(band: Band, image: NDArray[np.float32], onto: Floats, reference: Band) -> NDArray[np.float32]:
    import cv2

    across, down = maps_onto(band.lens, onto, reference.size)
    nothing = float("nan")
    made = cv2.remap(image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=nothing)
    return np.asarray(made, np.float32)
