"""Prescriptions of fields: shown, and taken away as files for a terminal or as the grower's page."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from groundside.errors import BadRequest
from groundside.see import crop_page_shapes as shapes
from groundside.see import crop_schema
from groundside.see.crop_shapes import plain
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask
from groundside.see.web.crop_asked import PrescriptionAsked, PrescriptionFileAsked
from groundside.see.web.crop_scratch import Looked
from groundside.see.web.routes.crop_layers import alone, index_of, looked

if TYPE_CHECKING:
    from groundside.archive.crop_prescribing import PrescribeOrder
    from groundside.model.agronomy import NotEnough
    from groundside.model.prescription import Prescription
    from groundside.see.web.asked import Asked

router = APIRouter(prefix="/crop", tags=["fields"])


@router.post("/prescription", response_model=crop_schema.PrescriptionShape)
async def prescription(ask: Ask, request: Request, asked: PrescriptionAsked) -> Response:
    """Make a prescription and show it; or say that there is not enough evidence for a rate, and what would be."""
    return Answer(await alone(request, lambda: shapes.made_shape(_prescribed(ask, request, asked)[1])))


@router.post("/prescription/file", response_class=Response)
async def prescription_file(ask: Ask, request: Request, asked: PrescriptionFileAsked) -> Response:
    """Give a prescription as a file; where there is no evidence for a rate, what would be, as PDF or JSON."""

    def work() -> tuple[bytes, str]:
        kept, made = _prescribed(ask, request, asked.prescription)
        task = asked.prescription.name or kept.field.name
        content, suffix = _written(made, asked, task)
        _note(ask, kept, made, asked.to, task)
        return content, f"{_plain(task) or 'field'}{suffix}"

    content, name = await alone(request, work)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _prescribed(
    ask: Asked, request: Request, asked: PrescriptionAsked
) -> tuple[Looked, Prescription | NotEnough]:  # fmt: skip
    from groundside.archive.crop_prescribing import prescribe

    kept = looked(ask, request, asked.image)
    return kept, prescribe(_order(ask, kept, asked), lambda _: None)


def _order(ask: Asked, kept: Looked, asked: PrescriptionAsked) -> PrescribeOrder:
    from groundside.archive.crop_fields import field_facts
    from groundside.archive.crop_prescribing import PrescribeOrder

    order = PrescribeOrder(
        name=asked.name or kept.field.name, area=kept.field.area, rates=tuple(asked.rates), shaping=asked.shaping(),
        price=asked.price, flat_kg_ha=asked.flat, corners=kept.image.corners or None,
        facts={**field_facts(kept.field), "image": kept.image.file, "taken": kept.image.taken.isoformat()},
    )  # fmt: skip
    if asked.zones_drawn:
        return _as_drawn(ask, kept, order)
    if not asked.rate:
        return replace(order, raster=index_of(kept, asked.index).path, holds="index")
    shown = kept.rate(asked.rate)
    answer = json.dumps(plain(shapes.said_shape(shown.report)))
    return replace(order, raster=shown.layer.path if shown.layer else None, answer=answer)


def _as_drawn(ask: Asked, kept: Looked, order: PrescribeOrder) -> PrescribeOrder:
    from groundside.model.crop_record import ZONE

    zones = [each for each in ask.archive.crop_records(ask.caller, kept.image.field).patches if each.kind == ZONE]
    if not zones:
        raise BadRequest("No zone is drawn in this field.", try_this="draw one and say its rate")
    drawn = {f"{each.name} ({each.id})": each.area for each in zones}
    return replace(order, drawn=drawn, rates=tuple(each.rate_kg_ha or 0.0 for each in zones), corners=None)


def _written(made: Prescription | NotEnough, asked: PrescriptionFileAsked, task: str) -> tuple[bytes, str]:
    from groundside.model.agronomy import NotEnough
    from groundside.see.report.prescription import prescription_pdf

    if asked.to == "pdf":
        return prescription_pdf(made, task), ".pdf"
    if asked.to == "json":
        shape = shapes.made_shape(made)
        shape.pop("outlines", None)
        return (json.dumps(shape, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode(), ".json"
    if isinstance(made, NotEnough):
        raise BadRequest(made.what, try_this="take the PDF or the JSON: they say what would be evidence")
    return _for_a_terminal(made, asked)


def _for_a_terminal(made: Prescription, asked: PrescriptionFileAsked) -> tuple[bytes, str]:
    from groundside.see.exports.prescriptions import geojson, geotiff, isoxml, shapefile
    from groundside.see.exports.prescriptions.writing import packed

    if asked.to == "isoxml":
        return packed(isoxml.isoxml_files(made, asked.isoxml_version, asked.grid_type)), ".isoxml.zip"
    if asked.to == "shapefile":
        return packed(shapefile.shapefile_files(made, asked.profile, None)), ".shapefile.zip"
    [content] = (geojson.geojson_files(made) if asked.to == "geojson" else geotiff.geotiff_files(made)).values()
    return content, ".geojson" if asked.to == "geojson" else ".tif"


def _note(ask: Asked, kept: Looked, made: Prescription | NotEnough, to: str, task: str) -> None:
    """Enter a prescription in the field's calendar; that there is not enough evidence is none."""
    from groundside.model.crop_record import CropTask
    from groundside.model.prescription import Prescription

    if not isinstance(made, Prescription):
        return
    said = CropTask(
        id="", field=kept.image.field, name=task, day=kept.image.taken, format=to, model=made.evidence.model,
        enough=made.evidence.enough, product=made.product.title, nitrogen_kg=made.made.given_kg,
        area_ha=sum(zone.area_ha for zone in made.zones), image=kept.image.id,
    )  # fmt: skip
    ask.archive.note_prescription(ask.caller, kept.image.field, said)


def _plain(name: str) -> str:
    """Leave of a name what every file system and every header takes."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_ ") else "-" for c in name)
    return kept.strip(" -")[:80]
