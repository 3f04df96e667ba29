"""Videos of the archive: what a player shows, and their bytes by ranges."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header
from starlette.responses import Response, StreamingResponse

from groundside.archive.videos import ByteRange, OutOfRange, VideoBytes
from groundside.see import video_schema, video_shapes
from groundside.see.web.answers import Answer, trouble
from groundside.see.web.asked import Ask
from groundside.see.web.routes.photos import PhotoId

router = APIRouter(tags=["photos"])
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_MOST_HEADER = 100


@router.get("/videos/{photo}", response_model=video_schema.VideoShape)
def video(ask: Ask, photo: PhotoId) -> Response:
    """Show what a player needs of a video: when it began, its flight, where its own telemetry says it was."""
    return Answer(video_shapes.video_shape(ask.archive.video(ask.caller, photo)))


@router.get("/videos/{photo}/bytes", response_class=StreamingResponse)
def video_bytes(ask: Ask, photo: PhotoId, range_: Annotated[str, Header(alias="range")] = "") -> Response:
    """
    Give a video as it came, byte for byte, or one range of it; each answer is an entry in the ledger.

    A Range header of several ranges, or one that makes no sense, is passed over, as RFC 9110, 14.2, allows.
    """
    asked = ranged(range_)
    try:
        given = ask.archive.video_bytes(ask.caller, photo, asked)
    except OutOfRange as error:
        headers = {"content-range": f"bytes */{error.size}"}
        return trouble(error.http_status, error.what, error.try_this, headers=headers)
    headers = _headers(given)
    if asked is not None:
        headers["content-range"] = f"bytes {given.first}-{given.end - 1}/{given.size}"
    status = 200 if asked is None else 206
    return StreamingResponse(given.pieces, status, headers=headers, media_type=given.media_type)


def ranged(header: str) -> ByteRange | None:
    """
    Read a Range header; None where there is none, or none that is understood.

    >>> ranged("bytes=0-"), ranged("bytes=-5"), ranged("bytes=4-2"), ranged("lines=1-2")
    (ByteRange(first=0, last=None), ByteRange(first=None, last=5), None, None)
    """
    found = _RANGE.fullmatch(header.strip()) if len(header) <= _MOST_HEADER else None
    if found is None or not any(found.groups()):
        return None
    first, last = (int(each) if each else None for each in found.groups())
    return None if first is not None and last is not None and last < first else ByteRange(first, last)


def _headers(of: VideoBytes) -> dict[str, str]:
    return {
        "accept-ranges": "bytes",
        "content-length": str(of.end - of.first),
        "content-disposition": f"inline; filename*=UTF-8''{quote(of.name.rpartition('/')[2], safe='')}",
    }
