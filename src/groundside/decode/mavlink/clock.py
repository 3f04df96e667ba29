"""
What time it was: the clock of the vehicle where it tells it, that of the recorder where not.

Messages that carry the time since the vehicle's start are anchors: whatever stands between two of them in the file
was received between them. A start of the vehicle begins a new session. Where SYSTEM_TIME tells UTC while satellites
were received, boot time becomes UTC by it, and the recorder's own clock is not needed but to be checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from groundside.decode.clock_jumps import clock_jumps
from groundside.decode.mavlink.anchors import (
    Sessions,
    Times,
    device_spread,
    device_times,
    middle_of,
    read_utc,
    sessions_of,
)
from groundside.decode.mavlink.tables import moments_in
from groundside.decode.mavlink.vehicle import Vehicle
from groundside.model.recording import TimeBasis
from groundside.native.mavlink_clock import Anchors
from groundside.native.mavlink_clock import times as timed
from groundside.native.mavlink_plain import EARLIEST_US, LATEST_US

FIX_LAG_S = 0.22
"""How late satellite time may be: the longest lag in `get_lag` of ArduPilot's AP_GPS/AP_GPS_UBLOX.cpp."""
DEVICE_ERROR_S = 2.0
"""How wrong the clock of a ground station is taken to be at least; nothing in a log can confirm it."""
_JUMP_US = 10_000_000
_PARTING_US = 2_000_000
"""Clocks that never part by more than this at once did not jump (`clock_jumps`)."""
_LASTING_US = 4_000_000
"""Less may be a link that lags, though for many records."""
NOT_SAID_US = np.int64(-(1 << 61))
"""In place of the boot time of a record that does not say it: far from all that can be."""


@dataclass(frozen=True, slots=True)
class Jump:
    """The clock of the recorder went another way than the vehicle's: where in the file, and by how much."""

    offset: int
    by_us: int


@dataclass(frozen=True, slots=True)
class Clock:
    """
    The clock of a log.

    Args:
        basis: what its times count.
        error_s: bound on how wrong they may be as UTC; None where they are not.
        at, boot_us, device_us: the anchors: offset in the file, boot time, and time of the recorder.
        starts: index of the first anchor of each session.
        base_us: what to add to the boot time of each session.
        ahead_s: how far the recorder's clock was ahead of UTC by satellites; None where one is unknown.
        jumps: of the recorder's clock.
        has_device: whether there is a recorder's clock at all.
        bridged: sessions without satellite time of their own.
        even: no anchor was passed over, and none is before the one that stands before it.
    """

    basis: TimeBasis
    error_s: float | None
    at: Times
    boot_us: Times
    device_us: Times
    starts: Times
    base_us: Times
    ahead_s: float | None = None
    jumps: Sequence[Jump] = ()
    has_device: bool = True
    bridged: int = 0
    even: bool = False

    def boot(self, at: Times, device_us: Times) -> Times:
        """Give boot time at some places of the file: of the anchor before, plus what the recorder counted since."""
        return timed(self._anchors(None), at, device_us, None, _JUMP_US)

    def times(self, at: Times, device_us: Times, boot_us: Times | None) -> Times:
        """
        Say when some records were.

        Args:
            at: where in the file they are.
            device_us: when the recorder says they were.
            boot_us: when they say themselves that they were sent, since the start of the vehicle; `NOT_SAID_US` where
                they do not. None where none of them does.
        """
        return timed(self._anchors(self.base_us), at, device_us, boot_us, _JUMP_US) if len(self.at) else device_us

    def _anchors(self, base_us: Times | None) -> Anchors:
        return Anchors(self.at, self.boot_us, self.device_us if self.has_device else None, self.starts, base_us)

    def after_tables_us(self) -> int:
        """Say how far the times of the track are after those of the tables, at most of the anchors; 0 without UTC."""
        if not self.basis.is_utc or not len(self.at):
            return 0
        base = self.base_us[self.starts.searchsorted(np.arange(len(self.at)), side="right") - 1]
        return int(np.median(self.boot_us + base - self.device_us))

    def on_its_own_times(self) -> Clock | None:
        """
        Give what `clock_of` finds in tables that this clock, which has no recorder's, has timed.

        None where that may differ in more than `device_us`.
        """
        device_us = np.minimum(np.maximum(self.boot_us, 0), LATEST_US)
        return replace(self, device_us=device_us) if self.even and not self.has_device else None


