"""
XML documents that are whole: where every element is, and what usual texts say.

The definition is the reader of `decode/xml_scan`, which is built on expat: wherever a kernel is not certain of finding
the same, it gives None, and that reader takes the document. `PLAIN`, the kernels are certain of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _xml
from groundside.native.decimals import SPAN

NODE = np.dtype(
    [
        ("begin", "<i8"), ("text", "<i8"), ("end", "<i8"), ("parent", "<i4"), ("attributes", "<i4"),
        ("name", "<u2"), ("n_attributes", "<u2"), ("flags", "<u4"),
    ]
)  # fmt: skip
"""An element: where its start tag, what is in it, and its end tag begin; the number of its parent; see xml.h."""
ATTRIBUTE = np.dtype([("begin", "<i8"), ("length", "<i4"), ("name", "<i4")])
"""Where the value of an attribute is, without quotes, and the number of its name."""
LEAF, BY_HAND = 1, 2
"""No element is in it; its bytes are not its text, for there are references, comments or carriage returns in it."""
_NAME = np.dtype([("begin", "<i8"), ("length", "<i8")])
_NAMES = 1024
_MEMORY, _FEW_BYTES = 3, 1 << 16

I64 = npt.NDArray[np.int64]
Rows = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Document:
    """
    A whole document.

    Args:
        nodes: its elements in the order of their start tags, of the type `NODE`.
        attributes: all of them, in order, of the type `ATTRIBUTE`.
        names: of elements and attributes, as they stand.
    """

    nodes: Rows
    attributes: Rows
    names: tuple[str, ...]


def document(data: bytes | memoryview, at: int) -> Document | None:
    """
    Walk through a document in UTF-8.

    Args:
        data: the file.
        at: behind the XML declaration, if there is one.

    Returns:
        None where it is not certain to be whole, has a document type, or has more elements than its size allows for.
    """
    if native.PLAIN:
        return None
    elements, attributes = _xml.count(data)
    if elements * NODE.itemsize + attributes * ATTRIBUTE.itemsize > _MEMORY * len(data) + _FEW_BYTES:
        return None
    nodes, values = np.empty(elements + 1, NODE), np.empty(attributes + 1, ATTRIBUTE)
    names = np.empty(_NAMES, _NAME)
    counts = _xml.walk(data, at, nodes.view(np.uint8), values.view(np.uint8), names.view(np.uint8))
    if counts is None:
        return None
    taken = names[: counts[2]].tolist()
    return Document(nodes[: counts[0]], values[: counts[1]], tuple(str(data[b : b + n], "ascii") for b, n in taken))


def instants(data: bytes | memoryview, spans: Rows) -> I64 | None:
    """
    Read texts of the form `2031-02-03T04:05:06.789Z` (1 to 6 digits behind the point, or none) as microseconds.

    Args:
        data: in which the texts are.
        spans: where they are, of the type `SPAN`.

    Returns:
        Since 1970, UTC; None where one text is no such time.

    Raises:
        ValueError: a text is not inside the data; a defect in the caller.
    """
    if native.PLAIN:
        return None
    us = np.empty(len(spans), np.int64)
    first = _xml.instants(data, np.ascontiguousarray(spans).view(np.uint8), us)
    _inside(first >= 0)
    return us if first == len(us) else None


def words(data: bytes | memoryview, spans: Rows, sign: str = "") -> Rows | None:
    """
    Take texts apart.

    Args:
        data: in which the texts are.
        spans: where they are, of the type `SPAN`.
        sign: one character of ASCII that stands between words; empty for any white space.

    Returns:
        Of the type `SPAN`, shape (texts, 3): of each text its two or three words, of length 0 where there is none; and
        none where there are fewer or more. None where a text is not ASCII.

    Raises:
        ValueError: a text is not inside the data; a defect in the caller.
    """
    if native.PLAIN:
        return None
    found = np.empty(3 * len(spans), SPAN)
    octets = np.ascontiguousarray(spans).view(np.uint8)
    status = _xml.words(data, octets, ord(sign) if sign else 0, found.view(np.uint8))
    _inside(status >= 0)
    return found.reshape(-1, 3) if status == 0 else None


def _inside(inside: bool) -> None:
    if not inside:
        what = "a text is not inside the data"
        raise ValueError(what)
