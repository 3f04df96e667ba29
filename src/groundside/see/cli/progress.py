"""Progress of long work on a terminal, or a line now and then where there is none."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from groundside.model.progress import Step
from groundside.see.cli.console import err, say

QUIET_SECONDS = 10.0


@contextmanager
def shown_progress() -> Generator[Callable[[Step], None]]:
    """
    Show rate and remaining time while the block runs.

    Ctrl-C ends the block with KeyboardInterrupt at the latest at the next step that is shown.
    """
    with _interrupts() as check, _shown() as show:

        def step(done: Step) -> None:
            check()
            show(done)

        yield step


@contextmanager
def _interrupts() -> Generator[Callable[[], None]]:
    """Remember Ctrl-C: Python loses one that comes while it runs the finaliser of an object, or a callback of C."""
    came = threading.Event()

    def interrupted(number: int, frame: FrameType | None) -> None:
        came.set()
        signal.default_int_handler(number, frame)

    def check() -> None:
        if came.is_set():
            raise KeyboardInterrupt

    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield check
        return
    signal.signal(signal.SIGINT, interrupted)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def _shown() -> Generator[Callable[[Step], None]]:
    if not err.is_terminal:
        yield _lines()
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("looking", total=None)

        def show(step: Step) -> None:
            name = f"{step.done_files}/{step.total_files} {step.name[-40:]}"
            bar.update(task, description=name, total=step.total_bytes, completed=step.done_bytes)

        yield show


def _lines() -> Callable[[Step], None]:
    started = last = time.monotonic()

    def show(step: Step) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < QUIET_SECONDS:
            return
        last = now
        rate = step.done_bytes / (now - started)
        left = (step.total_bytes - step.done_bytes) / rate if rate else 0.0
        say(f"{step.done_files}/{step.total_files} files, {rate / 1e6:.1f} MB/s, about {left:.0f} s left")

    return show
