"""What is kept of a field besides its boundary: images, weather, strips and zones that were drawn, prescriptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundside.model.place import LonLat
from groundside.model.query import Area

STRIP, ZONE = "strip", "zone"
"""What a patch is: given more nitrogen than the crop can use, or a part of the field with a rate of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CropImage:
    """
    A raster of a field: an orthomosaic, or one capture.

    Args:
        id: random and permanent.
        field: id of the field.
        original: id of the original in the archive that holds its bytes.
        file: its name when it came.
        taken: the day on which it was flown.
        bands: which band is which, where the file does not say: "red=3,nir=4".
        reflectance: whether a person says that its numbers are reflectance by a panel.
        scale: value = number * scale; None to believe the file.
        corners: where its corners lie, of a raster that does not say so; empty otherwise.
    """

    id: str
    field: str
    original: str
    file: str
    taken: date
    bands: str = ""
    reflectance: bool = False
    scale: float | None = None
    corners: tuple[LonLat, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CropWeather:
    """A table of the weather of a field, as its owner gave it: its name and its text."""

    id: str
    field: str
    name: str
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CropPatch:
    """A part of a field that was drawn: `kind` is "strip" or "zone"; zones have a rate, kg N/ha."""

    id: str
    field: str
    kind: str
    name: str
    area: Area
    rate_kg_ha: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CropTask:
    """
    A prescription that was taken away.

    Args:
        id: random and permanent.
        field: id of the field.
        name: of the task.
        day: when, UTC.
        format: of the file.
        model: by which the rates are.
        enough: whether a model stands behind them.
        product: what is spread.
        nitrogen_kg: in all.
        area_ha: of all zones.
        image: id of the image that it is made of; empty where of none.
    """

    id: str
    field: str
    name: str
    day: date
    format: str
    model: str
    enough: bool
    product: str
    nitrogen_kg: float
    area_ha: float
    image: str = ""
