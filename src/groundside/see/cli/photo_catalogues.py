"""Writing photos as a catalogue: STAC, GeoParquet, GeoJSON."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from groundside.see.cli.console import say, write_json
from groundside.see.files import written_whole

if TYPE_CHECKING:
    from groundside.model.footprint import PlacedPhoto


class Catalogue(StrEnum):
    """What photos can be written as."""

    STAC = "stac"
    GEOPARQUET = "geoparquet"
    GEOJSON = "geojson"


def write_catalogue(photos: Iterable[PlacedPhoto], to: Catalogue, out: Path, title: str, *, as_json: bool) -> None:
    """Write photos into a folder, and say how many."""
    out.mkdir(parents=True, exist_ok=True)
    count, path, untimed = _written(photos, to, out, title)
    if as_json:
        write_json({"written": count, "to": str(path), "left_out_without_time": list(untimed)})
        return
    say(f"{count:,} photos written to {path}")
    if untimed:
        say(f"{len(untimed):,} are not in it, for nothing is known of their time, which STAC demands")


def _written(photos: Iterable[PlacedPhoto], to: Catalogue, out: Path, title: str) -> tuple[int, Path, tuple[str, ...]]:
    from groundside.see.exports.photos.geojson import write_geojson
    from groundside.see.exports.photos.geoparquet import write_geoparquet
    from groundside.see.exports.photos.stac import write_stac

    if to is Catalogue.STAC:
        written = write_stac(photos, out, title)
        return written.items, out / "catalog.json", written.untimed
    path, writer = (
        (out / "photos.parquet", write_geoparquet)
        if to is Catalogue.GEOPARQUET
        else (out / "photos.geojson", write_geojson)
    )
    with written_whole(path) as stream:
        return writer(photos, stream), path, ()
