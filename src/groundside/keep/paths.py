"""The exact positions of a track in few bytes, so that a question about places reads no track."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from groundside.keep.path_heads import HEAD, VERSION
from groundside.model.track import Track
from groundside.native.flown import path as path_of_track
from groundside.native.outlines import Outline, outline_bytes, outline_in
from groundside.reference.cells import cells_of
from groundside.reference.paths import NOWHERE, Floats, Path

_WHOLE, _FLOAT = 0, 1
_PER_DEGREE = 1e7


def path_bytes(track: Track) -> bytes:
    """
    Write the path of a track: the cells it touches, the length of its longest step, and its exact positions.

    Its outline over time follows: by that it is compared with other tracks.
    """
    lon, lat, time_us = track.floats("lon"), track.floats("lat"), track.time_us
    outline = outline_bytes(time_us, lon, lat)
    flag = bytes([track.time_basis.is_utc]) if outline else b""
    return pack(path_of_track(lon, lat, time_us)) + flag + outline


def pack(path: Path) -> bytes:
    """
    Write a path as bytes, little-endian.

    Positions are whole ten-millionths of a degree where all of them are exactly that (as autopilots store them),
    otherwise floats: what is read back is the very same numbers.
    """
    kind, kept = _kept(path)
    reaches = path.reach_m()
    cells, reach = cells_of(path, reaches), float(reaches.max(initial=0.0))
    head = HEAD.pack(VERSION, kind, path.lon.size, path.starts.size, cells.size, reach)
    columns = (cells.astype("<i8"), *kept, path.starts.astype("<u4"))
    return b"".join((head, *(column.tobytes() for column in columns)))


def unpack(content: bytes) -> tuple[Path, float]:
    """Read back a path, and the length of its longest step in metres."""
    _, kind, size, runs, cells, reach = HEAD.unpack_from(content)
    if not size:
        return NOWHERE, 0.0
    at = HEAD.size + 8 * cells
    width = 4 if kind == _WHOLE else 8
    lon, lat = (_read(content, kind, size, at + each * size * width) for each in (0, 1))
    starts = np.frombuffer(content, "<u4", runs, at + 2 * size * width).astype(np.int64)
    return Path(lon, lat, starts), reach


def outlined(content: bytes) -> tuple[Outline, bool] | None:
    """Read the outline of a track, and whether its clock is UTC; None where none was written, as by older code."""
    _, kind, size, runs, cells, _ = HEAD.unpack_from(content)
    end = HEAD.size + 8 * cells + (8 if kind == _WHOLE else 16) * size + 4 * runs
    if len(content) <= end:
        return None
    return outline_in(memoryview(content)[end + 1 :]), bool(content[end])


def cells_in(content: bytes) -> NDArray[np.int64]:
    """Read the cells that a path touches."""
    return np.frombuffer(content, "<i8", HEAD.unpack_from(content)[4], HEAD.size)


def _kept(path: Path) -> tuple[int, list[NDArray[np.generic]]]:
    whole = [np.rint(axis * _PER_DEGREE) for axis in (path.lon, path.lat)]
    if all((each / _PER_DEGREE == axis).all() for each, axis in zip(whole, (path.lon, path.lat), strict=True)):
        return _WHOLE, [each.astype("<i4") for each in whole]
    return _FLOAT, [path.lon.astype("<f8"), path.lat.astype("<f8")]


def _read(content: bytes, kind: int, size: int, at: int) -> Floats:
    if kind == _WHOLE:
        return np.frombuffer(content, "<i4", size, at) / _PER_DEGREE
    return np.frombuffer(content, "<f8", size, at).astype(np.float64)
