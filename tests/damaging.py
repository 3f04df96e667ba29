"""Damage to a file in five ways, and where what was left whole is now."""

from __future__ import annotations

import random

KINDS = ("truncate", "overwrite", "delete", "insert", "swap")
Pieces = list[tuple[int, int, int]]
"""Pieces left whole: from and to in the file as it was, and where each begins now."""


def damaged(content: bytes, kind: str, seed: str, low: int = 0, high: int | None = None) -> tuple[bytes, Pieces]:
    """Damage a file at one place between `low` and `high`, by up to 300 bytes; the same seed does the same."""
    rng = random.Random(f"{seed} {kind}")
    end = len(content)
    most = min(300, ((high or end) - low) // 3)
    size = rng.randint(1, most)
    at = rng.randrange(low, (high or end) - size)
    if kind == "truncate":
        return content[:at], [(0, at, 0)]
    if kind == "overwrite":
        return content[:at] + rng.randbytes(size) + content[at + size :], [(0, at, 0), (at + size, end, at + size)]
    if kind == "delete":
        return content[:at] + content[at + size :], [(0, at, 0), (at + size, end, at)]
    if kind == "insert":
        return content[:at] + rng.randbytes(size) + content[at:], [(0, at, 0), (at, end, at + size)]
    a, b = sorted((at, rng.randrange(low, (high or end) - size)))
    size = min(size, b - a)
    swapped = content[:a] + content[b : b + size] + content[a + size : b] + content[a : a + size] + content[b + size :]
    return swapped, [(0, a, 0), (b, b + size, a), (a + size, b, a + size), (a, a + size, b), (b + size, end, b + size)]


def place(pieces: Pieces, start: int, stop: int) -> int | None:
    """Say where the bytes `start` to `stop` are now; None where they are not whole any more."""
    return next((start - a + now for a, b, now in pieces if a <= start and stop <= b), None)
