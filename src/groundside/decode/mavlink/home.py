"""Where home was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.decode.mavlink.anchors import Times
from groundside.decode.mavlink.series import Stream
from groundside.decode.mavlink.states import arming
from groundside.decode.mavlink.track import base_of
from groundside.decode.mavlink.vehicle import ARDUPILOT
from groundside.model.place import LonLat

_ARMING_SETS_HOME_US = 2_000_000
_GLOBAL_FRAMES = (0, 5)
"""MAV_FRAME_GLOBAL and MAV_FRAME_GLOBAL_INT."""


@dataclass(frozen=True, slots=True)
class Home:
    """A home point and how it was found."""

    point: LonLat
    origin: str


def home_of(stream: Stream) -> Home | None:
    """
    Find the home point.

    In this order: HOME_POSITION as it was when first armed (the first one where it never was), item 0 of ArduPilot's
    mission, the first position once armed, the first one at all.
    """
    armed = arming(stream)
    on = armed.time_us[armed.values > 0] if armed is not None else np.zeros(0, np.int64)
    armed_us = int(on[0]) if len(on) else None
    return _stated(stream, armed_us) or _mission(stream) or _first_position(stream, armed_us)


def _stated(stream: Stream, armed_us: int | None) -> Home | None:
    sheet = stream.sheet("HOME_POSITION")
    if sheet is None:
        return None
    lon, lat = sheet["longitude"] * 1e-7, sheet["latitude"] * 1e-7
    rows = np.flatnonzero((lon != 0) | (lat != 0))
    before = (
        rows[stream.times_of("HOME_POSITION")[rows] <= armed_us + _ARMING_SETS_HOME_US]
        if armed_us is not None
        else rows[:1]
    )
    origin = "HOME_POSITION when first armed" if armed_us is not None and len(before) else "the first HOME_POSITION"
    return _point(lon, lat, before[-1:] if len(before) else rows[:1], origin)


def _mission(stream: Stream) -> Home | None:
    if stream.vehicle is None or stream.vehicle.autopilot != ARDUPILOT:
        return None
    for message, scale in (("MISSION_ITEM_INT", 1e-7), ("MISSION_ITEM", 1.0)):
        sheet = stream.sheet(message)
        if sheet is not None:
            item = (sheet["seq"] == 0) & (sheet["mission_type"] == 0)
            rows = np.flatnonzero(item & np.isin(sheet["frame"], _GLOBAL_FRAMES))
            lon, lat = (sheet[axis].astype(np.float64) * scale for axis in "yx")
            home = _point(lon, lat, rows[-1:], f"{message} 0, which is home")
            if home:
                return home
    return None


def _first_position(stream: Stream, armed_us: int | None) -> Home | None:
    base = base_of(stream)
    if base is None:
        return None
    lon, lat = base.values("lon", 1e-7), base.values("lat", 1e-7)
    fixed = np.flatnonzero(base.fix)
    after = _since(base.time_us, fixed, armed_us)
    what = "the first position once armed" if armed_us is not None and len(after) else "the first position"
    return _point(lon, lat, (after if len(after) else fixed)[:1], f"{base.message}, {what}")


def _since(times: Times, rows: npt.NDArray[np.intp], start_us: int | None) -> npt.NDArray[np.intp]:
    return rows if start_us is None else rows[times[rows] >= start_us]


def _point(lon: np.ndarray, lat: np.ndarray, rows: npt.NDArray[np.intp], origin: str) -> Home | None:
    if not len(rows):
        return None
    point = LonLat(float(lon[rows[0]]), float(lat[rows[0]]))
    return Home(point, origin) if point.is_position else None
