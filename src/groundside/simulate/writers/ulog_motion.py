"""Attitude, acceleration and local position of a simulated flight, as PX4 counts them: north, east, down; SI units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.motion import GRAVITY_MPS2, STEP_S
from groundside.simulate.truth import Truth
from groundside.simulate.writers.mavlink_state import moments

Floats = NDArray[np.float64]

EARTH_RADIUS_M = 6_371_000.0
"""Of the sphere on which PX4 projects positions (CONSTANTS_RADIUS_OF_EARTH in its src/lib/geo/geo.h)."""
IMPACT_S = 0.05
"""How long a hard landing takes to stop the fall. Assumed."""


def quaternions(roll_deg: Floats, pitch_deg: Floats, yaw_deg: Floats) -> Floats:
    """
    Rotation from the body (forward, right, down) to north, east, down; shape (samples, 4), w x y z.

    The product of three rotations by half the angles: yaw about down, then pitch about right, then roll about forward.
    """
    roll, pitch, yaw = (np.radians(x) / 2.0 for x in (roll_deg, pitch_deg, yaw_deg))
    cr, cp, cy, sr, sp, sy = *map(np.cos, (roll, pitch, yaw)), *map(np.sin, (roll, pitch, yaw))
    parts = (
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    )
    return np.stack(parts, axis=1)


def acceleration(truth: Truth) -> Floats:
    """
    Specific force in the body's axes (forward, right, down), shape (samples, 3): about (0, 0, -g) at rest.

    A hard landing adds what stops its fall within `IMPACT_S`.
    """
    change = [np.gradient(v, STEP_S) for v in (truth.vn_mps, truth.ve_mps, truth.vd_mps)]
    force = np.stack([change[0], change[1], change[2] - GRAVITY_MPS2], axis=1)
    out = _into_body(quaternions(truth.roll_deg, truth.pitch_deg, truth.yaw_deg), force)
    for at, fall in moments(truth, "hard_landing"):
        out[at, 2] -= abs(fall) / IMPACT_S
    return out


def _into_body(q: Floats, vectors: Floats) -> Floats:
    """Rotate from north, east, down into the body: v + 2u x (u x v + wv), with the vector part u reversed."""
    w, u = q[:, :1], -q[:, 1:]
    return vectors + 2.0 * np.cross(u, np.cross(u, vectors) + w * vectors)


def local_position(truth: Truth) -> tuple[Floats, Floats]:
    """
    Metres north and east of home; NaN without a position.

    Source: MapProjection::project in PX4's src/lib/geo/geo.cpp: azimuthal equidistant, on a sphere.
    """
    lat, lat0 = np.radians(truth.lat), np.radians(truth.home.lat)
    east = np.radians(truth.lon - truth.home.lon)
    cosine = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(east)
    away = np.arccos(np.clip(cosine, -1.0, 1.0))
    scale = EARTH_RADIUS_M * np.where(away > 0.0, away / np.where(away > 0.0, np.sin(away), 1.0), 1.0)
    north = np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(east)
    return scale * north, scale * np.cos(lat) * np.sin(east)
