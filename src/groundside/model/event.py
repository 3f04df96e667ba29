"""What happened in an archive, and the long work going on in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, committed together with the rows it concerns; `seq` has no gaps."""

    seq: int
    at_us: int
    what: str
    who: str
    how: str
    why: str
    about: str
    """Id of what it concerns: a flight, an original, a job; empty where it is the archive."""
    details: str
    """JSON text."""


class JobState(StrEnum):
    """How far a job has come."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """Its process is gone before it ended; it can be resumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Long work: durable, with progress, cancellable and resumable."""

    id: str
    kind: str
    state: JobState
    started_us: int
    ended_us: int | None
    done: int
    total: int | None
    unit: str
    note: str
    parameters: str
    """JSON text: what `resume` starts it with."""
    cancel_asked: bool = False
