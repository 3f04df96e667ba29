"""What commands about photos are told of the ground, and footprints over it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundside.errors import BadRequest

if TYPE_CHECKING:
    from groundside.archive.photographs import PhotoRead
    from groundside.model.footprint import Footprint, NoFootprint

TerrainOption = Annotated[
    Path | None, typer.Option("--terrain", help="Your elevation model (GeoTIFF), for footprints.", metavar="DEM.tif")
]
GroundOption = Annotated[
    float | None,
    typer.Option(
        "--ground", help="Height of level ground, above what the photos' altitudes are above.", metavar="METRES"
    ),
]


@contextmanager
def footprints(
    terrain: Path | None, ground: float | None
) -> Generator[Callable[[PhotoRead], Footprint | NoFootprint | None]]:
    """
    Give what makes footprints of photos that were read; None of a video, and of what could not be read.

    Raises:
        BadRequest: both an elevation model and a height were given.
    """
    from groundside.archive.footprints import footprint_of, opened_terrain

    if terrain is not None and ground is not None:
        what = "The ground is given twice: as an elevation model and as a height."
        raise BadRequest(what, try_this="give --terrain or --ground")
    with opened_terrain(terrain) as surface:

        def made(read: PhotoRead) -> Footprint | NoFootprint | None:
            if read.photo is None or read.photo.kind != "photo":
                return None
            return footprint_of(read.photo, surface, ground_height_m=ground)

        yield made
