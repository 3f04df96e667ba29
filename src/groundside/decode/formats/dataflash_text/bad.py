"""Lines that could not be read, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from groundside.decode.ardupilot.groups import Offsets
from groundside.decode.ardupilot.problems import MAX_PROBLEMS
from groundside.model.decoded import Problem

_FILLERS = b"\x00\xff"


@dataclass(slots=True)
class Bad:
    """
    Lines that could not be read.

    Args:
        parts: offsets, bytes and numbers of some lines, and why they could not be read.
    """

    parts: list[tuple[Offsets, Offsets, Offsets, str]] = field(
        default_factory=list[tuple[Offsets, Offsets, Offsets, str]]
    )

    def add(self, offsets: Offsets, lengths: Offsets, numbers: Offsets, why: str) -> None:
        """Take some lines down."""
        if len(offsets):
            self.parts.append((offsets, lengths, numbers, why))

    @property
    def skipped(self) -> int:
        """Bytes of all of them."""
        return sum(int(lengths.sum()) for _, lengths, _, _ in self.parts)

    def problems(self, data: memoryview) -> list[Problem]:
        """Say of each line where it is and what is wrong with it; of those past the first many, how many there are."""
        if not self.parts:
            return []
        offsets, lengths, numbers = (np.concatenate([part[n] for part in self.parts]) for n in range(3))
        reasons = np.repeat(np.arange(len(self.parts)), [len(part[0]) for part in self.parts])
        order = np.argsort(offsets, kind="stable")
        shown, rest = order[: MAX_PROBLEMS - 1], order[MAX_PROBLEMS - 1 :]
        found = [
            Problem(int(offsets[n]), int(lengths[n]), self._what(data, n, numbers, reasons, (offsets, lengths)))
            for n in shown
        ]
        if len(rest):
            what = f"{len(rest)} more lines from line {numbers[rest[0]]} on that could not be read."
            found.append(Problem(int(offsets[rest[0]]), int(lengths[rest].sum()), what))
        return found

    def _what(
        self, data: memoryview, n: int, numbers: Offsets, reasons: Offsets, where: tuple[Offsets, Offsets]
    ) -> str:
        start, size = int(where[0][n]), int(where[1][n])
        line = bytes(data[start : start + size])
        filler = line[:1]
        if size > 1 and filler in {b"\x00", b"\xff"} and not line.strip(filler + b"\r\n"):
            return f"Line {numbers[n]}: {size} bytes of 0x{filler[0]:02X}: space that was never written."
        return f"Line {numbers[n]}: {self.parts[reasons[n]][3]}"


def joined(parts: Sequence[Offsets]) -> Offsets:
    """Put arrays of whole numbers one after the other."""
    return np.concatenate([np.empty(0, np.int64), *parts])
