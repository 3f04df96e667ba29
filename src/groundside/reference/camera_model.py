"""
How the pixels of a camera and the directions that they look in belong together.

A camera's axes: x to the right of the image, y down the image, z forward, into the scene. Pixels are counted from the
outer corner of the upper left pixel, x to the right and y down: an image spans 0 to its width and 0 to its height, and
the middle of the first pixel is (0.5, 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FORWARD_BODY: Floats = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""Camera to body (forward, right, down) of a camera that looks forward when pitch and roll are 0."""
NADIR_BODY: Floats = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""The same of a camera that then looks straight down, with the top of its image forward."""
NED_TO_ENU: Floats = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])

_ROUNDS = 30
_EXACT = 1e-13
_NOTHING = 1e-12
"""A term of the distortion smaller than this changes no pixel, and would overflow the search for its fold."""


@dataclass(frozen=True, slots=True)
class Lens:
    """
    A lens and the image that it makes.

    Args:
        width_px, height_px: of the image that all else here is in pixels of.
        focal_px: focal lengths along x and y.
        centre_px: where the optical axis meets the image, x and y from its upper left corner.
        distortion: k1, k2, p1, p2, k3 of Brown's model; zeros for none.
    """

    width_px: float
    height_px: float
    focal_px: tuple[float, float]
    centre_px: tuple[float, float]
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)

    def directions(self, pixels: ArrayLike) -> Floats:
        """
        Say which way each of many pixels looks.

        Args:
            pixels: x and y, shape (2, n).

        Returns:
            Unit vectors on the camera's axes, shape (3, n); NaN where the distortion has no inverse, which happens
            outside the part of the image that the lens was calibrated for, and where a focal length is next to nothing.
        """
        x, y = np.asarray(pixels, np.float64)
        plane = undistorted(
            (x - self.centre_px[0]) / self.focal_px[0], (y - self.centre_px[1]) / self.focal_px[1], self
        )
        toward = np.vstack([plane, np.ones(plane.shape[1])])
        with np.errstate(over="ignore", invalid="ignore"):
            length = np.linalg.norm(toward, axis=0)
            return np.where(np.isfinite(length), toward / length, np.nan)

    def pixels(self, points: ArrayLike) -> Floats:
        """
        Say where points appear in the image.

        Args:
            points: on the camera's axes, shape (3, n), any length unit.

        Returns:
            x and y, shape (2, n), inside the image or out of it; NaN where the point is not in front of the camera, or
            so far aside that the distortion turns back on itself.
        """
        x, y, z = np.asarray(points, np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            plane = np.where(z > 0.0, np.vstack([x, y]) / z, np.nan)
        u, v, turned = _distorted(plane[0], plane[1], self.distortion)
        u, v = np.where(turned > 0.0, u, np.nan), np.where(turned > 0.0, v, np.nan)
        return np.vstack([u * self.focal_px[0] + self.centre_px[0], v * self.focal_px[1] + self.centre_px[1]])


def undistorted(u: Floats, v: Floats, lens: Lens) -> Floats:
    """
    Find where a pinhole would have shown what a lens shows at (u, v); Newton's method in both coordinates at once.

    Args:
        u, v: distances from the optical axis divided by the focal length, n each.
        lens: whose distortion it is.

    Returns:
        The same without distortion, shape (2, n); NaN where there is no answer on this side of the radius at which the
        distorted image turns back.
    """
    x, y = u.copy(), v.copy()
    if not any(lens.distortion):
        return np.vstack([x, y])
    for _ in range(_ROUNDS):
        seen_u, seen_v, _ = _distorted(x, y, lens.distortion)
        off_u, off_v = seen_u - u, seen_v - v
        if not np.any(np.abs(off_u) + np.abs(off_v) > _EXACT):
            break
        a, b, d = _slopes(x, y, lens.distortion)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            turned = a * d - b * b
            x, y = x - (d * off_u - b * off_v) / turned, y - (a * off_v - b * off_u) / turned
    seen_u, seen_v, turned = _distorted(x, y, lens.distortion)
    with np.errstate(invalid="ignore"):
        good = (np.hypot(seen_u - u, seen_v - v) < 1e-9) & (turned > 0.0)
    return np.where(good, np.vstack([x, y]), np.nan)


def _distorted(x: Floats, y: Floats, terms: tuple[float, ...]) -> tuple[Floats, Floats, Floats]:
    """
    Give where a lens shows what a pinhole would show at (x, y), and how much it turns: not above 0 past the fold.

    The fold is that of the radial part, looked for on the whole way from the axis.

    Source: D. C. Brown 1966, "Decentering distortion of lenses", Photogrammetric Engineering 32 (3), 444-462; signs and
    order as in OpenCV's `projectPoints`, to which the maker of `DewarpData` refers (DJI, "Mavic 3M Image Processing
    Guide" v1.0, 2023, step 2).
    """
    k1, k2, p1, p2, k3 = terms
    with np.errstate(over="ignore", invalid="ignore"):
        square = x * x + y * y
        radial = 1.0 + square * (k1 + square * (k2 + square * k3))
        u = x * radial + 2.0 * p1 * x * y + p2 * (square + 2.0 * x * x)
        v = y * radial + p1 * (square + 2.0 * y * y) + 2.0 * p2 * x * y
    return u, v, _fold_square(k1, k2, k3) - square


@lru_cache(maxsize=1024)
def _fold_square(k1: float, k2: float, k3: float) -> float:
    """Find the square of the radius at which r (1 + k1 r² + k2 r⁴ + k3 r⁶) stops growing; infinite where never."""
    terms = np.array([7.0 * k3, 5.0 * k2, 3.0 * k1, 1.0])
    roots = np.roots(np.where(np.abs(terms) < _NOTHING, 0.0, terms))
    real = roots.real[(np.abs(roots.imag) < 1e-12) & (roots.real > 0.0)]
    return float(real.min()) if real.size else np.inf


def _slopes(x: Floats, y: Floats, terms: tuple[float, ...]) -> tuple[Floats, Floats, Floats]:
    """Differentiate the distorted point: du/dx, du/dy (which is dv/dx too), dv/dy."""
    k1, k2, p1, p2, k3 = terms
    with np.errstate(over="ignore", invalid="ignore"):
        square = x * x + y * y
        radial = 1.0 + square * (k1 + square * (k2 + square * k3))
        rate = 2.0 * (k1 + square * (2.0 * k2 + square * 3.0 * k3))
        along_x = radial + x * x * rate + 2.0 * p1 * y + 6.0 * p2 * x
        along_y = radial + y * y * rate + 6.0 * p1 * y + 2.0 * p2 * x
        crossed = x * y * rate + 2.0 * p1 * x + 2.0 * p2 * y
    return along_x, crossed, along_y


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float, *, looks_down: bool = False) -> Floats:
    """
    Turn a camera's axes into east, north, up.

    Args:
        yaw_deg: from true north, clockwise.
        pitch_deg: up is positive.
        roll_deg: right side down is positive.
        looks_down: the camera looks straight down when pitch and roll are 0, else to the horizon.

    Returns:
        The matrix N Rz(yaw) Ry(pitch) Rx(roll) B, shape (3, 3), which turns a vector on the camera's axes into one of
        east, north, up. A roll of 180 degrees at nadir needs no rule of its own: it turns the image, not the view.

    Source: DJI 2023, "Mavic 3M Image Processing Guide" v1.0, table of XMP fields: gimbal angles are in north, east,
    down, and turn in the order z, y, x.
    """
    body = NADIR_BODY if looks_down else FORWARD_BODY
    return NED_TO_ENU @ _about_z(yaw_deg) @ _about_y(pitch_deg) @ _about_x(roll_deg) @ body


def turning_axes(yaw_deg: float, pitch_deg: float) -> Floats:
    """
    Give the axes about which a camera turns by a little more yaw, pitch and roll.

    Returns:
        Unit vectors of east, north, up as columns, shape (3, 3): about down, about the right that yaw leaves, about
        the forward that yaw and pitch leave.
    """
    yawed = _about_z(yaw_deg)
    pitched = yawed @ _about_y(pitch_deg)
    return NED_TO_ENU @ np.column_stack([np.array([0.0, 0.0, 1.0]), yawed[:, 1], pitched[:, 0]])


def _about_x(degrees: float) -> Floats:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def _about_y(degrees: float) -> Floats:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def _about_z(degrees: float) -> Floats:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def meridian_convergence_deg(lon: float, lat: float, crs: str) -> float:
    """
    Say by how much true north lies off the north of a map's grid: grid azimuth = true azimuth - convergence.

    Args:
        lon, lat: degrees.
        crs: of the map, as PROJ names it: "EPSG:32651".

    Returns:
        Degrees; positive where grid north lies clockwise (east) of true north.
    """
    from pyproj import Proj

    return float(Proj(crs).get_factors(lon, lat).meridian_convergence)


def on_grid(turn: Floats, convergence_deg: float) -> Floats:
    """Turn a camera's matrix for east, north, up into one for a map's grid, whose north lies off by the convergence."""
    c, s = np.cos(np.radians(convergence_deg)), np.sin(np.radians(convergence_deg))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ turn
