"""Rasters of a field as pictures: which colour a value has, and the picture as PNG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from groundside.errors import BadRequest

if TYPE_CHECKING:
    from numpy.typing import NDArray

INDEX_STOPS = ("#f6e8c1", "#d3d78a", "#94be68", "#4c985c", "#176d54", "#0b3f3f")
"""From the least to the greatest: lightness falls all the way, so that eyes that do not tell red from green see it."""
RATE_STOPS = ("#fff3c4", "#b9dd9a", "#5fb58d", "#2b7f92", "#173f6b")
"""As the grower's page has them."""
STEPS = 256
PICTURE_PERCENT = (2.0, 98.0)
"""Of a band: what is darkest and what is brightest in a picture of the image itself."""


def ramp(stops: Sequence[str]) -> NDArray[np.uint8]:
    """
    Mix colours evenly between stops.

    >>> ramp(("#000000", "#ffffff"))[[0, 255]].tolist()
    [[0, 0, 0], [255, 255, 255]]
    """
    parts = np.array([[int(stop[n : n + 2], 16) for n in (1, 3, 5)] for stop in stops], float)
    at = np.linspace(0.0, len(stops) - 1.0, STEPS)
    mixed = np.stack([np.interp(at, np.arange(len(stops)), parts[:, n]) for n in range(3)], axis=1)
    return np.rint(mixed).astype(np.uint8)


def coloured(values: NDArray[Any], low: float, high: float, stops: Sequence[str]) -> bytes:
    """
    Draw values as a PNG; what has no value is transparent.

    Args:
        values: shape (rows, columns), NaN where there is none.
        low, high: the values of the first and the last colour; beyond them colours stay the same.
        stops: colours, "#rrggbb".

    Raises:
        BadRequest: the first colour's value is not below the last one's.
    """
    if not low < high:
        what = "The scale of colours has no width."
        raise BadRequest(what, try_this="a greatest value above the least")
    there = np.isfinite(values)
    share = np.clip((np.where(there, values, low) - low) / (high - low), 0.0, 1.0)
    picture = np.zeros((*values.shape, 4), np.uint8)
    picture[..., :3] = ramp(stops)[np.rint(share * (STEPS - 1)).astype(np.intp)]
    picture[..., 3] = np.where(there, 255, 0)
    return _png(picture)


def as_seen(values: NDArray[Any]) -> bytes:
    """
    Draw one or three bands as a PNG, each as bright as it is between its 2nd and its 98th percentile.

    Args:
        values: shape (bands, rows, columns), NaN where there is none.
    """
    there = np.isfinite(values).all(axis=0)
    picture = np.zeros((*there.shape, 4), np.uint8)
    for n in range(3):
        band = values[n % len(values)]
        known = band[there]
        low, high = np.percentile(known, PICTURE_PERCENT) if known.size else (0.0, 1.0)
        share = (np.where(there, band, low) - low) / max(float(high - low), 1e-12)
        picture[..., n] = np.rint(np.clip(share, 0.0, 1.0) * 255)
    picture[..., 3] = np.where(there, 255, 0)
    return _png(picture)


def _png(picture: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    kept = io.BytesIO()
    Image.fromarray(picture, "RGBA").save(kept, "PNG", compress_level=3)
    return kept.getvalue()
