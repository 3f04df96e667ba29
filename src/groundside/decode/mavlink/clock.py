"""
What time it was: the clock of the vehicle where it tells it, that of the recorder where not.

Messages that carry the time since the vehicle's start are anchors: whatever stands between two of them in the file
was received between them. A start of the vehicle begins a new session. Where SYSTEM_TIME tells UTC while satellites
were received, boot time becomes UTC by it, and the recorder's own clock is not needed but to be checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.columns import BOOT, OFFSET, TIME
from groundside.decode.mavlink.glitches import glitches
from groundside.decode.mavlink.tables import sender_in, sender_of, when_in
from groundside.decode.mavlink.vehicle import Vehicle, named, names_of
from groundside.model.recording import TimeBasis
from groundside.native.mavlink_plain import EARLIEST_US, LATEST_US

Times = npt.NDArray[np.int64]

_ANCHORS = ("SYSTEM_TIME", "ATTITUDE", "GLOBAL_POSITION_INT", "LOCAL_POSITION_NED", "RC_CHANNELS", "SCALED_PRESSURE")
"""Messages that say when they were sent, of those that are sent all the time."""
FIX_LAG_S = 0.22
"""How late satellite time may be: the longest lag in `get_lag` of ArduPilot's AP_GPS/AP_GPS_UBLOX.cpp."""
DEVICE_ERROR_S = 2.0
"""How wrong the clock of a ground station is taken to be at least; nothing in a log can confirm it."""
_JUMP_US = 10_000_000
NOT_SAID_US = np.int64(-(1 << 61))
"""In place of the boot time of a record that does not say it: far from all that can be."""
_RESTART_US = 5_000_000
"""Less is what several links delay against each other."""
_FIRST_UTC_US = 1_230_768_000_000_000
"""2009: satellite time before it has lost 1,024 weeks or was never set."""
_FIX_3D = 3
_SESSION_US, _MOST_SESSIONS = 1 << 43, 1 << 19
"""More than any boot time (32 bits of ms), so that so many sessions can be told apart by adding it, in 63 bits."""


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

    def boot(self, at: Times, device_us: Times) -> Times:
        """Give boot time at some places of the file: of the anchor before, plus what the recorder counted since."""
        index = np.searchsorted(self.at, at, side="right") - 1
        before = np.maximum(index, 0)
        since = device_us - self.device_us[before] if self.has_device else np.zeros(len(at), np.int64)
        following = np.minimum(before + 1, len(self.at) - 1)
        same = (self._session(before) == self._session(following)) & (following > before)
        step = np.where(same, self.boot_us[following] - self.boot_us[before], np.iinfo(np.int64).max)
        since = np.where(index < 0, np.minimum(since, 0), np.clip(since, 0, np.maximum(step, 0)))
        return self.boot_us[before] + since

    def times(self, at: Times, device_us: Times, boot_us: Times) -> Times:
        """
        Say when some records were.

        Args:
            at: where in the file they are.
            device_us: when the recorder says they were.
            boot_us: when they say themselves that they were sent, since the start of the vehicle; `NOT_SAID_US` where
                they do not.
        """
        if not len(self.at):
            return device_us
        received = self.boot(at, device_us)
        boot = np.where(np.abs(boot_us - received) < _JUMP_US, boot_us, received)
        before = np.maximum(np.searchsorted(self.at, at, side="right") - 1, 0)
        return boot + self.base_us[self._session(before)]

    def after_tables_us(self) -> int:
        """Say how far the times of the track are after those of the tables, at most of the anchors; 0 without UTC."""
        if not self.basis.is_utc or not len(self.at):
            return 0
        base = self.base_us[self._session(np.arange(len(self.at)))]
        return int(np.median(self.boot_us + base - self.device_us))

    def _session(self, anchors: Times) -> Times:
        return np.searchsorted(self.starts, anchors, side="right") - 1


