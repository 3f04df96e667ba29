"""Raw multispectral captures to reflectance, without any archive: `groundside crop calibrate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groundside.archive.crop_panels import Found, find_panels, read_bands, threads
from groundside.archive.crop_reading import Folder, Trouble
from groundside.errors import BadRequest
from groundside.model.capture import Band, Capture, Point, Reflectance
from groundside.model.progress import Step
from groundside.produce.crop.alignment.bands import GOOD_PX, Placed, aligned, can_align, reference_of
from groundside.produce.crop.blocks.crew import each
from groundside.produce.crop.radiometry.fusion import METHODS, NoReflectance, predicted, reflectance_of
from groundside.produce.crop.radiometry.modified_cameras import LABEL, MIXTURES, bands, vigour
from groundside.produce.crop.radiometry.signal import UNITS, signal_of

Progress = Callable[[Step], None]
RADIOMETRIC = frozenset(UNITS)


@dataclass(frozen=True, slots=True)
class Order:
    """
    What is asked of a folder of captures.

    Args:
        method: one of `panel-light`, `panel`, `light`; empty for the best that there is.
        albedos: reflectance of the panel by name of the band.
        panel: a file of the capture that shows the panel; empty to find it by its code.
        corners: of the panel by name of the band, four in the undistorted image; only with `panel`.
        align: bring the bands of a capture onto one another.
    """

    method: str = ""
    albedos: Mapping[str, float] = field(default_factory=dict[str, float])
    panel: str = ""
    corners: Mapping[str, tuple[Point, ...]] = field(default_factory=dict[str, tuple[Point, ...]])
    align: bool = True


@dataclass(frozen=True, slots=True)
class BandResult:
    """
    One band of a capture, calibrated.

    Args:
        image: shape (rows, columns), float32, NaN where saturated or not seen.
        label: `reflectance`, `relative reflectance` or `relative vigour`.
        how: None for relative vigour.
        placed: where the bands were aligned.
    """

    band: Band
    image: NDArray[np.float32]
    label: str
    how: Reflectance | None
    placed: Placed | None = None


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """One capture, calibrated; `reference` is the band that the others were brought onto, empty where none were."""

    capture: Capture
    bands: tuple[BandResult, ...]
    reference: str
    problems: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A panel's reflectance as predicted from the other panels of the folder, beside what is stated of it."""

    file: str
    band: str
    stated: float
    predicted: float

    @property
    def relative_error(self) -> float:
        """How far the prediction is off, of what is stated."""
        return self.predicted / self.stated - 1.0


class Calibration:
    """
    A folder of captures, read, with its panels found; then calibrated one capture after the other.

    Args:
        folder: of raw images, panel captures included.
        order: what is asked.
        without: a folder below it that holds no captures (the one that is written to).
        progress: told how far it is.

    Raises:
        BadRequest: there is no capture in it; the panel that was named is not there; the panel's reflectance is not
            known; a method needs a panel and there is none.
        Unreadable: the folder cannot be read.
    """

    def __init__(self, folder: Path, order: Order, without: Path | None, progress: Progress) -> None:
        if order.method not in ("", *METHODS):
            what = f"There is no method {order.method!r}."
            raise BadRequest(what, try_this="one of: " + ", ".join(METHODS))
        self.order, self.progress = order, progress
        self.folder = Folder(folder, without, progress)
        self.captures = self.folder.captures
        self.problems: list[Trouble] = list(self.folder.problems)
        self.panels: Found = find_panels(self.folder, order, progress)
        self.problems.extend(self.panels.problems)

    def checks(self) -> list[Check]:
        """Predict each panel from the others, in every band."""
        out: list[Check] = []
        for name, references in self.panels.references.items():
            for one in references:
                value = predicted(one, references, "" if self.order.method == "light" else self.order.method)
                if value is not None and one.panel.albedo is not None:
                    out.append(Check(one.band.file, name, one.panel.albedo, value))
        return out

    def results(self) -> Iterator[CaptureResult]:
        """
        Calibrate every capture, several at once; what cannot be calibrated has no bands and says why.

        They come in order of time. No more than a few wait to be taken.
        """
        sizes = [sum(self.folder.size_of(band.file) for band in capture.bands) for capture in self.captures]
        done = 0
        results = each(self._calibrated, self.captures, threads())
        for number, (result, size) in enumerate(zip(results, sizes, strict=True)):
            self.progress(Step(number, len(self.captures), done, sum(sizes), result.capture.name))
            yield result
            done += size
        self.progress(Step(len(self.captures), len(self.captures), done, sum(sizes), ""))

    def _calibrated(self, capture: Capture) -> CaptureResult:
        pixels, problems = read_bands(self.folder, capture)
        if capture.maker not in RADIOMETRIC:
            return _vigour(capture, pixels, problems)
        made: list[BandResult] = []
        for band, numbers in pixels:
            if band.name == "lwir":
                continue  # thermal: it has no reflectance
            try:
                made.append(self._band(band, numbers))
            except NoReflectance as why:
                problems.append(Trouble(band.file, str(why)))
        placed = self.order.align and can_align([one.band for one in made])
        if self.order.align and not placed and len(made) > 1:
            problems.append(
                Trouble(capture.name, "bands are not aligned: the lens of one is not known, or sizes differ")
            )
        if not placed:
            return CaptureResult(capture, tuple(made), "", tuple(problems))
        return _aligned(capture, made, problems)

    def _band(self, band: Band, numbers: NDArray[Any]) -> BandResult:
        light = signal_of(numbers, band)
        if light is None:
            what = "the file does not say how the image was exposed, or its radiometric coefficients are missing"
            raise NoReflectance(what)
        how = reflectance_of(band, self.panels.references.get(band.name, ()), self.order.method)
        light *= np.pi / how.irradiance
        label = "relative reflectance" if how.method == "relative" else "reflectance"
        return BandResult(band, light.astype(np.float32), label, how)


def _aligned(capture: Capture, made: list[BandResult], problems: list[Trouble]) -> CaptureResult:
    several = [one.band for one in made]
    places = aligned(several, [one.image for one in made])
    out: list[BandResult] = []
    for one, place in zip(made, places, strict=True):
        out.append(BandResult(one.band, place.image, one.label, one.how, place))
        left = place.residual.median_px
        if left is None:
            problems.append(
                Trouble(one.band.file, "its alignment could not be measured: too little to see in both bands")
            )
        elif left > GOOD_PX:
            problems.append(Trouble(one.band.file, f"is still {left:.1f} pixels off after alignment"))
    return CaptureResult(capture, tuple(out), several[reference_of(several)].name, tuple(problems))


def _vigour(capture: Capture, pixels: list[tuple[Band, NDArray[Any]]], problems: list[Trouble]) -> CaptureResult:
    made: list[BandResult] = []
    for band, numbers in pixels:
        mixture = MIXTURES.get(band.model)
        if mixture is None or numbers.ndim != 3:
            what = f"no published mixture is known for the lens {band.model or '(none named)'}"
            problems.append(Trouble(band.file, what))
            continue
        made.append(BandResult(band, vigour(*bands(numbers, mixture)).astype(np.float32), LABEL, None))
    return CaptureResult(capture, tuple(made), "", tuple(problems))
