"""Find the code beside a calibration panel, and where the panel lies from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundside.model.capture import Point

SERIAL = re.compile(r"RP(\d{2})-\d{7}-\w{2}")
SHORTEST_WITH_ALBEDO = 29
"""A serial of 15 characters and 14 digits of wavelengths and reflectances."""
NEAR, FAR = 0.45, 1.68
"""
Panels up to version 2: half the width of the area that is measured, well inside the panel, and the distance of its
middle from the middle of the code, both in widths of the code. Source: positions in MicaSense's public test of its
panel photo of 2017, https://github.com/micasense/imageprocessing, tests/test_panel.py.
"""
NEAR_NEW, FAR_NEW = 0.36, 1.57
"""The same of panels from version 3 on; on which side of the code they lie, the image must tell."""
NEWER = 3
_SCALES = (1.0, 1.5, 0.75, 2.0)
_QUICK = ((0, 1.0), (1, 1.0))
CUT = 2
_LIKE = 0.6


@dataclass(frozen=True, slots=True)
class Code:
    """
    A code that was found.

    Args:
        text: what it says.
        corners: four, in pixels; the first is the upper left one when the text stands upright, then clockwise or
            counter-clockwise as the image has it.
    """

    text: str
    corners: tuple[Point, ...]

    @property
    def serial(self) -> str:
        """The serial of the panel."""
        found = SERIAL.match(self.text)
        return found.group(0) if found else self.text

    @property
    def version(self) -> int:
        """Which model of panel it is."""
        found = SERIAL.match(self.text)
        return int(found.group(1)) if found else 0


def albedo_in(text: str, wavelength_nm: float | None) -> float | None:
    """
    Read a panel's reflectance out of its code, which from version 4 on holds it at two wavelengths.

    The last 14 digits are a wavelength in nm (4), its reflectance in thousandths (3), and both once more; between the
    two the reflectance is a straight line. Source: MicaSense, "imageprocessing", https://github.com/micasense.

    Returns:
        0 to 1; None where the code holds none, or no sensible one.
    """
    found, digits = SERIAL.match(text), text[-14:]
    if found is None or int(found.group(1)) < 4 or wavelength_nm is None or len(text) < SHORTEST_WITH_ALBEDO:
        return None
    if not digits.isdecimal():
        return None
    low, low_albedo, high, high_albedo = (int(digits[a:b]) for a, b in ((0, 4), (4, 7), (7, 11), (11, 14)))
    if low >= high:
        return None
    share = (wavelength_nm - low) / (high - low)
    albedo = (low_albedo + share * (high_albedo - low_albedo)) / 1000.0
    return albedo if 0 < albedo <= 1 else None


def code_in(image: NDArray[Any], *, quick: bool = False) -> Code | None:
    """
    Read a panel's code.

    OpenCV's reader misses some codes at some scales and contrasts, so several are tried, the likeliest first.

    Args:
        image: shape (rows, columns), any numbers.
        quick: try only what finds nearly all, for images that most likely show none.
    """
    import cv2

    reader = cv2.QRCodeDetector()
    for way, scale in _QUICK if quick else _every():
        view = _grey(image, way)
        if scale != 1.0:
            view = np.asarray(cv2.resize(view, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
        text, corners = _read(reader, view)
        if SERIAL.match(text):
            return Code(text, tuple((float(x) / scale, float(y) / scale) for x, y in corners))
    return None


def _read(reader: Any, view: NDArray[np.uint8]) -> tuple[str, NDArray[np.float32]]:  # noqa: ANN401
    import cv2

    try:
        found, corners = reader.detect(view)
        text = reader.decode(view, corners)[0] if found else ""
    except (cv2.error, UnicodeDecodeError):  # its decoder fails an assertion on some shapes that are no codes
        return "", np.zeros((0, 2), np.float32)
    return str(text), np.asarray(corners, np.float32).reshape(-1, 2) if found else np.zeros((0, 2), np.float32)


def _every() -> Iterator[tuple[int, float]]:
    return ((way, scale) for scale in _SCALES for way in range(4))


def _grey(image: NDArray[Any], way: int) -> NDArray[np.uint8]:
    """Give the image in 8 bits: 0 of full scale, 1 of its own range, 2 cut at 1 and 99 %, 3 that sharpened."""
    import cv2

    numbers = np.nan_to_num(image.astype(np.float32))
    if way == 0:
        full = 65536.0 if image.dtype == np.uint16 else float(numbers.max()) or 1.0
        return (numbers * (256.0 / full)).clip(0, 255).astype(np.uint8)
    if way == 1:
        return _stretched(numbers, float(numbers.min()), float(numbers.max()))
    low, high = (float(value) for value in np.percentile(numbers[::4, ::4], (1.0, 99.0)))
    cut = _stretched(numbers, low, high)
    if way == CUT:
        return cut
    soft = np.asarray(cv2.GaussianBlur(cut, (0, 0), 2.0), np.float32)
    return np.clip(cut.astype(np.float32) * 1.8 - soft * 0.8, 0, 255).astype(np.uint8)


def _stretched(numbers: NDArray[np.float32], low: float, high: float) -> NDArray[np.uint8]:
    return np.clip((numbers - low) * (255.0 / max(high - low, 1e-12)), 0, 255).astype(np.uint8)


def likeness_in(image: NDArray[Any], other: NDArray[Any], code: Code) -> Code | None:
    """
    Find again, in the image of one band, the code that was read in that of another, by what it looks like.

    Args:
        image, other: undistorted, same shape.
        code: in `other`.

    Returns:
        The code where the likeness (normalised correlation) is above 0.6; None elsewhere.
    """
    import cv2

    corners = np.array(code.corners)
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.ceil(corners.max(axis=0)).astype(int)
    patch = _grey(other, CUT)[low[1] : high[1], low[0] : high[0]]
    if min(patch.shape, default=0) < 16:
        return None
    score = cv2.matchTemplate(_grey(image, CUT), patch, cv2.TM_CCOEFF_NORMED)
    _, best, _, place = cv2.minMaxLoc(score)
    if best < _LIKE:
        return None
    step = np.array(place) - low
    return Code(code.text, tuple((float(x + step[0]), float(y + step[1])) for x, y in code.corners))


def areas_beside(code: Code) -> list[tuple[Point, ...]]:
    """
    Say where the panel may lie from its code: one place for the older panels, four for the newer ones.

    Returns:
        Four corners of each area, in pixels.
    """
    corners = np.array(code.corners)
    middle = corners.mean(axis=0)
    down = ((corners[3] - corners[0]) + (corners[2] - corners[1])) / 2.0
    right = ((corners[1] - corners[0]) + (corners[2] - corners[3])) / 2.0
    if code.version < NEWER:
        return [_area(middle + FAR * down, down, right, NEAR)]
    ways = (down, -down, right, -right)
    return [_area(middle + FAR_NEW * way, down, right, NEAR_NEW) for way in ways]


def _area(
    middle: NDArray[np.float64], down: NDArray[np.float64], right: NDArray[np.float64], half: float
) -> tuple[Point, ...]:
    signs = ((-1, -1), (-1, 1), (1, 1), (1, -1))
    corners = [middle + half * (a * down + b * right) for a, b in signs]
    return tuple((float(x), float(y)) for x, y in corners)
