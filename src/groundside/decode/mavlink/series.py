"""A decoded log as series of values over the time of its track."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.clock import Clock, Times, clock_of, device_times, glitches
from groundside.decode.mavlink.tables import OFFSET, TIME
from groundside.decode.mavlink.vehicle import Vehicle, named, sender_of, vehicle_of
from groundside.model.decoded import Decoded

Values = npt.NDArray[np.float64]

MAX_GAP_US = 2_000_000
"""Nothing is interpolated between samples further apart than this."""
_LATE_US = 5_000_000


@dataclass(frozen=True, slots=True)
class Series:
    """One field over time: finite values only, times strictly ascending; `origin` names message and field."""

    time_us: Times
    values: Values
    origin: str

    def __len__(self) -> int:
        return len(self.time_us)

    def where(self, good: npt.NDArray[np.bool_]) -> Series:
        """Keep some of the samples."""
        return Series(self.time_us[good], self.values[good], self.origin)


class Stream:
    """
    Tables of a log, with whose they are and when they were.

    Args:
        tables: of the log.
        device: whether their `time_us` is that of a recorder's clock.
    """

    def __init__(self, tables: Mapping[str, pa.Table], device: bool) -> None:
        self.tables = tables
        self.vehicle: Vehicle | None = vehicle_of(tables)
        self.clock: Clock = clock_of(tables, self.vehicle, device)

    def table(self, message: str) -> pa.Table | None:
        """Give the vehicle's table of a message; None where it sent none."""
        if self.vehicle is None:
            return None
        whose = (self.vehicle.system, self.vehicle.component)
        return next((t for t in named(self.tables, message) if sender_of(t) == whose), None)

    def raw(self, message: str, field: str) -> npt.NDArray[np.generic]:
        """Give a field of the vehicle's table as it stands; empty where there is none."""
        table = self.table(message)
        return np.zeros(0) if table is None else table[field].to_numpy()

    def times(self, table: pa.Table) -> Times:
        """Say when the rows of a table were, by the clock of the track."""
        boot = None
        if "time_boot_ms" in table.column_names and self.vehicle and self._is_own(table):
            boot = table["time_boot_ms"].to_numpy().astype(np.int64) * 1000
        return self.clock.times(table[OFFSET].to_numpy(), device_times(table), boot)

    def _is_own(self, table: pa.Table) -> bool:
        return self.vehicle is not None and sender_of(table) == (self.vehicle.system, self.vehicle.component)

    def series(self, message: str, field: str, scale: float = 1.0, invalid: float | None = None) -> Series | None:
        """
        Give a field of the vehicle over time; None where it has no known value.

        Args:
            message, field: which.
            scale: what to multiply it by.
            invalid: the raw value that means "unknown".
        """
        table = self.table(message)
        if table is None or field not in table.column_names:
            return None
        raw = table[field].to_numpy().astype(np.float64)
        known = np.isfinite(raw) if invalid is None else np.isfinite(raw) & (raw != invalid)
        scaled = "" if scale == 1.0 else f" x {scale:g}"
        return series_of(self.times(table), raw * scale, known, f"{message}.{field}{scaled}")

    def span(self) -> tuple[int, int] | None:
        """Give the times of the vehicle's first and last record; of any record where there is no vehicle."""
        own = [t for t in self.tables.values() if t.num_rows and (self.vehicle is None or self._is_own(t))]
        ends = [
            self.times(part)
            for t in own
            if t[TIME].null_count == 0
            for part in (t.slice(0, 1), t.slice(t.num_rows - 1))
        ]
        if not ends:
            return None
        both = np.concatenate(ends)
        return int(both.min()), int(both.max())


def series_of(times: Times, values: Values, known: npt.NDArray[np.bool_], origin: str) -> Series | None:
    """Make a series of what is known, leaving out times that are damaged or do not ascend; None where none is left."""
    rows = ascending(times, known)
    return Series(times[rows], values[rows], origin) if len(rows) else None


def ascending(times: Times, known: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """
    Choose the known rows in order of time, no two at the same.

    What came late, over a slower link, is put in its place; what is earlier than the row before it by more than
    `_LATE_US`, or a single damaged time, is passed over.
    """
    rows = np.flatnonzero(known)
    rows = rows[~glitches(times[rows])]
    if not len(rows) or (np.diff(times[rows]) > 0).all():
        return rows
    rows = rows[times[rows] > np.maximum.accumulate(times[rows]) - _LATE_US]
    rows = rows[np.argsort(times[rows], kind="stable")]
    return rows[np.diff(times[rows], prepend=times[rows[0]] - 1) > 0]


def texts_in(table: pa.Table, column: str) -> list[str]:
    """Give a column of text."""
    return [str(text) for text in table[column].to_pylist()]


def stream_of(decoded: Decoded) -> Stream:
    """Give the stream of a log that was decoded."""
    return Stream(decoded.tables, bool(decoded.facts.get("device_clock")))


def linear(series: Series, at: Times) -> Values:
    """
    Interpolate linearly.

    Returns:
        One value for each time: NaN before the first and after the last sample, and between samples more than
        `MAX_GAP_US` apart; a sample's own value at its own time.
    """
    values = np.interp(at, series.time_us, series.values, left=np.nan, right=np.nan)
    after = np.minimum(np.searchsorted(series.time_us, at, side="left"), len(series) - 1)
    before = np.maximum(np.searchsorted(series.time_us, at, side="right") - 1, 0)
    values[(series.time_us[after] - series.time_us[before]) > MAX_GAP_US] = np.nan
    return values


def linear_angle(series: Series, at: Times) -> Values:
    """Interpolate angles in degrees along the shorter way round; 0 to 360."""
    unwrapped = np.unwrap(series.values, period=360.0)
    return linear(Series(series.time_us, unwrapped, series.origin), at) % 360.0


def signed(degrees: Values) -> Values:
    """Give angles as -180 to 180 degrees."""
    return (degrees + 180.0) % 360.0 - 180.0


def held(series: Series, at: Times, max_age_us: int) -> Values:
    """Hold each sample until the next; NaN before the first, and once a sample is older than `max_age_us`."""
    index = np.searchsorted(series.time_us, at, side="right") - 1
    before = np.maximum(index, 0)
    values = series.values[before].copy()
    values[(index < 0) | (at - series.time_us[before] > max_age_us)] = np.nan
    return values
