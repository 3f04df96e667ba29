"""Numbers of one byte said in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundside import native
from groundside.native import _dji

NUMBERS = 256
U8 = npt.NDArray[np.uint8]


class Words:
    """
    What each number of one byte stands for.

    Args:
        texts: 256 of them.
    """

    __slots__ = ("_ends", "_octets", "texts")

    def __init__(self, texts: Sequence[str]) -> None:
        octets = [text.encode() for text in texts]
        self.texts = pa.array(list(texts), pa.string())
        self._octets = np.frombuffer(b"".join(octets), np.uint8)
        self._ends = np.fromiter(accumulate(map(len, octets), initial=0), np.int32, NUMBERS + 1)

    def of(self, numbers: pa.Array[Any]) -> pa.Array[Any]:
        """
        Give the text of each number; null where that is.

        Arrow's own `take` gives the same, and costs a process 8 MB when it is first called.
        """
        if native.PLAIN or numbers.offset:
            return self.texts.take(numbers)
        there, values = cast("list[Any]", numbers.buffers())
        raw = np.frombuffer(values, np.uint8, len(numbers))
        bits = None if there is None else np.frombuffer(there, np.uint8)
        offsets = np.empty(len(numbers) + 1, np.int32)
        octets = np.empty(self._written(raw, bits, offsets, None), np.uint8)
        self._written(raw, bits, offsets, octets)
        held = [there, pa.py_buffer(offsets.data), pa.py_buffer(octets.data)]
        return pa.Array.from_buffers(pa.string(), len(numbers), held, numbers.null_count)

    def _written(self, numbers: U8, bits: U8 | None, offsets: npt.NDArray[np.int32], octets: U8 | None) -> int:
        size = _dji.words(numbers, bits, self._ends, self._octets, offsets, octets)
        if size < 0:
            what = "more text than an Arrow array can hold"
            raise ValueError(what)
        return size
