"""`groundside crop field`: boundaries of fields and what grows there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.words import UNKNOWN
from groundside.see.days import day_of

if TYPE_CHECKING:
    from groundside.archive.crop_fields import FieldRecord
    from groundside.model.prescription import CropField

Name = Annotated[str, typer.Argument(help="As the field is called.", metavar="NAME")]


def add_to(crop: typer.Typer) -> None:
    """Add this module's commands."""
    family = typer.Typer(help="Fields: boundary, crop, season, history.", no_args_is_help=True)
    example = "--boundary mead.geojson --crop wheat --cultivar Asory --sown 2025-10-12"
    family.command("add", epilog=f"Example: groundside crop field add Mead {example}")(add)
    family.command("list", epilog="Example: groundside crop field list --json")(listed)
    family.command("show", epilog="Example: groundside crop field show Mead")(shown)
    family.command("drop", epilog="Example: groundside crop field drop Mead")(drop)
    family.command("image", epilog="Example: groundside crop field image Mead ortho.tif --taken 2026-05-01")(image)
    family.command("images", epilog="Example: groundside crop field images Mead --json")(images)
    crop.add_typer(family, name="field")


def add(  # noqa: PLR0913 - one for each option
    name: Name,
    boundary: Annotated[Path | None, typer.Option(help="GeoJSON, KML, Shapefile or GeoPackage.")] = None,
    crop: Annotated[str | None, typer.Option(help="What grows there.")] = None,
    cultivar: Annotated[str | None, typer.Option(help="Of the crop.")] = None,
    sown: Annotated[str, typer.Option(help="Day of sowing.", metavar="DATE")] = "",
    bud_break: Annotated[str, typer.Option(help="Day of bud break.", metavar="DATE")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """State a field, or what is new about it: the next crop, another boundary. What was stated stays in its history."""
    from groundside.archive.crop_fields import FieldChange
    from groundside.see.areas import area_in

    if sown and bud_break:
        what = "A season begins with sowing or with bud break, not with both."
        raise BadRequest(what, try_this="--sown DATE or --bud-break DATE")
    began = "sown" if sown else "bud break" if bud_break else None
    area = area_in(boundary) if boundary else None
    change = FieldChange(area=area, crop=crop, cultivar=cultivar, begun=day_of(sown or bud_break), began_with=began)
    with opened(archive, create=True) as it:
        _tell(it.add_field(caller(), name, change), as_json=as_json)


def listed(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List all fields."""
    with opened(archive) as it:
        found = it.crop_fields(caller())
    if as_json:
        from groundside.see.prescription_shapes import field_shape

        write_json([field_shape(each.field) for each in found])
        return
    rows = [(*_words(each.field), str(len(each.history))) for each in found]
    write_table(["name", "ha", "crop", "cultivar", "begun", "stated"], rows, right=["ha", "stated"])
    say(f"{len(found)} fields.")


def shown(name: Name, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Show one field with everything that was stated of it."""
    with opened(archive) as it:
        [found] = it.crop_fields(caller(), name)
    _tell(found, as_json=as_json)


def drop(name: Name, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Take a field back; the history stays."""
    with opened(archive) as it:
        it.drop_field(caller(), name)
    if as_json:
        write_json({"dropped": name})
    else:
        say(f"{name} is no field any more.")


def image(  # noqa: PLR0913 - one for each option
    name: Name,
    raster: Annotated[Path, typer.Argument(help="A GeoTIFF that says where it lies.", metavar="RASTER")],
    taken: Annotated[str, typer.Option(help="Day on which it was flown.", metavar="DATE")],
    bands: Annotated[str, typer.Option(help="Which band is which, where the file does not say: red=3,nir=4.")] = "",
    reflectance: Annotated[
        bool, typer.Option("--reflectance", help="The numbers are reflectance, made with a panel.")
    ] = False,
    scale: Annotated[float | None, typer.Option(min=0.0, help="Reflectance = number times this: 0.0001.")] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a raster in as an image of a field, as the page does: it becomes an original of the archive."""
    from groundside.archive.crop_shown import look
    from groundside.model.crop_record import CropImage
    from groundside.see.crop_page_shapes import look_shape

    day = day_of(taken)
    if day is None:
        what = "An image belongs to a day."
        raise BadRequest(what, try_this="--taken DATE")
    said = CropImage(
        id="", field=name, original="", file=raster.name, taken=day, bands=bands, reflectance=reflectance,
        scale=scale or None,
    )  # fmt: skip
    seen = look(raster, said)
    with opened(archive) as it:
        made = it.add_crop_image(caller(), name, raster, said)
    if as_json:
        write_json(look_shape(made, seen))
        return
    say(f"{made.file} of {made.taken} is an image of {name}: {seen.columns:,} x {seen.rows:,} pixels.")
    say(f"indices of it: {', '.join(seen.indices) or 'none: nothing says which band is which'}")


def images(name: Name, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List the images of a field."""
    from groundside.see.crop_page_shapes import image_shape

    with opened(archive) as it:
        found = it.crop_records(caller(), name).images
    if as_json:
        write_json([image_shape(each) for each in found])
        return
    rows = [(str(each.taken), each.file, each.bands, "yes" if each.reflectance else "", each.id) for each in found]
    write_table(["taken", "file", "bands", "reflectance", "id"], rows)
    say(f"{len(found)} images.")


def _words(field: CropField) -> tuple[str, ...]:
    begun = f"{field.began_with} {field.begun}" if field.begun else UNKNOWN
    return field.name, f"{field.area_ha:.2f}", field.crop or UNKNOWN, field.cultivar or UNKNOWN, begun


def _tell(record: FieldRecord, *, as_json: bool) -> None:
    if as_json:
        from groundside.see.prescription_shapes import record_shape

        write_json(record_shape(record))
        return
    from groundside.see.crop_shapes import moment

    show(f"{record.field.name}  ({record.field.id})")
    rows = [(str(moment(one.at_us))[:16], one.who, *_words(one.field)[1:]) for one in record.history]
    write_table(["stated", "by", "ha", "crop", "cultivar", "begun"], rows, right=["ha"])
