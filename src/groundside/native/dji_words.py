"""What numbers of one byte stand for, in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

NUMBERS = 256


class Words:
    """
    What each number of one byte stands for.

    Args:
        texts: 256 of them.
    """

    __slots__ = ("ends", "octets", "texts")

    def __init__(self, texts: Sequence[str]) -> None:
        octets = [text.encode() for text in texts]
        self.texts = tuple(texts)
        self.octets = b"".join(octets)
        self.ends: npt.NDArray[np.int32] = np.fromiter(accumulate(map(len, octets), initial=0), np.int32, NUMBERS + 1)

    def of(self, numbers: pa.Array[Any]) -> pa.Array[Any]:
        """Give the text of each number; null where that is. What the kernel does; its definition."""
        return pa.array(self.texts, pa.string()).take(numbers)


def joined(words: Sequence[Words]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Give several lists as one, as dji_table.h has them: where each text begins and ends, and all the text."""
    octets = b"".join(each.octets for each in words)
    begins = accumulate((len(each.octets) for each in words), initial=0)
    ends = [each.ends + begin for each, begin in zip(words, begins, strict=False)]
    return np.concatenate([np.empty(0, np.int32), *ends]).astype(np.int32), np.frombuffer(octets, np.uint8)
