"""Fields: boundaries, seasons, images of a day, weather, strips and zones, prescriptions that were taken away."""

from __future__ import annotations

import shutil
from pathlib import Path as File
from typing import TYPE_CHECKING, Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from groundside.errors import GroundsideError
from groundside.see import crop_page_shapes as shapes
from groundside.see import crop_schema
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask
from groundside.see.web.crop_asked import FieldAsked, ImageAsked, PatchAsked, WeatherAsked, area_drawn
from groundside.see.web.crop_scratch import Looked, Scratch
from groundside.see.web.uploads import base_name

if TYPE_CHECKING:
    from groundside.archive.crop_records import FieldRecords
    from groundside.model.crop_record import CropImage
    from groundside.see.web.asked import Asked

router = APIRouter(prefix="/crop", tags=["fields"])
STREAMED = ("/crop/images",)
"""Paths that take a file as their body."""
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
FieldId = Annotated[str, Path(pattern="^[0-9a-f]{8}$", description="Id of a field: 8 of 0-9, a-f.")]
RecordId = Annotated[str, Path(pattern="^[0-9a-f]{8}$", description="Id of an image, weather, a strip, a zone.")]


def scratch_of(request: Request) -> Scratch:
    """Give the images that this server looks at."""
    return request.app.state.fields


@router.get("/choices", response_model=crop_schema.CropChoicesShape)
def choices(ask: Ask) -> Response:
    """List indices, nitrogen models with what they need, and products."""
    del ask
    from dataclasses import asdict

    from groundside.archive.crop_analysis import indices
    from groundside.archive.crop_feeding import models
    from groundside.archive.crop_shown import products

    return Answer({
        "indices": [
            {"name": i.name, "title": i.title, "formula": i.formula, "bands": list(i.bands)} for i in indices()
        ],
        "models": [
            {"name": m.name, "title": m.title, "per_pixel": m.per_pixel, "table": m.name == "nni",
             "needs": [{**asdict(n), "high": None if n.high == float("inf") else n.high} for n in m.needs],
             "sources": [asdict(s) for s in m.sources]}
            for m in models()
        ],
        "products": [asdict(each) for each in products()],
    })  # fmt: skip


@router.get("/fields", response_model=crop_schema.FieldsShape)
def fields(ask: Ask) -> Response:
    """List all fields with their boundaries."""
    return Answer(shapes.listed_shape(ask.archive.crop_fields(ask.caller)))


@router.post("/fields", response_model=crop_schema.FieldPageShape)
def state(ask: Ask, asked: FieldAsked) -> Response:
    """State a field, or what is new about the one of that name; what was stated stays in its history."""
    from groundside.archive.crop_fields import FieldChange

    area = area_drawn(asked.areas) if asked.areas is not None else None
    change = FieldChange(
        area=area, crop=asked.crop, cultivar=asked.cultivar, begun=asked.begun, began_with=asked.began_with
    )  # fmt: skip
    made = ask.archive.add_field(ask.caller, asked.name, change)
    return Answer(_page(ask, made.field.id))


@router.get("/fields/{field}", response_model=crop_schema.FieldPageShape)
def field(ask: Ask, field: FieldId) -> Response:
    """Show a field: what grows there, its history, images, stages, strips, zones, prescriptions."""
    return Answer(_page(ask, field))


@router.post("/fields/{field}/drop", response_model=dict[str, str])
def drop(ask: Ask, field: FieldId) -> Response:
    """Take a field back; what was stated of it stays in the history."""
    ask.archive.drop_field(ask.caller, field)
    return Answer({"dropped": field})


@router.post("/fields/{field}/weather", response_model=crop_schema.FieldPageShape)
def weather(ask: Ask, field: FieldId, asked: WeatherAsked) -> Response:
    """State the weather of a field: a table with columns date, tmax_c and tmin_c (or tmax_f and tmin_f)."""
    ask.archive.set_crop_weather(ask.caller, field, base_name(asked.name), asked.table)
    return Answer(_page(ask, field))


@router.post("/fields/{field}/patches", response_model=crop_schema.FieldPageShape)
def patch(ask: Ask, field: FieldId, asked: PatchAsked) -> Response:
    """State a strip that got more nitrogen than the crop can use, or a zone with a rate of its own."""
    from groundside.model.crop_record import CropPatch

    said = CropPatch(
        id="", field=field, kind=asked.kind, name=asked.name, area=area_drawn(asked.areas), rate_kg_ha=asked.rate_kg_ha
    )  # fmt: skip
    ask.archive.add_crop_patch(ask.caller, field, said)
    return Answer(_page(ask, field))


@router.post("/records/{record}/drop", response_model=dict[str, str])
def drop_record(ask: Ask, record: RecordId) -> Response:
    """Take an image, weather, a strip, a zone or a prescription of a field back; files stay in the archive."""
    ask.archive.drop_crop_record(ask.caller, record)
    return Answer({"dropped": record})


@router.post("/images", response_model=crop_schema.ImageLookShape, openapi_extra=BODY)
async def image(ask: Ask, request: Request, asked: Annotated[ImageAsked, Query()]) -> Response:
    """Take a GeoTIFF in as an image of a field: the body is the file. It becomes an original of the archive."""
    scratch, limit = scratch_of(request), request.app.state.uploads.limit
    name = base_name(asked.name)
    path = await scratch.receive(name, request.headers.get("content-length"), request.stream(), limit)
    return Answer(await to_thread.run_sync(_kept, ask, scratch, path, asked.said(name)))


def _kept(ask: Asked, scratch: Scratch, path: File, said: CropImage) -> dict[str, Any]:
    from groundside.archive.crop_shown import look

    try:
        seen = look(path, said)
        made = ask.archive.add_crop_image(ask.caller, said.field, path, said)
        field = ask.archive.crop_records(ask.caller, said.field).field
    except GroundsideError as error:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise type(error)(error.what.replace(path.name, said.file), try_this=error.try_this) from None
    except BaseException:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
    scratch.hold(Looked(made, field, path, path.stat().st_size, seen))
    return shapes.look_shape(made, seen)


def _page(ask: Asked, field: str) -> dict[str, Any]:
    of = ask.archive.crop_records(ask.caller, field)
    [record] = ask.archive.crop_fields(ask.caller, of.field.id)
    return shapes.page_shape(record, of, staged(of))


def staged(of: FieldRecords) -> dict[str, Any] | None:
    """Date the stages of a field's crop by its weather; or say why that cannot be. None without weather."""
    from groundside.archive.crop_shown import crop_of
    from groundside.archive.crop_staging import stages

    if of.weather is None:
        return None
    crop = crop_of(of.field)
    if not crop or of.field.begun is None:
        needed = "a day of sowing or bud break" if crop else "a crop whose stages are known: maize, wheat, grapevine"
        return shapes.no_stages(f"Stages need {needed}.")
    try:
        found = stages(crop, of.field.begun, of.weather.table, None)
    except GroundsideError as error:
        return shapes.no_stages(error.what)
    return shapes.stages_shape(found.report, [each.what for each in found.problems])
