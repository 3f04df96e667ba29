"""A decoded log as series of values over the time of its track."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside.decode.mavlink.anchors import Times, believable, device_times
from groundside.decode.mavlink.clock import NOT_SAID_US, Clock, clock_of
from groundside.decode.mavlink.glitches import glitches
from groundside.decode.mavlink.sheets import Moments, Sheet
from groundside.decode.mavlink.tables import ends_in, moments_in, names_of, sender_in, sheet_in
from groundside.decode.mavlink.vehicle import Vehicle, vehicle_of
from groundside.model.decoded import ByteAccount, Decoded, Said
from groundside.model.late import Late
from groundside.native.mavlink_series import Shown
from groundside.native.mavlink_series import linear as interpolated

Values = npt.NDArray[np.float64]
Names = ParamSpec("Names")
Made = TypeVar("Made")

MAX_GAP_US = 2_000_000
"""Nothing is interpolated between samples further apart than this."""
_LATE_US = 5_000_000
_ROWS_AT_ONCE = 1 << 16
Rows = npt.NDArray[np.intp] | slice
"""Which rows of a table."""
_ALL = slice(None)


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
        timed_by: the stream of the same tables, not timed yet, that they were timed by.
    """

    def __init__(self, tables: Mapping[str, pa.Table], device: bool, timed_by: Stream | None = None) -> None:
        self.tables = tables
        self.vehicle: Vehicle | None = timed_by.vehicle if timed_by else vehicle_of(tables)
        known = timed_by.clock.on_its_own_times() if timed_by else None
        self.clock: Clock = known or clock_of(tables, self.vehicle, device)
        self.kept: dict[Hashable, object] = {}
        self._names: dict[str, str | None] = {}
        self._timed: dict[str, Times] = {}
        self._rows: dict[str, tuple[Rows, Times]] = {}
        self._own: list[str] | None = None

    def _name(self, message: str) -> str | None:
        if message not in self._names:
            whose = (self.vehicle.system, self.vehicle.component) if self.vehicle else None
            names = names_of(self.tables, message) if whose else ()
            self._names[message] = next((n for n in names if sender_in(self.tables, n) == whose), None)
        return self._names[message]

    def sheet(self, message: str) -> Sheet | None:
        """Give the vehicle's table of a message; None where it sent none."""
        name = self._name(message)
        return None if name is None else sheet_in(self.tables, name)

    def times_of(self, message: str) -> Times:
        """Say when the rows of the vehicle's table of a message were, by the clock of the track."""
        if message not in self._timed:
            name = self._name(message)
            self._timed[message] = np.zeros(0, np.int64) if name is None else self.times(name)
        return self._timed[message]

    def ordered(self, message: str) -> tuple[Rows, Times]:
        """Choose the rows of the vehicle's table of a message by `ascending`, and give their times."""
        if message not in self._rows:
            times = self.times_of(message)
            rows = ascending(times)
            self._rows[message] = rows, times[rows]
        return self._rows[message]

    def own(self) -> list[str]:
        """List the names of the vehicle's tables; of all tables where there is no vehicle."""
        if self._own is None:
            whose = (self.vehicle.system, self.vehicle.component) if self.vehicle else None
            self._own = [name for name in self.tables if whose is None or sender_in(self.tables, name) == whose]
        return self._own

    def raw(self, message: str, field: str) -> npt.NDArray[np.generic]:
        """Give a field of the vehicle's table as it stands; empty where there is none."""
        sheet = self.sheet(message)
        return np.zeros(0) if sheet is None else sheet[field]

    def times(self, name: str) -> Times:
        """Say when the rows of a table were, by the clock of the track."""
        moments = moments_in(self.tables, name)
        whose = (self.vehicle.system, self.vehicle.component) if self.vehicle else None
        stated = moments.boot_ms is not None and whose is not None and sender_in(self.tables, name) == whose
        return self.clock.times(moments.at, device_times(moments), _boot_us(moments) if stated else None)

    def all_times(self, moments: Sequence[Moments]) -> tuple[Times, Times]:
        """
        Say where in the file the rows of several of the vehicle's tables are, and when they were.

        Those that have no time are left out.
        """
        timed = [each for each in moments if each.time_us is not None]
        if not timed:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        at = np.concatenate([each.at for each in timed])
        times, first = np.empty(len(at), np.int64), 0
        for some in _batches(timed):
            device = believable([each.time_us for each in some if each.time_us is not None])
            boot = np.concatenate([_boot_us(each) for each in some]) if self.vehicle else None
            part = slice(first, first + len(device))
            times[part] = self.clock.times(at[part], device, boot)
            first = part.stop
        return at, times

    def series(self, message: str, field: str, scale: float = 1.0, invalid: float | None = None) -> Series | None:
        """
        Give a field of the vehicle over time; None where it has no known value.

        Args:
            message, field: which.
            scale: what to multiply it by.
            invalid: the raw value that means "unknown".
        """
        sheet = self.sheet(message)
        if sheet is None or field not in sheet:
            return None
        stored = sheet[field]
        raw = stored.astype(np.float64)
        known = None if stored.dtype.kind in "iu" else np.isfinite(raw)
        if invalid is not None:
            known = raw != invalid if known is None else known & (raw != invalid)
        scaled = "" if scale == 1.0 else f" x {scale:g}"
        origin = f"{message}.{field}{scaled}"
        if known is not None and not known.all():
            return series_of(self.times_of(message), raw * scale, known, origin)
        rows, times = self.ordered(message)
        return Series(times, (raw if scale == 1.0 else raw * scale)[rows], origin) if len(times) else None

    def span(self) -> tuple[int, int] | None:
        """Give the times of the vehicle's first and last record; of any record where there is no vehicle."""
        _, times = self.all_times(ends_in(self.tables, self.own()))
        return (int(times.min()), int(times.max())) if len(times) else None


