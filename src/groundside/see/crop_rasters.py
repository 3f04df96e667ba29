"""Calibrated captures as GeoTIFF, and what was done beside them as JSON; each file whole or not at all."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from groundside.errors import NoSpace
from groundside.see.crop_shapes import Shape, capture_shape
from groundside.see.files import written_whole

if TYPE_CHECKING:
    from groundside.archive.crop_calibrating import BandResult, CaptureResult

STORED_PER_UNIT, STORED_NODATA, STORED_MOST = 10_000, -32768, 32767
REFLECTANCE_TAG = "GROUNDSIDE_REFLECTANCE"
"""As the indices read it: numbers, times the scale of the band, are absolute reflectance by a panel."""
BLOCK = 256


def write_capture(result: CaptureResult, out: Path, number: str) -> Shape:
    """
    Write one GeoTIFF of all bands where they were aligned, else one per band; and the JSON beside.

    Args:
        out: the folder; the folder that the capture lay in is made below it.
        number: `float32`, or `int16` with a scale of 0.0001.

    Returns:
        What the JSON says.

    Raises:
        NoSpace: it cannot be written.
    """
    first = result.capture.bands[0].file
    folder = out / Path(first).parent
    folder_made(folder)
    name = result.capture.name
    files: list[str] = []
    groups = [(name, result.bands)] if result.reference else [(_apart(name, one), (one,)) for one in result.bands]
    for stem, bands in groups:
        path = folder / f"{stem}.tif"
        write_bands(path, bands, number)
        files.append(path.relative_to(out).as_posix())
    shape = capture_shape(result, files)
    write_json_file(folder / f"{name}.json", shape)
    return shape


def _apart(name: str, one: BandResult) -> str:
    return f"{name}_{one.band.name.replace(' ', '_')}"


def folder_made(folder: Path) -> None:
    """
    Make a folder and what is above it.

    Raises:
        NoSpace: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"The folder {folder} cannot be made: {error.strerror}."
        raise NoSpace(what, try_this="choose another folder with --out") from error


def write_json_file(path: Path, value: Shape) -> None:
    """Write a JSON document; NaN is a defect, not a value."""
    with written_whole(path) as stream:
        stream.write((json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode())


def write_bands(path: Path, bands: Sequence[BandResult], number: str) -> None:
    """
    Write bands of one size as one GeoTIFF, each named, with its wavelength; pixels without a value are nodata.

    Args:
        number: `float32` (nodata NaN) or `int16` (scale 0.0001, nodata -32768).
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning
    from rasterio.io import MemoryFile

    whole = number == "int16"
    rows, columns = bands[0].image.shape
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": columns, "height": rows, "count": len(bands), "dtype": number,
        "nodata": STORED_NODATA if whole else float("nan"), "compress": "zstd", "zstd_level": 1,
        "predictor": 2 if whole else 3, "tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK,
        "interleave": "band",
    }  # fmt: skip
    with rasterio.Env(), MemoryFile() as memory, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a raw capture has a position, but no grid
        with memory.open(**profile) as target:
            for place, one in enumerate(bands, 1):
                target.write(stored(one.image) if whole else one.image, place)
                target.set_band_description(place, one.band.name)
                target.update_tags(place, **_band_tags(one))
                target.update_tags(place, ns="IMAGERY", **_wavelengths(one))
            target.scales = [1.0 / STORED_PER_UNIT if whole else 1.0] * len(bands)
            target.update_tags(**_tags(bands))
        with written_whole(path) as stream:
            stream.write(memory.read())


def stored(image: NDArray[np.float32]) -> NDArray[np.int16]:
    """Store a reflectance as whole ten-thousandths; what has no value or does not fit becomes -32768."""
    scaled = np.rint(image.astype(np.float64) * STORED_PER_UNIT)
    fits = np.isfinite(scaled) & (scaled >= -STORED_MOST) & (scaled <= STORED_MOST)
    return np.where(fits, scaled, STORED_NODATA).astype(np.int16)


def _tags(bands: Sequence[BandResult]) -> dict[str, str]:
    methods = {one.how.method for one in bands if one.how}
    tags = {"GROUNDSIDE_SAYS": ", ".join(sorted({one.label for one in bands}))}
    if methods and all(method.startswith("panel") for method in methods):
        tags[REFLECTANCE_TAG] = ", ".join(sorted(methods))
    return tags


def _band_tags(one: BandResult) -> dict[str, str]:
    tags = {"says": one.label, "file": one.band.file}
    if one.band.wavelength_nm is not None:
        tags["wavelength_nm"] = f"{one.band.wavelength_nm:g}"
    if one.band.width_nm is not None:
        tags["width_nm"] = f"{one.band.width_nm:g}"
    if one.how is not None:
        tags["method"] = one.how.method
    if one.how is not None and one.how.relative_uncertainty is not None:
        tags["relative_uncertainty"] = f"{one.how.relative_uncertainty:.4f}"
    return tags


def _wavelengths(one: BandResult) -> dict[str, str]:
    """The domain that GDAL 3.10 and later keep for it, in micrometres."""
    pairs = (("CENTRAL_WAVELENGTH_UM", one.band.wavelength_nm), ("FWHM_UM", one.band.width_nm))
    return {name: f"{value / 1000:g}" for name, value in pairs if value is not None}
