"""A decoded log as series of values over boot time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.formats.ulog.clock import MAX_US, Times
from groundside.model.decoded import Decoded, Fact
from groundside.model.recording import TimeBasis

Values = npt.NDArray[np.float64]

MAX_GAP_US = 2_000_000
"""Nothing is interpolated between samples further apart than this."""
_INSTANCE = re.compile(r"(.+)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Clock:
    """
    The clock of a log, as its facts keep it.

    Args:
        first_us, last_us: boot time at which the log began and of its last data; None where nothing is timed.
        utc_offset_us: added to boot time gives UTC; None where UTC is unknown.
        error_s: bound on how wrong UTC may be.
        basis: what times of this log count.
    """

    first_us: int | None = None
    last_us: int | None = None
    utc_offset_us: int | None = None
    error_s: float | None = None
    basis: TimeBasis = TimeBasis.NONE

    def fact(self) -> dict[str, Fact]:
        """Say it in plain JSON values."""
        return {
            "first_us": self.first_us,
            "last_us": self.last_us,
            "utc_offset_us": self.utc_offset_us,
            "error_s": self.error_s,
            "basis": self.basis.value,
        }

    @property
    def shift_us(self) -> int:
        """What is added to boot time: 0 where UTC is unknown."""
        return self.utc_offset_us or 0


def clock_of(decoded: Decoded) -> Clock:
    """Read the clock back from the facts of a decoded log."""
    said = decoded.facts.get("clock")
    if not isinstance(said, dict):
        return Clock()
    first, last, offset = (_whole(said.get(key)) for key in ("first_us", "last_us", "utc_offset_us"))
    error = said.get("error_s")
    basis = said.get("basis")
    return Clock(
        first,
        last,
        offset,
        float(error) if isinstance(error, int | float) else None,
        TimeBasis(basis) if isinstance(basis, str) else TimeBasis.NONE,
    )


def own_clock_us(decoded: Decoded) -> int:
    """Say what is added to boot time to give the time of the track: 0 where UTC is unknown."""
    return clock_of(decoded).shift_us


def _whole(value: Fact) -> int | None:
    return value if isinstance(value, int) else None


@dataclass(frozen=True, slots=True)
class Series:
    """One column over boot time: finite values only, in order of time; `origin` names table and column."""

    time_us: Times
    values: Values
    origin: str

    def __len__(self) -> int:
        return len(self.time_us)

    def where(self, good: npt.NDArray[np.bool_]) -> Series | None:
        """Keep some of the samples; None where none is left."""
        return Series(self.time_us[good], self.values[good], self.origin) if good.any() else None

    def changes(self) -> Series:
        """Keep the first sample and each whose value is another than that of the one before."""
        changed = np.diff(self.values, prepend=np.nan) != 0
        return Series(self.time_us[changed], self.values[changed], self.origin)


class Log:
    """Tables of a log, with its clock."""

    def __init__(self, tables: Mapping[str, pa.Table], clock: Clock) -> None:
        self.tables = tables
        self.clock = clock

    def named(self, topic: str) -> list[str]:
        """List the tables of one topic, its instances in ascending order."""
        found = [(int(m[2]), name) for name in self.tables if (m := _INSTANCE.fullmatch(name)) and m[1] == topic]
        return [name for name in (topic, *(name for _, name in sorted(found))) if name in self.tables]

    def has(self, name: str, *columns: str) -> bool:
        """Whether a table is there, with these columns of numbers or of yes and no."""
        table = self.tables.get(name)
        return table is not None and all(column in table.column_names and _numeric(table, column) for column in columns)

    def raw(self, name: str, column: str) -> Values:
        """Give a column as it stands, one value a row."""
        values = self.tables[name][column]
        return values.cast(pa.float64()).to_numpy() if pa.types.is_boolean(values.type) else _floats(values)

    def times(self, name: str) -> Times | None:
        """Give the boot time of each row: -1 where it is damaged; None where the table has none."""
        if not self.has(name, "timestamp") or self.clock.last_us is None:
            return None
        stored = self.tables[name]["timestamp"]
        if not pa.types.is_integer(stored.type):
            return None
        times = np.minimum(stored.to_numpy().astype(np.uint64), np.uint64(MAX_US + 1)).astype(np.int64)
        return np.where(times <= self.clock.last_us, times, np.int64(-1))

    def series(self, name: str, column: str) -> Series | None:
        """Give a column over time; None where there is no such column of numbers, no clock, or no value."""
        times = self.times(name) if self.has(name, column) else None
        if times is None:
            return None
        values = self.raw(name, column)
        good = np.flatnonzero((times >= 0) & np.isfinite(values))
        order = good[np.argsort(times[good], kind="stable")]
        return Series(times[order], values[order], f"{name}.{column}") if len(order) else None

    def valid(self, name: str, column: str, flag: str) -> Series | None:
        """Give a column over time where a flag in the same row says that it is valid; all of it where there is none."""
        series = self.series(name, column)
        said = self.series(name, flag) if flag else None
        if series is None or said is None:
            return series
        place = np.searchsorted(said.time_us, series.time_us, side="right") - 1
        return series.where(said.values[np.maximum(place, 0)] > 0)

    def first(self, topic: str, *columns: str) -> Series | None:
        """Give the first of some columns that the first instance of a topic has."""
        for name in self.named(topic):
            for column in columns:
                found = self.series(name, column)
                if found is not None:
                    return found
        return None


def _floats(values: pa.ChunkedArray) -> Values:  # pyright: ignore[reportMissingTypeArgument]
    return values.to_numpy().astype(np.float64)


def _numeric(table: pa.Table, column: str) -> bool:
    kind = table.schema.field(column).type
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)


def linear(series: Series, at: Times) -> Values:
    """
    Interpolate linearly.

    Args:
        series: at least one sample.
        at: ascending boot times.

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


def held(series: Series, at: Times, max_age_us: int | None = None) -> Values:
    """Hold each sample until the next; NaN before the first, and once a sample is older than `max_age_us`."""
    index = np.searchsorted(series.time_us, at, side="right") - 1
    values = series.values[np.maximum(index, 0)].copy()
    values[index < 0] = np.nan
    if max_age_us is not None:
        values[at - series.time_us[np.maximum(index, 0)] > max_age_us] = np.nan
    return values