@dataclass(slots=True)
class _Sessions:
    """Anchors, cut at each start of the vehicle."""

    at: Times
    boot_us: Times
    device_us: Times
    starts: Times
    utc_us: dict[int, int] = field(default_factory=dict[int, int])
    spread_us: int = 0

    def ends(self) -> Times:
        return np.append(self.starts[1:], len(self.at))

    def device_offset(self, session: int) -> int:
        part = slice(int(self.starts[session]), int(self.ends()[session]))
        return int(np.median(self.device_us[part] - self.boot_us[part]))


def clock_of(tables: Mapping[str, pa.Table], vehicle: Vehicle | None, device: bool) -> Clock:
    """
    Find the clock of a log.

    Args:
        tables: of the log.
        vehicle: whose boot time to take.
        device: whether `time_us` of the tables is the time of a recorder; else it is boot time already.
    """
    sessions = _sessions(tables, vehicle)
    if not len(sessions.at):
        return _without_anchors(tables, sessions, device)
    # A recorder's clock that says what none can is no clock.
    device = device and 0 < int(np.median(sessions.device_us)) < LATEST_US
    _read_utc(tables, vehicle, sessions)
    if sessions.utc_us:
        return _by_satellites(sessions, device)
    if not device:
        return _clock(sessions, TimeBasis.BOOT, None, _one_after_the_other(sessions, {0: 0}), device)
    offsets = [sessions.device_offset(n) for n in range(len(sessions.starts))]
    spread = max(_device_spread(sessions, n) for n in range(len(offsets)))
    return _clock(sessions, *_device_basis(sessions.device_us, spread), np.array(offsets, np.int64), device)


def _device_basis(device_us: Times, spread_us: int) -> tuple[TimeBasis, float | None]:
    middle = int(np.median(device_us)) if len(device_us) else 0
    if EARLIEST_US <= middle < LATEST_US:
        return TimeBasis.UTC_DEVICE, round(DEVICE_ERROR_S + spread_us / 1e6, 3)
    return TimeBasis.BOOT, None


def _without_anchors(tables: Mapping[str, pa.Table], sessions: _Sessions, device: bool) -> Clock:
    times = [device_times(when_in(tables, name)) for name in tables] if device else []
    found = _device_basis(np.concatenate(times), 0) if times else (TimeBasis.NONE, None)
    return _clock(sessions, *found, np.zeros(0, np.int64), device)


def _by_satellites(sessions: _Sessions, device: bool) -> Clock:
    count = len(sessions.starts)
    ahead: float | None = None
    if device:
        known = {n: sessions.device_offset(n) - utc for n, utc in sessions.utc_us.items()}
        ahead = float(np.median(list(known.values()))) / 1e6
        nearest = _nearest(sorted(known), count)
        base = [sessions.utc_us.get(n, sessions.device_offset(n) - known[nearest[n]]) for n in range(count)]
        bases = np.array(base, np.int64)
    else:
        bases = _one_after_the_other(sessions, sessions.utc_us)
    error = round(sessions.spread_us / 1e6 + FIX_LAG_S, 3)
    return _clock(sessions, TimeBasis.UTC_GNSS, error, bases, device, ahead)


