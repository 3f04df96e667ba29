"""Photos of the archive: lists, one photo, small images, originals."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from groundside.model.kept_photo import PhotoQuery
from groundside.see import kept_photo_shapes, photo_schema
from groundside.see.questions import near, place_of, span_us
from groundside.see.web.answers import Answer
from groundside.see.web.asked import MOST_OFFSET, MOST_TEXT, Ask

router = APIRouter(tags=["photos"])
MOST_PHOTOS = 2000
MOST_SMALL = 200
_LENGTH = struct.Struct("<I")
_NONE = 0
PhotoId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Id of a photo: 32 of 0-9, a-f.")]


class PhotosAsked(BaseModel):
    """Which photos; a name that is not here is refused."""

    model_config = ConfigDict(extra="forbid")

    seeing: str = Field("", max_length=60, description="LON,LAT: photos that see this place, the best view first.")
    near: str = Field("", max_length=100, description="LON,LAT,METRES: photos taken this near, the nearest first.")
    flight: str = Field("", pattern="^([0-9a-f]{32})?$", description="Photos of this flight.")
    from_: str = Field("", alias="from", max_length=40, description="Taken on or after this.")
    to: str = Field("", max_length=40, description="Taken before this time, or by the end of this day.")
    camera: str = Field("", max_length=MOST_TEXT, description="Text in maker or model.")
    limit: int = Field(200, ge=1, le=MOST_PHOTOS)
    offset: int = Field(0, ge=0, le=MOST_OFFSET)

    def query(self) -> PhotoQuery:
        """
        Put the question in the archive's words.

        Raises:
            BadRequest: a time or a place that is none.
        """
        from_us, to_us = span_us(self.from_, self.to, "")
        return PhotoQuery(
            seeing=place_of(self.seeing),
            near=near(self.near),
            flight=self.flight,
            from_us=from_us,
            to_us=to_us,
            camera=self.camera,
            limit=self.limit,
            offset=self.offset,
        )


@router.get("/photos", response_model=photo_schema.PhotosShape)
def photos(ask: Ask, asked: Annotated[PhotosAsked, Query()]) -> Response:
    """List photos by the page: the latest first, or the best view of a place first."""
    return Answer(kept_photo_shapes.photos_shape(ask.archive.photos(ask.caller, asked.query())))


@router.get("/photos/times", response_model=photo_schema.PhotoTimesShape)
def photo_times(ask: Ask, asked: Annotated[PhotosAsked, Query()]) -> Response:
    """Count photos by when they were taken, in at most a hundred bars; cameras' clocks count where UTC is unknown."""
    return Answer(kept_photo_shapes.photo_times_shape(ask.archive.photo_times(ask.caller, asked.query())))


@router.get("/photos/thumbnails", response_class=Response)
def thumbnails(
    ask: Ask, of: Annotated[str, Query(max_length=MOST_SMALL * 33, pattern="^[0-9a-f]{32}(,[0-9a-f]{32})*$")]
) -> Response:
    """
    Give small images of many photos at once, in the order asked: for each its length and the bytes of a JPEG.

    Lengths are 32 bits, the least significant byte first; 0 where there is no small image.
    """
    small = ask.archive.photo_thumbnails(ask.caller, of.split(","))
    return Response(framed(small), media_type="application/octet-stream")


def framed(images: Sequence[bytes | None]) -> bytes:
    """
    Put images one after the other, each after its length.

    >>> framed([b"ab", None])
    b'\\x02\\x00\\x00\\x00ab\\x00\\x00\\x00\\x00'
    """
    return b"".join(_LENGTH.pack(len(each) if each else _NONE) + (each or b"") for each in images)


@router.post("/photos/join", response_model=photo_schema.JoinedShape)
def join(ask: Ask) -> Response:
    """Look for the flight of photos that came one by one; folders that are taken in are looked at by themselves."""
    return Answer({"looked_at": ask.archive.join_photos(ask.caller)})


@router.get("/photos/{photo}", response_model=photo_schema.PhotoDetailShape)
def photo(ask: Ask, photo: PhotoId) -> Response:
    """Show one photo with all that its file says."""
    return Answer(kept_photo_shapes.photo_detail_shape(ask.archive.photo(ask.caller, photo)))


@router.get("/photos/{photo}/thumbnail", response_class=Response)
def thumbnail(ask: Ask, photo: PhotoId) -> Response:
    """Give a small image of one photo: a JPEG without metadata."""
    return Response(ask.archive.photo_thumbnail(ask.caller, photo), media_type="image/jpeg")


@router.get("/photos/{photo}/original", response_class=StreamingResponse)
def original(ask: Ask, photo: PhotoId) -> Response:
    """Give a photo as it came, byte for byte, with its position and serials."""
    file = ask.archive.photo_original(ask.caller, photo)
    headers = {
        "content-length": str(file.size),
        "content-disposition": f"inline; filename*=UTF-8''{quote(file.name.rpartition('/')[2], safe='')}",
    }
    return StreamingResponse(file.pieces, media_type=file.media_type, headers=headers)
