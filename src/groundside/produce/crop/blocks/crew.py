"""Threads that do the blocks of a raster, a few ahead of who asks, and stop when told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AHEAD = 2
"""Blocks that may wait for each thread: this bounds the memory."""

Task = TypeVar("Task")
Done = TypeVar("Done")


def each(do: Callable[[Task], Done], tasks: Iterable[Task], threads: int) -> Iterator[Done]:
    """
    Do every task by threads and give the results in order.

    When the caller stops, or a task fails, what has not begun is dropped, and what has begun is waited for.
    """
    crew, waiting = ThreadPoolExecutor(threads), deque[Future[Done]]()
    try:
        for task in tasks:
            waiting.append(crew.submit(do, task))
            if len(waiting) > AHEAD * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        crew.shutdown(wait=True, cancel_futures=True)
