"""Progress of long work on a terminal, or a line now and then where there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

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
    """Show rate and remaining time while the block runs."""
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
