"""Photos of a folder on their way into a catalogue: each with its footprint, a name of its own, and a link."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from groundside.archive.photographs import PhotoRead
from groundside.model.footprint import Footprint, NoFootprint, PlacedPhoto


def placed_photos(
    reads: Iterable[PhotoRead],
    footprint: Callable[[PhotoRead], Footprint | NoFootprint | None],
    root: Path,
    beside: Path | None = None,
) -> Iterator[PlacedPhoto]:
    """
    Give photos with their footprints. Videos, and files that could not be read, are left out.

    Args:
        reads: what was read.
        footprint: works out what one shows of the ground; None for a video.
        root: the folder that ids are relative to.
        beside: the folder that links are to be relative to; None for no links.

    Returns:
        One at a time, in order. Ids are the paths below the root, with `__` for each stroke; a second one of the same
        id gets a number.
    """
    seen: dict[str, int] = {}
    for read in reads:
        made = footprint(read)
        if read.photo is None or made is None:
            continue
        base = _relative(read.path, root).replace("/", "__")
        seen[base] = number = seen.get(base, 0) + 1
        id_ = base if number == 1 else f"{base}~{number}"
        href = "" if beside is None else quote(_relative(read.path, beside))
        yield PlacedPhoto(id_, read.path.name, read.photo, made, href)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
