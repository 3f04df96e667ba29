"""The anchors of a log's clock: records that say when they were sent, cut at each start of the vehicle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.glitches import glitches
from groundside.decode.mavlink.sheets import BOOT, Moments, Sheet
from groundside.decode.mavlink.tables import moments_in, names_of, sender_in, sheet_in
from groundside.decode.mavlink.vehicle import Vehicle
from groundside.native.mavlink_plain import LATEST_US

Times = npt.NDArray[np.int64]

_ANCHORS = ("SYSTEM_TIME", "ATTITUDE", "GLOBAL_POSITION_INT", "LOCAL_POSITION_NED", "RC_CHANNELS", "SCALED_PRESSURE")
"""Messages that say when they were sent, of those that are sent all the time."""
_RESTART_US = 5_000_000
"""Less is what several links delay against each other."""
_FIRST_UTC_US = 1_230_768_000_000_000
"""2009: satellite time before it has lost 1,024 weeks or was never set."""
_FIX_3D = 3
_SESSION_US, _MOST_SESSIONS = 1 << 43, 1 << 19
"""More than any boot time (32 bits of ms), so that so many sessions can be told apart by adding it, in 63 bits."""


@dataclass(slots=True)
class Sessions:
    """
    Anchors, cut at each start of the vehicle.

    Args:
        at, boot_us, device_us: offset in the file, boot time, and time of the recorder.
        starts: index of the first anchor of each session.
        utc_us: what to add to the boot time of each session that says it.
        spread_us: how far what they say of that is apart.
        even: no anchor was passed over, and no boot time goes back.
    """

    at: Times
    boot_us: Times
    device_us: Times
    starts: Times
    utc_us: dict[int, int] = field(default_factory=dict[int, int])
    spread_us: int = 0
    even: bool = False

    def ends(self) -> Times:
        """Give the index after the last anchor of each session."""
        return np.append(self.starts[1:], len(self.at))

    def device_offset(self, session: int) -> int:
        """Say how far the recorder's clock is ahead of the boot time of a session, microseconds."""
        part = slice(int(self.starts[session]), int(self.ends()[session]))
        return int(middle_of(self.device_us[part] - self.boot_us[part]))


def sessions_of(tables: Mapping[str, pa.Table], vehicle: Vehicle | None) -> Sessions:
    """Find the anchors of the vehicle; single damaged times are passed over."""
    whose = (vehicle.system, vehicle.component) if vehicle else None
    names = [name for message in _ANCHORS for name in names_of(tables, message) if sender_in(tables, name) == whose]
    own = [moments_in(tables, name) for name in names]
    found = [(moments, moments.boot_ms) for moments in own if moments.boot_ms is not None]
    found = [(moments, boot_ms) for moments, boot_ms in found if _counts(boot_ms)]
    if not found:
        empty = np.zeros(0, np.int64)
        return Sessions(empty, empty, empty, empty)
    at = np.concatenate([moments.at for moments, _ in found])
    order = at.argsort(kind="stable")
    at, boot = at[order], np.concatenate([boot_ms for _, boot_ms in found]).astype(np.int64)[order] * 1000
    device = np.concatenate([device_times(moments) for moments, _ in found])[order]
    bad = glitches(boot) | glitches(device)
    steady = bool((boot[1:] >= boot[:-1]).all())
    if not bad.any():
        return Sessions(at, boot, device, np.zeros(1, np.int64), even=True) if steady else _cut(at, boot, device)
    return _cut(at[~bad], boot[~bad], device[~bad])


def _cut(at: Times, boot: Times, device: Times) -> Sessions:
    """Cut anchors at each start of the vehicle; boot time does not go back but there."""
    starts = np.flatnonzero(np.diff(boot, prepend=np.iinfo(np.int64).max // 2) < -_RESTART_US)[:_MOST_SESSIONS]
    sessions = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(at))))
    latest = np.maximum.accumulate(boot + sessions * _SESSION_US) - sessions * _SESSION_US
    return Sessions(at, latest, device, starts)


def _counts(boot_ms: npt.NDArray[np.uint32]) -> bool:
    """Whether a message tells boot time at all; some senders always say 0."""
    return bool((boot_ms != boot_ms[0]).any() or (len(boot_ms) == 1 and boot_ms[0] > 0))


def device_times(moments: Moments) -> Times:
    """
    Give the recorder's times of some rows; zeros where there are none.

    What no clock can say is brought to the nearest that one can, so that sums of times never overflow.
    """
    if moments.time_us is None:
        return np.zeros(len(moments.at), np.int64)
    return believable([moments.time_us])


def believable(times: Sequence[Times]) -> Times:
    """Bring what no clock can say to the nearest that one can; several arrays become one."""
    return np.minimum(np.maximum(np.concatenate(times) if len(times) > 1 else times[0], 0), LATEST_US)


def read_utc(tables: Mapping[str, pa.Table], vehicle: Vehicle | None, sessions: Sessions) -> None:
    """Read what SYSTEM_TIME says of UTC in each session that had a fix, and put it into `utc_us`."""
    whose = (vehicle.system, vehicle.component) if vehicle else None
    with_fix = set[int]()
    for name in names_of(tables, "GPS_RAW_INT"):
        if sender_in(tables, name) == whose:
            fixed = sheet_in(tables, name)["fix_type"] >= _FIX_3D
            with_fix.update(_numbered(sessions, moments_in(tables, name).at[fixed])[0])
    for name in names_of(tables, "SYSTEM_TIME"):
        if sender_in(tables, name) == whose:
            _read_offsets(sessions, sheet_in(tables, name), moments_in(tables, name).at, with_fix)


def _read_offsets(sessions: Sessions, sheet: Sheet, at: Times, with_fix: set[int]) -> None:
    unix = sheet["time_unix_usec"]
    good = (unix >= _FIRST_UTC_US) & (unix < LATEST_US)
    offset = unix[good].astype(np.int64) - sheet[BOOT][good].astype(np.int64) * 1000
    numbers, first = _numbered(sessions, at[good])
    for number, here in zip(numbers, np.split(offset, first[1:]) if len(first) > 1 else [offset], strict=False):
        if number in with_fix:
            sessions.utc_us[number] = int(middle_of(here))
            sessions.spread_us = max(sessions.spread_us, int(np.abs(here - sessions.utc_us[number]).max()))


def _numbered(sessions: Sessions, at: Times) -> tuple[list[int], list[int]]:
    """Give the sessions in which some ascending places of the file are, and the first place in each."""
    if len(sessions.starts) == 1 or not len(at):
        return [0][: len(at)], [0][: len(at)]
    numbers, first = np.unique(_session_at(sessions, at), return_index=True)
    return numbers.tolist(), first.tolist()


def middle_of(numbers: npt.NDArray[np.int64]) -> float:
    """Give the median, as `numpy.median` does, which costs ten times as much where they are few."""
    ordered, half = np.sort(numbers), len(numbers) // 2
    return float(ordered[half]) if len(numbers) % 2 else (float(ordered[half - 1]) + float(ordered[half])) / 2


def _session_at(sessions: Sessions, at: Times) -> Times:
    return np.maximum(np.searchsorted(sessions.at[sessions.starts], at, side="right") - 1, 0)


def device_spread(sessions: Sessions, session: int) -> int:
    """Say how far the recorder's clock wanders against the boot time of a session, but for one in a hundred."""
    part = slice(int(sessions.starts[session]), int(sessions.ends()[session]))
    offset = sessions.device_us[part] - sessions.boot_us[part]
    return int(np.percentile(np.abs(offset - np.median(offset)), 99))
