"""Images of fields as they are looked at: an index and rates on the map, one place, a prescription."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from groundside.errors import BadRequest, GroundsideError, NotFound
from groundside.see import crop_page_shapes as shapes
from groundside.see import crop_schema
from groundside.see.crop_colours import INDEX_STOPS, RATE_STOPS, as_seen, coloured
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask
from groundside.see.web.crop_asked import RateAsked
from groundside.see.web.crop_scratch import LayerShown, Looked, RateShown
from groundside.see.web.routes.crop import RecordId, scratch_of, staged
from groundside.see.questions import place_of

if TYPE_CHECKING:
    from groundside.archive.crop_shown import Probe
    from groundside.model.agronomy import Advice
    from groundside.see.web.asked import Asked

router = APIRouter(prefix="/crop", tags=["fields"])
T = TypeVar("T")
AT_ONCE = 2
"""Images that are computed with at the same time: each takes a processor for itself."""
IndexName = Annotated[str, Path(pattern="^[a-z0-9]{1,20}$", description="Of an index, as /crop/choices lists them.")]
Layer = Annotated[str, Query(pattern="^(image|[a-z0-9]{1,20}|rate-[0-9a-f]{32})$")]
Number = Annotated[float | None, Query(allow_inf_nan=False)]


async def alone(request: Request, work: Callable[[], T]) -> T:
    """Do work when it is its turn."""
    state = request.app.state
    if not hasattr(state, "field_workers"):
        state.field_workers = CapacityLimiter(AT_ONCE)
    return await to_thread.run_sync(work, limiter=state.field_workers)


def looked(ask: Asked, request: Request, image: str) -> Looked:
    """Give an image after the archive gave leave, which the ledger notes."""
    return scratch_of(request).looked(ask.archive.crop_raster(ask.caller, image))


@router.get("/images/{image}", response_model=crop_schema.ImageLookShape)
async def look(ask: Ask, request: Request, image: RecordId) -> Response:
    """Say what an image is: size, bands, where its corners lie, which indices can be made of it and why not others."""

    def work() -> dict[str, Any]:
        kept = looked(ask, request, image)
        return shapes.look_shape(kept.image, kept.seen)

    return Answer(await alone(request, work))


@router.get("/images/{image}/index/{index}", response_model=crop_schema.LayerShape)
async def index(ask: Ask, request: Request, image: RecordId, index: IndexName) -> Response:
    """Compute an index inside the boundary of the field: its colours and how it is spread."""

    def work() -> dict[str, Any]:
        kept = looked(ask, request, image)
        return shapes.index_layer(_known_index(index), index_of(kept, index).spread, image)

    return Answer(await alone(request, work))


@router.get("/images/{image}/picture", response_class=Response)
async def picture(
    ask: Ask, request: Request, image: RecordId, layer: Layer, low: Number = None, high: Number = None
) -> Response:  # fmt: skip
    """Give a layer as a PNG of at most 1,400 pixels a side, to be laid between the image's corners."""
    return Response(
        await alone(request, lambda: _picture(looked(ask, request, image), layer, low, high)),
        media_type="image/png",
        headers={"cache-control": "private, max-age=600"},
    )


@router.get("/images/{image}/probe", response_model=crop_schema.ProbeShape)
async def probe(
    ask: Ask, request: Request, image: RecordId, at: Annotated[str, Query(max_length=60)], index: str = "",
    rate: Annotated[str, Query(pattern="^([0-9a-f]{32})?$")] = "",
) -> Response:  # fmt: skip
    """Look at one place, LON,LAT: bands, index, growth stage on that day, rate and why."""
    place = place_of(at)
    if place is None:
        raise BadRequest("No place was named.", try_this="at=LON,LAT")

    def work() -> dict[str, Any]:
        from groundside.archive.crop_shown import probe as asked

        kept = looked(ask, request, image)
        layer = index_of(kept, index) if index else None
        shown = kept.rate(rate) if rate else None
        map_ = shown.layer if shown else None
        found = asked(kept.raster, kept.image, place, layer and layer.path, map_ and map_.path)
        if found is None:
            raise NotFound("The image does not show this place.", try_this="a place inside of it")
        stage = _stage(ask, kept.image.field, kept.image.taken)
        return shapes.probe_shape(found, _advice(kept, shown, found) if shown else None, stage)

    return Answer(await alone(request, work))


@router.get("/images/{image}/patches/{patch}", response_model=crop_schema.PatchMeanShape)
async def patch(
    ask: Ask, request: Request, image: RecordId, patch: RecordId, index: Annotated[str, Query(max_length=20)] = "ndvi"
) -> Response:
    """Give the mean of an index over a strip or a zone that was drawn."""

    def work() -> dict[str, Any]:
        from groundside.archive.crop_shown import patch_mean

        kept = looked(ask, request, image)
        drawn = ask.archive.crop_records(ask.caller, kept.image.field).patches
        found = next((each for each in drawn if each.id == patch), None)
        if found is None:
            raise NotFound("The field has no such strip or zone.", try_this="one that is drawn in it")
        mean, pixels = patch_mean(index_of(kept, index).path, kept.image, found.area)
        return {"patch": patch, "index": index, "mean": mean, "pixels": pixels}

    return Answer(await alone(request, work))


