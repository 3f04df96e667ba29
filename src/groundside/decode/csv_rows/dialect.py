"""What a maker's columns are called, as far as the reader of rows must know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


def _no_text(name: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    One maker's way of writing a table.

    Args:
        is_name: whether a raw name looks like one of this maker's; where the header is damaged, what does not is
            taken to be what was damaged.
        names: raw names without units that matter; one that was damaged is recognised by likeness to these.
        is_text: whether a column (as it is called here) never holds numbers.
        is_datetime: whether a column (as it is called here) holds dates and times in one cell.
        always_numbers: columns (as they are called here) without a unit that always hold numbers.
        spelled: names (as they are called here, without a unit) that a program is known to misspell, to the right ones.
        units: columns (as they are called here) whose unit is not in the name: the unit as people write it.
        clock: column that counts time upwards, as it is called here; empty where there is none.
        position: columns of longitude and latitude, as they are called here.
    """

    is_name: Callable[[str], bool]
    names: tuple[str, ...] = ()
    is_text: Callable[[str], bool] = _no_text
    is_datetime: Callable[[str], bool] = _no_text
    always_numbers: frozenset[str] = frozenset()
    units: dict[str, str] = field(default_factory=dict[str, str])
    spelled: dict[str, str] = field(default_factory=dict[str, str])
    clock: str = ""
    position: tuple[str, str] = ("longitude", "latitude")
