"""Files of a folder as they come, each once it has stopped changing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from groundside.arrive.folder import Arrival, NotTaken, walk

State = tuple[int, int, int]
"""Inode, size and time of last change."""


def settled(
    folders: Sequence[Path], wait: Callable[[], None], passed_over: Callable[[Path], bool], *, once: bool
) -> Iterator[Arrival | NotTaken]:
    """
    Give every file once its size and time stayed the same between two looks; again when it changes later.

    What is no readable regular file is given once, with the reason.

    Looking is done by listing, not by inotify: that also works on cards, on network shares and across reboots.

    Args:
        wait: called between two looks.
        once: end when everything that is there was given.
    """
    seen: dict[Path, State] = {}
    given: dict[Path, State] = {}
    refused: set[str] = set()
    while True:
        looked = list(walk(folders, passed_over))
        news = [found for found in looked if isinstance(found, NotTaken) and found.name not in refused]
        refused |= {found.name for found in news}
        yield from news
        now = _states(looked)
        ready = [(a, s) for a, s in now if seen.get(a.path) == s and given.get(a.path) != s]
        for arrival, state in ready:
            given[arrival.path] = state
            yield arrival
        if once and not ready and all(given.get(a.path) == s for a, s in now):
            return
        seen = {a.path: s for a, s in now}
        wait()


def _states(looked: Sequence[Arrival | NotTaken]) -> list[tuple[Arrival, State]]:
    return [
        (found, state) for found in looked if isinstance(found, Arrival) and (state := _state(found.path)) is not None
    ]


def _state(path: Path) -> State | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