@router.post("/rate", response_model=crop_schema.RateShape)
async def rate(ask: Ask, request: Request, asked: RateAsked) -> Response:
    """Ask a nitrogen model; without one, say what evidence would be needed for a rate."""

    def work() -> dict[str, Any]:
        kept = looked(ask, request, asked.image)
        key = hashlib.sha256(asked.model_dump_json().encode()).hexdigest()[:32]
        with kept.lock:
            if key not in kept.rates:
                kept.keep_rate(key, _rated(kept, asked, key))
            shown = kept.rates[key]
        layer = shapes.rate_layer(shown.report, shown.layer.spread, asked.image, key) if shown.layer else None
        return shapes.answer_shape(shown.report, key, layer)

    return Answer(await alone(request, work))


def _known_index(name: str) -> Any:  # noqa: ANN401 - the index of the archive's own registry
    from groundside.archive.crop_analysis import indices

    found = next((each for each in indices() if each.name == name), None)
    if found is None:
        what = f"There is no index {name!r} here."
        raise NotFound(what, try_this="one that /crop/choices lists")
    return found


def index_of(kept: Looked, name: str) -> LayerShown:
    """
    Give an index of an image in its field, computed when it is first asked for.

    Raises:
        NotFound, BadRequest, Refused: there is no such index, or it cannot be made of this image.
    """
    from groundside.archive.crop_shown import index_in_field

    _known_index(name)
    with kept.lock:
        if name not in kept.indices:
            out = kept.folder / f"{name}.tif"
            try:
                spread = index_in_field(kept.raster, kept.image, name, kept.field.area, out)
            except GroundsideError as error:
                what = error.what.replace(kept.raster.name, kept.image.file)
                raise type(error)(what, try_this=_in_page(error.try_this)) from None
            kept.indices[name] = LayerShown(out, spread)
        return kept.indices[name]


def _in_page(advice: str) -> str:
    """The page has no options: it asks for bands and scale where an image is added."""
    if "--bands" in advice:
        return "say which band is which when the image is added: red=3,nir=4"
    return "say what number stands for 1 when the image is added" if "--scale" in advice else advice


def _picture(kept: Looked, layer: str, low: float | None, high: float | None) -> bytes:
    from groundside.archive.crop_shown import picture_bands, picture_values

    if layer == "image":
        return as_seen(picture_values(kept.raster, picture_bands(kept.seen)))
    shown = kept.rate(layer.removeprefix("rate-")).layer if layer.startswith("rate-") else index_of(kept, layer)
    if shown is None:
        raise NotFound("This model gave one rate, and no map.", try_this="the rate that it gave")
    with kept.lock:
        values = shown.values
        if values is None:
            values = shown.values = picture_values(shown.path)[0].astype("float32")
    scale = shapes.range_of(shown.spread)
    stops = RATE_STOPS if layer.startswith("rate-") else INDEX_STOPS
    return coloured(values, scale[0] if low is None else low, scale[1] if high is None else high, stops)


def _advice(kept: Looked, shown: RateShown, found: Probe) -> Advice | None:
    """Say again for one pixel what a model said for the map; where it gave one rate, that. None where it said none."""
    from groundside.archive.crop_shown import advice_at, index_at
    from groundside.model.agronomy import Advice

    answer = shown.report.answer
    if not isinstance(answer, Advice) or shown.layer is None:
        return answer if isinstance(answer, Advice) else None
    own = index_at(index_of(kept, shown.index).path, found)
    return None if own is None or found.rate is None else advice_at(answer, own)


def _stage(ask: Asked, field: str, day: date) -> dict[str, Any] | None:
    told = staged(ask.archive.crop_records(ask.caller, field))
    reached = [
        each for each in (told or {}).get("stages", ()) if each["reached"] and each["reached"] <= day.isoformat()
    ]
    return reached[-1] if reached else None


def _rated(kept: Looked, asked: RateAsked, key: str) -> RateShown:
    from groundside.archive.crop_feeding import nitrogen

    layer = index_of(kept, asked.index)
    per_pixel = _per_pixel(asked.model)
    order = replace(asked.order(), raster=layer.path if per_pixel or not asked.model else None)
    out = kept.folder / f"rate-{key}.tif" if per_pixel else None
    report = nitrogen(order, out, lambda _: None)
    if report.map is None or out is None:
        return RateShown(report, asked.index, None)
    return RateShown(report, asked.index, LayerShown(out, report.map.rates))


def _per_pixel(name: str) -> bool:
    from groundside.archive.crop_feeding import models

    return any(each.name == name and each.rates is not None for each in models())
