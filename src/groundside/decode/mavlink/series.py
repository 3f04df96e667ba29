"""A decoded log as series of values over the time of its track."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.clock import NOT_SAID_US, Clock, Times, clock_of, device_times
from groundside.decode.mavlink.columns import BOOT, OFFSET, TIME
from groundside.decode.mavlink.glitches import glitches
from groundside.decode.mavlink.tables import ends_in, sender_in, sender_of
from groundside.decode.mavlink.vehicle import Vehicle, names_of, vehicle_of
from groundside.model.decoded import ByteAccount, Decoded, Said
from groundside.model.late import Late

Values = npt.NDArray[np.float64]

MAX_GAP_US = 2_000_000
"""Nothing is interpolated between samples further apart than this."""
_LATE_US = 5_000_000
_ROWS_AT_ONCE = 1 << 16


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
        self._found: dict[str, pa.Table | None] = {}
        self._timed: dict[str, Times] = {}

    def table(self, message: str) -> pa.Table | None:
        """Give the vehicle's table of a message; None where it sent none."""
        if message not in self._found:
            own = set(self.own()) if self.vehicle else ()
            names = [name for name in names_of(self.tables, message) if name in own]
            self._found[message] = self.tables[names[0]] if names else None
        return self._found[message]

    def times_of(self, message: str) -> Times:
        """Say when the rows of the vehicle's table of a message were, by the clock of the track."""
        if message not in self._timed:
            table = self.table(message)
            self._timed[message] = np.zeros(0, np.int64) if table is None else self.times(table)
        return self._timed[message]

    def own(self) -> list[str]:
        """List the names of the vehicle's tables; of all tables where there is no vehicle."""
        if self.vehicle is None:
            return list(self.tables)
        whose = (self.vehicle.system, self.vehicle.component)
        return [name for name in self.tables if sender_in(self.tables, name) == whose]

    def raw(self, message: str, field: str) -> npt.NDArray[np.generic]:
        """Give a field of the vehicle's table as it stands; empty where there is none."""
        table = self.table(message)
        return np.zeros(0) if table is None else table[field].to_numpy()

    def times(self, table: pa.Table) -> Times:
        """Say when the rows of a table were, by the clock of the track."""
        return self.clock.times(table[OFFSET].to_numpy(), device_times(table), self._boot(table))

    def all_times(self, tables: Sequence[pa.Table]) -> tuple[Times, Times]:
        """Say where in the file the rows of several tables are, and when they were; without those that have no time."""
        timed = [table for table in tables if table[TIME].null_count == 0]
        if not timed:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        at = np.concatenate([table[OFFSET].to_numpy() for table in timed])
        times, first = np.empty(len(at), np.int64), 0
        for some in _batches(timed):
            device = np.concatenate([device_times(table) for table in some])
            boot = np.concatenate([self._boot(table) for table in some])
            part = slice(first, first + len(device))
            times[part] = self.clock.times(at[part], device, boot)
            first = part.stop
        return at, times

    def _boot(self, table: pa.Table) -> Times:
        if BOOT in table.column_names and self._is_own(table):
            return table[BOOT].to_numpy().astype(np.int64) * 1000
        return np.full(table.num_rows, NOT_SAID_US)

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
        return series_of(self.times_of(message), raw * scale, known, f"{message}.{field}{scaled}")

    def span(self) -> tuple[int, int] | None:
        """Give the times of the vehicle's first and last record; of any record where there is no vehicle."""
        ends = [ends_in(self.tables, name) for name in self.own()]
        _, times = self.all_times([t for t in ends if t.num_rows])
        return (int(times.min()), int(times.max())) if len(times) else None


def _batches(tables: Sequence[pa.Table]) -> Iterator[list[pa.Table]]:
    """Put small tables together: what is done with each costs more than their rows."""
    some: list[pa.Table] = []
    for table in tables:
        if some and sum(t.num_rows for t in some) + table.num_rows > _ROWS_AT_ONCE:
            yield some
            some = []
        some.append(table)
    yield some


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


class Telemetry(Decoded):
    """A decoded log that keeps its stream, once that was asked for."""

    __slots__ = ("stream",)

    stream: Late[Stream]

    @classmethod
    def told(
        cls, tables: Mapping[str, pa.Table], account: ByteAccount, said: Callable[[], Said], stream: Late[Stream]
    ) -> Telemetry:
        """Make one; facts, problems and the stream are worked out when they are first asked for."""
        made = cls(tables, {}, (), account)
        made._said = Late(said)
        made.stream = stream
        return made


def stream_of(decoded: Decoded) -> Stream:
    """Give the stream of a log that was decoded."""
    if isinstance(decoded, Telemetry):
        return decoded.stream()
    return Stream(decoded.tables, bool(decoded.facts.get("device_clock")))


def own_clock_us(decoded: Decoded) -> int:
    """
    Say how far the clock of the tables is behind that of the track, microseconds.

    Where the vehicle was started several times, or the recorder's clock was set, that is so for most of the log.
    """
    return stream_of(decoded).clock.after_tables_us()


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
