"""One file, read: what `groundside.read` gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from groundside.decode.format import HEAD_BYTES, Format, Options
from groundside.decode.known import recognise
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.log import Log
from groundside.model.recording import Recording, TimeBasis
from groundside.model.track import Track

MAX_PROBLEMS = 1000
"""More than this many problems of one file are counted, not listed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What one file says, and how it was understood.

    Args:
        kind: the format that recognised it; None where none did, and then all bytes are skipped.
        decoded: tables, facts, problems and the account of bytes.
    """

    kind: Format | None
    decoded: Decoded

    @property
    def format(self) -> str | None:
        """Permanent name of the format, or None where no format recognised the file."""
        return self.kind.name if self.kind else None

    @property
    def tables(self) -> Mapping[str, pa.Table]:
        """Name to Arrow table of contiguous columns."""
        return self.decoded.tables

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What the file says of itself, and under "inferences" what was inferred."""
        return self.decoded.facts

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is not as it should be, in order of offset."""
        return self.decoded.problems

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
        return found.table if found else None

    def timed_track(self) -> Track | None:
        """Give the track together with what its clock is."""
        return self.kind.track(self.decoded) if self.kind else None

    def recording(self) -> Recording:
        """Sum the file up in normalised terms."""
        return self.kind.recording(self.decoded) if self.kind else Recording(time_basis=TimeBasis.NONE)

    def log(self) -> Log:
        """Give parameters, messages, events and hardware, on the clock of the track; empty where there are none."""
        if self.kind is None or self.kind.log is None:
            return Log(self.recording().time_basis)
        return self.kind.log(self.decoded)

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
    decoded = _capped(kind.decode(data, options or Options()))
    return Reading(kind, replace(decoded, facts={**decoded.facts, **_clock(kind.recording(decoded))}))


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


def _capped(decoded: Decoded) -> Decoded:
    excess = len(decoded.problems) - MAX_PROBLEMS
    if excess <= 0:
        return decoded
    more = Problem(None, 0, f"and {excess} more problems, not listed")
    return replace(decoded, problems=(*decoded.problems[:MAX_PROBLEMS], more))
