"""Damages a DataFlash log, and tells record by record what a reader then found of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from groundside.model.decoded import Decoded

Row = tuple[object, ...]
WAYS = ("truncate", "overwrite", "delete", "insert", "swap")


@dataclass(frozen=True)
class Damage:
    """Damaged bytes; and of what is left whole: start and end in them, and where that start was before."""

    data: bytes
    whole: tuple[tuple[int, int, int], ...]

    def was_at(self, offset: int) -> int | None:
        return next((before + offset - start for start, end, before in self.whole if start <= offset < end), None)

    def holds(self, start: int, end: int) -> bool:
        return any(before <= start and end <= before + b - a for a, b, before in self.whole)


def damaged(data: bytes, way: str, seed: int) -> Damage:
    rng = random.Random(f"{way} {seed}")
    size = len(data)
    if way == "truncate":
        end = rng.randrange(size // 50, size)
        return Damage(data[:end], ((0, end, 0),))
    length = rng.randint(1, 300)
    at = rng.randrange(size - length)
    after = at + length
    if way == "overwrite":
        return Damage(data[:at] + rng.randbytes(length) + data[after:], ((0, at, 0), (after, size, after)))
    if way == "delete":
        return Damage(data[:at] + data[after:], ((0, at, 0), (at, size - length, after)))
    if way == "insert":
        return Damage(data[:at] + rng.randbytes(length) + data[at:], ((0, at, 0), (after, size + length, at)))
    return swapped(data, sorted(rng.sample(range(size), 4)))


def swapped(data: bytes, cuts: list[int]) -> Damage:
    """Let the second and the fourth of five parts change places."""
    parts = list(pairwise([0, *cuts, len(data)]))
    new: list[tuple[int, int, int]] = []
    at = 0
    for n in (0, 3, 2, 1, 4):
        start, end = parts[n]
        new.append((at, at + end - start, start))
        at += end - start
    return Damage(b"".join(data[before : before + b - a] for a, b, before in new), tuple(new))


def value(raw: Any) -> object:
    """Give a value in one way, whoever read it: text up to its NUL, NaN as a word."""
    if isinstance(raw, bytes | str):
        text = raw if isinstance(raw, str) else raw.decode("latin-1")
        return text.split("\0", 1)[0].encode("latin-1", "replace").decode("utf-8", "replace")
    if isinstance(raw, float):
        return "nan" if raw != raw else round(raw, 6) + 0.0
    return tuple(raw) if isinstance(raw, list) or hasattr(raw, "typecode") else raw


def rows_of_ours(result: Decoded) -> Counter[Row]:
    found: Counter[Row] = Counter()
    for name, table in result.tables.items():
        message = name.split("[")[0].split("~")[0]
        columns = [table[column].to_pylist() for column in table.column_names]
        found.update((message, *map(value, row)) for row in zip(*columns, strict=True))
    return found


def rows_of_pymavlink(data: bytes, scratch: Path) -> Counter[Row]:
    from pymavlink.DFReader import DFReader_binary

    path = scratch / "damaged.bin"
    path.write_bytes(data)
    found: Counter[Row] = Counter()
    try:
        with DFReader_binary(str(path)) as reader:
            while (message := reader.recv_msg()) is not None:
                row = (getattr(message, column) for column in message.get_fieldnames())
                found[message.get_type(), *map(value, row)] += 1
    except Exception:
        return found
    return found
