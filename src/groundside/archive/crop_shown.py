"""What the page shows of an image of a field: bands, an index in the field, rates, one place; without an archive."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from groundside.archive.crop_analysis import IndexOrder, index_raster
from groundside.errors import BadRequest, GroundsideError
from groundside.model.agronomy import Advice, Product, StageDate, Value
from groundside.model.crop_record import CropImage
from groundside.model.place import LonLat
from groundside.model.prescription import CropField
from groundside.model.progress import Step
from groundside.model.query import Area
from groundside.model.raster import Distribution, Index
from groundside.produce.crop.blocks.opened import bands_asked, layout, opened
from groundside.produce.crop.blocks.places import environment
from groundside.produce.crop.blocks.showing import (
    Floats,
    corners_shown,
    cut_out,
    mean_in,
    pixel_at,
    pixel_of,
    small,
)
from groundside.produce.crop.indices.known import INDICES, allow, named
from groundside.produce.crop.nitrogen.known import TRIAL, model_named
from groundside.produce.crop.products import PRODUCTS

MOST_PIXELS = 400_000_000
"""Of one image that the page computes with: at 2 cm a field of 16 ha; the shell has no such limit."""
MOST_SIDE_PX = 1400
"""Of a picture that is drawn on the map."""
SPREAD = (2, 98)


@dataclass(frozen=True, slots=True)
class ImageLook:
    """
    What an image is.

    Args:
        rows, columns, pixel_m: its size, and the side of a pixel on the ground.
        corners: where they lie: of its first pixel first, then clockwise as one looks at it.
        bands: which band is which.
        count: of all bands.
        reflectance: by what its numbers are reflectance; empty where they are not.
        indices: that can be made of it; and why others cannot, by name.
    """

    rows: int
    columns: int
    pixel_m: float
    corners: tuple[LonLat, ...]
    bands: Mapping[str, int]
    count: int
    reflectance: str
    indices: tuple[str, ...]
    without: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Probe:
    """
    One pixel of an image of a field.

    Args:
        bands: value of each band, by its name or number; None where it has none.
        index, rate: of the pixel; None where there is none. `rate` in kg N/ha.
        why: 1 to 3, why the rate is what it is, as rate maps store it; None without one.
    """

    row: int
    column: int
    bands: Mapping[str, float | None]
    index: float | None
    rate: float | None
    why: int | None


def look(path: Path, said: CropImage) -> ImageLook:
    """
    Say what an image is, and what can be made of it.

    Raises:
        BadRequest: nothing says where it lies; a band is named that it does not have; it has too many pixels.
        NotUnderstood, TooLarge, Unreadable: it is no raster that can be read.
    """
    with environment(), opened(path) as source:
        kept = layout(source)
    if kept.rows * kept.columns > MOST_PIXELS:
        what = f"The image has {kept.columns:,} x {kept.rows:,} pixels, more than the page computes with."
        raise BadRequest(what, try_this="gdalwarp -tr 0.05 0.05 IN OUT, or groundside crop index in the shell")
    bands = {**kept.bands, **bands_asked(said.bands, kept.count)}
    corners, pixel_m = corners_shown(path, said.corners or None)
    by = kept.reflectance or ("said by who sent it" if said.reflectance else "")
    without = {each.name: why for each in INDICES if (why := _why_not(each, bands, by))}
    can = tuple(each.name for each in INDICES if each.name not in without)
    return ImageLook(kept.rows, kept.columns, pixel_m, corners, bands, kept.count, by, can, without)


def _why_not(index: Index, bands: Mapping[str, int], reflectance: str) -> str:
    missing = [band for band in index.bands if band not in bands]
    if missing:
        return f"needs the band {' and '.join(missing)}"
    try:
        allow(index, bool(reflectance))
    except GroundsideError as refused:
        return refused.what
    return ""


def index_in_field(path: Path, said: CropImage, name: str, area: Area, out: Path) -> Distribution:
    """
    Write an index of an image with nothing outside the field, and say how it is spread in it.

    Raises:
        BadRequest: no such index; the image shows nothing of the field.
        Refused: the index needs absolute reflectance and there is none.
    """
    whole = out.with_suffix(".whole.tif")
    order = IndexOrder((name,), bands=said.bands, reflectance=said.reflectance, scale=said.scale)
    try:
        index_raster(path, order, whole, _quiet)
        spread = cut_out(whole, area, said.corners or None, out)
    finally:
        whole.unlink(missing_ok=True)
    if not spread.count:
        out.unlink(missing_ok=True)
        what = f"{said.file} has no {named(name).title} inside the boundary of the field."
        raise BadRequest(what, try_this="an image of this field; or look at its boundary and at the bands")
    return spread


def _quiet(step: Step) -> None:
    del step


def patch_mean(index: Path, said: CropImage, area: Area) -> tuple[float | None, int]:
    """Give the mean of an index over a part of the field, and of how many pixels."""
    return mean_in(index, area, said.corners or None)


def picture_values(path: Path, bands: tuple[int, ...] = (1,)) -> Floats:
    """Give a raster as a small picture: values, shape (bands, rows, columns), NaN where there is none."""
    return small(path, bands, MOST_SIDE_PX)


def picture_bands(seen: ImageLook) -> tuple[int, ...]:
    """Choose what a picture of the image shows: red, green, blue; near-infrared, red, green; or the first band."""
    for names in (("red", "green", "blue"), ("nir", "red", "green")):
        if all(name in seen.bands for name in names):
            return tuple(seen.bands[name] for name in names)
    return (1,)


def probe(path: Path, said: CropImage, at: LonLat, index: Path | None, rates: Path | None) -> Probe | None:
    """Look at one place of an image; None where the image does not show it."""
    found = pixel_at(path, at, said.corners or None)
    if found is None:
        return None
    (row, column), values = found
    names = _band_names(path, said)
    bands = {name: _known(value) for name, value in zip(names, _scaled(path, said, values.tolist()), strict=True)}
    one = None if index is None else _known(float(pixel_of(index, row, column)[0]))
    rate = None if rates is None else pixel_of(rates, row, column)
    kg, why = (None, None) if rate is None else (_known(float(rate[0])), _known(float(rate[1])))
    return Probe(row, column, bands, one, kg, None if why is None else int(why))


def index_at(index: Path, found: Probe) -> float | None:
    """Give an index of the pixel that was found; None where it has none."""
    return _known(float(pixel_of(index, found.row, found.column)[0]))


def _scaled(path: Path, said: CropImage, values: list[float]) -> list[float]:
    """Put what a person said of the scale in place of what the file says."""
    if said.scale is None:
        return values
    with opened(path) as source:
        kept = layout(source)
    return [
        (value - offset) / scale * said.scale
        for value, scale, offset in zip(values, kept.scales, kept.offsets, strict=True)
    ]


def _band_names(path: Path, said: CropImage) -> list[str]:
    with opened(path) as source:
        kept = layout(source)
    of = {number: name for name, number in {**kept.bands, **bands_asked(said.bands, kept.count)}.items()}
    return [of.get(number, f"band {number}") for number in range(1, kept.count + 1)]


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def advice_at(answer: Advice, index: float) -> Advice | None:
    """Say again, for one pixel, what a model said for the mean of the map; None where the model cannot."""
    if answer.model == TRIAL:
        return None
    model = model_named(answer.model)
    known = {need.name for need in model.needs}
    given: dict[str, Value] = {name: value for name, value in answer.inputs.items() if name in known}
    if not model.per_pixel or {need.name for need in model.needs if not need.optional} - {*given, model.per_pixel}:
        return None
    found = model.advise({**given, model.per_pixel: index})
    return found if isinstance(found, Advice) else None


def stage_on(stages: tuple[StageDate, ...], day: date) -> StageDate | None:
    """Give the last stage that was reached on a day or before; None before the first."""
    reached = [each for each in stages if each.reached is not None and each.reached <= day]
    return reached[-1] if reached else None


def crop_of(field: CropField) -> str:
    """Give the crop whose stages are known, of what a field says it grows: "winter wheat" is wheat; empty for none."""
    from groundside.produce.crop.stages.crops import CROPS

    said = field.crop.casefold()
    names = {"vine": "grapevine", "grape": "grapevine", "corn": "maize"}
    found = next((name for name in CROPS if name in said), "")
    return found or next((name for word, name in names.items() if word in said), "")


def products() -> tuple[Product, ...]:
    """Give all products."""
    return tuple(PRODUCTS.values())
