"""What the page of fields asks for, checked at the edge, and put in the archive's words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from groundside.errors import BadRequest
from groundside.model.place import LonLat
from groundside.model.query import Area
from groundside.see.areas import area_of
from groundside.see.web.planning_asked import Position, Rings

if TYPE_CHECKING:
    from groundside.archive.crop_feeding import NitrogenOrder
    from groundside.archive.crop_prescribing import Shaping
    from groundside.model.crop_record import CropImage

MOST_NAME = 200
MOST_TABLE = 50_000
Text = Annotated[str, Field(max_length=MOST_NAME)]
Name = Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
Id = Annotated[str, Field(pattern="^[0-9a-f]{8}$")]
Key = Annotated[str, Field(pattern="^([0-9a-f]{32})?$")]
Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Drawn = Annotated[list[Rings], Field(max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FieldAsked(_Strict):
    """A field that is stated, or what is new about one: what is left out stays as it was."""

    name: Name
    areas: Drawn | None = None
    crop: Text | None = None
    cultivar: Text | None = None
    begun: date | None = None
    began_with: Literal["sown", "bud break"] | None = None


class WeatherAsked(_Strict):
    """A table of weather: a row a day."""

    name: Name
    table: str = Field(min_length=1, max_length=MOST_TABLE)


class PatchAsked(_Strict):
    """A strip or a zone that was drawn."""

    kind: Literal["strip", "zone"]
    name: Name
    areas: Drawn
    rate_kg_ha: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None


class ImageAsked(_Strict):
    """What is known of an image that is sent."""

    field: Id
    name: str = Field(max_length=4096)
    taken: date
    bands: Text = ""
    reflectance: bool = False
    scale: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] | None = None
    corners: str = Field("", max_length=400, description="LON,LAT of four corners, the upper left first, by semicolons")

    def said(self, name: str) -> CropImage:
        """
        Put it as a noun.

        Raises:
            BadRequest: the corners are no four places.
        """
        from groundside.model.crop_record import CropImage

        return CropImage(
            id="", field=self.field, original="", file=name, taken=self.taken, bands=self.bands,
            reflectance=self.reflectance, scale=self.scale, corners=_corners(self.corners),
        )  # fmt: skip


class LimitsAsked(_Strict):
    """What the law, a programme and the machine allow."""

    cap: Amount | None = None
    cap_source: Text = ""
    least: Amount = 0.0
    most: Amount | None = None
    step: Amount = 0.0


class RateAsked(_Strict):
    """A question about nitrogen, of an index of an image."""

    image: Id
    index: Name = "ndvi"
    model: Text = ""
    inputs: dict[Name, float | Name] = Field(default_factory=dict[str, float | str], max_length=60)
    table: str = Field("", max_length=MOST_TABLE)
    price_nitrogen: Amount | None = None
    price_yield: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] | None = None
    curve: Literal["", "quadratic", "quadratic-plateau"] = ""
    cap: Amount | None = None
    cap_source: Text = ""

    def order(self) -> NitrogenOrder:
        """Put it in the archive's words; the raster is not named here."""
        from groundside.archive.crop_feeding import NitrogenOrder
        from groundside.model.agronomy import Limits

        prices = None
        if self.price_nitrogen is not None and self.price_yield is not None:
            prices = (self.price_nitrogen, self.price_yield)
        limits = Limits(self.cap, self.cap_source)
        return NitrogenOrder(
            self.model, self.inputs, table=self.table, prices=prices, curve=self.curve, limits=limits
        )  # fmt: skip


class PrescriptionAsked(_Strict):
    """A prescription of rates that a model gave, of drawn zones, or of an index with a rate for each class."""

    image: Id
    index: Name = "ndvi"
    rate: Key = ""
    zones_drawn: bool = False
    rates: list[Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]] = Field([], max_length=20)
    name: Text = ""
    product: Text = ""
    price: Amount | None = None
    flat: Amount | None = None
    width: Annotated[float, Field(ge=0, le=200)] = 0.0
    least_area: Annotated[float, Field(ge=0, le=1000)] = 0.0
    zones: Annotated[int, Field(ge=1, le=100)] = 5
    limits: LimitsAsked = LimitsAsked()

    def shaping(self) -> Shaping:
        """Say what the machine can follow and what is spread."""
        from groundside.archive.crop_prescribing import Shaping, product_named
        from groundside.model.agronomy import Limits
        from groundside.model.prescription import NITROGEN

        own = self.limits
        limits = Limits(own.cap, own.cap_source, own.least, own.most, own.step)
        wanted = product_named(self.product) if self.product else NITROGEN
        return Shaping(self.width, self.least_area, self.zones, limits, wanted)


class PrescriptionFileAsked(_Strict):
    """A prescription to be taken away as a file."""

    prescription: PrescriptionAsked
    to: Literal["isoxml", "shapefile", "geojson", "geotiff", "pdf", "json"]
    isoxml_version: Literal["4.3", "3.3"] = "4.3"
    grid_type: Annotated[int, Field(ge=1, le=2)] = 2
    profile: Literal["generic", "john-deere", "trimble"] = "generic"


def area_drawn(areas: list[list[list[Position]]]) -> Area:
    """
    Put areas that were drawn in the archive's words, checked as every area is.

    Raises:
        BadRequest: a ring crosses itself, or is none.
    """
    import json

    closed = [[[*ring, ring[0]] if ring[0] != ring[-1] else ring for ring in rings] for rings in areas]
    if not closed:
        what = "Nothing was drawn."
        raise BadRequest(what, try_this="draw at least three corners")
    return area_of(json.dumps({"type": "MultiPolygon", "coordinates": closed}))


def _corners(text: str) -> tuple[LonLat, ...]:
    if not text:
        return ()
    try:
        found = tuple(LonLat(*map(float, part.split(","))) for part in text.split(";"))
    except (ValueError, TypeError):
        found = ()
    if len(found) != 4 or not all(at.is_position for at in found):
        what = "The corners of an image are four places."
        raise BadRequest(what, try_this="LON,LAT;LON,LAT;LON,LAT;LON,LAT, the upper left first, then clockwise")
    return found
