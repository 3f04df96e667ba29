"""
Many files into the archive, by several workers: read once, made durable together, committed in the order found.

Workers read, keep and decode; this process alone writes to the catalogue. Because files are committed in the order in
which they were found, whatever order they are done in, any number of workers makes the same flights.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from groundside.archive.brought import Reread, objects_of
from groundside.archive.errands import run
from groundside.archive.handling import Handling
from groundside.archive.hiring import PARCEL_BYTES, PARCEL_FILES, How, limits_of
from groundside.archive.settling import discard_unreferred, settle
from groundside.archive.slots import Slot
from groundside.archive.store import Store, enter_passages
from groundside.archive.taking import read_or_say
from groundside.arrive.folder import Arrival, NotTaken
from groundside.keep.residency import refuse_abroad
from groundside.keep.rows import KeptOriginal
from groundside.model.caller import Caller
from groundside.model.results import Received
from groundside.outbound import Passage, gate
from groundside.workers import Crew, crew

COMMIT_FILES, COMMIT_S = 64, 0.5
"""So many files are committed together; fewer once the first of them has waited so long."""
AHEAD_FILES, AHEAD_BYTES = 64, 32 << 20
"""What is handed to one worker at a time, so that it has work while others' is committed; two parcels at the least."""
WINDOW_FILES, WINDOW_BYTES = 2000, 64 << 20
"""How many files may be done and wait for one before them, and what they may take of memory."""

Found = Arrival | NotTaken | KeptOriginal
Going = Callable[[int, str], bool]
"""Told how many files are through and the name of the next; says whether to go on."""


def _always(through: int, name: str) -> bool:
    return True


USUAL = How()


def bring(
    store: Store, caller: Caller, found: Sequence[Found], how: How = USUAL, going: Going = _always
) -> Iterator[Received]:
    """
    Take in files and read originals anew; what goes wrong with one is said of that one.

    Args:
        store: the archive.
        caller: on whose behalf.
        found: files, and originals that are to be read anew.
        how: see `How`.
        going: asked before more is begun; what was begun is always brought to an end.

    Returns:
        What became of each, in order, each once it is committed.

    Raises:
        NoSpace: the disk is full; what was handed out before is kept.
    """
    if not found:
        return
    settings = store.settings
    tls = {"ca": settings.dask_ca, "cert": settings.dask_cert, "key": settings.dask_key}
    named = (settings.workers if how.workers is None else how.workers) or ""
    limit = settings.max_file_bytes if how.limit is None else how.limit
    if named.startswith(("tcp:", "tls:")):
        refuse_abroad(settings, cluster=True)
    with gate(settings.outbound) as passed:
        hired = crew(named, run, limits_of(store), tls)
    with hired as engaged:
        _enter(store, caller, engaged, passed)
        yield from _Bringing(store, caller, engaged, Handling(store, caller, limit, how.job_id), going).run(found)


def _enter(store: Store, caller: Caller, engaged: Crew, passed: Sequence[Passage]) -> None:
    """Enter whither workers go: to a scheduler, or, being processes of this machine, to the bucket by themselves."""
    enter_passages(store, caller, passed)
    if engaged.here:
        objects = [each for each in store.passed if each.purpose != "catalogue"]
        enter_passages(store, caller, objects, engaged.hands)


class _Bringing:
    """One run over many files."""

    def __init__(self, store: Store, caller: Caller, workers: Crew, handling: Handling, going: Going) -> None:
        self._store, self._caller, self._workers, self._going = store, caller, workers, going
        self._handling = handling
        self._slots: list[Slot] = []
        self._fed = self._through = 0
        self._open: dict[int, list[Slot]] = {}
        self._keys = 0
        self._stopped = False
        self._since_s: float | None = None

    def run(self, found: Sequence[Found]) -> Iterator[Received]:
        """Do all of it."""
        self._slots = [Slot(each) for each in found]
        try:
            while self._fed > self._through or not self._ended():
                self._feed()
                _ = self._handling.codes  # worked out while the workers start
                if self._open:
                    key, outcome = self._workers.wait()
                    self._handling.take(self._open.pop(key), outcome)
                yield from self._commit()
        finally:
            begun = self._slots[self._through : self._fed]
            left = [o.object_id for s in begun if s.brought is not None for o in objects_of(s.brought)]
            discard_unreferred(self._store, left)

    def _ended(self) -> bool:
        return self._stopped or self._fed == len(self._slots)

    def _feed(self) -> None:
        """Keep every worker at work, with as much waiting for it as lasts while others' work is committed."""
        while self._wants_more():
            parcel = self._handling.next_parcel(self._workers)
            if parcel is None:
                more = self._more()
                if not more:
                    return
                self._handling.begin(more)
                continue
            slots, packed = parcel
            self._open[self._keys] = slots
            self._workers.submit(self._keys, packed)
            self._keys += 1

    def _wants_more(self) -> bool:
        hands = self._workers.hands
        if len(self._open) < 2 * hands:
            return True
        handed = [slot for slots in self._open.values() for slot in slots]
        return (
            self._workers.here
            and len(handed) < AHEAD_FILES * hands
            and sum(slot.size for slot in handed) < AHEAD_BYTES * hands
        )

    def _has_room(self) -> bool:
        waiting = self._slots[self._through : self._fed]
        return len(waiting) < WINDOW_FILES and sum(slot.weight for slot in waiting) < WINDOW_BYTES

    def _more(self) -> list[Slot]:
        """Take the next files, about as many as one worker should be given at once."""
        if self._ended() or not self._has_room():
            return []
        first, size = self._fed, 0
        while self._fed < len(self._slots) and self._fed - first < PARCEL_FILES:
            size += self._slots[self._fed].size
            if self._fed > first and size > PARCEL_BYTES:
                break
            self._fed += 1
        name = self._slots[first].name
        if not self._going(self._through, name):
            self._stopped, self._fed = True, first
        return self._slots[first : self._fed]

    def _commit(self) -> Iterator[Received]:
        """Commit what is done, as far as all before it is done."""
        ready = self._ready()
        while ready and self._is_due(ready):
            some = ready[:COMMIT_FILES]
            results = self._settled(some)
            self._through += len(some)
            self._since_s = None
            for slot in some:
                slot.brought = None
            yield from results
            ready = ready[COMMIT_FILES:]

    def _ready(self) -> list[Slot]:
        end = self._through
        while end < self._fed and self._slots[end].is_ready:
            end += 1
        return self._slots[self._through : end]

    def _is_due(self, ready: list[Slot]) -> bool:
        now = time.monotonic()
        self._since_s = now if self._since_s is None else self._since_s
        nothing_else = not self._open and not self._handling.waits
        return len(ready) >= COMMIT_FILES or now - self._since_s >= COMMIT_S or nothing_else

    def _settled(self, slots: list[Slot]) -> list[Received]:
        brought = [slot.brought for slot in slots if slot.brought is not None]
        settled = iter(settle(self._store, self._caller, brought) if brought else [])
        results: list[Received] = []
        for slot in slots:
            result = slot.said if slot.brought is None else next(settled)
            if result is None and isinstance(slot.brought, Reread):  # its keys changed while it was read
                result = read_or_say(self._store, self._caller, slot.brought.original, slot.brought.again)
            if result is not None:
                results.append(result)
        return results
