"""
Write the timestamps of photos as DJI's RTK aircraft do: Timestamp.MRK.

Columns after DJI's description of the file (as quoted in public programs that read it) and three published samples:
number, second of the GPS week, [GPS week], millimetres from the antenna to the camera to north, east and down,
latitude, longitude and ellipsoidal height of the camera, standard deviations to north, east and up in metres, and the
state of the receiver: 50 fixed, 34 float, 16 single, 0 none. Tabs part the columns, and letters follow values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.missions import Phase
from groundside.simulate.truth import Truth
from groundside.simulate.writers.dataflash_vehicle import gps_time

Floats = NDArray[np.float64]

END = "\n"
FIXED, SINGLE, NONE = 50, 16, 0
_ARM_M = (0.036, 0.0, 0.192)
"""Camera ahead, to the right and below of the antenna, metres; of the size that published samples show."""
_DEVIATIONS_M = {FIXED: (0.011, 0.010, 0.022), SINGLE: (1.10, 1.05, 3.25), NONE: (0.0, 0.0, 0.0)}
_LINE = "%d\t%.6f\t[%d]\t%6d,N\t%6d,E\t%6d,V\t%.8f,Lat\t%.8f,Lon\t%.3f,Ellh\t%.6f, %.6f, %.6f\t%d,Q"


@dataclass(frozen=True, slots=True)
class Camera:
    """
    How to photograph.

    Args:
        spacing_m: path over ground from one photo to the next.
        interval_s: at least so long from one to the next.
        rtk: the receiver has corrections.
        marked: the last line says that the file is simulated; no real file has such a line.
        undulation_m: ellipsoidal height minus height above mean sea level. Made up, and not zero, so that who takes
            the one for the other is found out.
    """

    spacing_m: float = 12.0
    interval_s: float = 0.7
    rtk: bool = True
    marked: bool = True
    undulation_m: float = 37.25


@dataclass(frozen=True, slots=True)
class Exposures:
    """The truth of each photo; positions are those of the camera, NaN without a fix. Heights are ellipsoidal."""

    time_us: NDArray[np.int64]
    lon: Floats
    lat: Floats
    ellipsoidal_m: Floats
    yaw_deg: Floats
    state: NDArray[np.int64]


def write(truth: Truth, seed: int = 0, options: Camera | None = None) -> bytes:
    """
    Write one line for each photo; a photo without a fix has zeros for its place.

    Args:
        truth: what happened.
        seed: draws how long after its sample each photo is taken.
        options: how to photograph.
    """
    chosen = options or Camera()
    taken = exposures(truth, seed, chosen)
    week, ms = gps_time(taken.time_us)
    second = ms / 1000.0 + taken.time_us % 1000 / 1e6
    north, east, down = (np.round(x * 1000.0).astype(np.int64) for x in _arm(taken.yaw_deg))
    deviations = np.array([_DEVIATIONS_M[q] for q in taken.state.tolist()], np.float64).reshape(-1, 3)
    place = (np.nan_to_num(x) for x in (taken.lat, taken.lon, taken.ellipsoidal_m))
    columns = [np.arange(1, len(week) + 1), second, week, north, east, down, *place, *deviations.T, taken.state]
    rows = zip(*(c.tolist() for c in columns), strict=True)
    last = [MARK + END] if chosen.marked else []
    return "".join([*(_LINE % row + END for row in rows), *last]).encode("ascii")


def exposures(truth: Truth, seed: int = 0, camera: Camera | None = None) -> Exposures:
    """Say when and where photos are taken: on the legs of the mission, each some milliseconds after a sample."""
    chosen = camera or Camera()
    rows = _triggered(truth, chosen)
    delay_us = np.random.default_rng(seed).integers(0, 100_000, len(rows))
    time_us = np.minimum(truth.time_us[rows] + delay_us, truth.time_us[-1])
    lon, lat = (np.interp(time_us, truth.time_us, x) for x in (truth.lon, truth.lat))
    height = np.interp(time_us, truth.time_us, truth.altitude_m) + chosen.undulation_m
    yaw = np.interp(time_us, truth.time_us, np.unwrap(truth.yaw_deg, period=360.0))
    known = truth.has_fix[rows] & np.isfinite(lat)
    state = np.where(known, FIXED if chosen.rtk else SINGLE, NONE)
    lon, lat, height = (np.where(known, x, np.nan) for x in (lon, lat, height))
    return Exposures(time_us, lon, lat, height, np.mod(yaw, 360.0), state.astype(np.int64))


def _triggered(truth: Truth, camera: Camera) -> NDArray[np.intp]:
    on_leg = np.flatnonzero((truth.mode == Phase.MISSION.value) & truth.in_air)
    step_m = np.hypot(truth.vn_mps, truth.ve_mps) * np.diff(truth.time_us, prepend=truth.time_us[0]) / 1e6
    path_m = np.cumsum(step_m)
    chosen: list[int] = []
    next_m, next_us = -np.inf, -np.inf
    for row, path, time_us in zip(
        on_leg.tolist(), path_m[on_leg].tolist(), truth.time_us[on_leg].tolist(), strict=True
    ):
        if path >= next_m and time_us >= next_us:
            chosen.append(row)
            next_m, next_us = path + camera.spacing_m, time_us + camera.interval_s * 1e6
    return np.array(chosen, np.intp)


def _arm(yaw_deg: Floats) -> tuple[Floats, Floats, Floats]:
    ahead, right, below = _ARM_M
    yaw = np.radians(yaw_deg)
    north = ahead * np.cos(yaw) - right * np.sin(yaw)
    return north, ahead * np.sin(yaw) + right * np.cos(yaw), np.full(len(yaw_deg), below)
