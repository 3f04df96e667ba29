"""What the answers about fields look like; positions are longitude, latitude, days ISO 8601, rates kg N/ha."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from groundside.see.schema import Position


class CropChoicesShape(TypedDict):
    """Indices, nitrogen models with what each needs, products."""

    indices: list[dict[str, Any]]
    models: list[dict[str, Any]]
    products: list[dict[str, Any]]


class FieldShape(TypedDict):
    """A field; `boundary` is a GeoJSON MultiPolygon."""

    id: str
    name: str
    crop: str | None
    cultivar: str | None
    begun: str | None
    began_with: str | None
    area_ha: float
    boundary: dict[str, Any]


class FieldsShape(TypedDict):
    """All fields by name."""

    fields: list[FieldShape]


class ImageShape(TypedDict):
    """What was said of an image when it was sent."""

    id: str
    file: str
    taken: str
    bands: str
    reflectance: bool
    scale: float | None


class CalendarShape(TypedDict):
    """One day of a field: season, stage, image or prescription."""

    day: str
    kind: str
    what: str
    more: str
    id: str


class FieldPageShape(FieldShape):
    """A field with all that belongs to it; `stages` is None without weather."""

    history: list[dict[str, Any]]
    images: list[ImageShape]
    weather: dict[str, str] | None
    patches: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    stages: dict[str, Any] | None
    calendar: list[CalendarShape]


class ImageLookShape(ImageShape):
    """What an image is: `corners` begin with its first pixel's, then clockwise; `without` says why not, by index."""

    rows: int
    columns: int
    pixel_m: float
    corners: list[Position]
    band_numbers: dict[str, int]
    count: int
    says: str
    indices: list[str]
    without: dict[str, str]


class LayerShape(TypedDict):
    """An index or rates inside a field: colours from `low` to `high` evenly through `stops`, and a histogram."""

    layer: str
    title: str
    unit: str
    formula: str
    source: str
    note: str
    stops: list[str]
    low: float
    high: float
    mean: float | None
    deviation: float | None
    count: int
    percentiles: dict[str, float]
    edges: list[float]
    bars: list[int]
    picture: str


class ProbeShape(TypedDict):
    """One place: bands, index, the stage of that day, rate and why, and what the model worked out there."""

    row: int
    column: int
    bands: dict[str, float | None]
    index: float | None
    rate_kg_ha: float | None
    why: str | None
    advice: dict[str, Any] | None
    stage: dict[str, Any] | None


class PatchMeanShape(TypedDict):
    """Mean of an index over a strip or zone, and of how many pixels."""

    patch: str
    index: str
    mean: float | None
    pixels: int


class RateShape(TypedDict):
    """What a model answered; `outcome` is "rate" or "not enough evidence for a rate"; `rate` names it from now on."""

    outcome: str
    answer: dict[str, Any]
    rate: str
    layer: LayerShape | None


class PrescriptionShape(TypedDict):
    """A prescription as `groundside crop prescribe --json` says it, with outlines of its zones; or what is missing."""

    outcome: str
    outlines: dict[str, Any] | None
