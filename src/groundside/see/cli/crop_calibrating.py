"""`groundside crop calibrate`: captures to reflectance."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import PARTIAL, JsonOption
from groundside.see.cli.progress import shown_progress

if TYPE_CHECKING:
    from groundside.archive.crop_calibrating import Calibration

SHOWN_PROBLEMS = 20
SUMMARY = "calibration.json"


class Method(StrEnum):
    """How the scale of reflectance is found."""

    PANEL_LIGHT = "panel-light"
    PANEL = "panel"
    LIGHT = "light"


class Number(StrEnum):
    """How a pixel is stored."""

    FLOAT32 = "float32"
    INT16 = "int16"


def add_to(crop: typer.Typer) -> None:
    """Add this module's commands."""
    crop.command(
        epilog="Example: groundside crop calibrate 0000SET/ --out reflectance/ "
        "--panel-albedo blue=0.64,green=0.65,red=0.65,nir=0.60,rededge=0.64"
    )(calibrate)


def calibrate(  # noqa: PLR0913 - one for each option
    folder: Annotated[Path, typer.Argument(help="The folder of raw captures, panel captures included.")],
    out: Annotated[Path, typer.Option(help="Folder to write into; made if it is not there.")],
    panel_albedo: Annotated[
        str, typer.Option(help="Reflectance of the panel: BAND=VALUE,… or a JSON or CSV file.", metavar="VALUES")
    ] = "",
    panel: Annotated[str, typer.Option(help="An image that shows the panel; found by its code otherwise.")] = "",
    panel_corners: Annotated[
        list[str] | None,
        typer.Option(help="The panel by hand: BAND=x,y,x,y,x,y,x,y, undistorted pixels; or a JSON file. Repeatable."),
    ] = None,
    method: Annotated[Method | None, typer.Option(help="Default: panel-light where there is both.")] = None,
    align: Annotated[bool, typer.Option(help="Bring the bands of a capture onto one another.")] = True,
    number: Annotated[Number, typer.Option("--type", help="int16 has a scale of 0.0001.")] = Number.FLOAT32,
    as_json: JsonOption = False,
) -> None:
    """
    Turn raw multispectral captures into reflectance.

    Writes one GeoTIFF per capture (one per band with --no-align), a JSON beside it with the method, every coefficient,
    the uncertainty of each band and the alignment that is left, and calibration.json for the whole folder.
    """
    from groundside.archive.crop_calibrating import Calibration, Order
    from groundside.see.albedos import albedos_of, corners_of
    from groundside.see.crop_rasters import folder_made, write_capture, write_json_file
    from groundside.see.crop_shapes import summary_shape

    corners = corners_of(panel_corners or [])
    order = Order(method.value if method else "", albedos_of(panel_albedo), panel, corners, align)
    captures: list[dict[str, Any]] = []
    with shown_progress() as progress:
        calibration = Calibration(folder, order, out, progress)
        folder_made(out)
        captures.extend(write_capture(result, out, number.value) for result in calibration.results())
    written = [file for capture in captures for file in capture["files"]]
    summary = summary_shape(calibration, captures, written)
    write_json_file(out / SUMMARY, summary)
    if as_json:
        write_json(summary)
    else:
        _describe(calibration, captures, out)
    if summary["problems"] or any(capture["problems"] for capture in captures):
        raise typer.Exit(PARTIAL)


def _describe(calibration: Calibration, captures: list[dict[str, Any]], out: Path) -> None:
    rows = [_row(capture["capture"], band) for capture in captures for band in capture["bands"]]
    heads = ["capture", "band", "says", "method", "median", "±", "off by"]
    if rows:
        write_table(heads, rows, right=["median", "±", "off by"])
    checks = calibration.checks()
    for check in checks:
        show(f"check     {check.file}: {check.band} panel {check.stated:.3f} predicted {check.predicted:.3f}"
             f" ({check.relative_error:+.1%})")  # fmt: skip
    if checks:
        worst = max(checks, key=lambda check: abs(check.relative_error))
        show(
            f"panels    each predicted from the others: the worst is off by {worst.relative_error:+.1%} ({worst.band})"
        )
    problems = [(one.file, one.what) for one in calibration.problems]
    problems += [(one["file"], one["what"]) for capture in captures for one in capture["problems"]]
    for file, what in problems[:SHOWN_PROBLEMS]:
        show(f"problem   {file}: {what}")
    if len(problems) > SHOWN_PROBLEMS:
        show(f"          and {len(problems) - SHOWN_PROBLEMS} more, in {SUMMARY}")
    say(f"{sum(len(capture['files']) for capture in captures)} rasters written to {out}")


def _row(capture: str, band: dict[str, Any]) -> tuple[str, ...]:
    middle, unsure = band["values"]["median"], band["relative_uncertainty"]
    left = band["alignment"]["residual_px"]["median_px"] if band["alignment"] else None
    return (
        capture,
        band["band"],
        band["says"],
        band["method"] or "–",
        "–" if middle is None else f"{middle:.4f}",
        "–" if unsure is None else f"{unsure:.1%}",
        "–" if left is None else f"{left:.2f} px",
    )
