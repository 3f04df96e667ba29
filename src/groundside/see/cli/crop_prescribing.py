"""`groundside crop prescribe`: zones and rates as files for a terminal, or a page for the grower."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import say, write_json
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.crop_prescribed import describe, describe_none
from groundside.see.cli.progress import shown_progress
from groundside.see.files import small_text, written_whole

if TYPE_CHECKING:
    from groundside.archive.crop_prescribing import PrescribeOrder, Shaping
    from groundside.model.agronomy import NotEnough, Value
    from groundside.model.place import LonLat
    from groundside.model.prescription import Prescription
    from groundside.model.query import Area


class To(StrEnum):
    """What is written."""

    ISOXML = "isoxml"
    SHAPEFILE = "shapefile"
    GEOJSON = "geojson"
    GEOTIFF = "geotiff"
    PDF = "pdf"


class Version(StrEnum):
    """Of ISOXML."""

    V4 = "4.3"
    V3 = "3.3"


class Profile(StrEnum):
    """Of Shapefiles."""

    GENERIC = "generic"
    JOHN_DEERE = "john-deere"
    TRIMBLE = "trimble"


class Holds(StrEnum):
    """What a raster holds."""

    RATE = "rate"
    INDEX = "index"


def add_to(crop: typer.Typer) -> None:
    """Add this module's commands."""
    crop.command(
        epilog="Example: groundside crop prescribe rate.tif --field mead.geojson --width 24 --least-area 0.1 "
        "--product urea --step 10 --to isoxml --out /media/usb"
    )(prescribe)


