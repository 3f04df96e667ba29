"""
Prescriptions as Shapefiles (WGS 84), in the shapes that terminals look for.

Source: ESRI Shapefile Technical Description, 1998. Folders and names of fields are those that other programs write for
these makers; no terminal was here to try them on.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from groundside.errors import BadRequest
from groundside.model.prescription import Prescription, RateZone
from groundside.model.query import Ring

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
MOST_NAME = 8
"""Characters of a file's name: some terminals read no more."""
WGS_84 = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class Profile:
    """
    What one kind of terminal wants.

    Args:
        name: as typed.
        title: as people read it.
        folder: where in the archive or on the stick the files go.
        rate: the field of the rate.
        whole: whether rates are whole numbers, rounded down.
        more: whether fields besides are written: zone, unit, nitrogen, area.
        number: a field with a number of each polygon; empty for none.
    """

    name: str
    title: str
    folder: str
    rate: str
    whole: bool = False
    more: bool = False
    number: str = ""


PROFILES = {
    each.name: each
    for each in (
        Profile("generic", "any terminal, QGIS", "", "RATE", more=True, number="ID"),
        Profile("john-deere", "John Deere", "Rx/", "RATE", whole=True),
        Profile("trimble", "Trimble", "AgGPS/Prescriptions/", "TGT_RATE", number="ID"),
    )
}


def shapefile_files(made: Prescription, profile: str = "generic", most_polygons: int | None = None) -> dict[str, bytes]:
    """
    Write a prescription as a Shapefile: one polygon a row, without multipolygons, zones of one rate apart.

    Args:
        made: what is spread where.
        profile: one of `PROFILES`.
        most_polygons: that the terminal takes.

    Returns:
        Paths to bytes.

    Raises:
        BadRequest: there is no such profile, or there are more polygons.
    """
    wanted = PROFILES.get(profile)
    if wanted is None:
        what = f"There is no profile of Shapefiles {profile!r}."
        raise BadRequest(what, try_this=f"one of {', '.join(PROFILES)}")
    rows = [(zone, rings) for zone in made.zones for rings in zone.area.polygons]
    if most_polygons is not None and len(rows) > most_polygons:
        what = f"The prescription has {len(rows)} polygons, more than the {most_polygons} that were allowed."
        raise BadRequest(what, try_this="a larger --least-area or --width, or fewer --zones")
    stem = file_stem(made.name)
    return {f"{wanted.folder}{stem}{part}": raw for part, raw in _written(made, rows, wanted, stem).items()}


def file_stem(name: str) -> str:
    """Give a file name of at most eight letters and digits, as the oldest terminals want it."""
    return re.sub(r"[^A-Za-z0-9_]", "", name)[:MOST_NAME].upper() or "RX"


def _written(
    made: Prescription, rows: list[tuple[RateZone, tuple[Ring, ...]]], wanted: Profile, stem: str
) -> dict[str, bytes]:
    import shapely
    from pyogrio.raw import write

    columns = _columns(made, [zone for zone, _ in rows], wanted)
    shapes = [shapely.Polygon(_flat(rings[0]), [_flat(ring) for ring in rings[1:]]) for _, rings in rows]
    with tempfile.TemporaryDirectory(prefix="groundside-") as folder:
        path = Path(folder) / f"{stem}.shp"
        write(
            path, shapely.to_wkb(np.array(shapes, dtype=object)), list(columns.values()), list(columns),
            geometry_type="Polygon", crs=WGS_84, driver="ESRI Shapefile", encoding="UTF-8",
        )  # fmt: skip
        return {part: path.with_suffix(part).read_bytes() for part in PARTS if path.with_suffix(part).is_file()}


def _columns(made: Prescription, zones: list[RateZone], wanted: Profile) -> dict[str, Any]:
    rates = np.array([zone.rate for zone in zones])
    columns: dict[str, Any] = {}
    if wanted.number:
        columns[wanted.number] = np.arange(1, len(zones) + 1, dtype=np.int32)
    columns[wanted.rate] = np.floor(rates + 1e-6).astype(np.int32) if wanted.whole else rates
    if wanted.more:
        columns["UNIT"] = np.array([made.unit] * len(zones), dtype=object)
        columns["ZONE"] = np.array([zone.code for zone in zones], dtype=np.int32)
        columns["KG_N_HA"] = np.array([zone.nitrogen_kg_ha for zone in zones])
    return columns


def _flat(ring: Ring) -> list[tuple[float, float]]:
    return [(at.lon, at.lat) for at in ring]
