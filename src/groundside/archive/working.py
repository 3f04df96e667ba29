"""A durable job around long work: progress now and then, a stop where it can go on from."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from groundside.archive.store import Store
from groundside.errors import BadRequest
from groundside.keep.catalogue import Reader
from groundside.model.caller import GENERAL, Caller, Scope
from groundside.model.event import Job, JobState

SECONDS_BETWEEN = 1.0


class Work:
    """A running job; `step` is called as often as one likes and writes about once a second."""

    def __init__(self, store: Store, caller: Caller, job: Job) -> None:
        self._store, self._caller = store, caller
        self._last = 0.0
        self.job_id = job.id
        self.total = 0
        self.cancelled = False

    def step(self, done: int, total: int, note: str) -> bool:
        """
        Record how far it is.

        Returns:
            Whether to go on: False once somebody asked it to stop.
        """
        self.total = total
        if self.cancelled or time.monotonic() - self._last < SECONDS_BETWEEN:
            return not self.cancelled
        self._last = time.monotonic()
        with self._store.catalogue.commit(self._caller) as writer:
            writer.progress(self.job_id, done, total, note)
            self.cancelled = writer.cancel_asked(self.job_id, self._caller.scope)
        return not self.cancelled


@contextmanager
def working(
    store: Store, caller: Caller, kind: str, parameters: Mapping[str, object], resumed: str | None = None
) -> Generator[Work]:
    """Begin a job, or go on with one, and record how it ends."""
    with store.catalogue.commit(caller) as writer:
        if resumed:
            job = writer.resume_job(resumed)
        else:
            text = json.dumps(parameters)
            job = writer.add_job(kind, parameters=text, unit="files", case=GENERAL, at_us=store.now_us())
        writer.event("job.started", about=job.id, details=json.dumps({"kind": kind}), at_us=store.now_us())
    work = Work(store, caller, job)
    try:
        yield work
    except KeyboardInterrupt:
        _end(store, caller, work, JobState.CANCELLED, "stopped by the person at the keyboard")
        raise
    except BaseException as error:
        _end(
            store,
            caller,
            work,
            JobState.FAILED,
            str(error).splitlines()[0][:200] if str(error) else type(error).__name__,
        )
        raise
    _end(store, caller, work, JobState.CANCELLED if work.cancelled else JobState.DONE, "")


def _end(store: Store, caller: Caller, work: Work, state: JobState, note: str) -> None:
    with store.catalogue.commit(caller) as writer:
        now = store.now_us()
        if state is JobState.DONE:
            writer.progress(work.job_id, work.total, work.total)
        writer.finish(work.job_id, state, at_us=now, note=note)
        writer.event("job.ended", about=work.job_id, details=json.dumps({"state": state.value}), at_us=now)


def named_job(reader: Reader, beginning: str, scope: Scope) -> Job:
    """
    Find a job by the first characters of its id.

    Raises:
        NotFound: none begins so.
        BadRequest: several do.
    """
    found = [job for job in reader.jobs(scope) if beginning and job.id.startswith(beginning.strip().lower())]
    if len(found) > 1:
        what = f"{len(found)} jobs begin with {beginning[:40]!r}."
        raise BadRequest(what, try_this="give more of its id")
    return found[0] if found else reader.job(beginning, scope)
