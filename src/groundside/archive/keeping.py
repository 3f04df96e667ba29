"""Verbs about the archive itself: jobs, events, verifying, rebuilding."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.archive.bringing import bring
from groundside.archive.ingesting import Tell, quiet
from groundside.archive.photo_joining import join_photos
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.archive.working import named_job, working
from groundside.keep.checks import Fault
from groundside.keep.checks import verify as check
from groundside.model.caller import Caller
from groundside.model.event import Event, Job
from groundside.model.progress import Step
from groundside.model.results import Received


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found: faults (none where all is well), objects read, leftovers of interrupted work."""

    faults: tuple[Fault, ...]
    objects: int
    leftovers: int


@verb(Effect.NEITHER)
def jobs(store: Store, caller: Caller) -> tuple[Job, ...]:
    """List long work, newest first; jobs whose process is gone are shown as interrupted."""
    with store.catalogue.commit(caller) as writer:
        writer.mark_interrupted(at_us=store.now_us())
        return tuple(writer.jobs(caller.scope))


@verb(Effect.CHANGES)
def cancel(store: Store, caller: Caller, job_id: str) -> Job:
    """
    Ask a job to stop where it can be gone on with.

    Raises:
        NotFound: no such job.
    """
    with store.catalogue.commit(caller) as writer:
        job = named_job(writer, job_id, caller.scope)
        writer.ask_cancel(job.id)
        writer.event("job.cancel", about=job.id, at_us=store.now_us())
        return writer.job(job.id, caller.scope)


@verb(Effect.NEITHER)
def events(store: Store, caller: Caller, after: int, limit: int) -> tuple[Event, ...]:
    """List events after a number, in order."""
    with store.catalogue.read() as reader:
        return tuple(reader.events_after(after, limit, caller.scope))


@verb(Effect.NEITHER)
def verify(store: Store, caller: Caller, *, sample: int | None = None, progress: Tell = quiet) -> Report:
    """
    Compare all that is kept with what was kept, and name each thing that is not as it was.

    Every object with its digest, every row with its seal and with the others, every key with what it opens, every event
    with the ledger, and the ledger with its signature.

    Args:
        sample: read only so many objects, chosen at random; whether each is there, and all rows, are always looked at.
    """

    def tell(done: int, total: int, read: int, size: int) -> None:
        progress(Step(done, total, read, size, "objects"))

    found = check(store.vault, store.catalogue, sample, tell)
    return Report(found.faults, found.objects, len(found.leftovers))


@verb(Effect.CHANGES)
def rebuild(store: Store, caller: Caller, *, progress: Tell = quiet) -> tuple[Received, ...]:
    """
    Make everything derived again from the originals; ids, notes and merges stay.

    Each original is read again in turn and its rows replaced in one transaction, so it may be stopped at any moment.

    Returns:
        What became of each original.
    """
    with store.catalogue.read() as reader:
        originals = reader.originals(caller.scope)
    total = sum(o.size for o in originals)
    done, results = 0, list[Received]()
    with working(store, caller, "rebuild", {}) as work:

        def going(through: int, name: str) -> bool:
            return work.step(through, len(originals), name)

        for received in bring(store, caller, originals, going=going):
            original = originals[len(results)]
            results.append(received)
            done += original.size
            progress(Step(len(results), len(originals), done, total, original.file_name))
        join_photos(store, caller)
    return tuple(results)
