"""Derivatives of pictures that give nobody away, without an archive: `groundside redact`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from groundside.archive.photographs import SUFFIXES
from groundside.arrive.folder import NotTaken, walk
from groundside.arrive.window import parts_of
from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.errors import BadRequest, GroundsideError
from groundside.model.photo import Photo, Zero
from groundside.model.redaction import Box, Keep
from groundside.produce.imagery.redaction.faces import CODE, Looking, Pixels, find_faces
from groundside.reference.face_model import face_model
from groundside.settings import Settings

if TYPE_CHECKING:
    from groundside.produce.imagery.redaction.derivative import Derivative

PICTURES = (SUFFIXES - {".mp4", ".mov", ".m4v", ".insp"}) | {".png", ".webp"}
"""Of files that are looked at where a folder is named."""
DOWN_DEG = 45.0
"""A camera that looks further down than this sees people from above, turned in every way."""
SCALES = 0.1, 2.0
AS_USUAL = Looking()


@dataclass(frozen=True, slots=True)
class Redaction:
    """
    What to hide, and what a derivative may go on saying.

    Args:
        boxes: drawn by a person, in pixels of the picture as it is shown.
        keep: fields of metadata that the owner chose to leave in.
        looking: how to look for faces.
        faces: False hides the boxes alone.
        dismissed: what a person said need not be hidden, though it looks like a face.
    """

    boxes: tuple[Box, ...] = ()
    keep: frozenset[Keep] = frozenset()
    looking: Looking = AS_USUAL
    faces: bool = True
    dismissed: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Redacted:
    """
    One file that was redacted.

    Args:
        path: as it was named, or found below a folder that was named.
        data: the derivative, a JPEG file; empty where none may go out.
        boxes: all that is hidden in it.
        again: how many of them were found only in the derivative itself.
        turned: whether it was also looked at turned.
        why: why there is no derivative, in one sentence; else empty.
    """

    path: Path
    data: bytes = b""
    boxes: tuple[Box, ...] = ()
    again: int = 0
    turned: bool = False
    why: str = ""


def redact(paths: Iterable[Path], how: Redaction, limit: int = Settings().max_decode_bytes) -> Iterator[Redacted]:
    """
    Make derivatives of pictures. A file that cannot be read is named in the result, and the others go on.

    Args:
        paths: files, and folders, which are walked for files with the names of pictures.
        how: what to hide.
        limit: larger files are not read.

    Returns:
        One at a time, in order of the paths. Not every face is found; people have to look.

    Raises:
        BadRequest: a scale or score that is none.

    Example:
        >>> list(redact([], Redaction()))
        []
    """
    checked(how.looking)
    return (redacted for path in paths for redacted in _below(path, how, limit))


def checked(looking: Looking) -> Looking:
    """
    Check how it is to be looked.

    Raises:
        BadRequest: a scale or score that is none.
    """
    if not SCALES[0] <= looking.scale <= SCALES[1]:
        what = f"Pictures are looked at at {SCALES[0]:g} to {SCALES[1]:g} times their size, not {looking.scale:g}."
        raise BadRequest(what, try_this="--scale 1, or --scale 0.5 for a quarter of the time")
    if not 0.1 <= looking.least_score <= 0.99:
        what = f"A score lies between 0.1 and 0.99, not at {looking.least_score:g}."
        raise BadRequest(what, try_this="--score 0.5")
    return looking


def _below(path: Path, how: Redaction, limit: int) -> Iterator[Redacted]:
    if not path.is_dir():
        yield _redacted(path, how, limit)
        return
    for found in walk([path]):
        if isinstance(found, NotTaken):
            yield Redacted(Path(found.name), why=f"{found.why}.")
        elif found.path.suffix.lower() in PICTURES:
            yield _redacted(found.path, how, limit)


def _redacted(path: Path, how: Redaction, limit: int) -> Redacted:
    try:
        with parts_of(path, limit) as (_, _, whole):
            data = bytes(whole())
        made, turned = derivative_of(data, path.name, how)
    except GroundsideError as error:
        return Redacted(path, why=error.what)
    if made.left:
        why = f"There are still {len(made.left)} faces in the derivative after all that was hidden; it is not written."
        return Redacted(path, boxes=made.boxes, again=made.again, turned=turned, why=why)
    return Redacted(path, made.data, made.boxes, made.again, turned)


def derivative_of(data: bytes, name: str, how: Redaction, *, propose: bool = True) -> tuple[Derivative, bool]:
    """
    Make the derivative of one picture.

    Args:
        data: the file.
        name: of the file, for errors.
        how: what to hide.
        propose: look for faces in the picture itself; False takes the boxes given for all, and looks at the result.

    Returns:
        The derivative, and whether it was also looked at turned.

    Raises:
        NotUnderstood, TooLarge, Unreadable: as `produce.imagery.redaction.pictures.opened` has it.
    """
    from groundside.produce.imagery.redaction.derivative import derive
    from groundside.produce.imagery.redaction.pictures import opened
    from groundside.produce.imagery.redaction.told import exif_of

    photo, _ = read_photo(Window.over(data))
    picture = opened(data, name)
    looking = looking_at(photo, how.looking)
    find = partial(_find, looking=looking, dismissed=how.dismissed) if how.faces else None
    boxes = (*how.boxes, *(find(picture) if find and propose else ()))
    return derive(picture, boxes, exif_of(photo, how.keep), find), bool(looking.turned)


def _find(picture: Pixels, looking: Looking, dismissed: Sequence[Box] = ()) -> tuple[Box, ...]:
    from groundside.produce.imagery.redaction.boxes import without

    return without(find_faces(picture, looking, face_model()), dismissed)


def faces_in(data: bytes, name: str, looking: Looking, dismissed: Sequence[Box] = ()) -> tuple[Box, ...]:
    """
    Propose what to hide in one picture, but for what a person dismissed.

    Raises:
        NotUnderstood, TooLarge, Unreadable: as `produce.imagery.redaction.pictures.opened` has it.
    """
    from groundside.produce.imagery.redaction.pictures import opened

    photo, _ = read_photo(Window.over(data))
    return _find(opened(data, name), looking_at(photo, looking), dismissed)


def looking_at(photo: Photo, looking: Looking) -> Looking:
    """Say whether to look at a picture turned as well: where nobody said, if the camera looked down."""
    if looking.turned is not None:
        return looking
    pose = photo.camera_attitude
    down = 0.0
    if pose is not None:
        pitch = pose.pitch_deg if pose.pitch_deg is not None else 0.0
        down = -pitch if pose.zero is Zero.FORWARD else 90.0 - abs(pitch)
    return replace(looking, turned=down > DOWN_DEG)


def code_of(looking: Looking) -> str:
    """Name the detector and how it looked, for what is kept of its proposals."""
    turned = {None: "turned if it looked down", True: "turned", False: "upright"}[looking.turned]
    return f"{CODE} scale {looking.scale:g} score {looking.least_score:g} {turned}"
