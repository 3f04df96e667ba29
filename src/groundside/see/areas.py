"""Areas to look inside of, as people give them: small, as a question is asked of them at once."""

from __future__ import annotations

from pathlib import Path

from groundside.model.query import Area

MOST_BYTES = 4 << 20
MOST_POSITIONS = 100_000


def area_in(path: Path) -> Area:
    """
    Read the area in a file: GeoJSON, KML, Shapefile or GeoPackage.

    Raises:
        Unreadable: the operating system refuses.
        TooLarge: past 4 MB.
        BadRequest: it holds no area.
    """
    from groundside.archive.missions import read_area

    return read_area(path, MOST_BYTES)


def area_of(text: str | bytes) -> Area:
    """
    Read an area from GeoJSON text, or from KML.

    Raises:
        BadRequest: it is no area: not GeoJSON, no polygon in it, a ring that is not closed or crosses itself.
    """
    from groundside.archive.missions import area_of as read

    return read(text, MOST_POSITIONS)