def clock_of(tables: Mapping[str, pa.Table], vehicle: Vehicle | None, device: bool) -> Clock:
    """
    Find the clock of a log.

    Args:
        tables: of the log.
        vehicle: whose boot time to take.
        device: whether `time_us` of the tables is the time of a recorder; else it is boot time already.
    """
    sessions = sessions_of(tables, vehicle)
    if not len(sessions.at):
        return _without_anchors(tables, sessions, device)
    # A recorder's clock that says what none can is no clock.
    device = device and 0 < int(middle_of(sessions.device_us)) < LATEST_US
    read_utc(tables, vehicle, sessions)
    if sessions.utc_us:
        return _by_satellites(sessions, device)
    if not device:
        return _clock(sessions, TimeBasis.BOOT, None, _one_after_the_other(sessions, {0: 0}), device)
    offsets = [sessions.device_offset(n) for n in range(len(sessions.starts))]
    spread = max(device_spread(sessions, n) for n in range(len(offsets)))
    return _clock(sessions, *_device_basis(sessions.device_us, spread), np.array(offsets, np.int64), device)


def _device_basis(device_us: Times, spread_us: int) -> tuple[TimeBasis, float | None]:
    middle = int(middle_of(device_us)) if len(device_us) else 0
    if EARLIEST_US <= middle < LATEST_US:
        return TimeBasis.UTC_DEVICE, round(DEVICE_ERROR_S + spread_us / 1e6, 3)
    return TimeBasis.BOOT, None


def _without_anchors(tables: Mapping[str, pa.Table], sessions: Sessions, device: bool) -> Clock:
    times = [device_times(moments_in(tables, name)) for name in tables] if device else []
    found = _device_basis(np.concatenate(times), 0) if times else (TimeBasis.NONE, None)
    return _clock(sessions, *found, np.zeros(0, np.int64), device)


def _by_satellites(sessions: Sessions, device: bool) -> Clock:
    count = len(sessions.starts)
    ahead: float | None = None
    if device:
        known = {n: sessions.device_offset(n) - utc for n, utc in sessions.utc_us.items()}
        ahead = middle_of(np.array(list(known.values()), np.int64)) / 1e6
        nearest = _nearest(sorted(known), count) if len(known) < count else []
        base = sessions.utc_us | {
            n: sessions.device_offset(n) - known[near] for n, near in enumerate(nearest) if n not in known
        }
        bases = np.array([base[n] for n in range(count)], np.int64)
    else:
        bases = _one_after_the_other(sessions, sessions.utc_us)
    error = round(sessions.spread_us / 1e6 + FIX_LAG_S, 3)
    return _clock(sessions, TimeBasis.UTC_GNSS, error, bases, device, ahead)


def _nearest(known: Sequence[int], count: int) -> list[int]:
    """Give, for each number below `count`, the nearest of the known ones, which ascend; of two as near the lesser."""
    among = np.array(known, np.int64)
    return among[np.searchsorted((among[1:] + among[:-1]) // 2, np.arange(count))].tolist()


def _one_after_the_other(sessions: Sessions, known: Mapping[int, int]) -> Times:
    """Place sessions without a base of their own right after the one before, or right before the one after."""
    first, last = sessions.boot_us[sessions.starts], sessions.boot_us[sessions.ends() - 1]
    base = np.zeros(len(first), np.int64)
    start = min(known)
    base[start] = known[start]
    for n in range(start + 1, len(first)):
        base[n] = known.get(n, base[n - 1] + last[n - 1] - first[n] + 1)
    for n in range(start - 1, -1, -1):
        base[n] = base[n + 1] + first[n + 1] - last[n] - 1
    return base


def _clock(
    sessions: Sessions, basis: TimeBasis, error_s: float | None, base: Times, device: bool, ahead: float | None = None
) -> Clock:
    return Clock(
        basis,
        error_s,
        sessions.at,
        sessions.boot_us,
        sessions.device_us,
        sessions.starts,
        base,
        None if ahead is None else round(ahead, 3),
        _jumps(sessions) if device else (),
        device,
        len(sessions.starts) - len(sessions.utc_us) if sessions.utc_us else 0,
        sessions.even,
    )


def _jumps(sessions: Sessions) -> tuple[Jump, ...]:
    """Find where the recorder's clock left the vehicle's within a session: by ten seconds, or by four for good."""
    if len(sessions.at) < 2:
        return ()
    ahead = sessions.device_us - sessions.boot_us
    steps = ahead[1:] - ahead[:-1]
    if not (np.abs(steps) > _PARTING_US).any():
        return ()
    steps[sessions.starts[1:] - 1] = 0
    found = {n + 1: int(steps[n]) for n in np.flatnonzero(np.abs(steps) > _JUMP_US).tolist()}
    for start, end in zip(sessions.starts.tolist(), sessions.ends().tolist(), strict=True):
        for jump in clock_jumps(sessions.boot_us[start:end], sessions.device_us[start:end]):
            if abs(jump.by_us) > _LASTING_US:
                found.setdefault(start + jump.row, jump.by_us)
    return tuple(Jump(int(sessions.at[row]), by_us) for row, by_us in sorted(found.items()))
