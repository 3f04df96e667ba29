"""Times and positions of a track, as a worker tells them to whoever compares flights: no object need be read."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import pyarrow as pa

from groundside.model.recording import TimeBasis
from groundside.model.track import COLUMNS, Track

POSITIONS = ("lon", "lat", "height_m", "altitude_m")
"""The columns of a track that tell, with its times, whether two are of one flight."""
MOST_ROWS = 4000
"""Of longer tracks nothing is sent along: few of them are compared, and sending them costs as much as reading some."""
_HEAD = struct.Struct("<BBxxxxxxQd")
_BASES = tuple(TimeBasis)
_SCHEMA = pa.schema(list(COLUMNS.items()))


def positions_bytes(track: Track) -> bytes | None:
    """
    Write the times and positions of a track, little-endian; None where it has too many rows.

    Columns of which nothing is known are left out.
    """
    count = track.table.num_rows
    if count > MOST_ROWS:
        return None
    columns = [track.floats(name) for name in POSITIONS]
    known = [not math.isnan(np.fmin.reduce(each, initial=math.nan)) for each in columns]
    flags = sum(1 << at for at, is_known in enumerate(known) if is_known)
    error_s = math.nan if track.time_error_s is None else track.time_error_s
    head = _HEAD.pack(_BASES.index(track.time_basis), flags, count, error_s)
    kept = [each.astype("<f8", copy=False).tobytes() for each, is_known in zip(columns, known, strict=True) if is_known]
    return b"".join((head, track.time_us.astype("<i8", copy=False).tobytes(), *kept))


def are_positions(content: bytes) -> bool:
    """Whether bytes are what `positions_bytes` may have written: they may come from a worker that was taken over."""
    if len(content) < _HEAD.size:
        return False
    basis, flags, count, _ = _HEAD.unpack_from(content)
    columns = 1 + flags.bit_count()
    known = basis < len(_BASES) and flags < 1 << len(POSITIONS)
    return known and count <= MOST_ROWS and len(content) == _HEAD.size + 8 * count * columns


def positions_in(content: bytes) -> Track:
    """
    Read back a track with the columns `POSITIONS` as they were; all others are NaN or null.

    Args:
        content: of which `are_positions` holds.
    """
    basis, flags, count, error_s = _HEAD.unpack_from(content)
    at = _HEAD.size + 8 * count
    found: dict[str, pa.Array[Any]] = {"time_us": pa.array(np.frombuffer(content, "<i8", count, _HEAD.size))}
    for number, name in enumerate(POSITIONS):
        if flags >> number & 1:
            found[name] = pa.array(np.frombuffer(content, "<f8", count, at))
            at += 8 * count
    unknown = pa.array(np.full(count, np.nan))
    arrays = [found.get(name) or _unknown(kind, unknown) for name, kind in COLUMNS.items()]
    table = pa.Table.from_arrays(arrays, schema=_SCHEMA)
    return Track(table, _BASES[basis], None if math.isnan(error_s) else error_s)


def _unknown(kind: pa.DataType, floats: pa.Array[Any]) -> pa.Array[Any]:
    return floats if pa.types.is_floating(kind) else pa.nulls(len(floats), kind)  # pyright: ignore[reportCallIssue, reportArgumentType] - the stubs know extension types only
