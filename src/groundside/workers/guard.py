"""One other process that does work within limits: whatever becomes of it, this one goes on."""

from __future__ import annotations

import atexit
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from groundside.workers.parcel import (
    DIED,
    DONE,
    Died,
    Limits,
    Outcome,
    Parcel,
    Work,
    name_of,
    read_frames,
    write_frames,
)

_MAIN = "from groundside.workers.child import main; main()"
_START_S = 120.0
"""What a process may take to load its code, on a machine that has much else to do."""
_LOOK_MS = 200
_AT_ONCE = 1 << 20
_FOR_WORKERS = frozenset(
    (
        *("PATH", "LANG", "LANGUAGE", "TZ", "TZDIR", "TMPDIR", "LD_LIBRARY_PATH"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV"),
        *("PROJ_DATA", "PROJ_LIB", "GDAL_DATA", "GROUNDSIDE_KERNELS"),
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_DEFAULT_MEMORY_POOL"),
    )
)
"""
All of the environment that a worker is given, with "LC_…": what Python and the libraries need to work alike.

Passphrases, passwords of servers and buckets, tokens of other programs: who reads files of strangers is told none.
"""
_IDLE = 8
"""So many processes without work are kept for the next who asks."""


class Guard:
    """
    A process for one kind of work, started when it is first needed and again after it died.

    Used by one thread at a time.
    """

    def __init__(self, work: str, limits: Limits) -> None:
        self.kind = (work, limits)
        self._process: subprocess.Popen[bytes] | None = None
        self._answers = Answers()
        self._fresh = True

    def run(self, parcel: Parcel, ended: threading.Event | None = None) -> Outcome:
        """
        Have one parcel done; whatever happens, an answer is given and this process is unharmed.

        Args:
            parcel: the work.
            ended: set by another thread when nobody wants the answer any more.
        """
        process = self._started()
        at: int | None = None
        try:
            stdin, stdout = _pipes(process)
            write_frames(stdin, DONE, parcel)
            while True:
                within_s = self.kind[1].seconds + (_START_S if self._fresh else 0.0)
                kind, answer = read_frames(self._answers.reading(stdout, time.monotonic() + within_s, ended))
                self._fresh = False
                if kind == DONE:
                    return answer
                if kind == DIED:
                    self.close()  # what it holds may be damaged, or too much
                    return Died(at, str(answer.values))
                at = int(answer.values)
        except TimeoutError:
            self.close()
            return Died(at, f"took longer than {self.kind[1].seconds:g} s, the setting worker_seconds", late=True)
        except (EOFError, OSError, ValueError):
            return Died(at, self._how_it_ended(process))
        except BaseException:
            self.close()
            raise

    @property
    def process_id(self) -> int | None:
        """Of its process; None where none was started."""
        return None if self._process is None else self._process.pid

    def begin(self) -> None:
        """Start the process, if none is running; it loads its code, and waits."""
        self._started()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            name, limits = self.kind
            command = [sys.executable, "-P", "-c", _MAIN, name, str(limits.memory_bytes), str(limits.seconds)]
            given = {name: value for name, value in os.environ.items() if name in _FOR_WORKERS or name[:3] == "LC_"}
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=pipe, env=given)
            self._answers = Answers()
            self._fresh = True
        return self._process

    def _how_it_ended(self, process: subprocess.Popen[bytes]) -> str:
        with suppress(subprocess.TimeoutExpired):
            process.wait(1.0)
        code = process.poll()
        self.close()
        if code is None:
            return "gave an answer that makes no sense"
        return f"ended with {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


class Answers:
    """Reads from the pipe of one process until a moment, or until nobody wants it any more; a lot at once."""

    def __init__(self) -> None:
        self._ahead = bytearray()

    def reading(self, handle: int, until: float, ended: threading.Event | None) -> Callable[[int], bytes]:
        """Give what reads exactly so many bytes, or raises `EOFError` or `TimeoutError`."""
        ahead, poll = self._ahead, select.poll()
        poll.register(handle, select.POLLIN)

        def read(count: int) -> bytes:
            while len(ahead) < count:
                _wait(poll, until, ended)
                part = os.read(handle, _AT_ONCE)
                if not part:
                    raise EOFError
                ahead.extend(part)
            found = bytes(memoryview(ahead)[:count])
            del ahead[:count]
            return found

        return read


def _wait(poll: select.poll, until: float, ended: threading.Event | None) -> None:
    while not poll.poll(_LOOK_MS):
        if time.monotonic() > until or (ended and ended.is_set()):
            raise TimeoutError


def _pipes(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    return process.stdin.fileno(), process.stdout.fileno()


_idle: list[Guard] = []
_idle_lock = threading.Lock()


@contextmanager
def borrowed(work: Work, limits: Limits) -> Generator[Guard]:
    """Have a guard for the length of a block: one that is idle, else a new one. Starting one costs a second."""
    kind = (name_of(work), limits)
    with _idle_lock:
        found = next((guard for guard in reversed(_idle) if guard.kind == kind), None)
        if found:
            _idle.remove(found)
    guard = found or Guard(*kind)
    try:
        yield guard
    except BaseException:
        guard.close()
        raise
    with _idle_lock:
        _idle.append(guard)
        surplus = _surplus()
    for each in surplus:
        each.close()


def start(work: str, limits: Limits, count: int) -> None:
    """
    Have so many processes for a kind of work, idle until somebody asks; what cannot be started now is started then.

    Args:
        work: the function, as `name_of` gives it.
        limits: of each.
        count: of processes, those included that are idle already.
    """
    with _idle_lock:
        with suppress(OSError):
            while sum(guard.kind == (work, limits) for guard in _idle) < min(count, _IDLE):
                guard = Guard(work, limits)
                guard.begin()
                _idle.append(guard)
        surplus = _surplus()
    for each in surplus:
        each.close()


def _surplus() -> list[Guard]:
    """Take out those idle for longest, where there are too many; whoever asks holds the lock, and ends them."""
    surplus = _idle[:-_IDLE]
    del _idle[:-_IDLE]
    return surplus


def guarded(work: Work, parcel: Parcel, limits: Limits) -> Outcome:
    """
    Do work in another process, within limits, and wait for it.

    Any thread may call this; each call has a process of its own.
    """
    with borrowed(work, limits) as guard:
        return guard.run(parcel)


def unguarded(work: Work, parcel: Parcel) -> Outcome:
    """Do work in this very process, without limits."""
    at: list[int] = []
    try:
        return work(parcel, at.append)
    except MemoryError:
        return Died(at[-1] if at else None, "found no more memory")


@atexit.register
def _end_all() -> None:
    with _idle_lock:
        for guard in _idle:
            guard.close()
        _idle.clear()
