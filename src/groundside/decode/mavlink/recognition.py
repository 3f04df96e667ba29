"""Whether a file begins like a telemetry log, or like a stream of frames without times."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from groundside.decode.mavlink.definitions import layouts
from groundside.native.mavlink import find
from groundside.native.mavlink_frames import CLOCK_BYTES, V1, V2

Offsets = npt.NDArray[np.int64]
_ARCHIVES = (b"PK", b"\x1f\x8b", b"BZ", b"\xfd7z", b"7z")
_TAR_AT = 257
_CHAIN = 2
"""So many frames must begin where the one before lets them expect it."""
_MARKERS = frozenset((bytes([V1]), bytes([V2])))
_BEGINNING, _CERTAIN = 4096, 4
"""Where a file begins with a frame and so many more follow in these bytes, no other format need be asked."""


@lru_cache(maxsize=1)  # both formats are asked about the same head, one after the other
def _counts(head: bytes) -> tuple[int, int, int]:
    """Count frames that begin 8 bytes after, and right at, the end of another; and say where the first one begins."""
    if head.startswith(_ARCHIVES) or head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return 0, 0, -1
    at, ends = find(memoryview(head), layouts())
    if not len(at):
        return 0, 0, -1
    return _following(at, ends, CLOCK_BYTES), _following(at, ends, 0), int(at[0])


def _following(at: Offsets, ends: Offsets, behind: int) -> int:
    """Count frames that begin so many bytes after the end of another."""
    expected = np.zeros(max(int(at[-1]), int(ends.max()) + behind) + 1, np.bool_)
    expected[ends + behind] = True
    return int(np.count_nonzero(expected[at]))


def recognises_tlog(head: bytes) -> bool:
    """Whether several frames follow each other with a clock between them; a single one, if it begins the file."""
    if V1 not in head and V2 not in head:
        return False
    spaced, adjacent, first = _counts(head)
    return (spaced > adjacent and (spaced >= _CHAIN or first == CLOCK_BYTES)) or (first == CLOCK_BYTES and not adjacent)


def recognises_raw(head: bytes) -> bool:
    """Whether several frames follow each other with nothing between them, perhaps after text or damage."""
    if V1 not in head and V2 not in head:
        return False
    spaced, adjacent, _ = _counts(head)
    return adjacent >= _CHAIN and adjacent > spaced


def begins_tlog(head: bytes) -> bool:
    """Whether a clock and a frame begin the file, and more of them follow."""
    if head[CLOCK_BYTES : CLOCK_BYTES + 1] not in _MARKERS:
        return False
    spaced, adjacent, first = _counts(head[:_BEGINNING])
    return first == CLOCK_BYTES and spaced >= _CERTAIN and not adjacent


def begins_raw(head: bytes) -> bool:
    """Whether a frame begins the file, and more of them follow."""
    if head[:1] not in _MARKERS:
        return False
    spaced, adjacent, first = _counts(head[:_BEGINNING])
    return first == 0 and adjacent >= _CERTAIN and not spaced
