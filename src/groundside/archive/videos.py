"""Verbs about videos of the archive: what a player needs to show one beside the map, and ranges of its bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from groundside.archive.photo_facts import photo_in
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.archive.video_joining import telemetry_of
from groundside.errors import BadRequest, NotFound
from groundside.keep.catalogue import Reader
from groundside.model.caller import Caller, Scope
from groundside.model.kept_photo import KeptPhoto
from groundside.model.photo import Video
from groundside.reference import places

PIECE_BYTES = 1 << 18
"""What is opened of the sealed stream at once: a player that jumps away leaves little undone."""
MOST_SAMPLES = 20_000
"""Positions of one video that are told: one a second, for five hours and a half."""
_MEDIA = {"mp4": "video/mp4", "mov": "video/quicktime"}
"""By the format that the decoder found; never by the name of the file."""


@dataclass(frozen=True, slots=True)
class VideoShown:
    """
    What a player needs.

    Args:
        kept: the video in the archive.
        video: what its container says, without the text of subtitles.
        starts_us: UTC of its first picture; None where no clock tells it.
        error_s: of that, one standard deviation; None where it is not known.
        time_zone: where it was taken, as "Europe/Zurich"; empty where that is unknown.
        media_type: of its bytes.
    """

    kept: KeptPhoto
    video: Video
    starts_us: int | None
    error_s: float | None
    time_zone: str
    media_type: str


@dataclass(frozen=True, slots=True)
class ByteRange:
    """
    Which bytes of a file are asked for.

    Args:
        first: the first byte; None asks for the last `last` bytes.
        last: the last byte, included; None asks for all that follows.
    """

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class VideoBytes:
    """
    A range of a video's bytes.

    Args:
        name: of the file.
        media_type: as its format says.
        size: of the whole file.
        first, end: the range: from `first` to before `end`.
        pieces: its bytes in order, opened while they are taken.
    """

    name: str
    media_type: str
    size: int
    first: int
    end: int
    pieces: Iterator[bytes]


class OutOfRange(BadRequest):
    """No byte of a file lies in the range that is asked for."""

    http_status = 416

    def __init__(self, size: int) -> None:
        super().__init__(f"The file has {size:,} bytes: none is in that range.", try_this="ask for bytes from 0 on")
        self.size = size


@verb(Effect.REVEALS)
def video(store: Store, caller: Caller, photo_id: str) -> VideoShown:
    """
    Say what a player shows of a video: when it began, in which flight, and where its own telemetry says it was.

    Raises:
        NotFound: no such photo in the caller's scope.
        BadRequest: it is a photo.
    """
    with store.catalogue.read() as reader:
        kept = _video(reader, photo_id, caller.scope)
        facts = reader.facts_of_photos([kept.id], caller.scope).get(kept.id)
        original = reader.original(photo_id, caller.scope)
    said = photo_in(json.loads(facts)) if facts else None
    container = (said.video if said is not None else None) or Video()
    shown = replace(container, subtitle="", samples=telemetry_of(store, original.object_id)[:MOST_SAMPLES])
    offset_s = kept.join.clock_offset_s or 0.0
    starts_us = None if kept.clock_us is None else kept.clock_us - round(offset_s * 1e6)
    return VideoShown(kept, shown, starts_us, kept.join.clock_error_s, _zone(kept, shown), _MEDIA[kept.format])


@verb(Effect.REVEALS)
def video_bytes(store: Store, caller: Caller, photo_id: str, asked: ByteRange | None = None) -> VideoBytes:
    """
    Give a range of a video's bytes as they came. Nothing is written: pieces are opened as they are taken.

    Args:
        photo_id: of the original.
        asked: None for all of it.

    Raises:
        NotFound: no such photo in the caller's scope.
        BadRequest: it is a photo.
        OutOfRange: no byte lies in the range.
    """
    with store.catalogue.read() as reader:
        kept = _video(reader, photo_id, caller.scope)
        original = reader.original(photo_id, caller.scope)
    first, end = _bounds(asked, original.size)
    pieces = _pieces(store, original.object_id, first, end)
    return VideoBytes(kept.file, _MEDIA[kept.format], original.size, first, end, pieces)


def _bounds(asked: ByteRange | None, size: int) -> tuple[int, int]:
    """Give the range that is meant, as RFC 9110, 14.1.2, has it."""
    if asked is None:
        return 0, size
    if asked.first is None:
        first, end = max(size - (asked.last or 0), 0), size
    else:
        first, end = asked.first, size if asked.last is None else min(asked.last + 1, size)
    if first >= end:
        raise OutOfRange(size)
    return first, end


def _pieces(store: Store, object_id: str, first: int, end: int) -> Iterator[bytes]:
    with store.vault.open(object_id) as stream:
        stream.seek(first)
        left = end - first
        while left > 0 and (piece := stream.read(min(PIECE_BYTES, left))):
            left -= len(piece)
            yield piece


def _video(reader: Reader, photo_id: str, scope: Scope) -> KeptPhoto:
    kept = reader.photo(photo_id, scope)
    if kept is None:
        what = f"There is no video {photo_id[:40]!r}."
        raise NotFound(what, try_this="groundside photos")
    if kept.format not in _MEDIA:
        what = f"{kept.file} is a photo and no video."
        raise BadRequest(what, try_this="look at it in the gallery")
    return kept


def _zone(kept: KeptPhoto, shown: Video) -> str:
    at = kept.place or next((each.place for each in shown.samples if each.place is not None), None)
    return "" if at is None else places.time_zone_of(at)
