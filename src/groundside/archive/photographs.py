"""What photos and videos say, without an archive: `groundside photo`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from groundside.arrive.folder import Arrival, NotTaken, walk
from groundside.arrive.window import parts_of
from groundside.decode.photos.found import Value
from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.errors import GroundsideError
from groundside.model.photo import Photo
from groundside.settings import Settings

SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".dng", ".rjpeg", ".rjpg", ".mp4", ".mov", ".m4v", ".insp")
)
"""Of files that are looked at where a folder is named; one that is named itself is looked at whatever its name."""
_MARKS = ".mrk"


@dataclass(frozen=True, slots=True)
class PhotoRead:
    """
    One file that was looked at.

    Args:
        path: as it was named, or found below a folder that was named.
        photo: what it says; None where it is no photo or video, or cannot be read.
        why: then the reason, in one sentence; else empty.
        tags: every tag as it is written, by the names of `exiftool -G1`.
    """

    path: Path
    photo: Photo | None
    why: str = ""
    tags: Mapping[str, Value] = field(default_factory=dict[str, Value])


def read_photos(paths: Iterable[Path], limit: int = Settings().max_decode_bytes) -> Iterator[PhotoRead]:
    """
    Read what photos and videos say. A file that cannot be read is named in the result, and the others go on.

    Args:
        paths: files, and folders, which are walked for files with the names of photos and videos. Photos of a folder
            in which an exposure file of an RTK aircraft (.MRK) lies are placed by it.
        limit: larger files are not read.

    Returns:
        In order of the paths, and below a folder in order of name.

    Example:
        >>> list(read_photos([]))
        []
    """
    for path in paths:
        read = _read(path, limit)
        if read.photo is None and path.is_dir():
            yield from _below(path, limit)
        else:
            yield read


def _below(folder: Path, limit: int) -> Iterator[PhotoRead]:
    found = list(walk([folder]))
    marks = [each.path for each in found if isinstance(each, Arrival) and each.path.suffix.lower() == _MARKS]
    reads = _each(found, limit)
    yield from (_placed_by_marks(list(reads), marks) if marks else reads)


def _each(found: Iterable[Arrival | NotTaken], limit: int) -> Iterator[PhotoRead]:
    for one in found:
        if isinstance(one, NotTaken):
            yield PhotoRead(Path(one.name), None, f"{one.why}.")
        elif one.path.suffix.lower() in SUFFIXES:
            yield _read(one.path, limit)


def _placed_by_marks(reads: list[PhotoRead], marks: Iterable[Path]) -> Iterator[PhotoRead]:
    """Place photos by the exposure files of RTK aircraft that lie in their folder."""
    from groundside.archive.photo_marks import marked_by  # late: few folders have marks

    placed: dict[Path, Photo] = {}
    for folder, files in groupby(sorted(marks), key=lambda path: path.parent):
        photos = {each.path: each.photo for each in reads if each.photo is not None and each.path.parent == folder}
        placed |= marked_by(list(files), photos)
    for each in reads:
        yield replace(each, photo=placed.get(each.path, each.photo))


def _read(path: Path, limit: int) -> PhotoRead:
    try:
        with parts_of(path, limit) as (size, fetch, whole):
            photo, tags = read_photo(Window(size, fetch, whole))
    except GroundsideError as error:
        return PhotoRead(path, None, error.what)
    if not photo.format:
        return PhotoRead(path, None, photo.problems[0].what)
    return PhotoRead(path, photo, "", tags)
