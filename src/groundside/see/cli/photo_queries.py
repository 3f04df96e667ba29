"""`groundside photos`: which photos see a place or were taken near it, and catalogues of them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.errors import BadRequest, NotFound
from groundside.model.footprint import Footprint
from groundside.model.kept_photo import PhotoQuery
from groundside.model.place import LonLat
from groundside.see.cli import kept_photos
from groundside.see.cli.console import say, write_json, write_table
from groundside.see.cli.context import PARTIAL, ArchiveOption, JsonOption, settings
from groundside.see.cli.filters import FromOption, NearOption, WithinOption, near_of
from groundside.see.cli.photo_catalogues import Catalogue, write_catalogue
from groundside.see.cli.photo_ground import GroundOption, TerrainOption, footprints
from groundside.see.questions import place_of, span_us
from groundside.see.text import iso, shown_text

if TYPE_CHECKING:
    from groundside.archive.photographs import PhotoRead
    from groundside.model.footprint import PlacedPhoto

HEADS = ("file", "time", "from above", "pixel", "error (95 %)", "away", "at the place")
UNKNOWN = "–"
_EVERY = 500


SeeingOption = Annotated[
    str, typer.Option("--seeing", help="Only photos that see this place, the best view first.", metavar="LON,LAT")
]
FlightOption = Annotated[str, typer.Option("--flight", help="Only of this flight.", metavar="ID")]
UntilOption = Annotated[str, typer.Option("--until", help="Last day, inclusive.", metavar="DATE")]
CameraOption = Annotated[str, typer.Option("--camera", help="Text in maker or model.")]
ToOption = Annotated[Catalogue | None, typer.Option("--to", help="Also write a catalogue of them.")]
OutOption = Annotated[Path, typer.Option("--out", help="The folder that it is written into.", metavar="DIR")]


@dataclass(frozen=True, slots=True)
class _Row:
    """A photo that was asked for, how far its camera was, and for a place that it sees how far off straight down."""

    placed: PlacedPhoto
    away_m: float | None = None
    off_nadir_deg: float | None = None


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside photos --seeing 8.20,47.46 --camera FC6310R")(photos)


def photos(  # noqa: PLR0913 - one for each option
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of photos, of which nothing is kept; else those of the archive.")
    ] = None,
    seeing: SeeingOption = "",
    near: NearOption = "",
    within: WithinOption = None,
    flight: FlightOption = "",
    from_day: FromOption = "",
    until: UntilOption = "",
    camera: CameraOption = "",
    to: ToOption = None,
    out: OutOption = Path(),
    terrain: TerrainOption = None,
    ground: GroundOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List photos with what each shows of the ground: of the archive, or of a folder that is looked at."""
    place, circle = place_of(seeing), near_of(near, within)
    if folder is None:
        if terrain is not None or ground is not None:
            what = "The footprints of photos in the archive are made already."
            raise BadRequest(what, try_this="groundside photos FOLDER --terrain DEM.tif")
        from_us, to_us = span_us(from_day, until, "")
        asked = PhotoQuery(
            seeing=place, near=circle, flight=flight, from_us=from_us, to_us=to_us, camera=camera, limit=None
        )
        kept_photos.list_photos(asked, archive, None if to is None else (to, out), as_json=as_json)
        return
    if flight or from_day or until or camera:
        what = "--flight, --from, --until and --camera are asked of the archive, not of a folder."
        raise BadRequest(what, try_this="groundside ingest FOLDER, then groundside photos without a folder")
    if not folder.is_dir():
        what = f"{folder} is no folder."
        raise NotFound(what, try_this="groundside photo FILE --json for one photo")
    bad: list[PhotoRead] = []
    with _placed(folder, terrain, ground, out if to else None, bad) as found:
        rows = _asked(found, place, circle)
        if to is None:
            _show(rows, as_json=as_json)
        else:
            write_catalogue((row.placed for row in rows), to, out, folder.resolve().name, as_json=as_json)
    for read in bad:
        say(f"{shown_text(str(read.path))}: {read.why}")
    if bad:
        raise typer.Exit(PARTIAL)


@contextmanager
def _placed(
    folder: Path, terrain: Path | None, ground: float | None, beside: Path | None, bad: list[PhotoRead]
) -> Generator[Iterator[PlacedPhoto]]:
    from groundside.archive.photo_export import placed_photos
    from groundside.archive.photographs import read_photos

    with footprints(terrain, ground) as footprint:
        reads = _told(read_photos([folder], settings().max_decode_bytes), bad)
        yield placed_photos(reads, footprint, folder, beside)


def _told(reads: Iterator[PhotoRead], bad: list[PhotoRead]) -> Iterator[PhotoRead]:
    for number, each in enumerate(reads, 1):
        if number % _EVERY == 0:
            say(f"{number:,} files read")
        if each.photo is None:
            bad.append(each)
        yield each


def _asked(found: Iterator[PlacedPhoto], place: LonLat | None, circle: Any) -> Iterable[_Row]:  # noqa: ANN401 - Near or None
    """Keep what was asked for: the nearest first, or of those that see a place the best view first."""
    from groundside.archive.footprints import near, seeing

    if place is None and circle is None:
        return (_Row(each) for each in found)
    kept = list(found)
    if circle is not None:
        close = near(kept, circle.point, circle.metres)
        if place is None:
            return [_Row(each, away) for each, away in close]
        kept = [each for each, _ in close]
    assert place is not None
    best, views = seeing(kept, place)
    seen = zip(best, views.range_m.tolist(), views.off_nadir_deg.tolist(), strict=True)
    return [_Row(each, away, off) for each, away, off in seen]


def _show(rows: Iterable[_Row], *, as_json: bool) -> None:
    if as_json:
        write_json([_json(row) for row in rows])
    else:
        write_table(HEADS, [_cells(row) for row in rows], right=HEADS[2:])


def _json(row: _Row) -> dict[str, Any]:
    from groundside.see.exports.photos.shapes import footprint_shape

    made, photo = row.placed.footprint, row.placed.photo
    is_made = isinstance(made, Footprint)
    return {
        "id": row.placed.id,
        "file": shown_text(row.placed.name),
        "utc": iso(photo.time.utc_us),
        "local_time": photo.time.local or None,
        "away_m": None if row.away_m is None else round(row.away_m, 2),
        "seen_off_nadir_deg": None if row.off_nadir_deg is None else round(row.off_nadir_deg, 2),
        "footprint": footprint_shape(made) if is_made else None,
        "footprint_why": None if is_made else made.why,
    }


def _cells(row: _Row) -> tuple[str, ...]:
    made, photo = row.placed.footprint, row.placed.photo
    when = iso(photo.time.utc_us) or (f"{photo.time.local} (no zone)" if photo.time.local else UNKNOWN)
    away = UNKNOWN if row.away_m is None else f"{row.away_m:.1f} m"
    at_place = UNKNOWN if row.off_nadir_deg is None else f"{row.off_nadir_deg:.0f}° off nadir"
    if not isinstance(made, Footprint):
        return row.placed.name, when, made.why, UNKNOWN, UNKNOWN, away, at_place
    middle = made.centre.ground
    error = f"{middle.error.major_m:.1f} m" if middle and middle.error else UNKNOWN
    pixel = f"{made.gsd_m[1] * 100:.1f} cm" if made.gsd_m else UNKNOWN
    return row.placed.name, when, f"{made.off_nadir_deg:.0f}° off nadir", pixel, error, away, at_place
