"""The ground is not between the aircraft and who watches it at home."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.plan.checks.check import Check, Finding, Planned, judged, unknown
from groundside.reference.geodesy import local_metres

Floats = NDArray[np.float64]

NAME = "line_of_sight"
RAYS_AT_ONCE = 500
MOST_RAYS, QUICK_RAYS = 4000, 100
MOST_PLACES, QUICK_PLACES = 400, 60


def run(planned: Planned) -> Finding:
    """Look along a straight line from the watcher's eye to the steps, in steps of a cell of the elevation model."""
    if planned.surface is None:
        return unknown(NAME, "No elevation model was named: add --terrain DEM.tif.")
    every = max(1, len(planned.steps) // (QUICK_RAYS if planned.quick else MOST_RAYS))
    rows = np.arange(0, len(planned.steps), every)
    hidden = np.concatenate([_hidden_m(planned, rows[i : i + RAYS_AT_ONCE]) for i in range(0, len(rows), RAYS_AT_ONCE)])
    at = int(rows[int(hidden.argmax())])
    worst = float(hidden.max())
    rises = f"The ground rises {worst:.0f} m into the line of sight."
    reason = rises if worst > 0.0 else "The ground hides no part of the way."
    return judged(NAME, planned, ok=worst <= 0.0, reason=reason, at=at)


def _hidden_m(planned: Planned, rows: NDArray[np.int64]) -> Floats:
    surface, home, steps = planned.surface, planned.home, planned.steps
    if surface is None:
        return np.zeros(len(rows))
    away = float(np.hypot(steps.east_m[rows], steps.north_m[rows]).max())
    count = int(np.clip(away / max(surface.cell_m, 1.0), 8, QUICK_PLACES if planned.quick else MOST_PLACES))
    share = np.linspace(0.0, 1.0, count + 2)[1:-1]
    lon = home.lon + np.outer(steps.lon[rows] - home.lon, share)
    lat = home.lat + np.outer(steps.lat[rows] - home.lat, share)
    ground = surface.heights_m(lon, lat) - float(surface.heights_m(home.lon, home.lat))
    eye = planned.limits.eye_m
    ray = eye + np.outer(np.maximum(steps.height_m[rows], eye) - eye, share)
    into = np.nan_to_num(ground - ray, nan=-np.inf)
    into[:, np.hypot(*local_metres(lon, lat, planned.home)).max(axis=0) < surface.cell_m] = -np.inf
    return into.max(axis=1)


CHECK = Check(NAME, "Whoever watches the aircraft must see it.", run)
