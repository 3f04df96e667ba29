"""The owner's weather file: a day, its highest and its lowest temperature in each row."""

from __future__ import annotations

import csv
import math
from datetime import date

from groundside.errors import BadRequest
from groundside.model.agronomy import Day
from groundside.model.decoded import Problem

_HIGH, _LOW = ("tmax", "tx", "high", "max"), ("tmin", "tn", "low", "min")
COLDEST_C, HOTTEST_C = -90.0, 60.0
MOST_ROWS = 100_000


def weather_of(text: str) -> tuple[list[Day], list[Problem]]:
    """
    Read daily weather from comma-separated text.

    Args:
        text: with a first row that names the columns: date (ISO 8601), and tmax_c and tmin_c or tmax_f and tmin_f.

    Returns:
        The days in order, and a problem for each row that is none; of two rows of one day the first holds.

    Raises:
        BadRequest: the columns are not there.
    """
    rows = csv.reader(text.splitlines())
    names = [name.strip().lower() for name in next(rows, [])]
    high, low = _column(names, _HIGH), _column(names, _LOW)
    if "date" not in names or high is None or low is None:
        what = "The weather has no columns date, tmax_c and tmin_c (or tmax_f and tmin_f)."
        raise BadRequest(what, try_this="a first row that names them: date,tmax_c,tmin_c")
    found: dict[date, Day] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, 2):
        if number > MOST_ROWS:
            problems.append(Problem(None, 0, f"only the first {MOST_ROWS} rows are read"))
            break
        day = _day(row, names, high, low)
        if day is None or day.day in found:
            problems.append(
                Problem(None, 0, f"row {number} is {'no day of weather' if day is None else 'of a day that was there'}")
            )
        else:
            found[day.day] = day
    return [found[key] for key in sorted(found)], problems


def _column(names: list[str], stems: tuple[str, ...]) -> str | None:
    return next((n for n in names for stem in stems if n in {f"{stem}_c", f"{stem}_f"}), None)


def _day(row: list[str], names: list[str], high: str, low: str) -> Day | None:
    cells = dict(zip(names, row, strict=False))
    try:
        day = date.fromisoformat(cells["date"].strip())
        most, least = _celsius(cells[high], high), _celsius(cells[low], low)
    except (KeyError, ValueError):
        return None
    return Day(day, most, least) if COLDEST_C <= least <= most <= HOTTEST_C else None


def _celsius(text: str, column: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return (value - 32.0) * 5.0 / 9.0 if column.endswith("_f") else value
