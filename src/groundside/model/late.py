"""Tables and facts that are worked out when they are first asked for, so that reading costs what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    import pyarrow as pa

Value = TypeVar("Value")
Made = TypeVar("Made")


class Late(Generic[Made]):
    """One value, worked out when it is first asked for, and then kept."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make: Callable[[], Made] | None = make
        self._made: Made | None = None

    def __call__(self) -> Made:
        """Give the value."""
        make = self._make
        if make is not None:
            self._made = make()
            self._make = None
        return self._made  # pyright: ignore[reportReturnType]


class LateMapping(Mapping[str, Value], Generic[Value]):
    """
    A mapping whose names are known and whose values are each worked out when first asked for, and then kept.

    Args:
        makers: name to what makes the value.
    """

    __slots__ = ("_made", "_makers")

    def __init__(self, makers: Mapping[str, Callable[[], Value]]) -> None:
        self._makers = makers
        self._made: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        made = self._made
        if name not in made:
            made[name] = self._makers[name]()
        return made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@runtime_checkable
class TimedTable(Protocol):
    """A table that can be made as a whole, or only the rows of a stretch of time, at the cost of those alone."""

    def __call__(self) -> pa.Table:
        """Make the whole table."""
        ...

    def between(self, from_us: int, to_us: int) -> pa.Table:
        """
        Make the rows whose time is in a stretch.

        Args:
            from_us, to_us: on the log's own clock (the one its tables count), half open.
        """
        ...


class LateTables(LateMapping["pa.Table"]):
    """
    Tables, each made when first asked for.

    Args:
        makers: name to what makes the table; a `TimedTable` where it can be cut by time.
    """

    __slots__ = ()

    def between(self, from_us: int, to_us: int) -> LateTables:
        """
        Give the same tables with only the rows of a stretch of the log's own clock; those without a time are whole.

        Args:
            from_us, to_us: half open.
        """
        return LateTables({name: _cut(maker, from_us, to_us) for name, maker in self._makers.items()})


def _cut(maker: Callable[[], pa.Table], from_us: int, to_us: int) -> Callable[[], pa.Table]:
    return partial(maker.between, from_us, to_us) if isinstance(maker, TimedTable) else maker
