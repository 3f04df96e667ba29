"""Growth stages without an archive: `groundside crop stage`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundside.model.agronomy import NotEnough, StageReport
from groundside.model.decoded import Problem
from groundside.produce.crop.stages.crops import crop_named
from groundside.produce.crop.stages.dating import cultivar_sum, dated, grapevine_by_sum
from groundside.produce.crop.stages.phenology import Season, season_of
from groundside.produce.crop.stages.scales import bbch_name, feekes_of
from groundside.produce.crop.stages.weather import weather_of


@dataclass(frozen=True, slots=True)
class Staged:
    """The stages of a season, and rows of the weather that could not be read."""

    report: StageReport
    problems: tuple[Problem, ...]


def stages(crop: str, begun: date, weather: str, method: int | None) -> Staged:
    """
    Date the growth stages of a crop.

    Args:
        crop: maize, wheat or grapevine.
        begun: sowing or bud break.
        weather: text of a table: date, tmax_c and tmin_c (or tmax_f and tmin_f) in each row.
        method: of growing degree days, 1 or 2; None for the one that the figures were made with.

    Raises:
        BadRequest: no such crop or method; the table lacks columns; the weather does not begin early enough.
    """
    kind = crop_named(crop)
    days, problems = weather_of(weather)
    return Staged(dated(kind, begun, days, method), tuple(problems))


def grapevine_day(weather: str, year: int, needed: float, south: bool) -> date | None:
    """Date a stage of a cultivar whose sum of warmth is known (GFV); None where the weather does not reach so far."""
    return grapevine_by_sum(weather_of(weather)[0], year, needed, south)


def grapevine_sum(weather: str, seen: date, south: bool) -> float:
    """Give the sum of warmth of a stage that was seen on a day, to be used in other years (GFV)."""
    return cultivar_sum(weather_of(weather)[0], seen, south)


def season_by_maps(series: str) -> Season | NotEnough:
    """
    Find start and end of a season from dated index means.

    Args:
        series: text of a table with columns day (number) and index.
    """
    from groundside.archive.crop_feeding import table_columns

    return season_of(*table_columns(series, ("day", "index")))


__all__ = ["bbch_name", "feekes_of", "grapevine_day", "grapevine_sum", "season_by_maps", "stages"]
