"""Vegetation indices of a run of pixels: raw numbers of the bands in, whole numbers out, with a histogram of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _indices

NODATA = -32768
"""What stands for nothing among the stored numbers."""
BINS = 65536
"""One for every stored number; the first is NODATA's."""
BANDS = ("blue", "green", "red", "rededge", "nir")
NAMES = (
    "ndvi", "ndre", "gndvi", "bndvi", "savi", "osavi", "msavi2", "evi", "evi2", "cire", "cig", "mcari", "vari", "gli",
)  # fmt: skip
"""The indices, in the order of indices.h."""
KINDS = ("uint8", "uint16", "int16", "uint32", "int32", "float32", "float64")
"""Types of raw numbers, in the order of indices.h."""

Raw = npt.NDArray[np.generic]
Floats = npt.NDArray[np.float64]
Stored = npt.NDArray[np.int16]
Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.uint8]


class Fate(IntEnum):
    """What became of a pixel; the numbers are those of indices.h."""

    GIVEN = 0
    NO_DATA = 1
    SATURATED = 2
    UNDEFINED = 3
    BEYOND = 4


@dataclass(frozen=True, slots=True)
class Band:
    """
    One band of a run of pixels.

    Args:
        raw: its numbers as they stand in the file, one dimension, contiguous, of a type in `KINDS`.
        scale, offset: value = raw * scale + offset.
        nodata: the raw number that stands for nothing; NaN where there is none.
        saturated: raw numbers from here on are saturated; NaN where there is no such number.
    """

    raw: Raw
    scale: float = 1.0
    offset: float = 0.0
    nodata: float = float("nan")
    saturated: float = float("nan")


@dataclass(frozen=True, slots=True)
class Storing:
    """
    How an index becomes whole numbers: value * factor, rounded half to even; beyond low and high, nothing.

    Args:
        factor: stored numbers for a value of 1.
        low, high: the least and the largest stored number, within -32767 to 32767.
    """

    factor: float = 10_000.0
    low: float = -32767.0
    high: float = 32767.0


@dataclass(frozen=True, slots=True)
class Tally:
    """
    What was stored, added up: made by `tally()`.

    Args:
        histogram: how often each whole number was stored, from -32768 on.
        fates: how many pixels met each `Fate`.
    """

    histogram: Counts
    fates: Counts


def tally() -> Tally:
    """Make an empty tally."""
    return Tally(np.zeros(BINS, np.int64), np.zeros(len(Fate), np.int64))


def index(name: str, bands: Mapping[str, Band], storing: Storing, out: Stored, into: Tally, valid: Mask | None) -> None:
    """
    Compute one index.

    Args:
        name: one of `NAMES`.
        bands: those that it needs, under the names in `BANDS`; all as long as `out`.
        storing: how values become whole numbers.
        out: filled; `NODATA` where there is no value, whatever the reason.
        into: what was stored is added here.
        valid: 0 where a mask says that there is nothing; None without a mask.

    Raises:
        ValueError: arrays that do not belong together; a defect in the caller.
    """
    if any(band.raw.shape != out.shape or not band.raw.flags.c_contiguous for band in bands.values()):
        what = "bands and result do not have the same shape, or are not contiguous"
        raise ValueError(what)
    if native.PLAIN:
        index_plainly(name, bands, storing, out, into, valid)
        return
    there = [bands.get(band) for band in BANDS]
    numbers = np.array([(b.scale, b.offset, b.nodata, b.saturated) if b else (1.0, 0.0, 0.0, 0.0) for b in there])
    _indices.index(
        NAMES.index(name),
        [int(b.raw.ctypes.data) if b else 0 for b in there],
        [KINDS.index(b.raw.dtype.name) if b else 0 for b in there],
        numbers,
        valid,
        (storing.factor, storing.low, storing.high),
        out,
        into.histogram,
        into.fates,
    )


def index_plainly(
    name: str, bands: Mapping[str, Band], storing: Storing, out: Stored, into: Tally, valid: Mask | None
) -> None:
    """Do the same as `index`, in NumPy: its definition."""
    raws = {key: band.raw.astype(np.float64) for key, band in bands.items()}
    with np.errstate(all="ignore"):
        values = {key: raw * bands[key].scale + bands[key].offset for key, raw in raws.items()}
        below, value = FORMULAS[name](values)
        whole = np.rint(value * storing.factor)
    nothing = np.zeros(out.shape, bool) if valid is None else valid == 0
    full = np.zeros(out.shape, bool)
    for key, raw in raws.items():
        nothing |= np.isnan(raw) | (raw == bands[key].nodata)
        full |= raw >= bands[key].saturated
    inside = (whole >= storing.low) & (whole <= storing.high)
    cases = [nothing, full, ~(below > 0), ~inside]
    fate = np.select(cases, [Fate.NO_DATA, Fate.SATURATED, Fate.UNDEFINED, Fate.BEYOND], Fate.GIVEN)
    out[:] = np.where(fate == Fate.GIVEN, whole, NODATA)
    into.histogram[:] += np.bincount(out.astype(np.int64) - NODATA, minlength=BINS)
    into.fates[:] += np.bincount(fate, minlength=len(Fate))


