"""Files of a folder as they come, each once it has stopped changing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from groundside.arrive.folder import Arrival, walk

State = tuple[int, int, int]
"""Inode, size and time of last change."""


def settled(
    folders: Sequence[Path], wait: Callable[[], None], passed_over: Callable[[Path], bool], *, once: bool
) -> Iterator[Arrival]:
    """
    Give every file once its size and time stayed the same between two looks; again when it changes later.

    Looking is done by listing, not by inotify: that also works on cards, on network shares and across reboots.

    Args:
        wait: called between two looks.
        once: end when everything that is there was given.
    """
    seen: dict[Path, State] = {}
    given: dict[Path, State] = {}
    while True:
        now = _look(folders, passed_over)
        ready = [(a, s) for a, s in now if seen.get(a.path) == s and given.get(a.path) != s]
        for arrival, state in ready:
            given[arrival.path] = state
            yield arrival
        if once and not ready and all(given.get(a.path) == s for a, s in now):
            return
        seen = {a.path: s for a, s in now}
        wait()


def _look(folders: Sequence[Path], passed_over: Callable[[Path], bool]) -> list[tuple[Arrival, State]]:
    return [
        (found, state)
        for found in walk(folders, passed_over)
        if isinstance(found, Arrival) and (state := _state(found.path)) is not None
    ]


def _state(path: Path) -> State | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
