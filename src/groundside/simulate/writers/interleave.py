"""Put records of several types, each of one length, into one file in the order of their recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

SLOTS = 64
"""Places for records within one sample: `order` is sample x SLOTS + slot."""


@dataclass(frozen=True, slots=True)
class Block:
    """
    Records of one length.

    Args:
        order: where each belongs among all records; the same number twice keeps the order of the blocks.
        rows: shape (records, length).
    """

    order: NDArray[np.int64]
    rows: Bytes


def rows_of(text: bytes) -> Bytes:
    """Make one record of some bytes."""
    return np.frombuffer(text, np.uint8)[None, :]


def matrix(records: NDArray[np.void], length: int | None = None) -> Bytes:
    """See structured records as bytes, filled up with zeros to a length."""
    wide = np.ascontiguousarray(records).view(np.uint8).reshape(len(records), records.dtype.itemsize)
    missing = (length or wide.shape[1]) - wide.shape[1]
    return np.pad(wide, ((0, 0), (0, missing))) if missing else wide


def placement(blocks: Sequence[Block]) -> tuple[list[NDArray[np.int64]], int]:
    """Find the offset of every record, block by block, and the total length."""
    order = np.concatenate([b.order for b in blocks])
    lengths = np.concatenate([np.full(len(b.rows), b.rows.shape[1], np.int64) for b in blocks])
    by_order = np.argsort(order, kind="stable")
    ends = np.cumsum(lengths[by_order])
    starts = np.empty_like(ends)
    starts[by_order] = ends - lengths[by_order]
    cuts = np.cumsum([len(b.rows) for b in blocks])[:-1]
    return np.split(starts, cuts), int(ends[-1]) if len(ends) else 0


def interleave(blocks: Sequence[Block]) -> Bytes:
    """Write all records in their order."""
    starts, total = placement(blocks)
    out = np.zeros(total, np.uint8)
    for block, start in zip(blocks, starts, strict=True):
        out[start[:, None] + np.arange(block.rows.shape[1])] = block.rows
    return out
