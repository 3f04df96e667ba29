"""
Write what a ground station records of a MAVLink link: a telemetry log (.tlog), or the bare bytes (.raw).

A telemetry log puts the time of receipt before each frame: the ground station's clock, microseconds since 1970,
big-endian, as QGroundControl and MAVProxy write it. The vehicle's own UTC is in SYSTEM_TIME alone.

Source: MAVLink Developer Guide, https://mavlink.io/en/guide/serialization.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.motion import RATE_HZ
from groundside.simulate.truth import Truth
from groundside.simulate.writers import mavlink_messages as messages
from groundside.simulate.writers import mavlink_state as state
from groundside.simulate.writers.interleave import SLOTS
from groundside.simulate.writers.mavlink_frames import Flags, Frames, Ints, Sent, Wire, frames
from groundside.simulate.writers.mavlink_messages import payloads
from groundside.simulate.writers.mavlink_said import occasional
from groundside.simulate.writers.mavlink_state import Rows
from groundside.simulate.writers.mavlink_vehicle import COMPONENT, SYSTEM, Autopilot, Vehicle, streams
from groundside.simulate.writers.ulog_motion import quaternions

STATION, RADIO, GIMBAL = (255, 190), (51, 68), (SYSTEM, 154)
"""System and component: ground station, telemetry radio, gimbal."""
SECRET = bytes(range(32))
"""The key that signed frames are signed with."""
SPREAD_US = 150
"""From one frame of a sample to the next."""
_GCS_TYPE, _GIMBAL_TYPE, _NO_AUTOPILOT, _ACTIVE = 6, 26, 8, 4
_LOCKED_TO_EARTH = 16 | 64
_SWITCH_SAMPLE = 8 * RATE_HZ
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Link:
    """
    The link and who is on it.

    Args:
        autopilot: "ardupilot" or "px4".
        protocol: version 1 or 2 of MAVLink, or "mixed": 1 for the first eight seconds, as a vehicle that does not yet
            know its ground station speaks.
        signed: frames of version 2 bear a signature.
        private: a message that no public dialect knows, each second.
        station, radio, gimbal: whether these are heard too.
        boot_ms: what the vehicle's clock since boot says at the first sample.
        utc: whether the vehicle ever learns UTC; if not, there is the ground station's clock alone.
        station_ahead_s: how much the ground station's clock is ahead of UTC, besides any "clock_jump".
        loss: share of the vehicle's frames that never arrive, besides all those while the link is lost.
    """

    autopilot: Autopilot = "ardupilot"
    protocol: Literal[1, 2, "mixed"] = 2
    signed: bool = False
    private: bool = False
    station: bool = True
    radio: bool = True
    gimbal: bool = False
    boot_ms: int = 31_406
    utc: bool = True
    station_ahead_s: float = 0.0
    loss: float = 0.0


def write_tlog(truth: Truth, seed: int = 0, options: Link | None = None) -> bytes:
    """
    Write a telemetry log.

    Positions are rounded to 1e-7 degree and come ten times a second, as attitude does; receiver and air data five
    times, batteries twice.

    Args:
        truth: what happened.
        seed: decides which frames are lost and what the private message holds.
        options: the link and who is on it.
    """
    link = options or Link()
    framed = _frames(truth, seed, link)
    stamps = _received_us(truth, framed.order, link).astype(">u8").view(np.uint8).reshape(-1, 8)
    return _joined(np.concatenate([stamps, framed.rows], axis=1), framed.lengths + 8)


def write_raw(truth: Truth, seed: int = 0, options: Link | None = None) -> bytes:
    """Write the frames alone, without the times of receipt; otherwise as `write_tlog`."""
    framed = _frames(truth, seed, options or Link())
    return _joined(framed.rows, framed.lengths)


def _joined(rows: NDArray[np.uint8], lengths: Ints) -> bytes:
    return rows[np.arange(rows.shape[1]) < lengths[:, None]].tobytes()


def _frames(truth: Truth, seed: int, link: Link) -> Frames:
    rng = np.random.default_rng(seed)
    vehicle = Vehicle(truth, link.autopilot, (truth.time_us - truth.start_us) // 1000 + link.boot_ms, link.utc)
    old_until = {1: _NEVER, 2: 0, "mixed": _SWITCH_SAMPLE * SLOTS}[link.protocol]
    lost = state.during(truth, "link_lost")

    def received(system: Ints, order: Ints) -> Flags:
        gone = lost[order // SLOTS] | (rng.random(len(order)) < link.loss)
        return ~(gone & (system == SYSTEM))

    def sent_us(order: Ints) -> Ints:
        return _sent_us(truth, order)

    sent = [*streams(vehicle), *occasional(vehicle), *_others(vehicle, link, rng)]
    return frames(sent, Wire(old_until, received, SECRET if link.signed else b"", sent_us))


def _sent_us(truth: Truth, order: Ints) -> Ints:
    return truth.time_us[order // SLOTS] + order % SLOTS * SPREAD_US


def _received_us(truth: Truth, order: Ints, link: Link) -> Ints:
    ahead = truth.recorder_clock_us - truth.time_us + round(link.station_ahead_s * 1e6)
    return _sent_us(truth, order) + ahead[order // SLOTS]


def _others(vehicle: Vehicle, link: Link, rng: np.random.Generator) -> Iterator[Sent]:
    every = np.arange(len(vehicle.truth))
    if link.station:
        yield _alive(STATION, every[::10], _GCS_TYPE, 40)
    if link.radio:
        yield _radio(vehicle, every[::10])
    if link.gimbal:
        yield _alive(GIMBAL, every[::10], _GIMBAL_TYPE, 42)
        yield _gimbal(vehicle, every[::2])
    if link.private:
        message = messages.PRIVATE[1 if link.protocol == 1 else 2]
        data = rng.integers(1, 256, (len(every[::10]), 24), np.uint8)
        order = every[::10].astype(np.int64) * SLOTS + 44
        yield Sent(SYSTEM, COMPONENT, message, order, data)


def _alive(sender: tuple[int, int], rows: Rows, kind: int, slot: int) -> Sent:
    columns = {"type": kind, "autopilot": _NO_AUTOPILOT, "system_status": _ACTIVE, "mavlink_version": 3}
    order = rows.astype(np.int64) * SLOTS + slot
    return Sent(*sender, messages.HEARTBEAT, order, payloads(messages.HEARTBEAT, columns, len(rows), 2))


def _radio(vehicle: Vehicle, rows: Rows) -> Sent:
    t = vehicle.truth
    lost = state.during(t, "link_lost")
    strength = t.link_percent[rows] * 2.1 + 30.0
    columns = {
        "rssi": strength, "remrssi": np.where(lost[rows], 0.0, strength - 6.0), "txbuf": 100, "noise": 42,
        "remnoise": 45, "rxerrors": np.minimum(np.cumsum(lost), 65_535)[rows], "fixed": 0,
    }  # fmt: skip
    order = rows.astype(np.int64) * SLOTS + 41
    return Sent(*RADIO, messages.RADIO_STATUS, order, payloads(messages.RADIO_STATUS, columns, len(rows), 2))


def _gimbal(vehicle: Vehicle, rows: Rows) -> Sent:
    t = vehicle.truth
    level = np.zeros(len(rows))
    columns = {
        "time_boot_ms": vehicle.boot_ms[rows], "flags": _LOCKED_TO_EARTH, "gimbal_device_id": GIMBAL[1],
        "q": quaternions(level, t.gimbal_pitch_deg[rows], t.gimbal_yaw_deg[rows]),
    }  # fmt: skip
    message = messages.GIMBAL_DEVICE_ATTITUDE_STATUS
    return Sent(*GIMBAL, message, rows.astype(np.int64) * SLOTS + 43, payloads(message, columns, len(rows), 2))
