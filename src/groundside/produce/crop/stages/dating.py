"""Dates of stages from the weather of a season, with how early and late they may be."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from groundside.errors import BadRequest
from groundside.model.agronomy import Day, StageDate, StageReport
from groundside.model.source import Source
from groundside.produce.crop.stages.crops import Crop, Stage
from groundside.produce.crop.stages.heat import sums

PARKER = Source(
    "Parker et al. 2011, General phenological model to characterise the timing of flowering and veraison of "
    "Vitis vinifera, Australian Journal of Grape and Wine Research 17: 206-216",
    "https://doi.org/10.1111/j.1755-0238.2011.00140.x",
    "grapevine flowering veraison: mean temperatures above 0 C from day 60 (242 in the south)",
)
GFV_FIRST_DAY, GFV_FIRST_DAY_SOUTH = 60, 242


def dated(crop: Crop, begun: date, weather: Sequence[Day], method: int | None) -> StageReport:
    """
    Date the stages of a crop.

    Args:
        crop: how its warmth is counted.
        begun: sowing or bud break; that day counts.
        weather: of each day, in order; days before `begun` are left out.
        method: of growing degree days; None for the crop's usual one.

    Raises:
        BadRequest: the weather does not begin on that day or before.
    """
    days, notes = season(weather, begun)
    chosen = method or crop.method
    total = sums(days, crop.base_c, crop.ceiling_c, chosen)
    if chosen != crop.method:
        notes.append(f"the figures were made with method {crop.method}; with method {chosen} dates may be weeks off")
    return StageReport(
        crop.name, begun, chosen, crop.base_c, crop.ceiling_c, total[-1], days[-1].day,
        tuple(_reached(stage, days, total) for stage in crop.stages), (*crop.notes, *notes),
    )  # fmt: skip


def season(weather: Sequence[Day], begun: date) -> tuple[list[Day], list[str]]:
    """
    Give the unbroken days from `begun` on, and what was left out.

    Raises:
        BadRequest: there is none.
    """
    days = [day for day in weather if day.day >= begun]
    if not days or days[0].day != begun:
        what = f"The weather has no {begun.isoformat()}: nothing can be summed from there."
        raise BadRequest(what, try_this="weather of every day from sowing or bud break on")
    for n, (one, other) in enumerate(pairwise(days), 1):
        if other.day - one.day != timedelta(days=1):
            missing = one.day + timedelta(days=1)
            return days[:n], [f"the weather has no {missing.isoformat()}: nothing after it is counted"]
    return days, []


def _reached(stage: Stage, days: Sequence[Day], total: Sequence[float]) -> StageDate:
    early, usual, late = (_day(heat, days, total) for heat in stage.heat_c_days)
    spread = stage.heat_c_days[0] != stage.heat_c_days[2]
    ends = (early, late) if spread else (None, None)
    return StageDate(stage.name, stage.bbch, stage.heat_c_days, usual, *ends, stage.source)


def _day(heat: float, days: Sequence[Day], total: Sequence[float]) -> date | None:
    at = bisect_left(total, heat)
    return days[at].day if at < len(days) else None


def grapevine_by_sum(weather: Sequence[Day], year: int, needed: float, south: bool) -> date | None:
    """
    Date flowering or veraison by the model GFV: when daily means above 0 C, from day 60 on, add up to what is needed.

    Args:
        weather: of each day from that day on.
        year: of the season; in the south that of its first day.
        needed: sum for this cultivar and stage (F*), calibrated on dates that were seen: no table is shipped.
        south: whether the vineyard is in the southern hemisphere.

    Returns:
        None where the weather does not reach so far.

    Raises:
        BadRequest: the weather does not begin on that day or before.

    Source: `PARKER`.
    """
    first = date(year, 1, 1) + timedelta(days=(GFV_FIRST_DAY_SOUTH if south else GFV_FIRST_DAY) - 1)
    days, _ = season(weather, first)
    return _day(needed, days, sums(days, 0.0, None, 1))


def cultivar_sum(weather: Sequence[Day], seen: date, south: bool) -> float:
    """Give the sum (F*) of a stage that was seen on a day: calibrates `grapevine_by_sum`."""
    first = date(seen.year, 1, 1) + timedelta(days=(GFV_FIRST_DAY_SOUTH if south else GFV_FIRST_DAY) - 1)
    days, _ = season(weather, first)
    return sums([day for day in days if day.day <= seen], 0.0, None, 1)[-1]
