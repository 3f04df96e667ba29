"""What was worked out for one file and will serve the next: most logs of a fleet define the same topics."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """
    Results by what they were worked out from. Once they weigh too much all are forgotten, so no file can fill memory.

    Args:
        most: what all of them together may weigh.
    """

    __slots__ = ("_most", "_values", "_weight")

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._values: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """Give a result; None where it is not known."""
        return self._values.get(key)

    def put(self, key: Key, value: Value, weight: int) -> Value:
        """Keep a result, and give it back."""
        self._weight += weight
        if self._weight > self._most:
            self._values.clear()
            self._weight = weight
        if weight <= self._most:
            self._values[key] = value
        return value
