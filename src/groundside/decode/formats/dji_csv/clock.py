"""When each row of a DJI flight CSV was: the wall clock it states, of whatever zone, and the time in flight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.decode.csv_rows.columns import F64, floats, texts
from groundside.decode.csv_rows.dates import joined, read_moments
from groundside.decode.csv_rows.times import Counter, Times, Wall, times_of, without_jumps
from groundside.decode.remembered import once_a_table

_SECONDS_MOST = 1e11
_MOST_US = 2**62
_STANDING = 0.02

Read = tuple[Wall, str]


@once_a_table
def read_times(rows: pa.Table) -> Times:
    """
    Find out when each row was.

    Best is a clock that states to be UTC, or whose cells state their offset from it; then one that does not.
    The time in flight gives the parts of a second where the clock has none, unless it stands still, as it does
    on the ground.
    """
    said: list[str] = []
    chosen: Wall | None = None
    for wall, why in _walls(rows):
        said += [why] if why else []
        if wall.known.any() and (chosen is None or (wall.utc and not chosen.utc)):
            chosen = wall
    counter = _counter(rows)
    if chosen is not None and counter is not None:
        chosen = without_jumps(chosen, counter)
        counter = None if _stands(counter) else counter
    times = times_of(counter, chosen)
    return replace(times, inferences=(*said, *times.inferences))


def _walls(rows: pa.Table) -> Iterator[Read]:
    epoch = floats(rows, "custom_update_time_epoch")
    if epoch is not None:
        yield _epoch(epoch)
    for zone in ("utc", "local", ""):
        date, time = (_named(rows, name, zone) for name in ("custom_date", "custom_update_time"))
        if date is not None and time is not None:
            yield _wall(joined(date, time), f"CUSTOM.date and CUSTOM.updateTime{_bracket(zone)}", utc=zone == "utc")
        if time is not None:
            yield _wall(time, f"CUSTOM.updateTime{_bracket(zone)}", utc=zone == "utc", whole=False)
    both = texts(rows, "custom_date_time")
    if both is not None:
        yield _wall(both, "CUSTOM.dateTime", utc=False)


def _named(rows: pa.Table, name: str, zone: str) -> pa.Array[Any] | None:
    return texts(rows, f"{name}_{zone}" if zone else name)


def _bracket(zone: str) -> str:
    return f" [{'UTC' if zone == 'utc' else zone}]" if zone else ""


def _wall(words: pa.Array[Any], name: str, *, utc: bool, whole: bool = True) -> Read:
    moments = read_moments(words)
    why = moments.inference
    if whole and moments.unread and moments.known.any():
        why = f"{why} {moments.unread} rows have something else there.".strip()
    return Wall(moments.us, moments.known, utc or moments.utc, name), f"{name}: {why}" if why else ""


def _epoch(values: F64) -> Read:
    """Seconds or milliseconds since 1970: their size tells which."""
    scale = np.where(np.abs(values) < _SECONDS_MOST, 1e6, 1e3)
    us = values * scale
    known = np.isfinite(us) & (np.abs(us) < _MOST_US)
    return Wall(np.round(np.where(known, us, 0)).astype(np.int64), known, True, "CUSTOM.updateTime [epoch]"), ""


def _counter(rows: pa.Table) -> Counter | None:
    values, name = floats(rows, "osd_fly_time_ms"), "OSD.flyTime"
    if values is None:
        seconds = floats(rows, "osd_fly_time")
        values, name = (None if seconds is None else seconds * 1000), "OSD.flyTime, in seconds"
    return Counter(values, name) if values is not None else None


def _stands(counter: Counter) -> bool:
    """Whether the time in flight stands still in places, where another clock goes on."""
    steps = np.diff(counter.milliseconds[np.isfinite(counter.milliseconds)])
    return len(steps) > 0 and bool(np.count_nonzero(steps == 0) > _STANDING * len(steps))