def undo_differences(numbers: Raw, apart: int) -> None:
    """
    Make numbers of differences, in place: TIFF's horizontal differencing (TIFF 6.0, section 14) undone. Sums wrap.

    Args:
        numbers: whole numbers of 1, 2 or 4 bytes, shape (rows, columns x bands that stand pixel by pixel), contiguous.
        apart: how many places on the same band stands again: the number of bands.

    Raises:
        ValueError: numbers of another shape or type; a defect in the caller.
    """
    if numbers.ndim != 2 or not numbers.flags.c_contiguous or numbers.dtype.kind not in "iu" or apart < 1:
        what = "rows of contiguous whole numbers are needed"
        raise ValueError(what)
    if not numbers.size:
        return
    if native.PLAIN:
        for band in range(apart):
            numbers[:, band::apart] = np.cumsum(numbers[:, band::apart], axis=1, dtype=numbers.dtype)
        return
    _indices.undo(numbers.view(np.uint8).reshape(-1), len(numbers), apart, numbers.dtype.itemsize)


def differences(block: Stored, out: Stored) -> None:
    """
    Give the horizontal differences of a block: what `undo_differences` undoes.

    Args:
        block: of one band, shape (rows, columns), contiguous.
        out: of the same shape, contiguous; filled.
    """
    if native.PLAIN:
        out[:, :1] = block[:, :1]
        np.subtract(block[:, 1:], block[:, :-1], out=out[:, 1:])
    else:
        _indices.differences(block, out)


Values = Mapping[str, Floats]


def _difference(one: str, other: str) -> Callable[[Values], tuple[Floats, Floats]]:
    def formula(v: Values) -> tuple[Floats, Floats]:
        below = v[one] + v[other]
        return below, (v[one] - v[other]) / below

    return formula


def _savi(v: Values) -> tuple[Floats, Floats]:
    below = v["nir"] + v["red"] + 0.5
    return below, 1.5 * (v["nir"] - v["red"]) / below


def _osavi(v: Values) -> tuple[Floats, Floats]:
    below = v["nir"] + v["red"] + 0.16
    return below, (v["nir"] - v["red"]) / below


def _msavi2(v: Values) -> tuple[Floats, Floats]:
    total = 2.0 * v["nir"] + 1.0
    under = total * total - 8.0 * (v["nir"] - v["red"])
    return np.where(under >= 0.0, 1.0, 0.0), 0.5 * (total - np.sqrt(np.maximum(under, 0.0)))


def _evi(v: Values) -> tuple[Floats, Floats]:
    below = v["nir"] + 6.0 * v["red"] - 7.5 * v["blue"] + 1.0
    return below, 2.5 * (v["nir"] - v["red"]) / below


def _evi2(v: Values) -> tuple[Floats, Floats]:
    below = v["nir"] + 2.4 * v["red"] + 1.0
    return below, 2.5 * (v["nir"] - v["red"]) / below


def _chlorophyll(band: str) -> Callable[[Values], tuple[Floats, Floats]]:
    return lambda v: (v[band], v["nir"] / v[band] - 1.0)


def _mcari(v: Values) -> tuple[Floats, Floats]:
    edge, red = v["rededge"], v["red"]
    return red, (edge - red - 0.2 * (edge - v["green"])) * (edge / red)


def _vari(v: Values) -> tuple[Floats, Floats]:
    below = v["green"] + v["red"] - v["blue"]
    return below, (v["green"] - v["red"]) / below


def _gli(v: Values) -> tuple[Floats, Floats]:
    below = 2.0 * v["green"] + v["red"] + v["blue"]
    return below, (2.0 * v["green"] - v["red"] - v["blue"]) / below


FORMULAS: Mapping[str, Callable[[Values], tuple[Floats, Floats]]] = {
    "ndvi": _difference("nir", "red"),
    "ndre": _difference("nir", "rededge"),
    "gndvi": _difference("nir", "green"),
    "bndvi": _difference("nir", "blue"),
    "savi": _savi,
    "osavi": _osavi,
    "msavi2": _msavi2,
    "evi": _evi,
    "evi2": _evi2,
    "cire": _chlorophyll("rededge"),
    "cig": _chlorophyll("green"),
    "mcari": _mcari,
    "vari": _vari,
    "gli": _gli,
}
"""Of values of bands: what must be more than 0 for the index to be defined, and the index, in double precision."""
