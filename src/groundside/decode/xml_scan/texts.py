"""Texts that stand in a document, where they are: most of them never need to become strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from groundside.native.decimals import SPAN, Spans


@dataclass(frozen=True)
class Texts:
    """
    Texts in a document, none of which holds anything but itself.

    Args:
        data: the document, in UTF-8.
        spans: where they are, of the type `groundside.native.decimals.SPAN`.
    """

    data: memoryview
    spans: Spans

    def __len__(self) -> int:
        return len(self.spans)

    def taken(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Texts:
        """Give some of them."""
        return Texts(self.data, self.spans[which])

    @cached_property
    def strings(self) -> list[str]:
        """Give them as strings."""
        if not len(self.spans):
            return []
        begins, ends = self.spans["begin"], self.spans["begin"] + self.spans["length"]
        first = int(begins.min())
        stretch = bytes(self.data[first : int(ends.max())])
        places = zip((begins - first).tolist(), (ends - first).tolist(), strict=True)
        if stretch.isascii():
            text = stretch.decode("ascii")
            return [text[begin:end] for begin, end in places]
        return [stretch[begin:end].decode() for begin, end in places]


def joined(strings: Sequence[str | None]) -> Texts | None:
    """Put strings into one document, None as an empty one; None where one is not ASCII."""
    filled = [string or "" for string in strings]
    whole = "\n".join(filled)
    if not whole.isascii():
        return None
    spans = np.zeros(len(filled), SPAN)
    spans["length"] = lengths = np.fromiter(map(len, filled), np.int64, len(filled))
    spans["begin"][1:] = np.cumsum(lengths[:-1] + 1)
    return Texts(memoryview(whole.encode("ascii")), spans)


def strings_of(texts: Texts | list[str]) -> list[str]:
    """Give texts as strings, whatever they were."""
    return texts.strings if isinstance(texts, Texts) else texts
