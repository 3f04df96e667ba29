"""Several workers at once: in this process, in others on this machine, or on a Dask cluster."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, Self

from groundside.errors import BadRequest
from groundside.workers.guard import borrowed, unguarded
from groundside.workers.parcel import Limits, Outcome, Parcel, Work

MOST_HANDS = 256
HERE = "0"


class Crew(AbstractContextManager["Crew"], Protocol):
    """
    Workers that take parcels in the order in which they come, and hand back outcomes in the order they are done.

    Args:
        hands: how many parcels are worked on at once.
        here: they run on this machine and see its disk.
    """

    hands: int
    here: bool

    def submit(self, key: int, parcel: Parcel) -> None:
        """Have a parcel done; its outcome comes from `wait` under the same key."""
        ...

    def wait(self) -> tuple[int, Outcome]:
        """Give the next outcome; waits for it. There must be one to come."""
        ...


def crew(named: str, work: Work, limits: Limits, tls: Mapping[str, Path | None] | None = None) -> Crew:
    """
    Engage workers; use them in a `with` block, which ends them whatever they are at.

    Args:
        named: "" for one on each core; a number; "0" for none but this process, without limits; "local:N" for a Dask
            cluster of N processes on this machine; "tcp://host:port" or "tls://host:port" for a Dask scheduler.
        work: what they do.
        limits: of each.
        tls: files "ca", "cert" and "key", for a scheduler that asks for them.

    Raises:
        BadRequest: no workers are called so.
        Refused: a scheduler beyond this machine without TLS.
    """
    if named == HERE:
        return Alone(work)
    if hands := hands_of(named):
        return Processes(work, limits, hands)
    if named.partition(":")[0] in {"local", "tcp", "tls"}:
        from groundside.workers.cluster import cluster  # takes half a second and may not be installed

        return cluster(named, work, limits, tls or {})
    what = f"There are no workers {named[:60]!r}."
    raise BadRequest(what, try_this="groundside ingest --workers 2, or --workers tls://scheduler:8786")


def hands_of(named: str) -> int:
    """Say how many processes of this machine, other than this one, `crew` engages under a name at the most."""
    if named == HERE or (named and not (named.isascii() and named.isdigit())):
        return 0
    return _hands(int(named) if named else os.cpu_count() or 1)


def _hands(count: int) -> int:
    if count > MOST_HANDS:
        what = f"{count} workers are more than {MOST_HANDS}."
        raise BadRequest(what, try_this="groundside ingest --workers 2")
    return count


class Alone:
    """The process that asks as the only worker, without limits."""

    hands, here = 1, True

    def __init__(self, work: Work) -> None:
        self._work = work
        self._done: deque[tuple[int, Outcome]] = deque()

    def submit(self, key: int, parcel: Parcel) -> None:
        """Do it at once."""
        self._done.append((key, unguarded(self._work, parcel)))

    def wait(self) -> tuple[int, Outcome]:
        """Give what was done first."""
        return self._done.popleft()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._done.clear()


class Processes:
    """
    Guarded processes on this machine.

    Each has a thread here that talks to it: a process that takes long to answer keeps no other waiting.
    """

    here = True

    def __init__(self, work: Work, limits: Limits, hands: int) -> None:
        self.hands = hands
        self._work, self._limits = work, limits
        self._asked: queue.SimpleQueue[tuple[int, Parcel] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, Outcome] | BaseException] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._open = 0
        self._ended = threading.Event()

    def submit(self, key: int, parcel: Parcel) -> None:
        """Have a parcel done; a further process is started where all are at work."""
        self._open += 1
        if len(self._threads) < min(self._open, self.hands):
            self._threads.append(threading.Thread(target=self._serve, name="groundside-worker", daemon=True))
            self._threads[-1].start()
        self._asked.put((key, parcel))

    def wait(self) -> tuple[int, Outcome]:
        """Give the next outcome."""
        found = self._done.get()
        self._open -= 1
        if isinstance(found, BaseException):
            raise found
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for _each in self._threads:
            self._asked.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        try:
            with borrowed(self._work, self._limits) as guard:
                while (asked := self._asked.get()) is not None and not self._ended.is_set():
                    self._done.put((asked[0], guard.run(asked[1], self._ended)))
        except BaseException as defect:  # handed to whoever waits for an outcome, or it would wait for ever
            self._done.put(defect)
