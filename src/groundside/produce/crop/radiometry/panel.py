"""A panel of known reflectance in an image: where it is, how bright, and whether it may be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Band, Panel, Point
from groundside.produce.crop.alignment.undistortion import undistorted
from groundside.produce.crop.radiometry.panel_code import Code, areas_beside, code_in, likeness_in
from groundside.produce.crop.radiometry.signal import full_scale, signal_of

MOST_SATURATED = 0.001
"""Share of saturated pixels above which a panel is refused: its mean would be too low by an unknown amount."""
FEWEST_PIXELS = 100
ON_EDGE = 1e-9
"""Twice the area, in square pixels, of the triangle of a point and an edge on which it still lies."""


class NoPanel(ValueError):
    """No panel that may be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One band of a capture that shows a panel: its digital numbers, undistorted, and its code where one was read."""

    band: Band
    numbers: NDArray[Any]
    flat: NDArray[Any]
    code: Code | None


def looks(bands: Sequence[tuple[Band, NDArray[Any]]]) -> list[Looked]:
    """
    Read the code in every band of a capture; where OpenCV cannot, find it again by the likeness to another band's.

    Args:
        bands: each with its digital numbers, shape (rows, columns).
    """
    first = [_looked(band, numbers) for band, numbers in bands]
    known = next((one for one in first if one.code is not None), None)
    if known is None or known.code is None:
        return first
    out: list[Looked] = []
    for one in first:
        same = one.flat.shape == known.flat.shape
        code = one.code or (likeness_in(one.flat, known.flat, known.code) if same else None)
        out.append(replace(one, code=code))
    return out


def _looked(band: Band, numbers: NDArray[Any]) -> Looked:
    flat = undistorted(numbers, band.lens, band.size)
    return Looked(band, numbers, flat, code_in(flat))


def measured(seen: Looked, by_hand: tuple[Point, ...] = ()) -> Panel:
    """
    Measure the panel in one band.

    Args:
        seen: of `looks`.
        by_hand: four corners in the undistorted image, which then are taken as they are.

    Raises:
        NoPanel: none was found, it is saturated, too small or outside the image.
    """
    light = signal_of(seen.numbers, seen.band)
    if light is None or seen.band.exposure is None:
        what = "the file does not say how the image was exposed"
        raise NoPanel(what)
    saturated = (seen.numbers >= full_scale(seen.band.exposure.bits)).astype(np.float32)
    flat_light = undistorted(np.nan_to_num(light, nan=float(np.nanmax(light))), seen.band.lens, seen.band.size)
    flat_saturated = undistorted(saturated, seen.band.lens, seen.band.size)
    areas, how = _areas(seen, by_hand)
    panels = [_panel(seen, area, how, flat_light, flat_saturated) for area in areas]
    inside = [panel for panel in panels if panel.pixels >= FEWEST_PIXELS and panel.mean > 0]
    if not inside:
        what = "the panel lies outside the image, or is too small in it"
        raise NoPanel(what)
    best = min(inside, key=lambda panel: panel.deviation / panel.mean)
    if best.saturated > MOST_SATURATED * best.pixels:
        what = f"{best.saturated} of {best.pixels} pixels of the panel are saturated"
        raise NoPanel(what)
    return best


def _areas(seen: Looked, by_hand: tuple[Point, ...]) -> tuple[list[tuple[Point, ...]], str]:
    if by_hand:
        return [by_hand], "hand"
    if seen.code is not None:
        return areas_beside(seen.code), "code"
    if seen.band.panel is not None and seen.band.panel.corners:
        return [seen.band.panel.corners], "camera"
    what = "no code was found in this band, nor did the camera mark a panel"
    raise NoPanel(what)


def _panel(seen: Looked, area: tuple[Point, ...], how: str, light: NDArray[Any], saturated: NDArray[Any]) -> Panel:
    inside = within(area, (light.shape[0], light.shape[1]))
    values = light[inside]
    code = seen.code
    said = seen.band.panel.serial if seen.band.panel else ""
    return Panel(
        serial=code.serial if code else said,
        corners=area,
        code=code.corners if code else (),
        found_by=how,
        mean=float(values.mean()) if values.size else 0.0,
        deviation=float(values.std()) if values.size else 0.0,
        pixels=int(values.size),
        saturated=int((saturated[inside] > 0).sum()),
    )


def within(corners: Sequence[Point], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """
    Say which pixels have their middle inside a polygon or on its edge (by how often a line to the right crosses it).

    Args:
        corners: in pixels, x then y; three or more.
        shape: rows, columns.

    Returns:
        Shape (rows, columns); all false where a corner lies outside the image.
    """
    points = np.asarray(corners, np.float64)
    if (points < 0).any() or (points[:, 0] > shape[1] - 1).any() or (points[:, 1] > shape[0] - 1).any():
        return np.zeros(shape, bool)
    x, y = np.arange(shape[1], dtype=np.float64)[None, :], np.arange(shape[0], dtype=np.float64)[:, None]
    inside = np.zeros(shape, bool)
    on_edge = np.zeros(shape, bool)
    for (x1, y1), (x2, y2) in zip(points, np.roll(points, -1, axis=0), strict=True):
        beside = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        near = (x >= min(x1, x2)) & (x <= max(x1, x2)) & (y >= min(y1, y2)) & (y <= max(y1, y2))
        on_edge |= near & (np.abs(beside) < ON_EDGE)
        if y1 != y2:
            inside ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside | on_edge