def once(work: Callable[Concatenate[Stream, Names], Made]) -> Callable[Concatenate[Stream, Names], Made]:
    """Have what several ask for worked out once a stream; what else is asked by is plain names."""

    @wraps(work)
    def kept(stream: Stream, *names: Names.args, **_: Names.kwargs) -> Made:
        key = (work, *names)
        if key not in stream.kept:
            stream.kept[key] = work(stream, *names)  # pyright: ignore[reportCallIssue]
        return cast("Made", stream.kept[key])

    return kept


def _boot_us(moments: Moments) -> Times:
    if moments.boot_ms is None:
        return np.full(len(moments.at), NOT_SAID_US)
    return moments.boot_ms.astype(np.int64) * 1000


def _batches(moments: Sequence[Moments]) -> Iterator[list[Moments]]:
    """Put small tables together: what is done with each costs more than their rows."""
    some: list[Moments] = []
    for each in moments:
        if some and sum(len(m.at) for m in some) + len(each.at) > _ROWS_AT_ONCE:
            yield some
            some = []
        some.append(each)
    yield some


def series_of(times: Times, values: Values, known: npt.NDArray[np.bool_], origin: str) -> Series | None:
    """Make a series of what is known, leaving out times that are damaged or do not ascend; None where none is left."""
    rows = known.nonzero()[0]
    times, values = times[rows], values[rows]
    rows = ascending(times)
    times = times[rows]
    return Series(times, values[rows], origin) if len(times) else None


def ascending(times: Times) -> Rows:
    """
    Choose rows in order of time, no two at the same.

    What came late, over a slower link, is put in its place; what is earlier than the row before it by more than
    `_LATE_US`, or a single damaged time, is passed over.
    """
    if (times[1:] > times[:-1]).all():
        return _ALL
    rows = np.flatnonzero(~glitches(times))
    there = times[rows]
    if not len(rows) or (there[1:] > there[:-1]).all():
        return rows
    rows = rows[there > np.maximum.accumulate(there) - _LATE_US]
    rows = rows[np.argsort(times[rows], kind="stable")]
    return rows[np.diff(times[rows], prepend=times[rows[0]] - 1) > 0]


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


def linear(series: Series, at: Times, shown: Shown = Shown.AS_IS) -> Values:
    """
    Interpolate linearly; angles in degrees (`shown` is not `AS_IS`) along the shorter way round.

    Returns:
        One value for each time: NaN before the first and after the last sample, and between samples more than
        `MAX_GAP_US` apart; a sample's own value at its own time.
    """
    return interpolated(series.time_us, series.values, at, MAX_GAP_US, shown)
