"""Nitrogen without an archive: `groundside crop nitrogen`."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from groundside.errors import BadRequest
from groundside.model.agronomy import Advice, Bill, Interval, Limits, Need, NotEnough, Outcome, Value, Values
from groundside.model.progress import Step
from groundside.produce.crop.blocks.rating import Floats, RateMap, measure, write_rates
from groundside.produce.crop.nitrogen.eonr import economic_optimum
from groundside.produce.crop.nitrogen.evidence import one_date_alone
from groundside.produce.crop.nitrogen.known import MODELS, NAMES, TRIAL, model_named
from groundside.produce.crop.nitrogen.limits import limited, limited_advice
from groundside.produce.crop.nitrogen.model import Model, checked
from groundside.produce.crop.nitrogen.nni import Calibrated, Plots, calibrated, calibrated_advice, calibrated_rates
from groundside.produce.crop.nitrogen.response import Trial
from groundside.produce.crop.products import bill, product_named

Progress = Callable[[Step], None]
_LOW_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class NitrogenOrder:
    """
    What is asked about nitrogen.

    Args:
        model: its name; empty where none was chosen.
        inputs: name to number or word.
        raster: an index raster that gives one input for each pixel; None for one place.
        band: of that raster.
        table: text of a table: a trial (columns nitrogen and yield) or plots (index, biomass_t_ha, n_percent).
        prices: of a kg of nitrogen and of a unit of yield; for a trial.
        level: of confidence.
        curve: of a trial: "quadratic", "quadratic-plateau", or empty.
        limits: of law and machine.
        product: to be spread; empty to leave it at nitrogen.
        product_price: of its unit; None where unknown.
        flat_kg_ha: the rate to compare with; None for none.
        area_ha: of the field, where no raster says it.
    """

    model: str
    inputs: Values
    raster: Path | None = None
    band: int = 1
    table: str = ""
    prices: tuple[float, float] | None = None
    level: float = 0.9
    curve: str = ""
    limits: Limits = field(default_factory=Limits)
    product: str = ""
    product_price: float | None = None
    flat_kg_ha: float | None = None
    area_ha: float | None = None


@dataclass(frozen=True, slots=True)
class NitrogenReport:
    """The answer, the map of rates where one was made, and what the product costs."""

    answer: Outcome
    map: RateMap | None = None
    bill: Bill | None = None


def models() -> tuple[Model, ...]:
    """Give all models whose inputs are numbers; `eonr`, whose input is a trial, comes besides."""
    return MODELS


def nitrogen(order: NitrogenOrder, out: Path | None, progress: Progress) -> NitrogenReport:
    """
    Say how much nitrogen, by one published model; or that there is not enough evidence, and what would be.

    Args:
        order: what is asked.
        out: the rate map to be written, where a raster is given.
        progress: told how far it is.

    Raises:
        BadRequest: there is no such model or input; an input cannot be right; a table lacks columns.
        Unreadable, NotUnderstood: the raster cannot be read.
        NoSpace: the map cannot be written; nothing is left of it.
    """
    if not order.model:
        return NitrogenReport(one_date_alone(_seen(order, progress)))
    if order.model == TRIAL:
        return _billed(order, NitrogenReport(_limited(_trial(order), order)))
    model = model_named(order.model)
    if model.name == "nni" and order.table:
        return _billed(order, _by_plots(order, out, progress))
    return _billed(order, _by_model(model, order, out, progress))


def _seen(order: NitrogenOrder, progress: Progress) -> dict[str, Value]:
    """Say what one image shows, for a question that it cannot answer."""
    if order.raster is None:
        return dict(order.inputs)
    spread = measure(order.raster, order.band, progress)
    told: dict[str, Value] = {"raster": order.raster.name, "pixels": float(spread.count), **order.inputs}
    if spread.mean is not None:
        told |= {"index_mean": spread.mean, "index_95_percent": spread.percentiles[95]}
    return told


def _by_model(model: Model, order: NitrogenOrder, out: Path | None, progress: Progress) -> NitrogenReport:
    inputs = checked(model, order.inputs, model.per_pixel if order.raster else "")
    if isinstance(inputs, NotEnough):
        return NitrogenReport(inputs)
    if order.raster is None:
        return NitrogenReport(_limited(model.advise(inputs), order))
    if model.rates is None:
        what = f"The model {model.name} answers for one place, not for each pixel of a raster."
        raise BadRequest(what, try_this=f"groundside crop nitrogen {model.name} --set NAME=VALUE, without a raster")
    spread = measure(order.raster, order.band, progress)
    if spread.mean is None:
        what = "The raster has no pixel with a value."
        return NitrogenReport(NotEnough(model.name, what, ("an index map with values",), inputs, {}, model.sources))
    middle = model.advise({**inputs, model.per_pixel: spread.mean})
    return _mapped(order, middle, partial(model.rates, inputs), out, progress)


def _by_plots(order: NitrogenOrder, out: Path | None, progress: Progress) -> NitrogenReport:
    columns = table_columns(order.table, ("index", "biomass_t_ha", "n_percent"))
    known = checked(replace(model_named("nni"), needs=_plot_needs()), order.inputs, "index" if order.raster else "")
    if isinstance(known, NotEnough):
        return NitrogenReport(known)
    lines = calibrated(str(known["crop"]), float(known["recovery"]), Plots(*columns))
    if not isinstance(lines, Calibrated):
        return NitrogenReport(lines)
    if order.raster is None:
        return NitrogenReport(_limited(calibrated_advice(lines, float(known["index"])), order))
    spread = measure(order.raster, order.band, progress)
    middle = calibrated_advice(lines, math.nan if spread.mean is None else spread.mean)
    return _mapped(order, middle, partial(calibrated_rates, lines), out, progress)


def _plot_needs() -> tuple[Need, ...]:
    crop = next(need for need in model_named("nni").needs if need.name == "crop")
    recovery = Need("recovery", "1", "share of the fertiliser that the crop takes up", 0.05, 1.0)
    return crop, recovery, Need("index", "1", "index of the place that is asked about", -1.0, 30.0)


def _mapped(
    order: NitrogenOrder, middle: Outcome, rates: Callable[[Floats], Floats], out: Path | None, progress: Progress
) -> NitrogenReport:
    """Write the map, where the model answers at all; its answer is for the mean of the raster."""
    if isinstance(middle, NotEnough) or order.raster is None:
        return NitrogenReport(middle)
    answer = _limited(middle, order)
    if out is None:
        return NitrogenReport(answer)

    def within(values: Floats) -> tuple[Floats, Floats]:
        return limited(_flat(rates, values), order.limits)

    made = write_rates(order.raster, order.band, within, out, progress, _tags(middle))
    return NitrogenReport(answer, made)


def _flat(rates: Callable[[Floats], Floats], values: Floats) -> Floats:
    """Compute each different index once: a map has far fewer of them than pixels."""
    distinct, where = np.unique(values, return_inverse=True)
    return rates(distinct)[where].reshape(values.shape)


def _tags(advice: Advice) -> dict[str, str]:
    return {
        "model": advice.model,
        "inputs": json.dumps(dict(advice.inputs), ensure_ascii=False),
        "sources": "; ".join(source.title for source in advice.sources),
        "confidence": f"{advice.confidence}: {advice.why}",
    }


def _limited(answer: Outcome, order: NitrogenOrder) -> Outcome:
    return limited_advice(answer, order.limits) if isinstance(answer, Advice) else answer


def _trial(order: NitrogenOrder) -> Outcome:
    if not order.table:
        what = "The model eonr cannot say without a trial."
        return NotEnough(TRIAL, what, ("--table FILE with columns nitrogen (kg/ha) and yield",), order.inputs)
    if order.prices is None:
        what = "What is best depends on prices, and none were given."
        return NotEnough(TRIAL, what, ("--price-nitrogen and --price-yield",), order.inputs)
    rate, yields = table_columns(order.table, ("nitrogen", "yield"))
    return economic_optimum(Trial(rate, yields), order.prices[0] / order.prices[1], order.level, order.curve)


def table_columns(text: str, names: Sequence[str]) -> list[Floats]:
    """
    Read columns of numbers from a table with commas, semicolons or tabs; rows without a number in each are left out.

    Raises:
        BadRequest: a column is not there, or no row is left.
    """
    lines = text.splitlines()
    mark = next((m for m in ("\t", ";", ",") if lines and m in lines[0]), ",")
    rows = csv.reader(lines, delimiter=mark)
    heads = [head.strip().strip('"').lower() for head in next(rows, [])]
    absent = [name for name in names if name not in heads]
    if absent:
        what = f"The table has no column {absent[0]!r}; it has {', '.join(heads) or 'none'}."
        raise BadRequest(what, try_this=f"a first row that names the columns: {','.join(names)}")
    places = [heads.index(name) for name in names]
    kept = [found for row in rows if (found := _numbers(row, places)) is not None]
    if not kept:
        what = "The table has no row of numbers."
        raise BadRequest(what, try_this="one row for each plot, with a point as decimal mark")
    return [np.array(column) for column in zip(*kept, strict=True)]


def _numbers(row: list[str], places: list[int]) -> list[float] | None:
    try:
        found = [float(row[place]) for place in places]
    except (ValueError, IndexError):
        return None
    return found if all(map(math.isfinite, found)) else None


def _billed(order: NitrogenOrder, report: NitrogenReport) -> NitrogenReport:
    """Work out the product, where one was named and there is a rate."""
    answer = report.answer
    if not order.product or not isinstance(answer, Advice):
        return report
    product, area = product_named(order.product), _area_ha(order, report.map)
    mean = answer.rate_kg_ha if report.map is None else report.map.rates.mean or 0.0
    flat = None if order.flat_kg_ha is None else order.flat_kg_ha * area
    uncertain = _times(answer.interval, area) if report.map is None else None
    return replace(report, bill=bill(product, mean * area, order.product_price, flat, uncertain))


def _times(interval: Interval | None, area_ha: float) -> Interval | None:
    if interval is None or interval.low is None or interval.high is None:
        return None
    return replace(interval, low=interval.low * area_ha, high=interval.high * area_ha)


def _area_ha(order: NitrogenOrder, made: RateMap | None) -> float:
    if order.area_ha is not None:
        return order.area_ha
    if made is not None and made.pixel_ha is not None:
        return made.pixel_ha * made.rates.count
    return 1.0


def why_words() -> Mapping[int, str]:
    """Name the reasons that a rate map stores."""
    return {1: "as the model has it", 2: "lowered to what is allowed", 3: "changed to what the machine can do"}


__all__ = ["NAMES", "NitrogenOrder", "NitrogenReport", "models", "nitrogen"]
