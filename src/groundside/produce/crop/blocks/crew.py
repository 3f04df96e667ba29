"""Threads that do the blocks of a raster, a few ahead of who asks, and stop when told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

AHEAD = 2
"""Blocks that may wait for each thread: this bounds the memory."""

Task = TypeVar("Task")
Done = TypeVar("Done")


class _Order(Generic[Task, Done]):
    """One task, and what became of it. (concurrent.futures does more, and takes longer to load than a block to do.)"""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._done, self._found, self._error = Event(), list[Done](), list[BaseException]()

    def run(self, do: Callable[[Task], Done]) -> None:
        try:
            self._found.append(do(self.task))
        except BaseException as error:
            self._error.append(error)
        self._done.set()

    def result(self) -> Done:
        self._done.wait()
        if self._error:
            raise self._error[0]
        return self._found[0]


def each(do: Callable[[Task], Done], tasks: Iterable[Task], threads: int) -> Iterator[Done]:
    """
    Do every task by threads and give the results in order.

    When the caller stops, or a task fails, what has not begun is dropped, and what has begun is waited for.
    """
    orders: SimpleQueue[_Order[Task, Done] | None] = SimpleQueue()
    waiting, stopped = deque[_Order[Task, Done]](), Event()

    def work() -> None:
        while (order := orders.get()) is not None:
            if not stopped.is_set():
                order.run(do)

    crew = [Thread(target=work, daemon=True) for _ in range(threads)]
    for one in crew:
        one.start()
    try:
        for task in tasks:
            waiting.append(_Order(task))
            orders.put(waiting[-1])
            if len(waiting) > AHEAD * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        stopped.set()
        for _ in crew:
            orders.put(None)
        for one in crew:
            one.join()
