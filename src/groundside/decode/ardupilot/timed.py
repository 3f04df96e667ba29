"""A decoded log as series of values over boot time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.ardupilot.clock import Times, boot_us
from groundside.decode.ardupilot.vehicle import parameters_of
from groundside.model.decoded import Decoded, Fact
from groundside.model.late import LateTables
from groundside.model.recording import TimeBasis

Values = npt.NDArray[np.float64]

MAX_GAP_US = 2_000_000
"""Nothing is interpolated between samples further apart than this."""
_HALF_TURN = 180.0
_SHORT = 4096
_INSTANCE = re.compile(r"(.+)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Clock:
    """
    The clock of a log, as its facts keep it.

    Args:
        first_us, last_us: boot time of the first and the last record; None where nothing is timed.
        utc_offset_us: added to boot time gives UTC; None where UTC is unknown.
        error_s: bound on how wrong UTC may be.
        placed_us: boot times of records that have no clock, by table: those of the record before each.
    """

    first_us: int | None = None
    last_us: int | None = None
    utc_offset_us: int | None = None
    error_s: float | None = None
    placed_us: Mapping[str, list[int | None]] = field(default_factory=dict[str, list[int | None]])

    @property
    def basis(self) -> TimeBasis:
        """What times of this log count."""
        if self.utc_offset_us is not None:
            return TimeBasis.UTC_GNSS
        return TimeBasis.BOOT if self.first_us is not None else TimeBasis.NONE

    def fact(self) -> dict[str, Fact]:
        """Say it in plain JSON values."""
        placed: dict[str, Fact] = {name: list(times) for name, times in self.placed_us.items()}
        return {
            "first_us": self.first_us,
            "last_us": self.last_us,
            "utc_offset_us": self.utc_offset_us,
            "error_s": self.error_s,
            "placed_us": placed,
        }


def clock_of(decoded: Decoded) -> Clock:
    """Read the clock back from the facts of a decoded log."""
    said = decoded.facts.get("clock")
    if not isinstance(said, dict):
        return Clock()
    placed = said.get("placed_us")
    lists = (
        {k: [_whole(t) for t in v] for k, v in placed.items() if isinstance(v, list)}
        if isinstance(placed, dict)
        else {}
    )
    error = said.get("error_s")
    first, last, offset = (_whole(said.get(key)) for key in ("first_us", "last_us", "utc_offset_us"))
    return Clock(first, last, offset, float(error) if isinstance(error, int | float) else None, lists)


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

    def scaled(self, by: float, why: str) -> Series:
        """Multiply by a number, and say so in the origin."""
        return Series(self.time_us, self.values * by, f"{self.origin} {why}")

    def where(self, good: npt.NDArray[np.bool_]) -> Series:
        """Keep some of the samples."""
        return Series(self.time_us[good], self.values[good], self.origin)


class TimedTables:
    """Tables of a log, with its clock."""

    def __init__(self, tables: Mapping[str, pa.Table], clock: Clock) -> None:
        self.tables = tables
        self.clock = clock
        self._instances: dict[str, list[tuple[int, str]]] = {}
        self._times: dict[str, Times | None] = {}
        self._orders: dict[str, tuple[npt.NDArray[np.intp], Times]] = {}
        self._numeric: dict[tuple[str, str], bool] = {}
        self._series: dict[tuple[str, str], Series | None] = {}
        self._parameters: Mapping[str, float] | None = None
        self.found: dict[object, object] = {}
        for name in tables:
            if match := _INSTANCE.fullmatch(name):
                self._instances.setdefault(match[1], []).append((int(match[2]), name))

    def named(self, message: str) -> list[str]:
        """List the tables of one message: itself, or its instances in ascending order."""
        return [message] if message in self.tables else [name for _, name in sorted(self._instances.get(message, ()))]

    def parameters(self) -> Mapping[str, float]:
        """Give the parameters; where one is written several times the last value holds."""
        if self._parameters is None:
            self._parameters = parameters_of(self.tables)
        return self._parameters

    def has(self, name: str, *columns: str) -> bool:
        """Whether a table is there, with these columns of numbers."""
        return name in self.tables and all(self._is_numeric(name, column) for column in columns)

    def _is_numeric(self, name: str, column: str) -> bool:
        key = name, column
        if key not in self._numeric:
            self._numeric[key] = _numeric(self.tables[name], column)
        return self._numeric[key]

    def has_text(self, name: str, column: str) -> bool:
        """Whether a table is there, with this column of text."""
        table = self.tables.get(name)
        return table is not None and column in table.column_names and pa.types.is_string(table[column].type)

    def raw(self, name: str, column: str) -> Values:
        """Give a column as it stands, one value a row."""
        return self.tables[name][column].to_numpy().astype(np.float64)

    def times(self, name: str) -> Times | None:
        """Give the boot time of each row: -1 where unknown or damaged; None where no row has one. Not to be changed."""
        if name not in self._times:
            self._times[name] = self._timed(name)
        return self._times[name]

    def _timed(self, name: str) -> Times | None:
        times = boot_us(self.tables[name], self.clock.first_us)
        if times is None and name in self.clock.placed_us:
            times = np.array([-1 if t is None else t for t in self.clock.placed_us[name]], np.int64)
        if times is None or self.clock.first_us is None or self.clock.last_us is None:
            return None
        if len(times) != self.tables[name].num_rows:
            return None
        return np.where((times >= self.clock.first_us) & (times <= self.clock.last_us), times, np.int64(-1))

    def when(self, name: str) -> list[int | None]:
        """Give the time of each row on the clock of the track: UTC where it is known; None where unknown or damaged."""
        times = self.times(name)
        return [None] * self.tables[name].num_rows if times is None else self.shifted(times)

    def shifted(self, boot_us: Times) -> list[int | None]:
        """Give boot times (negative: unknown) on the clock of the track."""
        offset = self.clock.utc_offset_us or 0
        return [time + offset if time >= 0 else None for time in boot_us.tolist()]

    def series(self, name: str, column: str) -> Series | None:
        """
        Give a column over time; None where there is no such column of numbers, no clock, or no value.

        What is short is kept, for it is asked for again and costs more to make than to keep. Not to be changed.
        """
        key = name, column
        if key in self._series:
            return self._series[key]
        made = self._made(name, column)
        if made is None or len(made) <= _SHORT:
            self._series[key] = made
        return made

    def _made(self, name: str, column: str) -> Series | None:
        times = self.times(name) if self.has(name, column) else None
        if times is None:
            return None
        order, at = self._ordered(name, times)
        values = self.raw(name, column)[order]
        finite = np.isfinite(values)
        if not finite.all():
            at, values = at[finite], values[finite]
        return Series(at, values, f"{name}.{column}") if len(values) else None

    def _ordered(self, name: str, times: Times) -> tuple[npt.NDArray[np.intp], Times]:
        """Give the rows of a table whose time is known in order of time, and their times."""
        if name not in self._orders:
            known = (times >= 0).nonzero()[0]
            order = known[np.argsort(times[known], kind="stable")]
            self._orders[name] = order, times[order]
        return self._orders[name]


class TimedLater(LateTables):
    """
    Tables of a log that keep what was worked out of their times, for track and log ask the same.

    Args:
        makers: name to what makes the table.
    """

    __slots__ = ("timed",)

    def __init__(self, makers: Mapping[str, Callable[[], pa.Table]]) -> None:
        super().__init__(makers)
        self.timed: TimedTables | None = None


def timed_tables(decoded: Decoded) -> TimedTables:
    """Give the tables of a decoded log with its clock."""
    tables = decoded.tables
    if not isinstance(tables, TimedLater):
        return TimedTables(tables, clock_of(decoded))
    if tables.timed is None:
        tables.timed = TimedTables(tables, clock_of(decoded))
    return tables.timed


def shared_tables(tables: Mapping[str, pa.Table], clock: Clock) -> TimedTables:
    """Give tables with their clock; those that keep it are asked again with what was worked out so far."""
    made = TimedTables(tables, clock)
    if isinstance(tables, TimedLater):
        tables.timed = made
    return made


def _numeric(table: pa.Table, column: str) -> bool:
    at = table.schema.get_field_index(column)
    if at < 0:
        return False
    kind = table.schema.field(at).type
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


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
    if (series.time_us[1:] - series.time_us[:-1]).max(initial=0) <= MAX_GAP_US:
        return values
    after = np.minimum(np.searchsorted(series.time_us, at, side="left"), len(series) - 1)
    before = np.maximum(np.searchsorted(series.time_us, at, side="right") - 1, 0)
    values[(series.time_us[after] - series.time_us[before]) > MAX_GAP_US] = np.nan
    return values


def linear_angle(series: Series, at: Times) -> Values:
    """Interpolate angles in degrees along the shorter way round; 0 to 360."""
    steps = np.abs(series.values[1:] - series.values[:-1])
    unwrapped = np.unwrap(series.values, period=360.0) if steps.max(initial=0.0) >= _HALF_TURN else series.values
    return linear(Series(series.time_us, unwrapped, series.origin), at) % 360.0


def held(series: Series, at: Times, max_age_us: int | None = None) -> Values:
    """Hold each sample until the next; NaN before the first, and once a sample is older than `max_age_us`."""
    index = np.searchsorted(series.time_us, at, side="right") - 1
    values = series.values[np.maximum(index, 0)].copy()
    values[index < 0] = np.nan
    if max_age_us is not None:
        values[at - series.time_us[np.maximum(index, 0)] > max_age_us] = np.nan
    return values
