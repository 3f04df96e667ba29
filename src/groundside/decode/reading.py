"""One file, read: what `groundside.read` gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, partial

import numpy as np
import pyarrow as pa

from groundside.decode.format import HEAD_BYTES, Format, Options
from groundside.decode.known import recognise
from groundside.errors import BadRequest
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.late import LateMapping, LateTables
from groundside.model.log import Log
from groundside.model.recording import Recording, TimeBasis
from groundside.model.track import Track

MAX_PROBLEMS = 1000
"""More than this many problems of one file are counted, not listed."""


@dataclass(frozen=True)
class Reading:
    """
    What one file says, and how it was understood. What is asked for is worked out, nothing else.

    Args:
        kind: the format that recognised it; None where none did, and then all bytes are skipped.
        decoded: tables, facts, problems and the account of bytes.
        marked: says whether our own simulator wrote it.
        chosen: names of the tables that were asked for; None for all.
        stretch: from and to, half open, on the clock of the track: only rows of that time; None for all.
    """

    kind: Format | None
    decoded: Decoded
    marked: Callable[[], bool] = lambda: False
    chosen: tuple[str, ...] | None = None
    stretch: tuple[int, int] | None = None

    @property
    def format(self) -> str | None:
        """Permanent name of the format, or None where no format recognised the file."""
        return self.kind.name if self.kind else None

    @cached_property
    def tables(self) -> Mapping[str, pa.Table]:
        """Name to Arrow table of contiguous columns."""
        tables = self.decoded.tables
        if self.stretch is not None and isinstance(tables, LateTables) and self.kind and self.kind.own_clock_us:
            behind = self.kind.own_clock_us(self.decoded)
            tables = tables.between(*(moment - behind for moment in self.stretch))
        return tables if self.chosen is None else LateMapping({n: partial(tables.__getitem__, n) for n in self.chosen})

    def only(self, names: Iterable[str] | None, stretch: tuple[int, int] | None) -> Reading:
        """
        Give the same reading with some of its tables, and only their rows of some time.

        Args:
            names: "GPS" stands for `GPS` and for every `GPS[0]`, `GPS~2` and so on; None for all tables.
            stretch: from and to, half open, microseconds on the clock of the track; None for all rows.

        Raises:
            BadRequest: no such table, or tables of this format cannot be cut by time.
        """
        if stretch is not None and self.kind is not None and self.kind.own_clock_us is None:
            what = f"Tables of a file of the format {self.kind.title} cannot be cut by time."
            raise BadRequest(what, try_this="read it whole and filter the rows")
        chosen = None if names is None else tuple(dict.fromkeys(n for name in names for n in self._named(name)))
        return replace(self, chosen=chosen, stretch=stretch)

    def _named(self, name: str) -> list[str]:
        found = [n for n in self.decoded.tables if n == name or n.startswith((f"{name}[", f"{name}~"))]
        if not found:
            what = f"There is no table {name!r} in it."
            near = get_close_matches(name, self.decoded.tables, 3) or list(self.decoded.tables)[:10]
            raise BadRequest(what, try_this=f"one of {', '.join(near)}" if near else "groundside decode FILE")
        return found

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        """What the file says of itself, and under "inferences" what was inferred."""
        if self.kind is None:
            return self.decoded.facts
        simulated: dict[str, Fact] = {"simulated": True} if self.marked() else {}
        return {**self.decoded.facts, **_clock(self.recording()), **simulated}

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What is not as it should be, in order of offset; past `MAX_PROBLEMS` they are counted."""
        return _capped(self.decoded.problems)

    @property
    def account(self) -> ByteAccount:
        """Where every byte went."""
        return self.decoded.account

    def track(self) -> pa.Table | None:
        """
        Give the one track of the file, with the columns of `groundside.model.track.COLUMNS`.

        None where the file has none or it is locked. What `time_us` counts is in `facts["time_basis"]`.
        """
        found = self.timed_track()
        if found is None or self.stretch is None:
            return found.table if found else None
        first, after = np.searchsorted(found.time_us, self.stretch)
        return found.table.slice(int(first), int(after - first))

    def timed_track(self) -> Track | None:
        """Give the track together with what its clock is."""
        return self.kind.track(self.decoded) if self.kind else None

    def recording(self) -> Recording:
        """Sum the file up in normalised terms."""
        return self._recording

    @cached_property
    def _recording(self) -> Recording:
        return self.kind.recording(self.decoded) if self.kind else Recording(time_basis=TimeBasis.NONE)

    def log(self) -> Log:
        """Give parameters, messages, events and hardware, on the clock of the track; empty where there are none."""
        if self.kind is None or self.kind.log is None:
            return Log(self.recording().time_basis)
        return self.kind.log(self.decoded)

    def said(self) -> Decoded:
        """Give facts, problems and the account of bytes, all worked out: nothing of it needs the file any more."""
        return Decoded({}, self.facts, self.problems, self.account)

    @property
    def code(self) -> str:
        """Name and version of the code that read it, for the lineage of what is derived."""
        return f"{self.kind.name}/{self.kind.version}" if self.kind else "unrecognised/1"


def read_bytes(data: memoryview, options: Options | None = None) -> Reading:
    """
    Recognise and decode the bytes of one file.

    Args:
        data: the whole file.
        options: keys, where there are any.

    Returns:
        Always a reading, whatever the bytes are; `format` is None where no format recognises them.
    """
    kind = recognise(bytes(data[:HEAD_BYTES]))
    if kind is None:
        return Reading(None, not_understood(len(data)))
    return Reading(kind, kind.decode(data, options or Options()))


def not_understood(size: int) -> Decoded:
    """Account for a file that no format recognises."""
    what = "the file is empty" if size == 0 else "no known format begins like this"
    return Decoded({}, {}, (Problem(0, size, what),), ByteAccount(size, 0, size))


def _clock(recording: Recording) -> dict[str, Fact]:
    return {
        "time_basis": recording.time_basis.value,
        "time_error_s": recording.time_error_s,
        "track_locked": recording.track_locked,
    }


def _capped(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    excess = len(problems) - MAX_PROBLEMS
    if excess <= 0:
        return problems
    return (*problems[:MAX_PROBLEMS], Problem(None, 0, f"and {excess} more problems, not listed"))