def prescribe(  # noqa: PLR0913 - one for each wish
    raster: Annotated[Path | None, typer.Argument(help="A rate map, or an index.", metavar="[RASTER]")] = None,
    to: Annotated[To | None, typer.Option("--to", help="What to write.")] = None,
    out: Annotated[Path | None, typer.Option(help="File, folder such as a memory stick's root, or .zip.")] = None,
    name: Annotated[str, typer.Option(help="Of the task. Default: the field's or the raster's.")] = "",
    field: Annotated[str, typer.Option(help="A boundary (GeoJSON, KML, Shapefile), or a field of the archive.")] = "",
    zone: Annotated[
        list[str] | None, typer.Option(help="A zone as drawn and its rate, kg N/ha: low.geojson=60. Repeatable.")
    ] = None,
    rates: Annotated[
        str, typer.Option(help="kg N/ha of the classes of an index, the lowest index first: 60,40,20.")
    ] = "",
    holds: Annotated[Holds | None, typer.Option(help="What the raster holds, where it does not say so.")] = None,
    band: Annotated[int, typer.Option(min=1, help="Of the raster.")] = 1,
    corners: Annotated[
        Path | None, typer.Option(help="Where an image lies: its corners as drawn, the upper left first.")
    ] = None,
    answer: Annotated[Path | None, typer.Option(help="What `crop nitrogen --json` said: sources, interval.")] = None,
    width: Annotated[float, typer.Option(min=0.0, max=200.0, help="That is spread in one pass, m.")] = 0.0,
    least_area: Annotated[float, typer.Option(min=0.0, help="Smaller pieces go to a neighbour, ha.")] = 0.0,
    zones: Annotated[int, typer.Option(min=1, max=100, help="How many, where rates have no --step.")] = 5,
    cell: Annotated[float | None, typer.Option(min=0.1, help="Side of a cell, m. Default: width / 4, or 5.")] = None,
    product: Annotated[str, typer.Option(help="urea, an, can or uan30. Default: nitrogen itself.")] = "",
    least: Annotated[float, typer.Option(min=0.0, help="Less cannot be spread, in kg or l of product per ha.")] = 0.0,
    most: Annotated[float | None, typer.Option(min=0.0, help="More cannot be spread, kg or l per ha.")] = None,
    step: Annotated[float, typer.Option(min=0.0, help="Steps of the machine, kg or l per ha; rounded down.")] = 0.0,
    cap: Annotated[float | None, typer.Option(min=0.0, help="The most nitrogen allowed, kg N/ha.")] = None,
    cap_source: Annotated[str, typer.Option(help="Who allows no more.")] = "",
    price: Annotated[float | None, typer.Option(min=0.0, help="Of a kg or litre of the product.")] = None,
    flat: Annotated[float | None, typer.Option(min=0.0, help="A flat rate to compare with, kg N/ha.")] = None,
    isoxml_version: Annotated[Version, typer.Option(help="Of ISOXML.")] = Version.V4,
    grid_type: Annotated[int, typer.Option(min=1, max=2, help="ISOXML: 1 zones, 2 rates.")] = 2,
    profile: Annotated[Profile, typer.Option(help="Of Shapefiles.")] = Profile.GENERIC,
    most_polygons: Annotated[int | None, typer.Option(min=1, help="That the terminal takes.")] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn rates, or an index with a rate for each class, into a prescription; or say what evidence is missing."""
    from groundside.archive.crop_prescribing import prescribe as asked
    from groundside.model.prescription import Prescription

    _fit(to, out)
    found = _field(field, archive)
    drawn, drawn_rates = _drawn(zone or [])
    shaping = _shaping(width, least_area, zones, product, (cap, cap_source, least, most, step))
    task = name or (found[0] if found else "") or (raster.stem if raster else "prescription")
    order = _order(task, raster, found, drawn, drawn_rates or _numbers(rates), shaping, cell, price, flat)
    order = _besides(order, band, holds, corners, answer)
    with shown_progress() as progress:
        made = asked(order, progress)
    writers = _writers(isoxml_version.value, grid_type, profile.value, most_polygons)
    written = _written(made, to, out, writers, task)
    if as_json:
        write_json({**_shape(made), "written": written})
    elif isinstance(made, Prescription):
        describe(made)
    else:
        describe_none(made)
    for path in written:
        say(f"written: {path}")
    if out is not None and not written:
        say(f"not written: {out}, for there is no rate to write")


def _fit(to: To | None, out: Path | None) -> None:
    if (to is None) != (out is None):
        what = "What to write and where to belong together."
        raise BadRequest(what, try_this="--to isoxml --out FOLDER")


def _field(said: str, archive: str | None) -> tuple[str, Area, dict[str, Value]] | None:
    """Find the name, the boundary and what is known of a field: a file, or one that the archive keeps."""
    if not said:
        return None
    from groundside.see.areas import area_in

    if Path(said).exists():
        return Path(said).stem, area_in(Path(said)), {}
    with opened(archive) as it:
        [record] = it.crop_fields(caller(), said)
    from groundside.archive.crop_fields import field_facts

    return record.field.name, record.field.area, field_facts(record.field)


def _drawn(words: list[str]) -> tuple[dict[str, Area], tuple[float, ...]]:
    from groundside.see.areas import area_in

    areas: dict[str, Area] = {}
    rates: list[float] = []
    for word in words:
        file, mark, rate = word.rpartition("=")
        if not mark or Path(file).stem in areas:
            what = f"{word[:80]!r} names no zone of its own with a rate."
            raise BadRequest(what, try_this="--zone FILE=RATE, with files of different names")
        areas[Path(file).stem] = area_in(Path(file))
        rates += _numbers(rate)
    return areas, tuple(rates)


def _numbers(text: str) -> tuple[float, ...]:
    try:
        found = tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        found = (-1.0,)
    if any(not 0.0 <= each <= 10_000.0 for each in found):
        what = f"{text[:80]!r} are no rates in kg N/ha."
        raise BadRequest(what, try_this="numbers of 0 or more: 60,40,20")
    return found


Limited = tuple[float | None, str, float, float | None, float]
"""Cap and its source, least, most and step, as typed."""


def _shaping(width: float, least_ha: float, zones: int, product: str, limits: Limited) -> Shaping:
    from groundside.archive.crop_prescribing import Shaping, product_named
    from groundside.model.agronomy import Limits
    from groundside.model.prescription import NITROGEN

    cap, cap_source, least, most, step = limits
    wanted = product_named(product) if product else NITROGEN
    return Shaping(width, least_ha, zones, Limits(cap, cap_source, least, most, step), wanted)


def _order(  # noqa: PLR0913 - as many as there are wishes
    task: str, raster: Path | None, found: tuple[str, Area, dict[str, Value]] | None, drawn: dict[str, Area],
    rates: tuple[float, ...], shaping: Shaping, cell: float | None, price: float | None, flat: float | None,
) -> PrescribeOrder:  # fmt: skip
    from groundside.archive.crop_prescribing import PrescribeOrder

    return PrescribeOrder(
        name=task, raster=raster, area=found[1] if found else None, drawn=drawn, rates=rates, cell_m=cell,
        shaping=shaping, price=price, flat_kg_ha=flat, facts=found[2] if found else {},
    )  # fmt: skip


def _besides(
    order: PrescribeOrder, band: int, holds: Holds | None, corners: Path | None, answer: Path | None
) -> PrescribeOrder:
    from dataclasses import replace

    return replace(
        order, band=band, holds=holds.value if holds else "", corners=_corners(corners),
        answer=small_text(answer) if answer else "",
    )  # fmt: skip


def _corners(file: Path | None) -> tuple[LonLat, ...] | None:
    if file is None:
        return None
    from groundside.archive.crop_prescribing import corners_of
    from groundside.see.areas import area_in

    return corners_of(area_in(file))


Writers = dict[To, Callable[["Prescription"], dict[str, bytes]]]


def _writers(version: str, grid_type: int, profile: str, most_polygons: int | None) -> Writers:
    from groundside.see.exports.prescriptions import geojson, geotiff, isoxml, shapefile

    return {
        To.ISOXML: lambda made: isoxml.isoxml_files(made, version, grid_type),
        To.SHAPEFILE: lambda made: shapefile.shapefile_files(made, profile, most_polygons),
        To.GEOJSON: geojson.geojson_files,
        To.GEOTIFF: geotiff.geotiff_files,
    }


def _written(
    made: Prescription | NotEnough, to: To | None, out: Path | None, writers: Writers, task: str
) -> list[str]:  # fmt: skip
    from groundside.model.prescription import Prescription
    from groundside.see.exports.prescriptions.writing import write_files

    if to is None or out is None:
        return []
    if to is To.PDF:
        from groundside.see.report.prescription import prescription_pdf

        with written_whole(out) as stream:
            stream.write(prescription_pdf(made, task))
        return [str(out)]
    if not isinstance(made, Prescription):
        return []
    single = to in (To.GEOJSON, To.GEOTIFF)
    return [str(path) for path in write_files(writers[to](made), out, single=single)]


def _shape(made: Prescription | NotEnough) -> dict[str, Any]:
    from groundside.model.prescription import Prescription
    from groundside.see.prescription_shapes import missing_shape, prescription_shape

    return prescription_shape(made) if isinstance(made, Prescription) else missing_shape(made)
