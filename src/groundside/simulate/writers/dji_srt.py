"""
Write the subtitles that DJI cameras put beside a video, in the dialects of several generations.

Each dialect's words, spaces and number of decimals after real files of that generation. Wall clocks are
those of the controller: local time, no zone said. Coordinates before the first fix are zero, as the cameras
write them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.truth import Truth

Floats = NDArray[np.float64]


class Dialect(StrEnum):
    """Which generation of cameras; the last three say GPS(lon, lat, satellites)."""

    MAVIC_3 = "mavic_3"
    AIR_2S = "air_2s"
    MAVIC_2 = "mavic_2"
    MAVIC_PRO = "mavic_pro"
    PHANTOM_4 = "phantom_4"
    PHANTOM_4_RTK = "phantom_4_rtk"


@dataclass(frozen=True, slots=True)
class Video:
    """
    What was filmed of a flight.

    Args:
        dialect: of the subtitles.
        begin_s: after the first sample of the truth.
        length_s: of the video; cut where the truth ends.
        rate_hz: cues a second: 1 in the old dialects, the frame rate in the newer ones.
        first_cue: number of the first cue, 0 or 1.
    """

    dialect: Dialect = Dialect.MAVIC_3
    begin_s: float = 20.0
    length_s: float = 120.0
    rate_hz: float = 30.0
    first_cue: int = 1


@dataclass(frozen=True, slots=True)
class Subtitles:
    """
    Written subtitles and the truth of each cue; positions are NaN before the first fix.

    Args:
        content: the file.
        time_us: UTC of each cue.
        utc_offset_s: what the wall clock is ahead of UTC, which the file does not say.
    """

    content: bytes
    time_us: NDArray[np.int64]
    utc_offset_s: float
    lon: Floats
    lat: Floats
    height_m: Floats


@dataclass(frozen=True, slots=True)
class _Cue:
    """What one cue may say."""

    number: int
    apart_ms: int
    wall: datetime
    lon: float
    lat: float
    home_lon: float
    home_lat: float
    height: float
    altitude: float
    home_altitude: float
    satellites: int
    away: float
    speed: float
    climb: float
    roll: float
    pitch: float
    yaw: float
    gimbal: float


def write(truth: Truth, video: Video) -> Subtitles:
    """
    Write the subtitles of a video. The first cue says in a line of its own that it is simulated.

    The zone of the wall clock is that of the field the truth took place in.
    """
    end = min(truth.duration_s, video.begin_s + video.length_s)
    count = max(1, int((end - video.begin_s) * video.rate_hz))
    offset_us = np.round((video.begin_s + np.arange(count) / video.rate_hz) * 1e6).astype(np.int64)
    time_us = truth.time_us[0] + offset_us
    start = datetime.fromtimestamp(int(time_us[0]) // 1_000_000, UTC)
    ahead = ZoneInfo(truth.field.zone).utcoffset(start.astimezone(ZoneInfo(truth.field.zone)).replace(tzinfo=None))
    shift = ahead or timedelta(0)
    values = _sampled(truth, time_us)
    say = _SPEAKERS[video.dialect]
    lines = [
        f"{i + video.first_cue}\n{_clock(i, video)}\n{say(cue)}\n" + (f"{MARK}\n" if i == 0 else "") + "\n"
        for i, cue in enumerate(_cues(truth, video, time_us, shift, values))
    ]
    known = values["lon"], values["lat"], values["height"]
    return Subtitles("".join(lines).encode(), time_us, shift.total_seconds(), *known)


def _sampled(truth: Truth, time_us: NDArray[np.int64]) -> dict[str, Floats]:
    yaw = np.unwrap(truth.yaw_deg, period=360.0)
    columns = {
        "lon": truth.lon, "lat": truth.lat, "height": truth.height_m, "altitude": truth.altitude_m,
        "vn": truth.vn_mps, "ve": truth.ve_mps, "vd": truth.vd_mps, "roll": truth.roll_deg,
        "pitch": truth.pitch_deg, "yaw": yaw, "gimbal": truth.gimbal_pitch_deg,
        "satellites": truth.satellites.astype(np.float64),
    }  # fmt: skip
    return {k: np.interp(time_us, truth.time_us, v) for k, v in columns.items()}


def _cues(
    truth: Truth, video: Video, time_us: NDArray[np.int64], shift: timedelta, values: dict[str, Floats]
) -> list[_Cue]:
    home, metres = truth.home, 111_320.0
    east = (values["lon"] - home.lon) * metres * np.cos(np.radians(home.lat))
    away = np.nan_to_num(np.hypot(east, (values["lat"] - home.lat) * metres))
    speed = np.hypot(values["vn"], values["ve"])
    epoch = datetime(1970, 1, 1) + shift
    lon, lat = np.nan_to_num(values["lon"]), np.nan_to_num(values["lat"])
    yaw = np.mod(values["yaw"] + 180.0, 360.0) - 180.0
    return [
        _Cue(
            number=i + video.first_cue, apart_ms=round(1000.0 / video.rate_hz),
            wall=epoch + timedelta(microseconds=int(t)), lon=lon[i], lat=lat[i],
            home_lon=home.lon if lon[i] else 0.0, home_lat=home.lat if lon[i] else 0.0,
            height=values["height"][i], altitude=values["altitude"][i], home_altitude=truth.field.altitude_m,
            satellites=round(values["satellites"][i]), away=away[i], speed=speed[i], climb=-values["vd"][i],
            roll=values["roll"][i], pitch=values["pitch"][i], yaw=yaw[i], gimbal=values["gimbal"][i],
        )
        for i, t in enumerate(time_us)
    ]  # fmt: skip


def _clock(index: int, video: Video) -> str:
    return f"{_moment(index / video.rate_hz)} --> {_moment((index + 1) / video.rate_hz)}"


def _moment(seconds: float) -> str:
    ms = int(seconds * 1000.0 + 1e-6)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def _date(wall: datetime) -> str:
    return f"{wall:%Y-%m-%d %H:%M:%S}"


def _mavic_3(c: _Cue) -> str:
    return (
        f'<font size="28">FrameCnt: {c.number}, DiffTime: {c.apart_ms}ms\n'
        f"{_date(c.wall)}.{c.wall.microsecond // 1000:03}\n"
        f"[iso: 110] [shutter: 1/2000.0] [fnum: 2.8] [ev: 0] [ct: 5500] "
        f"[color_md : default] [focal_len: 24.00] "
        f"[latitude: {c.lat:.6f}] [longitude: {c.lon:.6f}] "
        f"[rel_alt: {c.height:.3f} abs_alt: {c.altitude:.3f}] </font>"
    )


def _air_2s(c: _Cue) -> str:
    return (
        f'<font size="36">SrtCnt : {c.number}, DiffTime : {c.apart_ms}ms\n'
        f"{_date(c.wall)},{c.wall.microsecond // 1000:03},{c.wall.microsecond % 1000:03}\n"
        f"[iso : 100] [shutter : 1/1000.0] [fnum : 280] [ev : 0] [ct : 5300] "
        f"[color_md : default] [focal_len : 240] "
        f"[latitude: {c.lat:.6f}] [longitude: {c.lon:.6f}] [altitude: {c.altitude:.6f}] </font>"
    )


def _mavic_2(c: _Cue) -> str:
    return (
        f'<font size="36">FrameCnt : {c.number}, DiffTime : {c.apart_ms}ms\n'
        f"{_date(c.wall)},{c.wall.microsecond // 1000:03},{c.wall.microsecond % 1000:03}\n"
        f"[iso : 100] [shutter : 1/1000.0] [fnum : 280] [ev : 0] [ct : 5300] "
        f"[color_md : default] [focal_len : 280] "
        f"[latitude : {c.lat:.6f}] [longtitude : {c.lon:.6f}] </font>"
    )


def _mavic_pro(c: _Cue) -> str:
    return (
        f"HOME({c.home_lon:.4f},{c.home_lat:.4f}) {c.wall:%Y.%m.%d %H:%M:%S}\n"
        f"GPS({c.lon:.4f},{c.lat:.4f},{c.satellites}) BAROMETER:{c.height:.1f}\n"
        f"ISO:100 Shutter:60 EV: Fnum:2.2"
    )


def _phantom_4(c: _Cue) -> str:
    return (
        f"F/5.6, SS 640, ISO 100, EV 0, GPS ({c.lon:.4f}, {c.lat:.4f}, {c.satellites}), D {c.away:.2f}m, "
        f"H {c.height:.2f}m, H.S {c.speed:.2f}m/s, V.S {c.climb:.2f}m/s "
    )


def _phantom_4_rtk(c: _Cue) -> str:
    return (
        f"F/5.6, SS 640, ISO 100, EV +0.0, GPS ({c.lon:.6f}, {c.lat:.6f}, {c.satellites}), "
        f"HOME ({c.home_lon:.6f}, {c.home_lat:.6f}, {c.home_altitude:.2f}m), D {c.away:.2f}m, "
        f"H {c.height:.2f}m, H.S {c.speed:.2f}m/s, V.S {c.climb:.2f}m/s, "
        f"F.PRY ({c.pitch:.1f}°, {c.roll:.1f}°, {c.yaw:.1f}°), "
        f"G.PRY ({c.gimbal:.1f}°, 0.0°, {c.yaw:.1f}°)"
    )


_SPEAKERS: dict[Dialect, Callable[[_Cue], str]] = {
    Dialect.MAVIC_3: _mavic_3,
    Dialect.AIR_2S: _air_2s,
    Dialect.MAVIC_2: _mavic_2,
    Dialect.MAVIC_PRO: _mavic_pro,
    Dialect.PHANTOM_4: _phantom_4,
    Dialect.PHANTOM_4_RTK: _phantom_4_rtk,
}
