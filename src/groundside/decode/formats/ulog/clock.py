"""
The clock of a log: microseconds since the autopilot was switched on, and what UTC that is.

UTC is from a receiver's own statement (`time_utc_usec`), or else from the name that the logger gave the file.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.formats.ulog.columns import stamps, times_of
from groundside.decode.formats.ulog.messages import DATA_HEADER_BYTES
from groundside.decode.formats.ulog.records import Group, Groups
from groundside.decode.formats.ulog.search import MAX_JUMP_US
from groundside.decode.formats.ulog.texts import Said, Text
from groundside.model.recording import TimeBasis
from groundside.native.ulog import IDS
from groundside.native.ulog_clock import Stamped, ahead, clocked, latest

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
    Boot time of the data of a file.

    Args:
        damaged: messages that state a time that cannot be.
        first_us: when the log began; None where nothing is timed.
        last_us: latest time.
        before: gives the latest time of the data just before each of some offsets, -1 where there is none.
    """

    damaged: int = 0
    first_us: int | None = None
    last_us: int | None = None
    before: Callable[[Times], Times] | None = None

    def at(self, offsets: Sequence[int]) -> list[int | None]:
        """Time messages without a clock by the latest of the data just before; at first by when the log began."""
        if self.first_us is None or self.before is None:
            return [None for _ in offsets]
        return np.maximum(self.before(np.array(offsets, np.int64)), self.first_us).tolist()


def timeline(data: memoryview, found: Groups, started_us: int | None) -> Timeline:
    """
    Find the boot times of all data of a file.

    Args:
        data: the file.
        found: its data, by topic.
        started_us: when the file header says that logging began; None where it is damaged.
    """
    timed = [group for group in found.groups if group.timestamp is not None]
    if not timed:
        return Timeline()
    messages = _stamped(data, found, timed)
    if messages is None:
        return _begun(_in_order(*_merged(data, timed)), started_us)
    told = clocked(messages, MAX_US, MAX_JUMP_US)
    if not told.is_sound:
        at = messages.offsets + messages.place[messages.ids]
        return _begun(_in_order(messages.offsets, stamps(data, at)), started_us)
    before = partial(latest, messages, recent=_RECENT)
    return _begun(Timeline(0, told.first, told.last, before) if told.first else Timeline(), started_us)


def _begun(times: Timeline, started_us: int | None) -> Timeline:
    """Let the log begin when its header says; a topic may be logged with a sample from long before."""
    first, last = times.first_us, times.last_us
    if started_us is None or first is None or last is None or not first <= started_us <= last:
        return times
    return replace(times, first_us=started_us)


def _stamped(data: memoryview, found: Groups, timed: Sequence[Group]) -> Stamped | None:
    """Give all messages with a timestamp; None where their ids do not tell which these are."""
    place = np.zeros(IDS, np.int32)
    for group in timed:
        if group.msg_ids is None or group.timestamp is None:
            return None
        place[list(group.msg_ids)] = DATA_HEADER_BYTES + group.timestamp
    whole = sum(len(group.places) for group in timed) == len(found.offsets)
    has = slice(None) if whole else place[found.ids] != 0
    return Stamped(data, found.offsets[has], found.ids[has], place)


def _merged(data: memoryview, timed: Sequence[Group]) -> tuple[Times, npt.NDArray[np.uint64]]:
    """Put the messages of some topics in order of the file: where each begins, and its time as stored."""
    offsets = np.concatenate([group.places for group in timed]) - DATA_HEADER_BYTES
    stored = np.concatenate([times for group in timed if (times := times_of(data, group)) is not None])
    order = np.argsort(offsets, kind="stable")
    return offsets[order], stored[order]


def _in_order(offsets: Times, stored: npt.NDArray[np.uint64]) -> Timeline:
    """Mark times that cannot be."""
    times = stored.view(np.int64)
    damaged = (times < 0) | (times > MAX_US) | ahead(times, MAX_JUMP_US)
    known = np.where(damaged, UNKNOWN, times)
    good = known[known > 0]
    if not len(good):
        return Timeline(int(damaged.sum()))
    return Timeline(int(damaged.sum()), int(good.min()), int(good.max()), partial(_latest, offsets, known))


def _latest(offsets: Times, times: Times, asked: Times) -> Times:
    ends = np.searchsorted(offsets, asked).tolist()
    return np.array([times[max(0, end - _RECENT) : end].max(initial=UNKNOWN) for end in ends], np.int64)


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
    names = [name for name in tables if name.partition("[")[0] in RECEIVERS]
    fits = [fit for name in names if (fit := _fit(name, tables[name]))]
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
