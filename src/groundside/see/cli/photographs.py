"""`groundside photo`: what photos and videos say of themselves, without an archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import NotUnderstood
from groundside.see.cli.console import say, write_json, write_table
from groundside.see.cli.context import PARTIAL, JsonOption, settings
from groundside.see.cli.photo_ground import GroundOption, TerrainOption, footprints
from groundside.see.text import iso, shown_text

if TYPE_CHECKING:
    from groundside.archive.photographs import PhotoRead

UNKNOWN = "–"
HEADS = ("file", "time", "lon, lat", "altitude", "above take-off", "yaw, pitch, roll", "camera", "quirks")
_EVERY = 500


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside photo DCIM/100MEDIA --json | jq '.[].position'")(photo)


def photo(
    files: Annotated[list[Path], typer.Argument(help="Photos and videos, or folders of them.")],
    as_json: JsonOption = False,
    tags: Annotated[bool, typer.Option("--tags", help="With --json: also every tag as it is written.")] = False,
    terrain: TerrainOption = None,
    ground: GroundOption = None,
) -> None:
    """Say when, where and with what photos and videos were taken, and what was odd. Nothing is kept."""
    from groundside.archive.photographs import read_photos
    from groundside.see.photo_shapes import photo_shape

    reads = list(_told(read_photos(files, settings().max_decode_bytes)))
    if as_json:
        with footprints(terrain, ground) as footprint:
            write_json([photo_shape(each, footprint(each), with_tags=tags) for each in reads])
    else:
        write_table(
            HEADS, [_row(each) for each in reads if each.photo is not None], right=("altitude", "above take-off")
        )
    _complain(reads)


def _told(reads: Iterator[PhotoRead]) -> Iterator[PhotoRead]:
    for number, each in enumerate(reads, 1):
        if number % _EVERY == 0:
            say(f"{number:,} files read")
        yield each


def _complain(reads: list[PhotoRead]) -> None:
    """Name what could not be read; the command fails only where nothing could."""
    bad = [each for each in reads if each.photo is None]
    for each in bad:
        say(f"{shown_text(str(each.path))}: {each.why}")
    if len(bad) == len(reads):
        what = (
            f"None of {len(reads)} files is a photo or video that can be read."
            if reads
            else "There are no photos there."
        )
        raise NotUnderstood(what, try_this="JPEG, TIFF, DNG, MP4 and MOV files are read")
    if bad:
        raise typer.Exit(PARTIAL)


def _row(read: PhotoRead) -> tuple[str, ...]:
    of = read.photo
    assert of is not None
    place, pointed = of.position, of.camera_attitude
    return (
        read.path.name,
        iso(of.time.utc_us) or (f"{of.time.local} (no zone)" if of.time.local else UNKNOWN),
        f"{place.place.lon:.6f}, {place.place.lat:.6f}" if place else UNKNOWN,
        f"{of.altitude.value_m:.1f} m ({of.altitude.above})" if of.altitude else UNKNOWN,
        f"{of.height_above_takeoff_m:.1f} m" if of.height_above_takeoff_m is not None else UNKNOWN,
        ", ".join(_angle(each) for each in (pointed.yaw_deg, pointed.pitch_deg, pointed.roll_deg))
        if pointed
        else UNKNOWN,
        f"{of.camera.make} {of.camera.model}".strip() or UNKNOWN,
        " ".join(each.name for each in of.quirks),
    )


def _angle(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1f}"
