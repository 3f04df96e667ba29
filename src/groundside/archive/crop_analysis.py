"""Indices of a raster of any size, without an archive: `groundside crop index`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from groundside.errors import BadRequest, Refused
from groundside.model.progress import Step
from groundside.model.raster import Canopy, Index, IndexResult
from groundside.produce.crop.blocks.indexing import Cut, Work, layout_of, measure_indices, write_indices
from groundside.produce.crop.blocks.opened import (
    REFLECTANCE_TAG,
    Layout,
    bands_asked,
    bands_needed,
)
from groundside.produce.crop.indices.known import INDICES, allow, named
from groundside.produce.crop.indices.spread import CANOPY_INDICES

Progress = Callable[[Step], None]
NOT_PLACED = "the raster does not say where on the ground it lies, so neither does what is made of it"
_PLANT_INDICES = ("osavi", "ndvi", "gndvi", "bndvi", "gli", "vari")
"""By which plant is told from soil, in the order of preference."""


@dataclass(frozen=True, slots=True)
class IndexOrder:
    """
    What is asked of one raster.

    Args:
        names: of the indices.
        bands: which band is which: "red=3,nir=4"; empty to believe the file.
        reflectance: whether the numbers are absolute reflectance by a panel, whatever the file says.
        scale: value = number * scale; None to believe the file.
        saturated: numbers from here on are saturated; None for the largest of an integer type.
        plants_only: leave out soil, as told by Otsu's threshold of an index.
        shadow: leave out where near-infrared reflectance is below this.
        cog: write a Cloud-Optimised GeoTIFF.
        threads: at work; None for as many as there are processors, at most 4.
    """

    names: tuple[str, ...]
    bands: str = ""
    reflectance: bool = False
    scale: float | None = None
    saturated: float | None = None
    plants_only: bool = False
    shadow: float | None = None
    cog: bool = False
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class IndexReport:
    """
    What was made of a raster: its size, which bands were taken, how far they are reflectance, and each index.

    `notes` say what is to be known of the whole.
    """

    raster: str
    rows: int
    columns: int
    bands: dict[str, int]
    reflectance: str
    plants: Canopy | None
    results: tuple[IndexResult, ...]
    notes: tuple[str, ...] = ()


def indices() -> tuple[Index, ...]:
    """Give all indices that are known."""
    return INDICES


def index_raster(path: Path, order: IndexOrder, out: Path | None, progress: Progress) -> IndexReport:
    """
    Compute indices of a raster of any size.

    Args:
        path: a GeoTIFF, cloud-optimised or not.
        order: what is asked.
        out: the GeoTIFF to be written; None only to measure.
        progress: told how far it is.

    Raises:
        BadRequest: there is no such index; it is not known which band is which; what stands for reflectance 1.
        Refused: an index needs absolute reflectance and there is none.
        Unreadable, NotUnderstood, TooLarge: the raster cannot be read.
        NoSpace: the result cannot be written; nothing is left of it.
    """
    if out is not None and out.exists() and path.exists() and out.samefile(path):
        what = f"{out.name} would be written over the raster it is made of."
        raise BadRequest(what, try_this="another name for --out")
    chosen = _chosen(order.names)
    kept = layout_of(path)
    by = _reflectance(kept, order)
    for index in chosen:
        allow(index, bool(by))
    work = _work(path, kept, order, chosen, bool(by))
    work, plants = _without_soil(work, kept, order, bool(by), progress)
    if out is None:
        results = measure_indices(work, progress)
    else:
        tags = {"reflectance_by": by} if by else {}
        results = write_indices(work, out, progress, order.cog, tags)
    notes = () if kept.placed else (NOT_PLACED,)
    return IndexReport(path.name, kept.rows, kept.columns, dict(work.bands), by, plants, tuple(results), notes)


def _chosen(names: Sequence[str]) -> tuple[Index, ...]:
    if not names:
        what = "No index was named."
        raise BadRequest(what, try_this="groundside crop index ndvi RASTER --out FILE")
    return tuple({index.name: index for index in map(named, names)}.values())


def _reflectance(kept: Layout, order: IndexOrder) -> str:
    """Say by what the numbers are reflectance; empty where they are not."""
    by = kept.reflectance or ("said by who asked" if order.reflectance else "")
    whole = any(not kind.startswith("float") for kind in kept.dtypes)
    if by and whole and order.scale is None and all(scale == 1.0 for scale in kept.scales):
        what = "The raster holds whole numbers, and nothing says which of them stands for a reflectance of 1."
        raise BadRequest(what, try_this="--scale 0.0001 where 10000 is a reflectance of 1; 3.0517578125e-05 for 32768")
    return by


def _work(path: Path, kept: Layout, order: IndexOrder, chosen: tuple[Index, ...], reflectance: bool) -> Work:
    if order.shadow is not None and not reflectance:
        what = "A limit of shadow is a reflectance, and this raster is none."
        raise Refused(what, try_this="--reflectance where it was calibrated with a panel, or no --shadow")
    names = dict.fromkeys(band for index in chosen for band in index.bands)
    if order.shadow is not None:
        names["nir"] = None
    bands = bands_needed(kept, bands_asked(order.bands, kept.count), tuple(names))
    threads = order.threads or min(4, os.cpu_count() or 1)
    return Work(path, chosen, bands, order.scale, order.saturated, Cut(shadow=order.shadow), threads)


def _without_soil(
    work: Work, kept: Layout, order: IndexOrder, reflectance: bool, progress: Progress
) -> tuple[Work, Canopy | None]:
    """Find the threshold of plants in a pass of its own, where it was asked for."""
    if not order.plants_only:
        return work, None
    known = {**kept.bands, **bands_asked(order.bands, kept.count)}
    usable = (named(n) for n in _PLANT_INDICES if n in CANOPY_INDICES)
    by = next((i for i in usable if (i.degree == 0 or reflectance) and set(i.bands) <= set(known)), None)
    if by is None:
        what = "Plants cannot be told from soil with these bands."
        raise BadRequest(what, try_this="red and nir, or blue, green and red")
    alone = replace(work, indices=(by,), bands={**work.bands, **{name: known[name] for name in by.bands}})
    canopy = measure_indices(alone, progress)[0].canopy
    if canopy is None or not canopy.certain:
        said = "all pixels are alike" if canopy is None else f"one group, separation {canopy.separation:.2f}"
        what = f"{by.title} does not show two groups, plants and soil: {said}."
        raise Refused(what, try_this="the same without --plants-only")
    return replace(alone, indices=work.indices, cut=replace(work.cut, plant=(by, canopy.threshold))), canopy


__all__ = ["REFLECTANCE_TAG", "IndexOrder", "IndexReport", "index_raster", "indices"]
