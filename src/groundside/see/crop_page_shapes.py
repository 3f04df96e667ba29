"""What the page of fields is told, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from groundside.see.crop_colours import INDEX_STOPS, RATE_STOPS
from groundside.see.crop_shapes import moment, plain
from groundside.see.prescription_shapes import NOT_ENOUGH, area_shape, field_shape, missing_shape, prescription_shape
from groundside.see.text import shown_name

if TYPE_CHECKING:
    from groundside.archive.crop_feeding import NitrogenReport
    from groundside.archive.crop_fields import FieldRecord
    from groundside.archive.crop_records import FieldRecords
    from groundside.archive.crop_shown import ImageLook, Probe
    from groundside.model.agronomy import Advice, NotEnough, StageDate, StageReport
    from groundside.model.crop_record import CropImage, CropPatch, CropTask
    from groundside.model.prescription import Prescription
    from groundside.model.raster import Distribution, Index

Shape = dict[str, Any]
WHY = {1: "as the model has it", 2: "lowered to what is allowed", 3: "changed to what the machine can do"}


def listed_shape(every: Sequence[FieldRecord]) -> Shape:
    """Give all fields, without their history."""
    return {"fields": [field_shape(each.field) for each in every]}


def page_shape(record: FieldRecord, of: FieldRecords, stages: Shape | None) -> Shape:
    """Give a field with all that belongs to it."""
    history = [
        {**field_shape(one.field), "boundary": None, "stated": moment(one.at_us), "who": one.who}
        for one in record.history
    ]
    return {
        **field_shape(record.field),
        "history": history,
        "images": [image_shape(each) for each in of.images],
        "weather": {"id": of.weather.id, "name": of.weather.name} if of.weather else None,
        "patches": [patch_shape(each) for each in of.patches],
        "tasks": [task_shape(each) for each in of.tasks],
        "stages": stages,
        "calendar": calendar(of, stages),
    }


def image_shape(image: CropImage) -> Shape:
    """Give what was said of an image."""
    return {
        "id": image.id, "file": shown_name(image.file), "taken": image.taken.isoformat(), "bands": image.bands,
        "reflectance": image.reflectance, "scale": image.scale,
    }  # fmt: skip


def patch_shape(patch: CropPatch) -> Shape:
    """Give a strip or a zone."""
    return {
        "id": patch.id, "kind": patch.kind, "name": patch.name, "rate_kg_ha": patch.rate_kg_ha,
        "boundary": area_shape(patch.area),
    }  # fmt: skip


def task_shape(task: CropTask) -> Shape:
    """Give a prescription that was taken away."""
    return {**asdict(task), "day": task.day.isoformat()}


def stages_shape(report: StageReport, problems: Sequence[str]) -> Shape:
    """Give the stages of a season."""
    return {
        "crop": report.crop, "begun": report.begun.isoformat(), "until": report.until.isoformat(),
        "heat_c_days": report.heat_c_days, "method": report.method, "base_c": report.base_c,
        "stages": [stage_shape(each, report.crop) for each in report.stages],
        "notes": list(report.notes), "problems": list(problems), "why": "",
    }  # fmt: skip


def no_stages(why: str) -> Shape:
    """Say why no stage is known."""
    return {"stages": [], "notes": [], "problems": [], "why": why}


def stage_shape(each: StageDate, crop: str) -> Shape:
    """Give one stage: its scales, the day and between which days it lies."""
    from groundside.archive.crop_staging import bbch_name, feekes_of

    days = {name: _iso(getattr(each, name)) for name in ("reached", "earliest", "latest")}
    return {
        "stage": each.stage, "bbch": each.bbch, "bbch_name": bbch_name(crop, each.bbch),
        "feekes": feekes_of(each.bbch) if crop == "wheat" else None, **days, "source": each.source.title,
    }  # fmt: skip


def calendar(of: FieldRecords, stages: Shape | None) -> list[Shape]:
    """Put sowing, stages, images and prescriptions of a field in order of day."""
    found: list[Shape] = []
    if of.field.begun:
        found.append(_entry(of.field.begun.isoformat(), "season", of.field.began_with or "begun", of.field.crop))
    for each in (stages or {}).get("stages", ()):
        if each["reached"]:
            found.append(_entry(each["reached"], "stage", _stage_words(each), _between(each)))
    found += [_entry(each.taken.isoformat(), "image", shown_name(each.file), "", each.id) for each in of.images]
    found += [
        _entry(same[0].day.isoformat(), "prescription", same[0].name, _task_words(same), same[-1].id)
        for same in _alike(of.tasks)
    ]
    return sorted(found, key=lambda one: (one["day"], one["kind"]))


def _entry(day: str, kind: str, what: str, more: str, id_: str = "") -> Shape:
    return {"day": day, "kind": kind, "what": what, "more": more, "id": id_}


def _stage_words(each: Mapping[str, Any]) -> str:
    scales = [f"BBCH {each['bbch']}" if each["bbch"] is not None else "", f"Feekes {each['feekes']}" if each["feekes"] else ""]  # fmt: skip  # noqa: E501
    said = ", ".join(filter(None, scales))
    return f"{each['stage']} ({said})" if said else str(each["stage"])


def _between(each: Mapping[str, Any]) -> str:
    ends = [each["earliest"], each["latest"]]
    return f"between {ends[0]} and {ends[1]}" if all(ends) and ends[0] != ends[1] else ""


def _alike(tasks: Sequence[CropTask]) -> list[list[CropTask]]:
    """Put together what was taken away of one prescription in several formats."""
    found: dict[tuple[object, ...], list[CropTask]] = {}
    for each in tasks:
        key = (each.day, each.name, each.image, each.model, each.product, round(each.nitrogen_kg, 1))
        found.setdefault(key, []).append(each)
    return list(found.values())


def _task_words(same: Sequence[CropTask]) -> str:
    task, formats = same[0], ", ".join(dict.fromkeys(each.format for each in same))
    rests = f"model {task.model}" if task.enough else "rates as given"
    return f"{task.nitrogen_kg:,.0f} kg N as {task.product} on {task.area_ha:.2f} ha, {rests}; {formats}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def look_shape(image: CropImage, seen: ImageLook) -> Shape:
    """Give what an image is and what can be made of it."""
    return {
        **image_shape(image), "rows": seen.rows, "columns": seen.columns, "pixel_m": seen.pixel_m,
        "corners": [[at.lon, at.lat] for at in seen.corners], "band_numbers": dict(seen.bands), "count": seen.count,
        "says": seen.reflectance or "numbers as the sensor gave them: relative, no panel",
        "indices": list(seen.indices), "without": dict(seen.without),
    }  # fmt: skip


def index_layer(index: Index, spread: Distribution, image: str) -> Shape:
    """Give an index as a layer: what it is, its colours, and how it is spread in the field."""
    source = f"{index.source.title} {index.source.url}".strip()
    return {
        **_layer(index.title, "", INDEX_STOPS, spread), "layer": index.name, "formula": index.formula,
        "source": source, "note": index.note, "picture": f"crop/images/{image}/picture?layer={index.name}",
    }  # fmt: skip


def rate_layer(report: NitrogenReport, spread: Distribution, image: str, key: str) -> Shape:
    """Give a map of rates as a layer."""
    changed = {WHY[number]: pixels for number, pixels in (report.map.why if report.map else {}).items() if pixels}
    return {
        **_layer("Nitrogen rate", "kg N/ha", RATE_STOPS, spread), "layer": f"rate-{key}", "formula": "",
        "source": "", "note": "", "why": changed, "picture": f"crop/images/{image}/picture?layer=rate-{key}",
    }  # fmt: skip


def range_of(spread: Distribution) -> tuple[float, float]:
    """Give the values of the first and the last colour: all but one in a hundred at either end lie between."""
    low, high = spread.percentiles.get(1, 0.0), spread.percentiles.get(99, 1.0)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _layer(title: str, unit: str, stops: Sequence[str], spread: Distribution) -> Shape:
    low, high = range_of(spread)
    return {
        "title": title, "unit": unit, "stops": list(stops), "low": low, "high": high, "mean": spread.mean,
        "deviation": spread.deviation, "count": spread.count, "edges": list(spread.edges), "bars": list(spread.bars),
        "percentiles": {str(percent): value for percent, value in spread.percentiles.items()},
    }  # fmt: skip


def answer_shape(report: NitrogenReport, rate: str, layer: Shape | None) -> Shape:
    """Give what a model said: a rate, or that there is not enough evidence for one, in the words of the shell."""
    return plain({**said_shape(report), "rate": rate, "layer": layer})


def said_shape(report: NitrogenReport) -> Shape:
    """Give an answer as `groundside crop nitrogen --json` does."""
    from groundside.model.agronomy import Advice

    outcome = "rate" if isinstance(report.answer, Advice) else NOT_ENOUGH
    return {"outcome": outcome, **asdict(report)}


def probe_shape(found: Probe, advice: Advice | None, stage: Shape | None) -> Shape:
    """Give one place: bands, index, stage, rate and why."""
    return plain({
        "row": found.row, "column": found.column, "bands": dict(found.bands), "index": found.index,
        "rate_kg_ha": found.rate, "why": None if found.why is None else WHY.get(found.why),
        "advice": asdict(advice) if advice else None, "stage": stage,
    })  # fmt: skip


def made_shape(made: Prescription | NotEnough) -> Shape:
    """Give a prescription with the outlines of its zones; or why there is none, and what would be evidence."""
    from groundside.model.agronomy import NotEnough

    if isinstance(made, NotEnough):
        return {**missing_shape(made), "outlines": None}
    features = [
        {"type": "Feature", "geometry": area_shape(zone.area), "properties": {"rate": zone.rate, "zone": zone.code}}
        for zone in made.zones
    ]
    colours = {"stops": list(RATE_STOPS), "outlines": {"type": "FeatureCollection", "features": features}}
    return {**prescription_shape(made), **colours}
