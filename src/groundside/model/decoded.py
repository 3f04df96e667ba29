"""What a decoder gives back: tables, facts, problems, and an account of every byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundside.model.late import Late

if TYPE_CHECKING:
    import pyarrow as pa

Fact = None | bool | int | float | str | list["Fact"] | dict[str, "Fact"]
"""A value that JSON can hold, without NaN or infinity."""


@dataclass(frozen=True, slots=True)
class Problem:
    """
    Something in the data that is not as it should be; never an exception.

    Args:
        offset: first byte concerned, from the start of the file; None where it concerns no one place.
        length: how many bytes; 0 where none were lost.
        what: one sentence a person understands.
    """

    offset: int | None
    length: int
    what: str


@dataclass(frozen=True, slots=True)
class ByteAccount:
    """
    Where every byte of a file went: `decoded + skipped == total`, always.

    Args:
        total: size of the file.
        decoded: bytes whose meaning was read (framing and headers included).
        skipped: all others; the problems say from where to where and why.
        unknown: of the skipped, bytes in well-formed records of a type nobody here knows.
        locked: of the skipped, bytes in well-formed records that are encrypted under a key not given.

    Raises:
        ValueError: the sums do not hold, which is a defect in the decoder.
    """

    total: int
    decoded: int
    skipped: int
    unknown: int = 0
    locked: int = 0

    def __post_init__(self) -> None:
        if self.decoded + self.skipped != self.total or self.unknown + self.locked > self.skipped:
            what = f"bytes do not add up: {self}"
            raise ValueError(what)


Said = tuple[Mapping[str, Fact], tuple[Problem, ...]]
"""Facts and problems of one file."""


class Decoded:
    """
    What one file says. Never changed once made.

    Args:
        tables: name to Arrow table of contiguous columns (see `groundside.model.table`); each may be made only when
            it is asked for (`LateMapping`).
        facts: what the file says of itself, and under "inferences" (a list of texts) all that was inferred.
        problems: in order of offset.
        account: where every byte went.
    """

    __slots__ = ("_said", "account", "tables")

    def __init__(
        self,
        tables: Mapping[str, pa.Table],
        facts: Mapping[str, Fact],
        problems: tuple[Problem, ...],
        account: ByteAccount | None = None,
    ) -> None:
        self.tables = tables
        self.account = account or ByteAccount(0, 0, 0)
        self._said: Callable[[], Said] = lambda: (facts, problems)

    @classmethod
    def late(cls, tables: Mapping[str, pa.Table], account: ByteAccount, said: Callable[[], Said]) -> Decoded:
        """
        Make one whose facts and problems are worked out when they are first asked for.

        Args:
            said: gives both, and works on nothing that may be gone by then but the bytes of the file.
        """
        made = cls(tables, {}, (), account)
        made._said = Late(said)
        return made

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What the file says of itself."""
        return self._said()[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is not as it should be, in order of offset."""
        return self._said()[1]

    def __reduce__(self) -> tuple[type[Decoded], tuple[object, ...]]:
        return Decoded, (dict(self.tables), dict(self.facts), self.problems, self.account)
