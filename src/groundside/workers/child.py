"""The inside of a guarded process: takes parcels from its parent, one after another, within its limits."""

from __future__ import annotations

import fcntl
import gc
import os
import resource
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import cast

from groundside.workers.parcel import BEGAN, DIED, DONE, Began, Limits, Parcel, Work, read_frames, write_frames

_NICENESS = 5
"""Whoever waits for our answers commits what all of us make: where cores are few, that process comes first."""
_PIPE_BYTES = 1 << 20
"""So that an answer can be written at once while whoever asked is busy."""
_SPARE_S = 5.0
"""The parent ends a process that takes too long; where the parent is gone, the system does, so much later."""


def serve(name: str, limits: Limits) -> None:
    """
    Do the work of one parcel after another until the parent closes its end.

    Args:
        name: of the function, as `name_of` gives it.
        limits: of this process, from when the function's module is loaded.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the parent says what ends
    answers = os.dup(1)
    os.dup2(2, 1)  # what prints must not talk into the answers
    with suppress(OSError):  # the system may not allow it to this user: what is sent then waits more often
        os.nice(_NICENESS)
        fcntl.fcntl(answers, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    work = _named(name)
    gc.freeze()  # what was loaded stays: the collector of garbage need not walk through it for every file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = _written_bytes() + limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))

    def began(at: int) -> None:
        _limit_processor(limits.seconds)
        write_frames(answers, BEGAN, Parcel(at))

    while (asked := _asked()) is not None:
        _limit_processor(limits.seconds)
        write_frames(answers, *_answer(work, asked, began))


def _answer(work: Work, asked: Parcel, began: Began) -> tuple[bytes, Parcel]:
    try:
        return DONE, work(asked, began)
    except MemoryError:
        return DIED, Parcel("needed more memory than the setting worker_memory_bytes allows")
    except Exception as defect:  # told to the parent, who knows what was asked and goes on
        return DIED, Parcel(f"failed, which is a defect: {type(defect).__name__}: {defect}")


def _asked() -> Parcel | None:
    try:
        return read_frames(_exactly)[1]
    except EOFError:
        return None


def _named(name: str) -> Work:
    module, _, function = name.partition(":")
    return cast("Work", getattr(import_module(module), function))


def _limit_processor(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soon = used.ru_utime + used.ru_stime + (os.cpu_count() or 1) * seconds + _SPARE_S
    resource.setrlimit(resource.RLIMIT_CPU, (int(soon), resource.RLIM_INFINITY))


def _written_bytes() -> int:
    """Count what the process holds that RLIMIT_DATA counts. Source: proc(5), VmData."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))


def _exactly(count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = os.read(0, min(count, 1 << 24))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def main() -> None:
    """Serve as the arguments say: the function, bytes of memory, seconds."""
    serve(sys.argv[1], Limits(int(sys.argv[2]), float(sys.argv[3])))
