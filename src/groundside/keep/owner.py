"""Which process owns a job, told so that another process can see whether it still lives."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from groundside.keep.canonical import canonical, noun

SILENT_US = 600_000_000
"""A job whose process cannot be looked at from here is given up after so long without a sign of life."""


@dataclass(frozen=True, slots=True)
class Owner:
    """
    A process, told apart from others that had or have the same number.

    Args:
        pid: its number.
        began: clock ticks after boot, as the kernel tells; empty where it does not tell.
        machine: two owners with the same one can see each other's processes.
    """

    pid: int
    began: str
    machine: str


def this_process() -> Owner:
    """Describe the process that we are."""
    return Owner(os.getpid(), _began(os.getpid()), _machine())


def now_us() -> int:
    """Read the clock, for signs of life only; UTC microseconds."""
    return time.time_ns() // 1000


def is_gone(owner: str, heartbeat_us: int) -> bool:
    """Whether a process (`as_text`) is surely gone, or silent for too long where nobody can tell."""
    other = noun(Owner, owner)
    if other.machine != _machine():
        return now_us() - heartbeat_us > SILENT_US
    return not _lives(other.pid) or _began(other.pid) != other.began


def as_text(owner: Owner) -> str:
    """Write an owner as it is kept in the catalogue."""
    return canonical(owner)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _began(pid: int) -> str:
    # proc(5): field 22 of stat; the second, the command's name, may hold blanks and brackets.
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{os.uname().nodename} {boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return os.uname().nodename
