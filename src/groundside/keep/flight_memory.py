"""What was found before, kept in memory for as long as no flight changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from groundside.keep.flight_sums import revision

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """
    Remembers answers by question, the last used few, each until some flight changes; threads may share it.

    Args:
        most: how many answers of one database.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: WeakKeyDictionary[Engine, OrderedDict[Hashable, tuple[int, Kept]]] = WeakKeyDictionary()

    def get(
        self,
        connection: Connection,
        question: Hashable,
        find: Callable[[], Kept],
        worth: Callable[[Kept], bool] = lambda _: True,
    ) -> Kept:
        """Give what was found before, or find it, and remember it where it is worth that."""
        now = revision(connection)
        with self._lock:
            answers = self._answers.setdefault(connection.engine, OrderedDict())
            known = answers.get(question)
            if known and known[0] == now:
                answers.move_to_end(question)
                return known[1]
        found = find()
        if not worth(found):
            return found
        with self._lock:
            answers[question] = (now, found)
            answers.move_to_end(question)
            while len(answers) > self._most:
                answers.popitem(last=False)
        return found
