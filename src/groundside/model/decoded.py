"""What a decoder gives back: tables, facts, problems, and an account of every byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Decoded:
    """
    What one file says.

    Args:
        tables: name to Arrow table of contiguous columns (see `groundside.model.table`).
        facts: what the file says of itself, and under "inferences" (a list of texts) all that was inferred.
        problems: in order of offset.
        account: where every byte went.
    """

    tables: Mapping[str, pa.Table]
    facts: Mapping[str, Fact]
    problems: tuple[Problem, ...]
    account: ByteAccount = field(default_factory=lambda: ByteAccount(0, 0, 0))
