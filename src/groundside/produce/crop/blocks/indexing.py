"""Indices of a raster of any size: block by block, each thread with its own handle, one pass over the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from groundside.model.progress import Step
from groundside.model.raster import Index, IndexResult, Window
from groundside.native.indices import NODATA, Band, Storing, Tally, index, tally
from groundside.produce.crop.blocks.crew import each
from groundside.produce.crop.blocks.head import Ground, Layer
from groundside.produce.crop.blocks.opened import Layout, layout, opened, tile_of, windows
from groundside.produce.crop.blocks.places import environment, place_of, reading
from groundside.produce.crop.blocks.plain import plain
from groundside.produce.crop.blocks.tiles import TileReader, Tiles, tiles_of
from groundside.produce.crop.blocks.written import Packed, Writer, written
from groundside.produce.crop.indices.known import storage_limits
from groundside.produce.crop.indices.spread import canopy_of, distribution, lost

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

Progress = Callable[[Step], None]
Numbers = npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Cut:
    """
    What is left out of every index.

    Args:
        plant: an index and a threshold: below it is soil, and left out; None to keep all.
        shadow: near-infrared below this (in the unit of the band after scaling) is shadow; None to keep all.
    """

    plant: tuple[Index, float] | None = None
    shadow: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """
    What is to be computed.

    Args:
        path: of the raster.
        indices: to be computed, in the order of the bands to be written.
        bands: name to number of every band that they need.
        scale: value = raw number * scale, in place of what the file says; None to believe the file.
        saturated: raw numbers from here on are saturated; None for the largest number of an integer type.
        cut: what is left out.
        threads: at work.
    """

    path: Path
    indices: tuple[Index, ...]
    bands: Mapping[str, int]
    scale: float | None = None
    saturated: float | None = None
    cut: Cut = field(default_factory=Cut)
    threads: int = 2


def write_indices(work: Work, out: Path, progress: Progress, cog: bool, tags: Mapping[str, str]) -> list[IndexResult]:
    """
    Compute indices and write them as whole numbers, one band for each.

    Args:
        work: what to compute.
        out: the GeoTIFF to be written: int16, -32768 for nothing, the scale of each band said in the file.
        progress: told after every block.
        cog: whether to write a Cloud-Optimised GeoTIFF.
        tags: of the whole file.

    Raises:
        NoSpace: it cannot be written; nothing is left of it.
        Unreadable: a block of the raster cannot be read.
    """
    layers = [Layer(i.name, 1.0 / i.factor, _tags(i)) for i in work.indices]
    known = plain(work.path)
    if known is not None:
        ground = Ground(known.layout.rows, known.layout.columns, known.tiles.tile, known.placing)
        with written(out, ground, layers, cog, tags) as writer:
            return _run(work, known.layout, known.tiles, writer, progress)
    with environment(), opened(work.path) as source:
        kept = layout(source)
        with written(out, source, layers, cog, tags, tile_of(kept)) as writer:
            return _run(work, kept, tiles_of(source, kept, _numbers(work, kept)), writer, progress)


def measure_indices(work: Work, progress: Progress) -> list[IndexResult]:
    """Compute indices and say how they are spread, without writing them."""
    known = plain(work.path)
    if known is not None:
        return _run(work, known.layout, known.tiles, None, progress)
    with environment(), opened(work.path) as source:
        kept = layout(source)
        return _run(work, kept, tiles_of(source, kept, _numbers(work, kept)), None, progress)


def layout_of(path: Path) -> Layout:
    """
    Read what a raster says of itself, without GDAL where it is plain.

    Raises:
        Unreadable, NotUnderstood, TooLarge: as of `opened` and `layout`.
    """
    known = plain(path)
    if known is not None:
        return known.layout
    with opened(path) as source:
        return layout(source)


def _tags(index: Index) -> dict[str, str]:
    return {"formula": index.formula, "source": f"{index.source.title} {index.source.url}".strip()}


def _numbers(work: Work, kept: Layout) -> list[int]:
    """Give the numbers of the bands that are read."""
    return [*work.bands.values(), *([] if kept.alpha is None else [kept.alpha])]


def _run(
    work: Work, kept: Layout, tiles: Tiles | None, writer: Writer | None, progress: Progress
) -> list[IndexResult]:  # fmt: skip
    crew = _Crew(work, kept, tiles, writer)
    places = windows(kept, single=tiles is not None)
    pixel_bytes = sum(np.dtype(kept.dtypes[n - 1]).itemsize for n in work.bands.values())
    total = kept.rows * kept.columns * pixel_bytes
    done = 0
    try:
        for place, packed in zip(places, each(crew.do, places, work.threads), strict=True):
            if writer is not None:
                writer.put(packed)
            done += place.rows * place.columns * pixel_bytes
            progress(Step(0, 1, done, total, work.path.name))
    finally:
        crew.close()
    return crew.results()


class _Crew:
    """What the threads share, and what each has for itself."""

    def __init__(self, work: Work, kept: Layout, tiles: Tiles | None, writer: Writer | None) -> None:
        self._work, self._kept, self._tiles, self._writer = work, kept, tiles, writer
        self._own = local()
        self._hands: list[_Hand] = []

    def do(self, place: Window) -> Packed:
        """Compute one window by the hand of this thread, and pack it for the file."""
        hand: _Hand | None = getattr(self._own, "hand", None)
        if hand is None:
            hand = self._own.hand = _Hand(self._work, self._kept, self._tiles)
            self._hands.append(hand)
        found = hand.compute(place)
        return [] if self._writer is None else self._writer.pack(found, place)

    def close(self) -> None:
        for hand in self._hands:
            hand.close()

    def results(self) -> list[IndexResult]:
        """Add up what all hands saw."""
        found: list[IndexResult] = []
        for number, what in enumerate(self._work.indices):
            histogram = sum((h.tallies[number].histogram for h in self._hands), tally().histogram)
            fates = sum((h.tallies[number].fates for h in self._hands), tally().fates)
            spread = distribution(histogram, what.factor)
            found.append(IndexResult(what, spread, lost(fates), canopy_of(histogram, what)))
        return found


class _Hand:
    """One thread's handle of the file, and its own sums."""

    def __init__(self, work: Work, kept: Layout, tiles: Tiles | None) -> None:
        self._tiles = None if tiles is None else TileReader(tiles)
        self._source = opened(work.path) if tiles is None or kept.masked else None
        self.tallies: list[Tally] = [tally() for _ in work.indices]
        self._work, self._kept = work, kept
        self._out: npt.NDArray[np.int16] | None = None

    def close(self) -> None:
        for handle in (self._tiles, self._source):
            if handle is not None:
                handle.close()

    def compute(self, place: Window) -> npt.NDArray[np.int16]:
        """Give every index of one window, shape (indices, rows, columns); the room of the last is used again."""
        with nullcontext() if self._source is None else reading(self._work.path.name):
            numbers = _numbers(self._work, self._kept)
            raws = dict(zip(numbers, self._raws(numbers, place), strict=True))
            there = self._valid(raws, place)
        bands = {name: self._band(number, raws[number].reshape(-1)) for name, number in self._work.bands.items()}
        valid = self._cut(bands, there)
        out = self._room(place)
        for number, what in enumerate(self._work.indices):
            _compute(what, bands, valid, out[number], self.tallies[number])
        return out.reshape(-1, place.rows, place.columns)

    def _room(self, place: Window) -> npt.NDArray[np.int16]:
        """Give room for the results of a window: the same again where that is as large."""
        shape = (len(self._work.indices), place.rows * place.columns)
        if self._out is None or self._out.shape != shape:
            self._out = np.empty(shape, np.int16)
        return self._out

    def _raws(self, numbers: list[int], place: Window) -> Sequence[Numbers]:
        """Read bands at once, which costs less, where they are of one type."""
        if self._tiles is not None:
            return self._tiles.read(numbers, place)
        source = cast("DatasetReader", self._source)
        if len({self._kept.dtypes[number - 1] for number in numbers}) == 1:
            return list(source.read(numbers, window=place_of(place)))
        return [source.read(number, window=place_of(place)) for number in numbers]

    def _valid(self, raws: Mapping[int, Numbers], place: Window) -> npt.NDArray[np.uint8] | None:
        if self._kept.alpha is not None:
            return (raws[self._kept.alpha] != 0).astype(np.uint8).reshape(-1)
        if self._kept.masked and self._source is not None:
            return self._source.read_masks(1, window=place_of(place)).reshape(-1)
        return None

    def _band(self, number: int, raw: Numbers) -> Band:
        work, kept = self._work, self._kept
        nodata = kept.nodata[number - 1]
        scale, offset = (work.scale, 0.0) if work.scale else (kept.scales[number - 1], kept.offsets[number - 1])
        full = work.saturated if work.saturated is not None else _fullest(kept.dtypes[number - 1])
        return Band(raw, scale, offset, float("nan") if nodata is None else float(nodata), full)

    def _cut(self, bands: dict[str, Band], valid: npt.NDArray[np.uint8] | None) -> npt.NDArray[np.uint8] | None:
        cut = self._work.cut
        if cut.shadow is not None:
            nir = bands["nir"]
            valid = _both(valid, nir.raw.astype(np.float64) * nir.scale + nir.offset >= cut.shadow)
        if cut.plant is not None:
            what, threshold = cut.plant
            found = np.empty(bands["nir" if "nir" in bands else "green"].raw.shape, np.int16)
            _compute(what, bands, valid, found, tally())
            valid = _both(valid, (found >= threshold * what.factor) & (found != NODATA))
        return valid


def _compute(
    what: Index, bands: dict[str, Band], valid: npt.NDArray[np.uint8] | None, out: npt.NDArray[np.int16], into: Tally
) -> None:
    needed = {name: bands[name] for name in what.bands}
    if what.degree == 0 and len({(b.scale, b.offset) for b in needed.values()}) == 1:
        needed = _unscaled(needed)
    index(what.name, needed, Storing(what.factor, *storage_limits(what)), out, into, valid)


def _unscaled(bands: dict[str, Band]) -> dict[str, Band]:
    """Leave out a scale that all bands share: the index is the same, and exact. An offset cannot be left out."""
    if any(band.offset for band in bands.values()):
        return bands
    return {name: Band(b.raw, 1.0, 0.0, b.nodata, b.saturated) for name, b in bands.items()}


def _both(valid: npt.NDArray[np.uint8] | None, more: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    return (more if valid is None else more & (valid != 0)).astype(np.uint8)


def _fullest(dtype: str) -> float:
    """Give the largest number of an integer type: what stands there is at the sensor's or the file's end."""
    kind = np.dtype(dtype)
    return float(np.iinfo(kind).max) if kind.kind in "iu" else float("nan")
