"""Elevation models that plans are made over: those used last stay open, for who drags a corner asks again at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from groundside.decode.surface import RasterSurface

MOST_KEPT = 2
"""At most 32 MB of heights each."""

_kept: OrderedDict[tuple[str, int, int, int], RasterSurface] = OrderedDict()
_lock = Lock()


@contextmanager
def ground_of(path: Path | None) -> Generator[RasterSurface | None]:
    """
    Give an elevation model; None where none is named.

    Stays open until others were asked for, or the file is another one. Who still holds it then may go on asking it: it
    is closed when the last one lets go.

    Raises:
        Unreadable, NotUnderstood, BadRequest, TooLarge: as `RasterSurface`.
    """
    yield None if path is None else _opened(path)


def _opened(path: Path) -> RasterSurface:
    try:
        now = path.stat()
    except OSError:
        return RasterSurface(path)
    key = str(path.absolute()), now.st_ino, now.st_mtime_ns, now.st_size
    with _lock:
        surface = _kept.pop(key, None)
    surface = surface or RasterSurface(path)
    with _lock:
        _kept[key] = surface
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return surface
