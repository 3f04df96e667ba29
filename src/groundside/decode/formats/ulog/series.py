"""A decoded log as series of values over boot time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.formats.ulog.clock import MAX_US, Times
from groundside.model.decoded import Decoded, Fact
from groundside.model.late import LateTables
from groundside.model.recording import TimeBasis

Values = npt.NDArray[np.float64]
Made = TypeVar("Made")

MAX_GAP_US = 2_000_000
"""Nothing is interpolated between samples further apart than this."""
_KEPT_ROWS = 20_000
"""What is made of a table of more rows is not kept, so that a long log takes little memory."""
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


class Topics(LateTables):
    """
    Tables of a log; what was worked out of them once is kept with them.

    Args:
        makers: as of `LateTables`.
    """

    __slots__ = ("kept",)

    def __init__(self, makers: Mapping[str, Callable[[], pa.Table]]) -> None:
        super().__init__(makers)
        self.kept: dict[tuple[object, ...], Any] = {}


class Log:
    """Tables of a log, with its clock."""

    def __init__(self, tables: Mapping[str, pa.Table], clock: Clock) -> None:
        self.tables = tables
        self.clock = clock
        self._kept: dict[tuple[object, ...], Any] = tables.kept if isinstance(tables, Topics) else {}

    def named(self, topic: str) -> list[str]:
        """List the tables of one topic, its instances in ascending order."""
        return self.once(("named", topic), lambda: self._named(topic))

    def has(self, name: str, *columns: str) -> bool:
        """Whether a table is there, with these columns of numbers or of yes and no."""
        return name in self.tables and all(self._kind(name, column) is not None for column in columns)

    def raw(self, name: str, column: str) -> Values:
        """Give a column as it stands, one value a row."""
        return self._small(name, ("raw", name, column), lambda: _floats(self.tables[name][column]))

    def times(self, name: str) -> Times | None:
        """Give the boot time of each row: -1 where it is damaged; None where the table has none."""
        last_us = self.clock.last_us
        if last_us is None or not _is_integer(self._kind(name, "timestamp")):
            return None
        return self._small(name, ("times", name, last_us), lambda: _times(self.tables[name]["timestamp"], last_us))

    def series(self, name: str, column: str) -> Series | None:
        """Give a column over time; None where there is no such column of numbers, no clock, or no value."""
        if not self.has(name, column):
            return None
        return self._small(name, ("series", name, column, self.clock.last_us), lambda: self._series(name, column))

    def valid(self, name: str, column: str, flag: str) -> Series | None:
        """Give a column over time where a flag in the same row says that it is valid; all of it where there is none."""
        series = self.series(name, column)
        said = self.series(name, flag) if flag else None
        if series is None or said is None or (said.time_us is series.time_us and bool((said.values > 0).all())):
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

    def is_whole(self, name: str, column: str) -> bool:
        """Whether a column is there and holds whole numbers."""
        return name in self.tables and _is_integer(self._kind(name, column))

    def _named(self, topic: str) -> list[str]:
        found = [(int(m[2]), name) for name in self.tables if (m := _INSTANCE.fullmatch(name)) and m[1] == topic]
        return [name for name in (topic, *(name for _, name in sorted(found))) if name in self.tables]

    def _series(self, name: str, column: str) -> Series | None:
        times = self.times(name)
        if times is None:
            return None
        values = self.raw(name, column)
        known = (times >= 0) & np.isfinite(values)
        if not known.all():
            good = np.flatnonzero(known)
            times, values = times[good], values[good]
        if not _ascends(times):
            order = np.argsort(times, kind="stable")
            times, values = times[order], values[order]
        return Series(times, values, f"{name}.{column}") if len(times) else None

    def _kind(self, name: str, column: str) -> pa.DataType | None:
        """Give the type of a column of numbers, or of yes and no; None of any other, and where there is none."""
        return self.once(("kind", name, column), lambda: _number_type(self._schema(name), column))

    def _schema(self, name: str) -> pa.Schema | None:
        return self.once(("schema", name), lambda: self.tables[name].schema if name in self.tables else None)

    def once(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """Give what is kept under a key, or make it and keep it."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def _small(self, name: str, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """Keep what is made of a table of few rows."""
        if key in self._kept or self.tables[name].num_rows <= _KEPT_ROWS:
            return self.once(key, make)
        return make()


def _times(stored: pa.ChunkedArray[Any], last_us: int) -> Times:
    times = np.minimum(stored.to_numpy().astype(np.uint64), np.uint64(MAX_US + 1)).astype(np.int64)
    return np.where(times <= last_us, times, np.int64(-1))


def _ascends(times: Times) -> bool:
    return bool((times[1:] >= times[:-1]).all())


def _floats(values: pa.ChunkedArray[Any]) -> Values:
    plain = values.cast(pa.uint8()) if pa.types.is_boolean(values.type) else values
    return plain.to_numpy().astype(np.float64)


def _number_type(schema: pa.Schema | None, column: str) -> pa.DataType | None:
    at = -1 if schema is None else schema.get_field_index(column)
    if schema is None or at < 0:
        return None
    kind = schema.field(at).type
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    return kind if is_number else None


def _is_integer(kind: pa.DataType | None) -> bool:
    return kind is not None and pa.types.is_integer(kind)


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
    if not (np.diff(series.time_us) > MAX_GAP_US).any():
        return values
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
