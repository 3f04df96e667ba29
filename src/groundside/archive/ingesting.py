"""
Verbs that take files in: `ingest`, `receive`, `watch`, `resume`.

What reads and matches files takes a quarter of a second to load: `ingest` loads it while its workers start.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from groundside.archive.hiring import How, hire
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.archive.working import Work, named_job, working
from groundside.arrive.folder import Arrival, NotTaken, shown, walk
from groundside.arrive.watching import settled
from groundside.errors import BadRequest
from groundside.model.caller import Caller
from groundside.model.progress import Step
from groundside.model.results import Received

if TYPE_CHECKING:
    from groundside.archive.bringing import Going

Tell = Callable[[Step], None]
SWEEP_OLDER_S = 86_400.0
"""Half-arrived bytes of an interrupted process are removed after a day: nobody writes one file for longer."""


def quiet(step: Step) -> None:
    """Tell nobody."""


@verb(Effect.CHANGES)
def ingest(
    store: Store,
    caller: Caller,
    paths: Sequence[Path],
    *,
    max_bytes: int | None = None,
    workers: str | None = None,
    progress: Tell = quiet,
) -> tuple[Received, ...]:
    """
    Take in every file below some paths: keep it, then read it. Idempotent; goes on past bad files.

    Args:
        paths: files and folders.
        max_bytes: larger files are not taken; the setting `max_file_bytes` where None.
        workers: who reads, as the setting `workers` says it; that setting where None.
        progress: told after every file.

    Returns:
        What became of each file, in the order found, and of files kept earlier whose reading was still owed.

    Raises:
        BadRequest: none of the paths exists, or there are no such workers.
        NoSpace: the disk is full; everything acknowledged before is kept.
    """
    return _ingest(store, caller, paths, How(max_bytes, workers), progress)


def _ingest(
    store: Store, caller: Caller, paths: Sequence[Path], how: How, progress: Tell, resumed: str | None = None
) -> tuple[Received, ...]:
    if not any(os.path.lexists(path) for path in paths):
        what = f"There is nothing at {', '.join(shown(p) for p in paths) or 'no path'}."
        raise BadRequest(what, try_this="check the spelling: groundside ingest PATH…")
    parameters = {"paths": [shown(p.absolute()) for p in paths], "max_bytes": how.limit, "workers": how.workers}
    with working(store, caller, "ingest", parameters, resumed) as work:
        found = list(walk(paths, lambda folder: _is_archive(store, folder)))
        hire(store, how.workers, [each for each in found if isinstance(each, Arrival)])
        from groundside.archive.bringing import bring
        from groundside.archive.photo_joining import join_photos, told_of
        from groundside.archive.placing import place_owed

        _sweep(store, caller)
        results = _all(partial(bring, store, caller, found, replace(how, job_id=work.job_id)), found, work, progress)
        results += [] if work.cancelled else _owed(store, caller, how)
        if not work.cancelled:
            place_owed(store, caller)
            join_photos(store, caller, told_of(results))
    return tuple(results)


@verb(Effect.CHANGES)
def receive(store: Store, caller: Caller, name: str, data: Iterable[bytes]) -> Received:
    """
    Take in one file that is handed over, for example by the page.

    Args:
        name: for people; never used as a path.
        data: its bytes, in order.

    Raises:
        TooLarge: past `max_file_bytes`; nothing is kept of it.
        NoSpace: the disk is full; nothing is kept of it.
    """
    from groundside.archive.brought import Incoming
    from groundside.archive.photo_joining import join_photos, told_of
    from groundside.archive.reporting import as_held
    from groundside.archive.taking import codes_of, keep, read_or_say

    incoming = Incoming(name, caller.how)
    original, held = keep(store, caller, incoming, data, store.settings.max_file_bytes)
    if held and original.code in codes_of(store):
        with store.catalogue.read() as reader:
            return as_held(reader, original, caller.scope)
    received = read_or_say(store, caller, original, incoming if held else None)
    if flights := told_of([received]):  # photos that come one by one wait for `join_photos`
        join_photos(store, caller, flights)
    return received


@verb(Effect.CHANGES)
def watch(
    store: Store,
    caller: Caller,
    folder: Path,
    every_s: float,
    sleep: Callable[[float], None],
    *,
    once: bool = False,
) -> Iterator[Received]:
    """
    Take in the files of a folder as they come, each once it is no longer written to.

    Args:
        every_s: seconds between two looks.
        sleep: waits; given by the caller, who can also end it.
        once: end when everything that is there is taken in.
    """
    from groundside.archive.bringing import bring
    from groundside.archive.photo_joining import join_photos, told_of

    if not folder.is_dir():
        what = f"{shown(folder)} is not a folder."
        raise BadRequest(what, try_this="check the spelling: groundside watch FOLDER")
    for found in settled([folder], lambda: sleep(every_s), lambda path: _is_archive(store, path), once=once):
        for received in bring(store, caller, [found]):
            if flights := told_of([received]):
                join_photos(store, caller, flights)
            yield received
    if once:
        join_photos(store, caller)


@verb(Effect.CHANGES)
def resume(store: Store, caller: Caller, job_id: str, *, progress: Tell = quiet) -> tuple[Received, ...]:
    """
    Go on with a job that was stopped or interrupted.

    Raises:
        NotFound: no such job.
        Conflict: it is running, or done.
        BadRequest: it is of a kind that is simply started again.
    """
    with store.catalogue.read() as reader:
        job = named_job(reader, job_id, caller.scope)
    if job.kind != "ingest":
        what = f"A job of the kind {job.kind!r} is not resumed: start it again."
        raise BadRequest(what, try_this=f"groundside {job.kind}")
    told = json.loads(job.parameters)
    paths = [Path(p) for p in told["paths"]]
    return _ingest(store, caller, paths, How(told["max_bytes"], told.get("workers")), progress, job.id)


def _all(
    brought: Callable[[Going], Iterator[Received]], found: Sequence[Arrival | NotTaken], work: Work, progress: Tell
) -> list[Received]:
    total, done = sum(a.size for a in found if isinstance(a, Arrival)), 0
    results: list[Received] = []

    def going(through: int, name: str) -> bool:
        return work.step(through, len(found), name)

    for received in brought(going):
        each = found[len(results)]
        results.append(received)
        done += each.size if isinstance(each, Arrival) else 0
        progress(Step(len(results), len(found), done, total, each.name))
    return results


def _owed(store: Store, caller: Caller, how: How) -> list[Received]:
    """Read what was kept earlier and never read, or read by older code."""
    from groundside.archive.bringing import bring
    from groundside.archive.taking import codes_of

    with store.catalogue.read() as reader:
        pending = reader.originals_pending(codes_of(store), caller.scope)
    return [replace(received, duplicate=True) for received in bring(store, caller, pending, how)]


def _sweep(store: Store, caller: Caller) -> None:
    """
    Note jobs whose process is gone, and remove half-arrived bytes.

    Whole objects that no row refers to are left: they may be originals of a catalogue that was lost or restored.
    """
    with store.catalogue.commit(caller) as writer:
        writer.mark_interrupted(at_us=store.now_us())
    store.vault.sweep(None, SWEEP_OLDER_S)


def _is_archive(store: Store, folder: Path) -> bool:
    try:
        return folder.samefile(store.folder.path)
    except OSError:
        return False
