"""
The clock of a log: microseconds since the autopilot was switched on, and what UTC that is.

UTC is from a receiver's own statement (`time_utc_usec`), or else from the name that the logger gave the file.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.formats.ulog.records import Group
from groundside.decode.formats.ulog.search import MAX_JUMP_US
from groundside.decode.formats.ulog.texts import Said, Text
from groundside.model.recording import TimeBasis

Times = npt.NDArray[np.int64]

UNKNOWN = np.int64(-1)
MAX_US = 10 * 366 * 86_400 * 1_000_000
"""A boot time of more than ten years is damage."""

_RECENT = 64
"""Messages looked at: some topics are stamped late, and some not at all."""

FIRST_UTC_US = 1_234_567_890 * 1_000_000
"""Earlier times are no UTC: `GPS_EPOCH_SECS` in src/modules/logger/util.cpp of PX4-Autopilot."""
LAST_UTC_US = 4_102_444_800 * 1_000_000
"""From the year 2100 on it is damage."""
FIX_LAG_S = 0.2
"""How late a fix may be stamped: PX4's parameter EKF2_GPS_DELAY is 0.11 s in real logs; and a cycle of waiting."""
RECEIVERS = ("sensor_gps", "vehicle_gps_position")
_FIX_3D = 3
_JUMP_US = 2_000_000
_MINORITY = 0.2
_USUAL = 95
_NAMED = re.compile(r"(\d{4})-(\d\d)-(\d\d)/(\d\d)_(\d\d)_(\d\d)\.ulg")
_OPENING_US = 1_000_000
"""The logger names and opens its file within a second of saying that it starts; else the name is not of this file."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """
    Boot time of the data of a file, in order of the file.

    Args:
        offsets: of data messages.
        times_us: boot microseconds; `UNKNOWN` where damaged, 0 in topics that are not stamped.
        damaged: how many are.
        first_us: when the log began; None where nothing is timed.
        last_us: latest time.
    """

    offsets: Times
    times_us: Times
    damaged: int
    first_us: int | None
    last_us: int | None

    def at(self, offset: int) -> int | None:
        """Time a message without a clock by the latest of the data just before it; at first by when the log began."""
        before = int(np.searchsorted(self.offsets, offset))
        recent = self.times_us[max(0, before - _RECENT) : before]
        latest = int(recent.max()) if len(recent) else -1
        return self.first_us if self.first_us is None else max(latest, self.first_us)


def timeline(groups: Sequence[Group], times: Mapping[str, Times], started_us: int | None) -> Timeline:
    """
    Put the boot times of all data in order of the file.

    Args:
        groups: data by topic.
        times: as stored, by table.
        started_us: when the file header says that logging began; None where it is damaged.
    """
    timed = [group for group in groups if group.name in times]
    if not timed:
        return Timeline(np.empty(0, np.int64), np.empty(0, np.int64), 0, None, None)
    offsets = np.concatenate([group.offsets for group in timed])
    stored = np.concatenate([times[group.name] for group in timed])
    order = np.argsort(offsets, kind="stable")
    offsets, stored = offsets[order], stored[order]
    damaged = (stored < 0) | (stored > MAX_US) | _ahead(stored)
    known = np.where(damaged, UNKNOWN, stored)
    good = known[known > 0]
    if not len(good):
        return Timeline(offsets, known, int(damaged.sum()), None, None)
    first, last = int(good.min()), int(good.max())
    # A topic may be logged with a sample from long before the log began.
    if started_us is not None and first <= started_us <= last:
        first = started_us
    return Timeline(offsets, known, int(damaged.sum()), first, last)


def _ahead(times: Times) -> npt.NDArray[np.bool_]:
    """Mark single times that are far later than all around them."""
    if len(times) < 3 or (np.diff(times) <= MAX_JUMP_US).all():
        return np.zeros(len(times), np.bool_)
    far = np.flatnonzero(np.abs(np.diff(times)) > MAX_JUMP_US)
    marks = np.zeros(len(times), np.bool_)
    near = np.arange(-8, 9)
    for places in np.array_split(np.unique(np.concatenate([far, far + 1])), 1 + len(far) // 65_536):
        around = times[np.clip(places[:, np.newaxis] + near, 0, len(times) - 1)]
        marks[places] = times[places] - np.partition(around, 8, axis=1)[:, 8] > MAX_JUMP_US
    return marks


@dataclass(frozen=True, slots=True)
class Utc:
    """
    How boot time becomes UTC.

    Args:
        offset_us: added to boot microseconds.
        error_s: bound on how wrong the sum may be.
        basis: by satellites, or by the autopilot's own clock.
        why: one sentence on how it was found.
        jumps: how many fixes disagree by more than two seconds.
        worst_s: by how much the worst of them does.
    """

    offset_us: int
    error_s: float
    basis: TimeBasis
    why: str
    jumps: int = 0
    worst_s: float = 0.0


def fit_utc(tables: Mapping[str, pa.Table], said: Said) -> Utc | None:
    """Find the UTC of boot: by the receiver with the most fixes, or else by the name of the file."""
    fits = [fit for name, table in tables.items() if name.partition("[")[0] in RECEIVERS and (fit := _fit(name, table))]
    if fits:
        return max(fits, key=lambda fit: fit[0])[1]
    return utc_by_name(said)


def _fit(name: str, table: pa.Table) -> tuple[int, Utc] | None:
    if not _whole(table, "timestamp", "time_utc_usec", "fix_type"):
        return None
    boot, utc, fix = (table[c].to_numpy().astype(np.int64) for c in ("timestamp", "time_utc_usec", "fix_type"))
    if _whole(table, "timestamp_time_relative"):
        boot = boot + table["timestamp_time_relative"].to_numpy().astype(np.int64)
    good = (fix >= _FIX_3D) & (utc > FIRST_UTC_US) & (utc < LAST_UTC_US) & (boot >= 0) & (boot <= MAX_US)
    if not good.any():
        return None
    offsets = (utc - boot)[good]
    middle = int(np.median(offsets))
    away = np.abs(offsets - middle)
    jumped = away > _JUMP_US
    # Where many fixes disagree, none can be preferred: the worst of them bounds the error.
    spread = away.max() if jumped.mean() > _MINORITY else np.percentile(away[~jumped], _USUAL)
    error_s = round(float(spread) / 1e6 + FIX_LAG_S, 6)
    rows = int(good.sum())
    why = f"UTC is boot time plus the median over {rows} fixes of {name}, whose receiver states UTC."
    return rows, Utc(middle, error_s, TimeBasis.UTC_GNSS, why, int(jumped.sum()), float(away.max()) / 1e6)


def _whole(table: pa.Table, *columns: str) -> bool:
    """Whether these columns are there and hold whole numbers."""
    return all(c in table.column_names and pa.types.is_integer(table.schema.field(c).type) for c in columns)


def utc_by_name(said: Said) -> Utc | None:
    """
    Find the UTC of boot by the name that the logger gave its file.

    PX4 names it by its real-time clock at that moment, to the second, with the offset that information `time_ref_utc`
    states in seconds; by a number where that clock is not set: `get_log_file_name` and `write_version` in
    src/modules/logger/logger.cpp, `get_log_time` in util.cpp. None where a replayed log names another time.
    """
    if "replay" in said.information:
        return None
    logger = [text for text in said.texts if text.text.startswith("[logger]") and 0 < text.time_us <= MAX_US]
    opened = next((text for text in logger if "Opened" in text.text and _NAMED.search(text.text)), None)
    started = [t.time_us for t in logger if "Start file log" in t.text]
    if opened is None:
        return None
    before = [time for time in started if 0 <= opened.time_us - time <= _OPENING_US]
    earliest = before[-1] if before else opened.time_us - _OPENING_US
    zone = said.information.get("time_ref_utc", 0)
    named_us = _named_us(opened, zone if isinstance(zone, int) else 0)
    if named_us is None:
        return None
    offset = named_us + 500_000 - (earliest + opened.time_us) // 2
    error_s = round(0.5 + (opened.time_us - earliest) / 2e6, 6)
    why = (
        "UTC is by the autopilot's own clock, as the logger named its file by it when it opened it, to the second; "
        "no receiver stated UTC."
    )
    return Utc(offset, error_s, TimeBasis.UTC_DEVICE, why)


def _named_us(opened: Text, zone_s: int) -> int | None:
    match = _NAMED.search(opened.text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(max(year, 1), month)[1]):
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    utc = calendar.timegm((year, month, day, hour, minute, second)) - zone_s
    return utc * 1_000_000 if FIRST_UTC_US < utc * 1_000_000 < LAST_UTC_US else None
