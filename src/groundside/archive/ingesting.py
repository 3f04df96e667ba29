"""Verbs that take files in: `ingest`, `receive`, `watch`, `resume`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from groundside.archive.deriving import current_codes
from groundside.archive.store import Store
from groundside.archive.taking import Incoming, as_held, held_already, keep, read_or_say
from groundside.archive.verb import Effect, verb
from groundside.archive.working import Work, named_job, working
from groundside.arrive.folder import Arrival, NotTaken, contents, shown, walk
from groundside.arrive.watching import settled
from groundside.errors import BadRequest, GroundsideError, NoSpace
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Caller
from groundside.model.progress import Step
from groundside.model.results import Received

Tell = Callable[[Step], None]
NOT_TAKEN = "not-taken"
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
    progress: Tell = quiet,
    resumed: str | None = None,
) -> tuple[Received, ...]:
    """
    Take in every file below some paths: keep it, then read it. Idempotent; goes on past bad files.

    Args:
        paths: files and folders.
        max_bytes: larger files are not taken; the setting `max_file_bytes` where None.
        progress: told after every file.
        resumed: id of the job to go on with, None for a new one.

    Returns:
        What became of each file, in the order found, and of files kept earlier whose reading was still owed.

    Raises:
        BadRequest: none of the paths exists.
        NoSpace: the disk is full; everything acknowledged before is kept.
    """
    if not any(os.path.lexists(path) for path in paths):
        what = f"There is nothing at {', '.join(shown(p) for p in paths) or 'no path'}."
        raise BadRequest(what, try_this="check the spelling: groundside ingest PATH…")
    limit = store.settings.max_file_bytes if max_bytes is None else max_bytes
    parameters = {"paths": [shown(p.absolute()) for p in paths], "max_bytes": max_bytes}
    with working(store, caller, "ingest", parameters, resumed) as work:
        _sweep(store, caller)
        found = list(walk(paths, lambda folder: _is_archive(store, folder)))
        results = list(_each(store, caller, found, (limit, work, progress)))
        results += [] if work.cancelled else _owed(store, caller)
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
    original, held = keep(store, caller, Incoming(name, caller.how), data, store.settings.max_file_bytes)
    return _read_if_owed(store, caller, original, held=held)


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
    if not folder.is_dir():
        what = f"{shown(folder)} is not a folder."
        raise BadRequest(what, try_this="check the spelling: groundside watch FOLDER")
    for found in settled([folder], lambda: sleep(every_s), lambda path: _is_archive(store, path), once=once):
        if isinstance(found, NotTaken):
            yield _not_taken(found)
        else:
            yield _take(store, caller, found, store.settings.max_file_bytes, None)


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
    return ingest(store, caller, paths, max_bytes=told["max_bytes"], progress=progress, resumed=job.id)


def _each(
    store: Store, caller: Caller, found: list[Arrival | NotTaken], how: tuple[int, Work, Tell]
) -> Iterator[Received]:
    limit, work, progress = how
    total = sum(a.size for a in found if isinstance(a, Arrival))
    done = 0
    for index, arrival in enumerate(found):
        if not work.step(index, len(found), arrival.name):
            return
        if isinstance(arrival, NotTaken):
            yield _not_taken(arrival)
            continue
        yield _take(store, caller, arrival, limit, work.job_id)
        done += arrival.size
        progress(Step(index + 1, len(found), done, total, arrival.name))


def _not_taken(found: NotTaken) -> Received:
    return Received(file=found.name, state=NOT_TAKEN, message=found.why)


def _take(store: Store, caller: Caller, arrival: Arrival, limit: int, job_id: str | None) -> Received:
    incoming = Incoming(arrival.name, shown(arrival.path.parent.absolute()), job_id)
    try:
        original, held = _kept(store, caller, arrival, incoming, limit)
    except NoSpace:
        raise
    except GroundsideError as error:
        return Received(file=arrival.name, state=NOT_TAKEN, message=str(error).replace("\n ", ";"))
    return _read_if_owed(store, caller, original, held=held)


def _kept(store: Store, caller: Caller, arrival: Arrival, incoming: Incoming, limit: int) -> tuple[KeptOriginal, bool]:
    with store.catalogue.read() as reader:
        known_size = reader.holds_size(arrival.size, caller.scope)
    if known_size and (held := held_already(store, caller, incoming, contents(arrival, limit))):
        return held, True
    return keep(store, caller, incoming, contents(arrival, limit), limit)


def _read_if_owed(store: Store, caller: Caller, original: KeptOriginal, *, held: bool) -> Received:
    if held and original.code in current_codes(store.settings.max_decode_bytes):
        return as_held(store, caller, original)
    return replace(read_or_say(store, caller, original), duplicate=held)


def _owed(store: Store, caller: Caller) -> list[Received]:
    """Read what was kept earlier and never read, or read by older code."""
    with store.catalogue.read() as reader:
        pending = reader.originals_pending(current_codes(store.settings.max_decode_bytes), caller.scope)
    return [replace(read_or_say(store, caller, original), duplicate=True) for original in pending]


def _sweep(store: Store, caller: Caller) -> None:
    """
    Note jobs whose process is gone, and remove half-arrived bytes.

    Whole objects that no row refers to are left: they may be originals of a catalogue that was lost or restored.
    """
    with store.catalogue.commit(caller) as writer:
        writer.mark_interrupted(at_us=store.now_us())
    store.vault.sweep(lambda _: True, SWEEP_OLDER_S)


def _is_archive(store: Store, folder: Path) -> bool:
    try:
        return folder.samefile(store.folder.path)
    except OSError:
        return False
