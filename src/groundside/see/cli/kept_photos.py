"""Photos of the archive in the shell: `groundside photos` without a folder, and `groundside export photos`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from groundside.errors import BadRequest
from groundside.model.kept_photo import ListedPhoto, PhotoQuery
from groundside.see.cli.console import say, write_json, write_table
from groundside.see.cli.context import caller, opened
from groundside.see.cli.photo_catalogues import Catalogue, write_catalogue
from groundside.see.text import iso, shown_text

if TYPE_CHECKING:
    from groundside.model.footprint import PlacedPhoto

HEADS = ("file", "time", "camera", "flight", "clock", "from above", "error (95 %)", "away", "at the place")
UNKNOWN = "–"


def list_photos(asked: PhotoQuery, archive: str | None, write: tuple[Catalogue, Path] | None, *, as_json: bool) -> None:
    """List photos of the archive, or write them as a catalogue."""
    with opened(archive) as it:
        if asked.flight:
            asked = replace(asked, flight=it.resolve(caller(), asked.flight))
        if write is not None:
            to, out = write
            photos = it.placed_photos(caller(), asked)
            write_catalogue(_without_links(photos), to, out, "Photos of an archive", as_json=as_json)
            return
        page = it.photos(caller(), asked)
    if as_json:
        from groundside.see.kept_photo_shapes import listed_shape

        write_json([listed_shape(each) for each in page.photos])
        return
    write_table(HEADS, [_cells(each) for each in page.photos], right=HEADS[4:])
    say(f"{page.total:,} {'photo' if page.total == 1 else 'photos'}")


def export_photos(to: str, out: Path | None, archive: str | None) -> None:
    """
    Write all photos of the archive as a catalogue.

    Raises:
        BadRequest: there is no such catalogue.
    """
    known = ", ".join(each.value for each in Catalogue)
    if to not in {each.value for each in Catalogue}:
        what = f"Photos are not written as {to[:40]!r}."
        raise BadRequest(what, try_this=f"--to with one of {known}")
    list_photos(PhotoQuery(), archive, (Catalogue(to), out or Path()), as_json=False)


def _without_links(photos: Iterable[PlacedPhoto]) -> Iterator[PlacedPhoto]:
    """Leave out links to images: a catalogue that goes to others must not lead into the archive."""
    return (replace(each, href="") for each in photos)


def _cells(listed: ListedPhoto) -> tuple[str, ...]:
    of, join = listed.photo, listed.photo.join
    clock = (iso(of.clock_us) or UNKNOWN).rstrip("Z")
    when = iso(of.taken_us) or (f"{clock} (no zone)" if of.clock_us is not None else UNKNOWN)
    offset = UNKNOWN if join.clock_offset_s is None else f"{join.clock_offset_s:+.1f} ± {join.clock_error_s or 0:.1f} s"
    made = of.footprint
    middle = made.centre.ground if made else None
    return (
        shown_text(of.file),
        when,
        shown_text(of.camera) or UNKNOWN,
        join.flight_id[:8] if join.flight_id else UNKNOWN,
        offset,
        of.why_no_footprint if made is None else f"{made.off_nadir_deg:.0f}° off nadir",
        f"{middle.error.major_m:.1f} m" if middle and middle.error else UNKNOWN,
        UNKNOWN if listed.away_m is None else f"{listed.away_m:.1f} m",
        UNKNOWN if listed.off_nadir_deg is None else f"{listed.off_nadir_deg:.0f}° off nadir",
    )
