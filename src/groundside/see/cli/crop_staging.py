"""`groundside crop stage`: growth stages of a crop, from weather or from dated index maps."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import JsonOption
from groundside.see.files import small_text

if TYPE_CHECKING:
    from groundside.model.agronomy import StageDate, StageReport


def add_to(crop: typer.Typer) -> None:
    """Add this module's commands."""
    crop.command(epilog="Example: groundside crop stage --crop maize --sown 2026-04-20 --weather days.csv")(stage)
    crop.command(
        name="vine-date", epilog="Example: groundside crop vine-date --weather days.csv --seen 2025-06-05 --year 2026"
    )(vine_date)
    crop.command(name="season", epilog="Example: groundside crop season means.csv --json")(season)


def stage(
    weather: Annotated[Path, typer.Option(help="A CSV with columns date, tmax_c and tmin_c (or tmax_f and tmin_f).")],
    sown: Annotated[str, typer.Option(help="The day of sowing, or of bud break: 2026-04-20.")],
    crop: Annotated[str, typer.Option(help="maize, wheat or grapevine.")] = "maize",
    method: Annotated[
        int | None, typer.Option(min=1, max=2, help="Of growing degree days. Default: the crop's.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Date the growth stages of a crop from the weather it had, with how early and late they may be."""
    from groundside.archive.crop_staging import stages

    found = stages(crop, _day(sown), small_text(weather), method)
    for problem in found.problems:
        say(f"problem: {problem.what}")
    if as_json:
        report = asdict(found.report)
        report["stages"] = [_stage_shape(found.report, each) for each in found.report.stages]
        write_json({**_texts(report), "problems": [problem.what for problem in found.problems]})
        return
    _describe(found.report)


def vine_date(
    weather: Annotated[Path, typer.Option(help="A CSV with columns date, tmax_c and tmin_c, from 1 March on.")],
    seen: Annotated[str, typer.Option(help="A day on which your cultivar reached the stage: 2025-06-05.")] = "",
    warmth: Annotated[float | None, typer.Option(min=1.0, help="Sum of daily means that it needs, C days.")] = None,
    year: Annotated[int | None, typer.Option(help="The year to date the stage in.")] = None,
    south: Annotated[bool, typer.Option("--south", help="South of the equator: from 30 August on.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Find the warmth a stage of your own grapevine cultivar needs from a day it was seen, or date it by that (GFV)."""
    from groundside.archive.crop_staging import grapevine_day, grapevine_sum

    if bool(seen) == (warmth is not None) or (not seen and year is None):
        what = "Either a day that was seen or the warmth that is needed and a year must be given."
        raise BadRequest(what, try_this="--seen 2025-06-05, or --warmth 1282 --year 2026")
    table = small_text(weather)
    needed = warmth if warmth is not None else grapevine_sum(table, _day(seen), south)
    found = None if year is None else grapevine_day(table, year, needed, south)
    if as_json:
        write_json({"warmth_c_days": needed, "year": year, "date": found.isoformat() if found else None})
        return
    show(f"needs     {needed:.0f} C days above 0 C since day {242 if south else 60} of the year")
    if year is not None:
        show(f"reached   {found.isoformat() if found else f'not yet, as far as the weather of {year} goes'}")


def season(
    table: Annotated[Path, typer.Argument(help="A CSV with columns day (a number) and index (mean of the field).")],
    as_json: JsonOption = False,
) -> None:
    """Find start and end of a season from at least 7 dated index maps."""
    from groundside.archive.crop_staging import season_by_maps
    from groundside.model.agronomy import NotEnough

    found = season_by_maps(small_text(table))
    if as_json:
        write_json({"answer": "not enough evidence" if isinstance(found, NotEnough) else "season", **asdict(found)})
    elif isinstance(found, NotEnough):
        show(f"not enough evidence: {found.what}")
        for help_ in found.would_help:
            show(f"would help  {help_}")
    else:
        show(f"season begins  day {found.start_day:.1f}, give or take {2.0 * found.start_error:.1f}")
        show(f"season ends    day {found.end_day:.1f}, give or take {2.0 * found.end_error:.1f}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        what = f"{text!r} is no day."
        raise BadRequest(what, try_this="write it like 2026-04-20") from error


def _stage_shape(report: StageReport, each: StageDate) -> dict[str, object]:
    from groundside.archive.crop_staging import bbch_name, feekes_of

    shape = _texts(asdict(each))
    shape["bbch_name"] = bbch_name(report.crop, each.bbch)
    if report.crop == "wheat":
        shape["feekes"] = feekes_of(each.bbch)
    return shape


def _texts(shape: dict[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in shape.items()}


def _describe(report: StageReport) -> None:
    ceiling = "" if report.ceiling_c is None else f", up to {report.ceiling_c:g} C"
    show(f"{report.crop}, from {report.begun}: {report.heat_c_days:.0f} C days until {report.until}")
    show(f"above {report.base_c:g} C{ceiling}, by method {report.method} of McMaster and Wilhelm 1997")
    write_table(
        ["stage", "BBCH", "reached", "earliest", "latest", "C days"],
        [
            (
                each.stage, "" if each.bbch is None else str(each.bbch),
                *("" if day is None else day.isoformat() for day in (each.reached, each.earliest, each.latest)),
                f"{each.heat_c_days[1]:.0f}",
            )
            for each in report.stages
        ],
        right=["BBCH", "C days"],
    )  # fmt: skip
    for note in report.notes:
        show(f"note  {note}")
