"""What is hidden in photos before others see them: the review queue, and derivatives; and photos in tiles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from groundside.errors import BadRequest
from groundside.model.redaction import Box, Keep, Shown
from groundside.see import inspection_schema
from groundside.see.review_shapes import review_history_shape, review_shape
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask, Asked
from groundside.see.web.routes.photos import PhotoId, framed

router = APIRouter(tags=["sharing"])
MOST_BOXES = 200
MOST_PX = 1_000_000
MOST_TILES = 64
Pixels = Annotated[int, Field(ge=0, le=MOST_PX)]
Side = Annotated[int, Field(ge=1, le=MOST_PX)]
Seen = Annotated[int | None, Field(ge=0, le=2**62, description="`at_us` of what you have seen.")]


class BoxAsked(BaseModel):
    """A box that a person drew, in pixels of the picture as shown."""

    model_config = ConfigDict(extra="forbid")

    x: Pixels
    y: Pixels
    width: Side
    height: Side
    shown: Shown = Shown.FACE


class EditAsked(BaseModel):
    """Boxes to draw, and numbers of boxes to take away, from 1."""

    model_config = ConfigDict(extra="forbid")

    add: list[BoxAsked] = Field(default_factory=list, max_length=MOST_BOXES)
    remove: list[Annotated[int, Field(ge=1, le=MOST_PX)]] = Field(default_factory=list, max_length=MOST_BOXES)
    seen_us: Seen = None


class ConfirmAsked(BaseModel):
    """What the person who confirms has seen."""

    model_config = ConfigDict(extra="forbid")

    seen_us: Seen = None


class DerivativeAsked(BaseModel):
    """What a derivative may say of itself."""

    model_config = ConfigDict(extra="forbid")

    keep: list[Keep] = Field(default_factory=list, max_length=4, description="Fields that it may go on saying.")


@router.get("/redactions", response_model=inspection_schema.ReviewsShape)
def queue(
    ask: Ask, unconfirmed: Annotated[bool, Query(description="Only what nobody has confirmed.")] = False
) -> Response:
    """List what is to be hidden in photos: the review queue."""
    rows = ask.archive.redactions(ask.caller, unconfirmed=unconfirmed)
    return Answer({"reviews": [review_shape(each) for each in rows]})


@router.get("/redactions/{photo}", response_model=inspection_schema.ReviewHistoryShape)
def review(ask: Ask, photo: PhotoId) -> Response:
    """Show what is to be hidden in one photo, and who said what of it."""
    return Answer(_told(ask, photo))


@router.post("/redactions/{photo}/propose", response_model=inspection_schema.ReviewHistoryShape)
def propose(ask: Ask, photo: PhotoId) -> Response:
    """Look for faces in one photo, and put what is found into the review queue."""
    (done,) = ask.archive.propose_redaction(ask.caller, [photo])
    told = _told(ask, photo)
    return Answer({**told, "why": done.why or None})


@router.post("/redactions/{photo}/edit", response_model=inspection_schema.ReviewHistoryShape)
def edit(ask: Ask, photo: PhotoId, asked: EditAsked) -> Response:
    """Draw boxes, and take away those that hide nothing that need be hidden. It is to be confirmed again."""
    if not (asked.add or asked.remove):
        raise BadRequest("There is nothing to change.", try_this='send {"remove": [1]}')
    add = [Box(each.x, each.y, each.width, each.height, each.shown) for each in asked.add]
    ask.archive.edit_redaction(ask.caller, photo, add, asked.remove, asked.seen_us)
    return Answer(_told(ask, photo))


@router.post("/redactions/{photo}/confirm", response_model=inspection_schema.ReviewHistoryShape)
def confirm(ask: Ask, photo: PhotoId, asked: ConfirmAsked) -> Response:
    """Say that you have looked at a photo, and that its boxes hide what has to be hidden."""
    ask.archive.confirm_redaction(ask.caller, photo, asked.seen_us)
    return Answer(_told(ask, photo))


@router.get("/photos/{photo}/derivative", response_class=Response)
def derivative(ask: Ask, photo: PhotoId, asked: Annotated[DerivativeAsked, Query()]) -> Response:
    """
    Give a photo that was confirmed as others may see it: boxes hidden, looked at again, without other metadata.

    `groundside-hidden` says how many boxes are hidden, `groundside-found-again` how many of them were found only in the
    derivative itself.
    """
    from groundside.archive.redacting import Redaction

    made = ask.archive.redacted_photo(ask.caller, photo, Redaction(keep=frozenset(asked.keep)))
    headers = {
        "content-disposition": f'attachment; filename="photo-{photo[:8]}.jpg"',
        "groundside-hidden": str(len(made.boxes)),
        "groundside-found-again": str(made.again),
    }
    return Response(made.data, media_type="image/jpeg", headers=headers)


@router.get("/photos/{photo}/layout", response_model=inspection_schema.LayoutShape)
def layout(ask: Ask, photo: PhotoId) -> Response:
    """Say how large a photo is as it is shown, and into how many tiles it goes."""
    from groundside.archive.photo_tiles import TILE_PX

    laid = ask.archive.photo_layout(ask.caller, photo)
    shape: inspection_schema.LayoutShape = {
        "width_px": laid.width_px,
        "height_px": laid.height_px,
        "orientation": laid.orientation,
        "tile_px": TILE_PX,
        "levels": laid.levels,
    }
    return Answer(shape)


@router.get("/photos/{photo}/tiles", response_class=Response)
def tiles(
    ask: Ask,
    photo: PhotoId,
    level: Annotated[int, Query(ge=0, le=6)],
    of: Annotated[str, Query(max_length=MOST_TILES * 12, pattern=r"^\d{1,4}-\d{1,4}(,\d{1,4}-\d{1,4})*$")],
) -> Response:
    """Give tiles of one level, COLUMN-ROW, as JPEGs, each after its length as `/photos/thumbnails` has it."""
    wanted = [(int(column), int(row)) for column, row in (each.split("-") for each in of.split(","))]
    made = ask.archive.photo_tiles(ask.caller, photo, level, wanted)
    return Response(framed(made), media_type="application/octet-stream")


def _told(ask: Asked, photo: str) -> inspection_schema.ReviewHistoryShape:
    from groundside.archive.reviewing import Reviewed

    steps = ask.archive.redaction_history(ask.caller, photo)
    rows = ask.archive.redactions(ask.caller, photo)
    return review_history_shape(rows[0] if rows else Reviewed(photo, ""), steps)
