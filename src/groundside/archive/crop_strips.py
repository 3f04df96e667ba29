"""What was drawn on an index map: an N-rich strip, the reference of a model; rows, parted from what is between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from groundside.archive.crop_feeding import NitrogenOrder
from groundside.archive.missions import read_area, read_drawing
from groundside.errors import BadRequest
from groundside.model.agronomy import Value
from groundside.model.progress import Step
from groundside.produce.crop.blocks.rows import RowsFound, part_rows
from groundside.produce.crop.blocks.strips import Within, index_within
from groundside.produce.crop.nitrogen.known import model_named

RICH = ("ndvi_rich", "index_reference")
"""Inputs of models that a strip gives."""


def with_strip(order: NitrogenOrder, strip: Path, progress: Callable[[Step], None]) -> tuple[NitrogenOrder, Within]:
    """
    Take the reference of a model from a strip that was drawn on the raster.

    Args:
        order: what is asked; with a raster, and a model that compares with a strip.
        strip: a file with the strip as area: GeoJSON, KML, KMZ or zipped Shapefile.
        progress: told how far it is.

    Returns:
        The order with the strip's mean among its inputs, and what was found in the strip.

    Raises:
        BadRequest: there is no raster, the model needs no strip, or its value was given too; the strip does not lie on
            the raster.
        Unreadable, TooLarge, NotUnderstood: a file cannot be read.
    """
    if order.raster is None:
        what = "A strip was drawn, but there is no raster to look it up in."
        raise BadRequest(what, try_this="groundside crop nitrogen MODEL RASTER --strip FILE")
    model = model_named(order.model)
    name = next((need.name for need in model.needs if need.name in RICH), None)
    if name is None:
        what = f"The model {model.name} does not compare with an N-rich strip."
        raise BadRequest(what, try_this="nfoa, osu, cotton or sufficiency; see groundside crop nitrogen-models")
    if name in order.inputs:
        what = f"{name} was given, and a strip to take it from as well."
        raise BadRequest(what, try_this=f"one of the two: --strip, or --set {name}=VALUE")
    found = index_within(order.raster, order.band, read_area(strip), progress)
    more: dict[str, Value] = {name: found.mean}
    if name == "index_reference":
        more["reference"] = "strip"
    raster = order.raster if model.rates else None  # a model for one place asks nothing more of it
    return replace(order, raster=raster, inputs={**order.inputs, **more}), found


def rows_of(
    raster: Path, band: int, lines: Path, width_m: float, out: Path | None, progress: Callable[[Step], None]
) -> RowsFound:  # fmt: skip
    """
    Part the rows of an index raster from what is between them; see `produce.crop.blocks.rows.part_rows`.

    Args:
        lines: a file with one line along each row: GeoJSON, KML, KMZ or Shapefile.

    Raises:
        BadRequest: no row lies on the raster, or the raster is not in metres.
        Unreadable, TooLarge, NotUnderstood, NoSpace: a file cannot be read, or written.
    """
    if out is not None and out.exists() and out.samefile(raster):
        what = f"{out.name} would be written over the raster it is made of."
        raise BadRequest(what, try_this="another name for --out")
    return part_rows(raster, band, read_drawing(lines).lines, width_m, out, progress)


__all__ = ["rows_of", "with_strip"]
