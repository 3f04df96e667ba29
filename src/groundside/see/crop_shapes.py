"""Calibrated captures as JSON: the method, every coefficient, the uncertainty, and what is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundside.archive.crop_calibrating import BandResult, Calibration, CaptureResult, Check
    from groundside.archive.crop_reading import Trouble
    from groundside.produce.crop.radiometry.fusion import Reference

Shape = dict[str, Any]


def capture_shape(result: CaptureResult, files: Sequence[str]) -> Shape:
    """Give everything that was used and found for one capture; no NaN."""
    capture = result.capture
    shape: Shape = {
        "capture": capture.name,
        "maker": capture.maker,
        "taken": moment(capture.taken_us),
        "files": list(files),
        "aligned": bool(result.reference),
        "reference_band": result.reference or None,
        "geometry": _geometry(result),
        "bands": [band_shape(one) for one in result.bands],
        "problems": [trouble_shape(one) for one in result.problems],
    }
    return plain(shape)


def _geometry(result: CaptureResult) -> str:
    if result.reference:
        return f"undistorted, in the frame of the band {result.reference}"
    return "as recorded: not undistorted, not aligned"


def band_shape(one: BandResult) -> Shape:
    """Give one band: what the file says, what was made of it and how far it was moved."""
    band = one.band
    return {
        "band": band.name,
        "file": band.file,
        "says": one.label,
        "method": one.how.method if one.how else None,
        "relative_uncertainty": one.how.relative_uncertainty if one.how else None,
        "wavelength_nm": band.wavelength_nm,
        "width_nm": band.width_nm,
        "values": _values(one),
        "reflectance": asdict(one.how) if one.how else None,
        "camera": _camera(one),
        "alignment": _alignment(one),
        "quirks": list(band.quirks),
    }


def _values(one: BandResult) -> Shape:
    import numpy as np

    known = one.image[np.isfinite(one.image)]
    if not known.size:
        return {"pixels": 0, "without_value": int(one.image.size), "median": None}
    low, middle, high = (float(value) for value in np.percentile(known, (2, 50, 98)))
    without = int(one.image.size - known.size)
    return {"pixels": int(known.size), "without_value": without, "median": middle, "p2": low, "p98": high}


def _camera(one: BandResult) -> Shape:
    band = one.band
    return {
        "model": band.model,
        "firmware": band.firmware,
        "rig_index": band.index,
        "exposure": asdict(band.exposure) if band.exposure else None,
        "vignetting": asdict(band.vignetting) if band.vignetting else None,
        "lens": asdict(band.lens) if band.lens else None,
        "light_sensor": asdict(band.light) if band.light else None,
    }


def _alignment(one: BandResult) -> Shape | None:
    place = one.placed
    if place is None:
        return None
    return {
        "begun_with": place.begun_with,
        "refined": place.refined,
        "residual_px": asdict(place.residual),
        "residual_before_images_were_asked_px": asdict(place.first),
        "reference_to_band": [[float(value) for value in row] for row in place.onto],
    }


def summary_shape(calibration: Calibration, captures: Sequence[Shape], written: Sequence[str]) -> Shape:
    """Give the whole folder: panels, how well they predict each other, captures, and every problem."""
    references = [one for several in calibration.panels.references.values() for one in several]
    shape: Shape = {
        "captures": list(captures),
        "panels": [panel_shape(one) for one in references],
        "panel_checks": [check_shape(one) for one in calibration.checks()],
        "written": list(written),
        "problems": [trouble_shape(one) for one in calibration.problems],
    }
    return plain(shape)


def panel_shape(one: Reference) -> Shape:
    """Give one panel as one band saw it."""
    light = asdict(one.level) if one.level else None
    return {
        "file": one.band.file, "band": one.band.name, **asdict(one.panel), "irradiance": one.irradiance, "light": light
    }  # fmt: skip


def check_shape(one: Check) -> Shape:
    """Give how well one panel was predicted from the others."""
    return {
        "file": one.file,
        "band": one.band,
        "stated": one.stated,
        "predicted": one.predicted,
        "relative_error": one.relative_error,
    }


def trouble_shape(one: Trouble) -> Shape:
    """Give one problem: which file or capture, and what."""
    return {"file": one.file, "what": one.what}


def moment(us: int | None) -> str | None:
    """Give a time as ISO 8601 in UTC."""
    return None if us is None else datetime.fromtimestamp(us / 1e6, UTC).isoformat()


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Turn tuples into lists and what is no finite number into null, all the way down."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
