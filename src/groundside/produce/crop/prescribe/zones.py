"""Zones of one rate each, from rates, from an index with a rate for each class, or as drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from groundside.errors import BadRequest
from groundside.model.agronomy import Limits, Product
from groundside.model.prescription import MOST_ZONES, NITROGEN, CellGrid, Codes, Made, RateZone
from groundside.produce.crop.nitrogen.limits import AS_COMPUTED, limited
from groundside.produce.crop.prescribe.drawn import Cells, outlines
from groundside.produce.crop.prescribe.shaping import NONE, Classes, Floats, by_share, by_size, smoothed, without_small

LEAST_SHARE = 0.1
"""A cell of which less has a value has none."""
FINEST = 0.01
"""Rates are whole hundredths of a unit per hectare, as ISOXML has them: rounded down, so that no cap is passed."""


@dataclass(frozen=True, slots=True)
class Shaping:
    """
    What the machine can follow.

    Args:
        width_m: it spreads; 0 to smooth nothing.
        least_ha: smaller pieces are given to a neighbour; 0 to keep all.
        zones: how many classes, where the rates have no steps.
        limits: least, most and step in the unit of the product per hectare, cap in kg N/ha.
        product: what is spread.
    """

    width_m: float = 0.0
    least_ha: float = 0.0
    zones: int = 5
    limits: Limits = field(default_factory=Limits)
    product: Product = NITROGEN


@dataclass(frozen=True, slots=True)
class Zoned:
    """Codes of cells, the zones, and how they came about."""

    codes: Codes
    zones: tuple[RateZone, ...]
    made: Made


@dataclass(frozen=True, slots=True)
class Classed:
    """
    Cells in classes.

    Args:
        classes: of each cell.
        rates: of each class, in the unit of the product per hectare.
        said: what each is called; empty where they have no names.
        merged: pieces given away.
        limited: cells that cap or machine changed.
        wanted_kg: nitrogen in all before that.
    """

    classes: Classes
    rates: Floats
    said: Sequence[str] = ()
    merged: int = 0
    limited: int = 0
    wanted_kg: float = 0.0


def of_rates(wanted: Floats, within: Cells, grid: CellGrid, shaping: Shaping) -> Zoned:
    """
    Make zones of rates.

    Args:
        wanted: kg N/ha of each cell, NaN where there is none.
        within: cells of the field.
        grid: the cells.
        shaping: what the machine can follow.

    Raises:
        BadRequest: no cell of the field has a rate, or there would be more than 254 different ones.
    """
    asked = np.where(within, wanted, np.nan)
    _some(asked)
    own = smoothed(asked, _width(grid, shaping)) / shaping.product.nitrogen
    allowed, why = limited(own, _own(shaping))
    if shaping.limits.step_kg_ha > 0.0:
        levels, codes = np.unique(allowed[np.isfinite(allowed)], return_inverse=True)
        classes = np.full(asked.shape, NONE, np.int64)
        classes[np.isfinite(allowed)] = codes
        _few(levels.size)
        classes, merged = without_small(classes, _least(grid, shaping), levels.tolist())
        rates = levels
    else:
        classes, spans = by_size(allowed, shaping.zones)
        classes, merged = without_small(classes, _least(grid, shaping), [sum(span) for span in spans])
        rates = _means(allowed, classes, len(spans))
        rates = limited(rates, _own(shaping))[0]
    changed = int((np.isfinite(why) & (why != AS_COMPUTED)).sum())
    total = float(np.nansum(asked)) * grid.cell_ha
    return _zoned(Classed(classes, rates, (), merged, changed, total), within, grid, shaping)


def of_index(index: Floats, rates: Sequence[float], within: Cells, grid: CellGrid, shaping: Shaping) -> Zoned:
    """
    Make zones of an index: as many classes as rates, each of as many cells, the first the lowest.

    Args:
        index: of each cell, NaN where there is none.
        rates: kg N/ha, typed by a person.
        within, grid, shaping: as `of_rates` takes them.

    Raises:
        BadRequest: no cell has a value, or the index has fewer different ones than there are rates.
    """
    asked = np.where(within, index, np.nan)
    _some(asked)
    classes, spans = by_share(smoothed(asked, _width(grid, shaping)), len(rates))
    if len(spans) < len(rates):
        what = f"The index has {len(spans)} different values, too few for {len(rates)} zones."
        raise BadRequest(what, try_this="fewer rates")
    classes, merged = without_small(classes, _least(grid, shaping), range(len(spans)))
    said = [f"index {low:.3f} to {high:.3f}" for low, high in spans]
    return _typed(Classed(classes, np.array(rates), said, merged), within, grid, shaping)


def as_drawn(
    areas: Mapping[str, Cells], rates: Sequence[float], within: Cells, grid: CellGrid, shaping: Shaping
) -> Zoned:
    """
    Take zones as a person drew them: nothing is smoothed or given away; where two lie over one another the later holds.

    Raises:
        BadRequest: no cell of the field lies in any of them.
    """
    classes = np.full((grid.rows, grid.columns), NONE, np.int64)
    for number, cells in enumerate(areas.values()):
        classes[cells & within] = number
    if (classes == NONE).all():
        what = "No cell of the field lies in a zone that was drawn."
        raise BadRequest(what, try_this="a smaller --cell, or zones that lie in the field")
    return _typed(Classed(classes, np.array(rates), list(areas)), within, grid, shaping)


def _typed(asked: Classed, within: Cells, grid: CellGrid, shaping: Shaping) -> Zoned:
    """Bring rates that a person gave, kg N/ha, within limits."""
    allowed, why = limited(asked.rates / shaping.product.nitrogen, _own(shaping))
    cells = np.bincount(asked.classes[asked.classes >= 0], minlength=asked.rates.size)
    changed = int(cells[why != AS_COMPUTED].sum())
    wanted = float((cells * asked.rates).sum()) * grid.cell_ha
    return _zoned(replace(asked, rates=allowed, limited=changed, wanted_kg=wanted), within, grid, shaping)


def _zoned(kept: Classed, within: Cells, grid: CellGrid, shaping: Shaping) -> Zoned:
    """Number zones by rising rate; classes of one rate become one zone, unless they have names of their own."""
    fine = np.floor(kept.rates / FINEST + 1e-6) * FINEST
    used = np.unique(kept.classes[kept.classes >= 0])
    named: dict[int, tuple[float, str]] = {
        n: (round(float(fine[n]), 2), kept.said[n] if kept.said else "") for n in map(int, used)
    }
    keys = sorted(set(named.values()))
    _few(len(keys))
    code_of = np.zeros(kept.rates.size + 1, np.uint8)  # the last is that of NONE
    for n, key in named.items():
        code_of[n] = keys.index(key) + 1
    codes = code_of[kept.classes]
    drawn = outlines(codes, grid)
    cells = np.bincount(codes.ravel(), minlength=len(keys) + 1)
    zones = tuple(
        RateZone(
            n, rate, rate * shaping.product.nitrogen, int(cells[n]), float(cells[n]) * grid.cell_ha, drawn[n], said
        )
        for n, (rate, said) in enumerate(keys, 1)
    )
    given = sum(zone.nitrogen_kg_ha * zone.area_ha for zone in zones)
    without = float((within & (codes == 0)).sum()) * grid.cell_ha
    side = math.sqrt(grid.cell_ha * 10_000.0)
    made = Made(
        side, shaping.width_m, shaping.least_ha, kept.merged, kept.wanted_kg, given, kept.limited, without
    )  # fmt: skip
    return Zoned(codes, zones, made)


def _own(shaping: Shaping) -> Limits:
    """Give the limits in the unit of the product."""
    limits = shaping.limits
    cap = None if limits.cap_kg_ha is None else limits.cap_kg_ha / shaping.product.nitrogen
    return Limits(cap, limits.cap_source, limits.least_kg_ha, limits.most_kg_ha, limits.step_kg_ha)


def _width(grid: CellGrid, shaping: Shaping) -> float:
    return shaping.width_m / math.sqrt(grid.cell_ha * 10_000.0)


def _least(grid: CellGrid, shaping: Shaping) -> int:
    return math.ceil(shaping.least_ha / grid.cell_ha - 1e-9)


def _means(values: Floats, classes: Classes, count: int) -> Floats:
    there = classes >= 0
    total = np.bincount(classes[there], values[there], count)
    cells = np.bincount(classes[there], minlength=count)
    return np.divide(total, cells, out=np.zeros(count), where=cells > 0)


def _some(asked: Floats) -> None:
    if not np.isfinite(asked).any():
        what = "No cell of the field has a value."
        raise BadRequest(what, try_this="a raster that covers the field, or a larger --cell")


def _few(count: int) -> None:
    if count > MOST_ZONES:
        what = f"There are {count} different rates, more than the {MOST_ZONES} that a prescription can hold."
        raise BadRequest(what, try_this="a larger --step, or fewer --zones")


__all__ = ["LEAST_SHARE", "Shaping", "Zoned", "as_drawn", "of_index", "of_rates"]
