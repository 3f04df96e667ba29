"""Prescriptions without an archive: `groundside crop prescribe`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from groundside.errors import BadRequest
from groundside.model.agronomy import Bill, Interval, NotEnough, Value
from groundside.model.place import LonLat
from groundside.model.prescription import CellGrid, Evidence, Prescription
from groundside.model.progress import Step
from groundside.model.query import Area
from groundside.produce.crop.blocks.opened import opened
from groundside.produce.crop.blocks.places import environment
from groundside.produce.crop.nitrogen.evidence import one_date_alone
from groundside.produce.crop.prescribe.cells import Floats, Placed, bounds_of, grid_over, means
from groundside.produce.crop.prescribe.drawn import Cells, cells_in, corners_of, outline_of
from groundside.produce.crop.prescribe.zones import LEAST_SHARE, Shaping, Zoned, as_drawn, of_index, of_rates
from groundside.produce.crop.products import bill, product_named

Progress = Callable[[Step], None]
RATE_BAND, RATE_UNIT = "rate", "kg N/ha"
"""What the band of a rate map is called, and its unit, as `groundside crop nitrogen` writes it."""
USUAL_CELL_M, LEAST_CELL_M = 5.0, 0.1


@dataclass(frozen=True, slots=True)
class PrescribeOrder:
    """
    What is to be prescribed.

    Args:
        name: of the task.
        raster: rates in kg N/ha, or an index; None where zones are drawn or one rate holds for the field.
        band: of it, from 1.
        holds: "rate" or "index"; empty to believe the file.
        corners: where the corners of a raster lie that does not say so; of its first pixel first, then clockwise.
        area: of the field; None for where the raster has values.
        drawn: zones by name, with their areas.
        rates: kg N/ha: of the classes of an index, the lowest first; of drawn zones; or one for the field.
        cell_m: side of a cell; None for a quarter of the width, or 5 m.
        shaping: what the machine can follow, and what is spread.
        price: of a unit of the product; None where unknown.
        flat_kg_ha: nitrogen at a flat rate, to compare with; None for none.
        answer: what `groundside crop nitrogen --json` said, as text; empty for none.
        facts: what else is known of the field.
    """

    name: str
    raster: Path | None = None
    band: int = 1
    holds: str = ""
    corners: tuple[LonLat, ...] | None = None
    area: Area | None = None
    drawn: Mapping[str, Area] = field(default_factory=dict[str, Area])
    rates: tuple[float, ...] = ()
    cell_m: float | None = None
    shaping: Shaping = field(default_factory=Shaping)
    price: float | None = None
    flat_kg_ha: float | None = None
    answer: str = ""
    facts: Mapping[str, Value] = field(default_factory=dict[str, Value])


@dataclass(frozen=True, slots=True)
class _Told:
    """What a raster says of itself, and its tags; how large a pixel is and where it lies."""

    tags: Mapping[str, str]
    rates: bool
    bounds: tuple[float, float, float, float]
    pixel_m: float


def prescribe(order: PrescribeOrder, progress: Progress) -> Prescription | NotEnough:
    """
    Make a prescription; or say that there is not enough evidence for a rate, and what would be.

    Rates that a person typed make a prescription too, which says that no model stands behind it.

    Raises:
        BadRequest: what was asked does not fit together, or nothing says where it is.
        Unreadable, NotUnderstood, TooLarge: the raster cannot be read.
    """
    answer = _answered(order.answer)
    if answer.get("outcome") not in (None, "rate"):
        return _refused(answer, order)
    told = _told(order)
    _fit(order, told, answer)
    if told is not None and not told.rates and not order.rates:
        seen: dict[str, Value] = {"raster": cast("Path", order.raster).name, **order.facts}
        return one_date_alone(seen)
    grid = _grid(order, told)
    values, within = _values(order, grid, progress)
    zoned = _zoned(order, told, answer, grid, values, within)
    area = order.area or outline_of(zoned.codes > 0, grid)
    evidence = _evidence(order, told, answer)
    facts = {**order.facts, **_limits(order), **({"raster": order.raster.name} if order.raster else {})}
    made = Prescription(
        order.name, grid, zoned.codes, zoned.zones, order.shaping.product, area, evidence, zoned.made, None, facts
    )  # fmt: skip
    return replace(made, bill=_bill(order, made))


def _told(order: PrescribeOrder) -> _Told | None:
    if order.raster is None:
        return None
    with environment(), opened(order.raster) as source:
        if not 1 <= order.band <= source.count:
            what = f"{order.raster.name} has {source.count} bands, counted from 1."
            raise BadRequest(what, try_this="--band 1")
        ground = Placed(source, order.corners).ground()
        says = source.descriptions[order.band - 1] == RATE_BAND and source.tags(order.band).get("unit") == RATE_UNIT
        holds = order.holds == "rate" or (says and not order.holds)
        return _Told(source.tags(), holds, ground.bounds, ground.pixel_m)


def _fit(order: PrescribeOrder, told: _Told | None, answer: Mapping[str, Any]) -> None:
    """
    Check that what was asked fits together.

    Raises:
        BadRequest: it does not.
    """
    if order.drawn and len(order.drawn) != len(order.rates):
        what = f"{len(order.drawn)} zones were drawn and {len(order.rates)} rates given."
        raise BadRequest(what, try_this="--zone FILE=RATE for each")
    said = told.tags.get("model", "") if told is not None and told.rates else ""
    if said and answer and answer.get("model") != said:
        what = f"The rates are by the model {said}, and the answer is by {answer.get('model')}."
        raise BadRequest(what, try_this="the answer that was given when the raster was made")
    if told is not None and told.rates and order.rates:
        what = "The raster holds rates already, and others were given."
        raise BadRequest(what, try_this="the raster alone, or --holds index")
    if told is None and not order.drawn and (order.area is None or not (order.rates or answer)):
        what = "Nothing says where how much is to be spread."
        raise BadRequest(what, try_this="a raster; or --zone FILE=RATE; or --field FILE with --answer FILE")
    if told is None and not order.drawn and len(order.rates) > 1:
        what = "Several rates for one field need zones."
        raise BadRequest(what, try_this="a raster of an index, or --zone FILE=RATE for each")


def _grid(order: PrescribeOrder, told: _Told | None) -> CellGrid:
    areas = [order.area] if order.area else list(order.drawn.values())
    bounds = bounds_of(Area(tuple(p for area in areas for p in area.polygons))) if areas else None
    if bounds is None:
        assert told is not None
        bounds = told.bounds
    return grid_over(bounds, _cell_m(order, told))


def _cell_m(order: PrescribeOrder, told: _Told | None) -> float:
    """A quarter of the width, but no finer than a pixel; 5 m where no width was said."""
    if order.cell_m is not None:
        return max(LEAST_CELL_M, order.cell_m)
    usual = order.shaping.width_m / 4.0 if order.shaping.width_m else USUAL_CELL_M
    return max(LEAST_CELL_M, usual, told.pixel_m if told else 0.0)


def _values(order: PrescribeOrder, grid: CellGrid, progress: Progress) -> tuple[Floats, Cells]:
    """Give the mean of the raster in each cell, NaN where there is too little of it; and the cells of the field."""
    everywhere = np.ones((grid.rows, grid.columns), dtype=bool)
    within = cells_in(order.area, grid) if order.area else everywhere
    if order.raster is None:
        return np.zeros(within.shape), within
    values, share = means(order.raster, order.band, order.corners, grid, progress)
    values[share < LEAST_SHARE] = np.nan
    return values, within if order.area else np.isfinite(values)


def _zoned(
    order: PrescribeOrder, told: _Told | None, answer: Mapping[str, Any], grid: CellGrid, values: Floats, within: Cells
) -> Zoned:  # fmt: skip
    if order.drawn:
        areas = {name: cells_in(area, grid) for name, area in order.drawn.items()}
        if order.area is None:
            within = np.logical_or.reduce(list(areas.values()))
        return as_drawn(areas, order.rates, within, grid, order.shaping)
    if told is not None and not told.rates:
        return of_index(values, order.rates, within, grid, order.shaping)
    if told is None:
        values = np.full(within.shape, order.rates[0] if order.rates else float(answer["rate_kg_ha"]))
    return of_rates(values, within, grid, order.shaping)


def _evidence(order: PrescribeOrder, told: _Told | None, answer: Mapping[str, Any]) -> Evidence:
    if order.rates:
        what = "The rates were typed by a person; no model stands behind them."
        return Evidence(False, "typed", what, missing=one_date_alone(dict(order.facts)))
    model = str(answer.get("model") or (told.tags.get("model", "") if told else ""))
    if not model:
        what = "The rates come from a file that does not say what they rest on."
        return Evidence(False, "unknown", what, missing=one_date_alone(dict(order.facts)))
    if answer:
        return _of_answer(model, answer)
    assert told is not None
    sources = tuple(filter(None, told.tags.get("sources", "").split("; ")))
    confidence = told.tags.get("confidence", "")
    said = f"Rates by the model {model}."
    return Evidence(True, model, said, confidence, sources, _inputs(told.tags.get("inputs", "")))


def _of_answer(model: str, answer: Mapping[str, Any]) -> Evidence:
    sources = tuple(f"{one['title']} {one['url']}".strip() for one in answer["sources"])
    confidence = f"{answer['confidence']}: {answer['why']}"
    said = f"Rates by the model {model}."
    return Evidence(
        True, model, said, confidence, sources, answer["inputs"], tuple(answer["notes"]), _interval(answer)
    )  # fmt: skip


def _interval(answer: Mapping[str, Any]) -> Interval | None:
    said = answer.get("interval")
    return Interval(said["low"], said["high"], said["level"], said["method"]) if said else None


def _inputs(text: str) -> Mapping[str, Value]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {"inputs": text[:1000]}
    return cast("Mapping[str, Value]", found) if isinstance(found, dict) else {"inputs": text[:1000]}


def _answered(text: str) -> Mapping[str, Any]:
    """
    Read what `groundside crop nitrogen --json` said.

    Raises:
        BadRequest: it is not that.
    """
    if not text:
        return {}
    try:
        said = json.loads(text)
        answer = {"outcome": said["outcome"], **said["answer"]}
        if answer["outcome"] == "rate":
            _of_answer(str(answer["model"]), answer)
            if not (isinstance(answer["rate_kg_ha"], int | float) and math.isfinite(answer["rate_kg_ha"])):
                raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        what = "This is no answer about nitrogen."
        raise BadRequest(what, try_this="the output of groundside crop nitrogen --json") from error
    return answer


def _refused(answer: Mapping[str, Any], order: PrescribeOrder) -> NotEnough:
    """Say again that there was not enough evidence, with what was said to be missing."""
    plain = one_date_alone(dict(order.facts))
    helps = answer.get("would_help")
    would = tuple(map(str, helps)) if isinstance(helps, list) else plain.would_help
    return replace(
        plain, model=str(answer.get("model", "")), what=str(answer.get("what", plain.what)), would_help=would
    )


def _limits(order: PrescribeOrder) -> dict[str, Value]:
    limits, unit = order.shaping.limits, f"{order.shaping.product.unit}_ha"
    named: dict[str, Value | None] = {
        "cap_kg_n_ha": limits.cap_kg_ha, "cap_source": limits.cap_source or None,
        f"machine_least_{unit}": limits.least_kg_ha or None, f"machine_most_{unit}": limits.most_kg_ha,
        f"machine_step_{unit}": limits.step_kg_ha or None,
    }  # fmt: skip
    return {name: value for name, value in named.items() if value is not None}


def _bill(order: PrescribeOrder, made: Prescription) -> Bill:
    """Work out the amount, its cost, and the saving against a flat rate on the same cells."""
    area = sum(zone.area_ha for zone in made.zones)
    flat = None if order.flat_kg_ha is None else order.flat_kg_ha * area
    return bill(made.product, made.made.given_kg, order.price, flat, _uncertain(made, area))


def _uncertain(made: Prescription, area_ha: float) -> Interval | None:
    """Give the nitrogen in all if the field's need lay at either end of the model's interval."""
    between = made.evidence.interval
    if between is None or between.low is None or between.high is None:
        return None
    low, high = max(0.0, between.low) * area_ha, between.high * area_ha
    return Interval(low, high, between.level, f"{between.method}, of the mean rate of the field")


__all__ = ["PrescribeOrder", "Shaping", "corners_of", "prescribe", "product_named"]
