"""The recording and the track of a decoded subtitle file."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from groundside.decode.formats.dji_srt.times import integers_of, times_of
from groundside.decode.formats.dji_srt.values import local_text
from groundside.model.decoded import Decoded
from groundside.model.place import LonLat
from groundside.model.recording import Recording, TimeBasis
from groundside.model.table import Column
from groundside.model.track import Track, track_of


def make_recording(decoded: Decoded) -> Recording:
    """Sum a subtitle file up: a wall clock without a zone at best, never UTC."""
    cues = decoded.tables["cues"]
    times, kept, _ = times_of(cues)
    basis = _basis(cues, len(times))
    said = decoded.facts.get("inferences")
    return Recording(
        time_basis=basis,
        duration_s=float(times.max() - times.min()) / 1e6 if len(times) else None,
        local_start=_local_start(cues, times, kept) if basis is TimeBasis.LOCAL else "",
        home=_home(cues),
        rows_expected=cues.num_rows,
        inferences=tuple(str(s) for s in said) if isinstance(said, list) else (),
    )


def make_track(decoded: Decoded) -> Track | None:
    """Make the track, one row a cue that has a time; None where no cue says where anything was."""
    cues = decoded.tables["cues"]
    times, kept, how = times_of(cues)
    columns = _columns(cues, decoded.facts.get("barometer_is_height") is True)
    if not len(times) or not any(np.isfinite(np.asarray(c.values, np.float64)).any() for c in columns.values()):
        return None
    order = np.flatnonzero(kept)[np.argsort(times, kind="stable")]
    sorted_columns = {n: Column(np.asarray(c.values)[order], c.unit, c.origin) for n, c in columns.items()}
    sorted_columns["time_us"] = Column(_rising(np.sort(times)), "us", how)
    satellites = cues.column("satellites").combine_chunks().take(pa.array(order, pa.int64()))
    sorted_columns["satellites"] = Column(satellites, "", "third number of the position")
    return track_of(sorted_columns, _basis(cues, len(times)))


def _home(cues: pa.Table) -> LonLat | None:
    lon, lat = _floats(cues, "home_lon"), _floats(cues, "home_lat")
    known = np.isfinite(lon) & np.isfinite(lat)
    first = int(known.argmax()) if len(known) else 0
    return LonLat(float(lon[first]), float(lat[first])) if known.any() else None


def _rising(times: np.ndarray) -> np.ndarray:
    """Set cues of one time a microsecond apart, in the order of the file."""
    steps = np.arange(len(times))
    return np.maximum.accumulate(times - steps) + steps


def _basis(cues: pa.Table, timed: int) -> TimeBasis:
    if cues.column("wall_clock_us").null_count < cues.num_rows:
        return TimeBasis.LOCAL
    return TimeBasis.BOOT if timed else TimeBasis.NONE


def _local_start(cues: pa.Table, times: np.ndarray, kept: np.ndarray) -> str:
    walls, has_wall = integers_of(cues, "wall_clock_us")
    first = int(np.flatnonzero(has_wall)[0])
    at = np.flatnonzero(kept)
    here = int(np.searchsorted(at, first))
    if here == len(at) or at[here] != first:
        return local_text(int(walls[first]), 0)
    return local_text(int(walls[first]) - int(times[here] - times.min()), int(np.ptp(times)))


def _columns(cues: pa.Table, barometer_is_height: bool) -> dict[str, Column]:
    height, height_origin = _height(cues, barometer_is_height)
    yaw, gimbal_yaw = _floats(cues, "yaw_deg"), _floats(cues, "gimbal_yaw_deg")
    return {
        "lon": Column(_floats(cues, "lon"), "deg", "cues.lon"),
        "lat": Column(_floats(cues, "lat"), "deg", "cues.lat"),
        "height_m": Column(height, "m", height_origin),
        "altitude_m": Column(_floats(cues, "abs_alt_m"), "m", "abs_alt: as DJI states it, reference not verified"),
        "roll_deg": Column(_floats(cues, "roll_deg"), "deg", "cues.roll_deg"),
        "pitch_deg": Column(_floats(cues, "pitch_deg"), "deg", "cues.pitch_deg"),
        "yaw_deg": Column(np.mod(yaw, 360.0), "deg", "cues.yaw_deg, brought to 0 to 360"),
        "gimbal_pitch_deg": Column(_floats(cues, "gimbal_pitch_deg"), "deg", "cues.gimbal_pitch_deg"),
        "gimbal_yaw_deg": Column(np.mod(gimbal_yaw, 360.0), "deg", "cues.gimbal_yaw_deg, brought to 0 to 360"),
    }


def _height(cues: pa.Table, barometer_is_height: bool) -> tuple[np.ndarray, str]:
    choices = [("rel_alt_m", "rel_alt"), ("height_m", "H: above the home point")]
    if barometer_is_height:
        choices.append(("barometer_m", "BAROMETER, Hb: height by the barometer"))
    for name, origin in choices:
        column = _floats(cues, name)
        if np.isfinite(column).any():
            return column, origin
    return _floats(cues, "rel_alt_m"), ""


def _floats(cues: pa.Table, name: str) -> np.ndarray:
    return np.asarray(cues.column(name).to_numpy(), np.float64)
