"""`groundside crop index` and `crop indices`: indices of a raster of any size."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import JsonOption
from groundside.see.cli.progress import shown_progress

if TYPE_CHECKING:
    from groundside.archive.crop_analysis import IndexReport
    from groundside.model.raster import IndexResult


def add_to(crop: typer.Typer) -> None:
    """Add this module's commands."""
    crop.command(epilog="Example: groundside crop index ndvi ndre field.tif --out field-index.tif")(index)
    crop.command(epilog="Example: groundside crop indices --json")(indices)
    crop.command(epilog="Example: groundside crop rows ndvi.tif --lines rows.geojson --width 0.6 --out vines.tif")(rows)


def index(  # noqa: PLR0913 - one for each wish
    words: Annotated[list[str], typer.Argument(help="One or more indices, then the raster.", metavar="NAME... RASTER")],
    out: Annotated[Path | None, typer.Option(help="The GeoTIFF to write: one band for each index.")] = None,
    bands: Annotated[str, typer.Option(help="Which band is which, where the file does not say: red=3,nir=4.")] = "",
    reflectance: Annotated[
        bool, typer.Option("--reflectance", help="The numbers are reflectance, made with a panel.")
    ] = False,
    scale: Annotated[float | None, typer.Option(help="Reflectance = number times this: 0.0001.")] = None,
    saturated: Annotated[
        float | None, typer.Option(help="Numbers from here on are saturated. Default: the largest of the type.")
    ] = None,
    plants_only: Annotated[bool, typer.Option("--plants-only", help="Leave out soil (Otsu's threshold).")] = False,
    shadow: Annotated[
        float | None, typer.Option(help="Leave out where near-infrared reflectance is below this: 0.12.")
    ] = None,
    cog: Annotated[bool, typer.Option("--cog", help="Write a Cloud-Optimised GeoTIFF, with overviews.")] = False,
    threads: Annotated[int | None, typer.Option(min=1, max=64, help="Threads at work.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute vegetation indices of a raster of any size; without --out, only say how they are spread."""
    from groundside.archive.crop_analysis import IndexOrder, index_raster

    if len(words) < 2:
        what = "An index and a raster are needed."
        raise BadRequest(what, try_this="groundside crop index ndvi RASTER --out FILE")
    order = IndexOrder(
        tuple(words[:-1]), bands, reflectance, scale, saturated, plants_only, shadow, cog, threads
    )  # fmt: skip
    with shown_progress() as progress:
        report = index_raster(Path(words[-1]), order, out, progress)
    if as_json:
        write_json({**asdict(report), "written": None if out is None else str(out)})
        return
    _describe(report)
    if out is not None:
        say(f"written: {out}")


def indices(as_json: JsonOption = False) -> None:
    """List the indices: formula, bands, and whether absolute reflectance is needed."""
    from groundside.archive.crop_analysis import indices as known

    if as_json:
        write_json([asdict(each) for each in known()])
        return
    rows = [
        (i.name, i.formula, " ".join(i.bands), "needed" if i.degree else "not needed", _short(i.source.title))
        for i in known()
    ]
    write_table(["name", "formula", "bands", "panel", "source"], rows)


def rows(
    raster: Annotated[Path, typer.Argument(help="An index raster, in metres on the ground.")],
    lines: Annotated[Path, typer.Option(help="One line along each row: GeoJSON, KML or Shapefile.")],
    width: Annotated[float, typer.Option(min=0.05, max=20.0, help="Of a row seen from above, m.")],
    band: Annotated[int, typer.Option(min=1, help="Of the raster.")] = 1,
    out: Annotated[Path | None, typer.Option(help="A raster of the rows alone, to be written.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Part the rows of a vineyard or orchard from what grows between them, by where the rows were drawn."""
    from groundside.archive.crop_strips import rows_of

    with shown_progress() as progress:
        found = rows_of(raster, band, lines, width, out, progress)
    if as_json:
        write_json({**asdict(found), "width_m": width, "written": None if out is None else str(out)})
        return
    for name, spread in (("rows", found.rows), ("between", found.between)):
        mean = "" if spread.mean is None else f", mean {spread.mean:.3f}"
        show(f"{name:<9} {spread.count:,} pixels{mean}")
    canopy = "not certain: plant and soil are not two groups here"
    if found.canopy is not None:
        canopy = f"{found.canopy:.0%} of the rows, above {found.threshold:.3f}"
    show(f"canopy    {canopy}")
    if out is not None:
        say(f"written: {out}")


def _short(title: str) -> str:
    """Author and year: what stands before the first comma after a year."""
    words = title.split(",")
    return next((",".join(words[: n + 1]) for n, w in enumerate(words) if any(c.isdigit() for c in w)), title)


def _describe(report: IndexReport) -> None:
    show(f"raster    {report.raster}: {report.columns:,} x {report.rows:,} pixels")
    show("bands     " + ", ".join(f"{name} = {number}" for name, number in report.bands.items()))
    show(f"unit      {f'reflectance, {report.reflectance}' if report.reflectance else 'relative, no panel'}")
    heads = ["index", "mean", "5 %", "median", "95 %", "with value", "lost", "plants"]
    write_table(heads, [_row(result) for result in report.results], right=heads[1:])
    for note in report.notes:
        show(f"note      {note}")


def _row(result: IndexResult) -> tuple[str, ...]:
    spread, gone = result.distribution, result.lost
    some = [spread.mean, *(spread.percentiles.get(p) for p in (5, 50, 95))]
    canopy = result.canopy
    share = "" if canopy is None else f"{canopy.fraction:.0%}" if canopy.certain else "not certain"
    return (
        result.index.title,
        *("" if value is None else f"{value:.3f}" for value in some),
        f"{spread.count:,}",
        f"{gone.no_data + gone.saturated + gone.undefined + gone.beyond:,}",
        share,
    )