def _nearest(known: Sequence[int], count: int) -> list[int]:
    """Give, for each number below `count`, the nearest of the known ones, which ascend; of two as near the lesser."""
    among = np.array(known, np.int64)
    return among[np.searchsorted((among[1:] + among[:-1]) // 2, np.arange(count))].tolist()


def _one_after_the_other(sessions: _Sessions, known: Mapping[int, int]) -> Times:
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
    sessions: _Sessions, basis: TimeBasis, error_s: float | None, base: Times, device: bool, ahead: float | None = None
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
    )


def _sessions(tables: Mapping[str, pa.Table], vehicle: Vehicle | None) -> _Sessions:
    whose = (vehicle.system, vehicle.component) if vehicle else None
    names = [name for message in _ANCHORS for name in names_of(tables, message) if sender_in(tables, name) == whose]
    own = [when_in(tables, name) for name in names]
    found = [table for table in own if _counts(table[BOOT].to_numpy())]
    if not found:
        empty = np.zeros(0, np.int64)
        return _Sessions(empty, empty, empty, empty)
    at = np.concatenate([table[OFFSET].to_numpy() for table in found])
    order = np.argsort(at, kind="stable")
    boot = np.concatenate([table[BOOT].to_numpy() for table in found]).astype(np.int64)[order] * 1000
    device = np.concatenate([device_times(table) for table in found])[order]
    good = ~glitches(boot) & ~glitches(device)
    at, boot, device = at[order][good], boot[good], device[good]
    starts = np.flatnonzero(np.diff(boot, prepend=np.iinfo(np.int64).max // 2) < -_RESTART_US)[:_MOST_SESSIONS]
    sessions = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(at))))
    latest = np.maximum.accumulate(boot + sessions * _SESSION_US) - sessions * _SESSION_US
    return _Sessions(at, latest, device, starts)


def _counts(boot_ms: npt.NDArray[np.uint32]) -> bool:
    """Whether a message tells boot time at all; some senders always say 0."""
    return bool((boot_ms != boot_ms[0]).any() or (len(boot_ms) == 1 and boot_ms[0] > 0))


def device_times(table: pa.Table) -> Times:
    """
    Give the recorder's times of the rows of a table; zeros where there are none.

    What no clock can say is brought to the nearest that one can, so that sums of times never overflow.
    """
    times = table[TIME]
    return np.clip(times.to_numpy(), 0, LATEST_US) if times.null_count == 0 else np.zeros(len(times), np.int64)


def _read_utc(tables: Mapping[str, pa.Table], vehicle: Vehicle | None, sessions: _Sessions) -> None:
    whose = (vehicle.system, vehicle.component) if vehicle else None
    fixes = [t for t in named(tables, "GPS_RAW_INT") if sender_of(t) == whose]
    fixed_at = np.concatenate([t[OFFSET].to_numpy()[t["fix_type"].to_numpy() >= _FIX_3D] for t in fixes] or [[]])
    with_fix = set(_session_at(sessions, fixed_at.astype(np.int64)).tolist())
    for table in named(tables, "SYSTEM_TIME"):
        if sender_of(table) != whose:
            continue
        unix = table["time_unix_usec"].to_numpy()
        good = (unix >= _FIRST_UTC_US) & (unix < LATEST_US)
        offset = unix[good].astype(np.int64) - table["time_boot_ms"].to_numpy()[good].astype(np.int64) * 1000
        session = _session_at(sessions, table[OFFSET].to_numpy()[good])
        numbers, first = np.unique(session, return_index=True)
        for number, here in zip(numbers.tolist(), np.split(offset, first[1:]), strict=False):
            if number in with_fix:
                sessions.utc_us[number] = int(np.median(here))
                sessions.spread_us = max(sessions.spread_us, int(np.abs(here - sessions.utc_us[number]).max()))


def _session_at(sessions: _Sessions, at: Times) -> Times:
    return np.maximum(np.searchsorted(sessions.at[sessions.starts], at, side="right") - 1, 0)


def _device_spread(sessions: _Sessions, session: int) -> int:
    part = slice(int(sessions.starts[session]), int(sessions.ends()[session]))
    offset = sessions.device_us[part] - sessions.boot_us[part]
    return int(np.percentile(np.abs(offset - np.median(offset)), 99))


def _jumps(sessions: _Sessions) -> tuple[Jump, ...]:
    """Find where the recorder's clock left the vehicle's by more than ten seconds within a session."""
    if len(sessions.at) < 2:
        return ()
    steps = np.diff(sessions.device_us - sessions.boot_us)
    steps[sessions.starts[1:] - 1] = 0
    found = np.flatnonzero(np.abs(steps) > _JUMP_US)
    return tuple(Jump(int(sessions.at[n + 1]), int(steps[n])) for n in found.tolist())
