"""`groundside crop nitrogen`: how much, by a named model; or that the evidence is not enough."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import JsonOption
from groundside.see.cli.progress import shown_progress
from groundside.see.files import small_text

if TYPE_CHECKING:
    from groundside.archive.crop_feeding import NitrogenReport
    from groundside.model.agronomy import Advice, Bill, NotEnough, Value


def add_to(crop: typer.Typer) -> None:
    """Add this module's commands."""
    crop.command(
        epilog="Example: groundside crop nitrogen nfoa ndvi.tif --set ndvi_rich=0.7 --set days_gdd=120 --out rate.tif"
    )(nitrogen)
    crop.command(name="nitrogen-models", epilog="Example: groundside crop nitrogen-models --json")(nitrogen_models)


def nitrogen(  # noqa: PLR0913 - one for each wish
    words: Annotated[
        list[str] | None, typer.Argument(help="The model, an index raster, or both.", metavar="[MODEL] [RASTER]")
    ] = None,
    given: Annotated[list[str] | None, typer.Option("--set", help="An input: days_gdd=120; may be repeated.")] = None,
    inputs: Annotated[Path | None, typer.Option(help="A TOML file with inputs, one NAME = VALUE in each line.")] = None,
    table: Annotated[
        Path | None,
        typer.Option(help="eonr: a CSV with columns nitrogen and yield; nni: index, biomass_t_ha and n_percent."),
    ] = None,
    price_nitrogen: Annotated[float | None, typer.Option(min=0.0, help="Price of a kg of nitrogen (eonr).")] = None,
    price_yield: Annotated[float | None, typer.Option(min=0.0, help="Price of a unit of yield (eonr).")] = None,
    level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Of confidence (eonr).")] = 0.9,
    curve: Annotated[
        str, typer.Option(help="quadratic or quadratic-plateau (eonr). Default: what the trial shows.")
    ] = "",
    band: Annotated[int, typer.Option(min=1, help="Of the raster.")] = 1,
    strip: Annotated[
        Path | None,
        typer.Option(help="The N-rich strip as it was drawn (GeoJSON, KML, Shapefile): its mean is the reference."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The rate map to write: kg N/ha, and why, for each pixel.")] = None,
    cap: Annotated[float | None, typer.Option(min=0.0, help="The most nitrogen allowed, kg/ha.")] = None,
    cap_source: Annotated[str, typer.Option(help="Who allows no more.")] = "",
    least: Annotated[float, typer.Option(min=0.0, help="Less than this the machine cannot spread, kg N/ha.")] = 0.0,
    most: Annotated[float | None, typer.Option(min=0.0, help="The most the machine can spread, kg N/ha.")] = None,
    step: Annotated[float, typer.Option(min=0.0, help="Steps of the machine, kg N/ha; rounded down.")] = 0.0,
    product: Annotated[str, typer.Option(help="urea, an, can or uan30: also say how much of it.")] = "",
    price: Annotated[float | None, typer.Option(min=0.0, help="Of a kg or litre of the product.")] = None,
    flat: Annotated[float | None, typer.Option(min=0.0, help="A flat rate to compare with, kg N/ha.")] = None,
    area: Annotated[float | None, typer.Option(min=0.0, help="Of the field, ha, where no map says it.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how much nitrogen by one published model, with its sources; or that the evidence is not enough."""
    from groundside.archive.crop_feeding import NitrogenOrder, nitrogen
    from groundside.archive.crop_strips import with_strip
    from groundside.model.agronomy import Limits

    model, raster = _model_and_raster(words or [])
    order = NitrogenOrder(
        model, _inputs(given or [], inputs), raster, band, small_text(table) if table else "",
        _prices(price_nitrogen, price_yield), level, _curve(curve), Limits(cap, cap_source, least, most, step),
        product, price, flat, area,
    )  # fmt: skip
    with shown_progress() as progress:
        order, within = with_strip(order, strip, progress) if strip else (order, None)
        report = nitrogen(order, out, progress)
    if as_json:
        write_json({**_shape(report, out), "strip": asdict(within) if within else None})
    else:
        if within:
            show(
                f"strip     mean {within.mean:.3f}, standard deviation {within.deviation:.3f}, {within.pixels:,} pixels"
            )
        _describe(report)
    if out is not None:
        say(f"written: {out}" if report.map else f"not written: {out}, for there is no rate for each pixel")


def nitrogen_models(as_json: JsonOption = False) -> None:
    """List the nitrogen models, their inputs and sources."""
    from groundside.archive.crop_feeding import models

    if as_json:
        write_json([_model_shape(model) for model in models()])
        return
    for model in models():
        show(f"{model.name}: {model.title}")
        for need in model.needs:
            unit = f", {need.unit}" if need.unit else ""
            show(f"    {need.name:<18} {need.what}{unit}{' (may be left out)' if need.optional else ''}")
        for source in model.sources:
            show(f"    source: {source.title} {source.url}")
    show("eonr: economic optimum of a trial, given with --table, --price-nitrogen and --price-yield")


def _model_shape(model: object) -> dict[str, object]:
    shape = {name: getattr(model, name) for name in ("name", "title", "per_pixel")}
    needs = [{**asdict(need), "high": None if need.high == float("inf") else need.high} for need in model.needs]  # pyright: ignore
    return {**shape, "needs": needs, "sources": [asdict(source) for source in model.sources]}  # pyright: ignore


def _model_and_raster(words: list[str]) -> tuple[str, Path | None]:
    """Tell which word is the model: a raster has another name, and a suffix or is there."""
    from groundside.archive.crop_feeding import NAMES

    rasters = [word for word in words if word not in NAMES and (Path(word).suffix or Path(word).exists())]
    models = [word for word in words if word not in rasters]
    if len(rasters) > 1 or len(models) > 1:
        what = f"One model and one raster are enough: {' '.join(words)}."
        raise BadRequest(what, try_this="groundside crop nitrogen-models")
    return (models[0] if models else ""), (Path(rasters[0]) if rasters else None)


def _inputs(given: list[str], file: Path | None) -> dict[str, Value]:
    found: dict[str, Value] = _of_file(file) if file else {}
    for word in given:
        name, mark, value = word.partition("=")
        if not mark or not name.strip():
            what = f"{word!r} is no input."
            raise BadRequest(what, try_this="--set NAME=VALUE")
        found[name.strip()] = _value(value.strip())
    return found


def _of_file(file: Path) -> dict[str, Value]:
    try:
        read = tomllib.loads(small_text(file))
    except tomllib.TOMLDecodeError as error:
        what = f"{file} is no TOML: {error}."
        raise BadRequest(what) from error
    for name, value in read.items():
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            what = f"{name} in {file.name} is neither a number nor a word."
            raise BadRequest(what, try_this="NAME = VALUE in each line")
    return read


def _value(text: str) -> Value:
    try:
        return float(text)
    except ValueError:
        return text


def _prices(nitrogen: float | None, yields: float | None) -> tuple[float, float] | None:
    if nitrogen is None or yields is None:
        return None
    if yields == 0.0:
        what = "A yield that is worth nothing pays for no nitrogen."
        raise BadRequest(what, try_this="--price-yield above 0")
    return nitrogen, yields


def _curve(word: str) -> str:
    if word not in ("", "quadratic", "quadratic-plateau"):
        what = f"There is no curve {word!r}."
        raise BadRequest(what, try_this="--curve quadratic, or --curve quadratic-plateau")
    return word


def _shape(report: NitrogenReport, out: Path | None) -> dict[str, object]:
    from groundside.model.agronomy import Advice

    outcome = "rate" if isinstance(report.answer, Advice) else "not enough evidence for a rate"
    return {"outcome": outcome, **asdict(report), "written": str(out) if out and report.map else None}


def _describe(report: NitrogenReport) -> None:
    from groundside.model.agronomy import Advice

    if isinstance(report.answer, Advice):
        _describe_rate(report.answer)
    else:
        _describe_none(report.answer)
    if report.map is not None:
        spread = report.map.rates
        show(f"map         mean {spread.mean or 0.0:.1f} kg N/ha, {spread.count:,} pixels; {report.map.without:,} none")
    if report.bill is not None:
        _describe_bill(report.bill)


def _describe_rate(answer: Advice) -> None:
    show(f"rate        {answer.rate_kg_ha:.1f} kg N/ha, by {answer.model}")
    if answer.interval is not None:
        ends = [f"{end:.1f}" if end is not None else "unknown" for end in (answer.interval.low, answer.interval.high)]
        show(f"            {answer.interval.level:.0%}: {ends[0]} to {ends[1]} kg N/ha ({answer.interval.method})")
    show(f"confidence  {answer.confidence}: {answer.why}")
    if answer.limited:
        show(f"limited     {answer.limited}")
    for note in answer.notes:
        show(f"note        {note}")
    for source in answer.sources:
        show(f"source      {source.title} {source.url}")
    _worked(answer)


def _describe_none(answer: NotEnough) -> None:
    show("not enough evidence for a rate")
    show(f"why         {answer.what}")
    for help_ in answer.would_help:
        show(f"would help  {help_}")
    _worked(answer)


def _worked(answer: Advice | NotEnough) -> None:
    rows = [
        (name, f"{value:.4g}" if isinstance(value, int | float) else str(value))
        for name, value in answer.worked.items()
    ]
    if rows:
        write_table(["worked out", "value"], rows, right=["value"])


def _describe_bill(cost: Bill) -> None:
    show(f"product     {cost.amount:,.0f} {cost.unit} of {cost.product} for {cost.nitrogen_kg:,.1f} kg N")
    if cost.cost is not None:
        show(f"cost        {cost.cost:,.2f}")
    if cost.saving is not None:
        between = cost.saving_interval
        ends = f" ({between.level:.0%}: {between.low:,.2f} to {between.high:,.2f})" if between else ""
        show(f"saving      {cost.saving:,.2f} against the flat rate{ends}")
