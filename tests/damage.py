"""
Seeded damage to files, and how much of what stayed whole a reader still finds.

A record is whole where all its bytes still stand in one piece, wherever they moved to. A reader is scored by how many
of the whole records it gives. What it gives beyond the rows that were written is invented, unless as many records were
hurt: one whose own bytes were changed may come out altered where a format has no checksum.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

KINDS = ("truncate", "overwrite", "delete", "insert", "swap")
LONGEST = 400
"""Most bytes that one damage overwrites, deletes, inserts, or moves each way."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """
    A file after damage.

    Args:
        whole: the ranges of the original that each still stand in one piece.
        moved: those of them that stand among others than before.
    """

    kind: str
    content: bytes
    whole: tuple[tuple[int, int], ...]
    moved: tuple[tuple[int, int], ...] = ()

    def keeps(self, start: int, end: int) -> bool:
        return any(a <= start and end <= b for a, b in self.whole)


@dataclass(frozen=True, slots=True)
class Record:
    """
    A record of the original.

    Args:
        start, end: where it stands.
        key: what it is known by; None where it is not looked for, but may be hurt.
        beside: where its other part stands, in formats that keep times and places in two lists. What belongs together
            is said by their order alone, so a part that moved elsewhere counts as hurt.
    """

    start: int
    end: int
    key: Hashable = None
    beside: tuple[int, int] | None = None

    def is_whole(self, after: Damaged) -> bool:
        parts = [(self.start, self.end)]
        if self.beside is not None:
            parts.append(self.beside)
            if any(a < end and start < b for start, end in parts for a, b in after.moved):
                return False
        return all(after.keeps(*part) for part in parts)


Cells = frozenset[tuple[str, object]]
"""Name and value of each cell that is not empty."""
Known = dict[Hashable, list[Cells]]


class Row(NamedTuple):
    """A row of a table: what it is known by, and what it tells."""

    key: Hashable
    cells: Cells


@dataclass(slots=True)
class Found:
    """What a reader gave: what its records are known by, and the content of each of its rows."""

    keys: Counter[Hashable] = field(default_factory=Counter)
    rows: Counter[Hashable] = field(default_factory=Counter)

    def add(self, key: Hashable, row: Hashable) -> None:
        self.keys[key] += 1
        self.rows[row] += 1

    def altered(self, was: Found) -> int:
        """Count rows that were not there before; one that only tells less than before was."""
        strange = self.rows - was.rows
        known: Known = {}
        for row in was.rows:
            if isinstance(row, Row):
                known.setdefault(row.key, []).append(row.cells)
        names = {name for rows in known.values() for cells in rows for name, _ in cells}
        told = {row for row in strange if isinstance(row, Row) and _told(row, known, names)}
        twice = sum((self.keys - was.keys)[key] for key in {row.key for row in told} & known.keys())
        return sum(n for row, n in strange.items() if row not in told) + twice


def _told(row: Row, known: Known, names: set[str]) -> bool:
    """Whether a row that was there told all this; one that lost what it is known by may be any of them."""
    cells = {cell for cell in row.cells if cell[0] in names}
    rows = known[row.key] if row.key in known else [whole for rows in known.values() for whole in rows]
    return any(cells <= whole for whole in rows)


@dataclass(frozen=True, slots=True)
class Score:
    """
    How a reader did on damaged files.

    Args:
        whole: records that stayed whole.
        recovered: of these, how many it found.
        altered: rows that it did not give of the original.
        invented: of these, how many are more than the records that were hurt, file by file.
    """

    whole: int = 0
    recovered: int = 0
    altered: int = 0
    invented: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.whole + other.whole, self.recovered + other.recovered,
            self.altered + other.altered, self.invented + other.invented,
        )  # fmt: skip

    @property
    def share(self) -> float:
        return self.recovered / self.whole if self.whole else 1.0


def damaged(data: bytes, seed: int) -> Damaged:
    """Damage a file at one place (a swap: at two) in the way that is the seed's turn."""
    rng = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    size, n = len(data), rng.randint(1, min(LONGEST, len(data) // 4))
    a = rng.randrange(size - n)
    if kind == "truncate":
        return Damaged(kind, data[:a], ((0, a),))
    if kind == "overwrite":
        return Damaged(kind, data[:a] + _noise(rng, n) + data[a + n :], ((0, a), (a + n, size)))
    if kind == "delete":
        return Damaged(kind, data[:a] + data[a + n :], ((0, a), (a + n, size)))
    if kind == "insert":
        return Damaged(kind, data[:a] + _noise(rng, n) + data[a:], ((0, a), (a, size)))
    return _swapped(data, rng, n)


def _noise(rng: random.Random, n: int) -> bytes:
    """Draw bytes; one time in four those of a blank card instead, all zero or all ones."""
    blank = rng.randrange(8)
    return rng.randbytes(n) if blank > 1 else (b"\0", b"\xff")[blank] * n


def _swapped(data: bytes, rng: random.Random, n: int) -> Damaged:
    a, c = sorted(rng.sample(range(len(data) - n), 2))
    b, d = min(a + n, c), c + n
    content = data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]
    return Damaged("swap", content, ((0, a), (a, b), (b, c), (c, d), (d, len(data))), ((a, b), (c, d)))


def score(records: Sequence[Record], after: Damaged, found: Found, was: Found, spare: int | None = None) -> Score:
    """
    Score a reader on one damaged file.

    Args:
        records: of the original.
        after: the damage.
        found: what the reader gave.
        was: what it gives of the original.
        spare: how many altered rows are forgiven; None for as many as records were hurt.
    """
    whole = [r for r in records if r.is_whole(after)]
    wanted = Counter(r.key for r in whole if r.key is not None)
    altered = found.altered(was)
    forgiven = len(records) - len(whole) if spare is None else spare
    return Score(wanted.total(), (wanted & found.keys).total(), altered, max(0, altered - forgiven))
