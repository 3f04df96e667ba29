"""Find the panels in a folder of captures, and what they reflect."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from numpy.typing import NDArray

from groundside.archive.crop_reading import Folder, Trouble
from groundside.decode.captures.tags import NotAnImage
from groundside.errors import BadRequest, GroundsideError
from groundside.model.capture import Band, Capture, Panel, Point
from groundside.model.progress import Step
from groundside.produce.crop.blocks.crew import each
from groundside.produce.crop.radiometry.fusion import Reference
from groundside.produce.crop.radiometry.light_sensor import level_irradiance
from groundside.produce.crop.radiometry.panel import Looked, NoPanel, looks, measured
from groundside.produce.crop.radiometry.panel_code import albedo_in, code_in
from groundside.produce.crop.radiometry.signal import UNITS

MOST_THREADS = 4
QUICK_BANDS = 3
"""How many bands of a capture are looked at before it is taken to show no panel."""


class Asked(Protocol):
    """The part of an order that concerns panels."""

    @property
    def method(self) -> str:
        """The method that was asked for."""
        ...

    @property
    def albedos(self) -> Mapping[str, float]:
        """Reflectance by name of the band."""
        ...

    @property
    def panel(self) -> str:
        """A file of the capture that shows the panel."""
        ...

    @property
    def corners(self) -> Mapping[str, tuple[Point, ...]]:
        """Corners by name of the band."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """
    The panels of a folder.

    Args:
        references: by name of the band, those that may be used.
        captures: keys of the captures that show a panel.
        problems: panels that may not be used, and why.
    """

    references: dict[str, list[Reference]] = field(default_factory=dict[str, list[Reference]])
    captures: set[str] = field(default_factory=set[str])
    problems: list[Trouble] = field(default_factory=list[Trouble])


def find_panels(folder: Folder, asked: Asked, progress: Callable[[Step], None]) -> Found:
    """
    Find and measure every panel: those that were named, else those whose code can be read.

    Raises:
        BadRequest: the file named is not there; a panel's reflectance is not known; the method needs a panel and none
            may be used.
    """
    found = Found()
    if asked.method != "light":
        for capture in _showing(folder, asked, progress):
            found.captures.add(capture.key)
            _measure(folder, capture, asked, found)
    if asked.method.startswith("panel") and not found.references:
        what = "No panel that may be used was found." + (f" {found.problems[0].what}." if found.problems else "")
        raise BadRequest(
            what, try_this="name its image with --panel, and mark it with --panel-corners; or --method light"
        )
    return found


def _showing(folder: Folder, asked: Asked, progress: Callable[[Step], None]) -> list[Capture]:
    if asked.panel:
        named = folder.capture_of(asked.panel)
        if named is None:
            what = f"{asked.panel} is no image of this folder that could be read."
            raise BadRequest(what, try_this="name a file below the folder, as --panel IMG_0000_1.tif")
        return [named]
    if asked.corners:
        what = "Corners of a panel were given, but not which image shows it."
        raise BadRequest(what, try_this="add --panel FILE")
    out: list[Capture] = []
    several = [capture for capture in folder.captures if capture.maker in UNITS]
    shown = each(lambda capture: _shows_panel(folder, capture), several, threads())
    for number, (capture, is_shown) in enumerate(zip(several, shown, strict=True)):
        progress(Step(number, len(several), number, len(several), f"panel in {capture.name}?"))
        if is_shown:
            out.append(capture)
    return out


def threads() -> int:
    """Say how many captures are worked on at once: OpenCV and NumPy let others run; each takes about 100 MB."""
    return min(MOST_THREADS, os.cpu_count() or 1)


def _shows_panel(folder: Folder, capture: Capture) -> bool:
    if any(band.panel is not None and (band.panel.corners or band.panel.serial) for band in capture.bands):
        return True
    for band in capture.bands[:QUICK_BANDS]:
        try:
            if band.name != "lwir" and code_in(folder.pixels(band.file), quick=True) is not None:
                return True
        except (NotAnImage, GroundsideError):
            continue  # the file is named when its reflectance is asked for
    return False


def read_bands(folder: Folder, capture: Capture) -> tuple[list[tuple[Band, NDArray[Any]]], list[Trouble]]:
    """Read the digital numbers of every band of a capture that can be read, and say what is wrong with the others."""
    out: list[tuple[Band, NDArray[Any]]] = []
    problems: list[Trouble] = []
    for band in capture.bands:
        try:
            out.append((band, folder.pixels(band.file)))
        except (NotAnImage, GroundsideError) as why:
            problems.append(Trouble(band.file, why.what if isinstance(why, GroundsideError) else str(why)))
    return out, problems


def _measure(folder: Folder, capture: Capture, asked: Asked, found: Found) -> None:
    pixels, problems = read_bands(folder, capture)
    found.problems.extend(problems)
    usable = [(band, numbers) for band, numbers in pixels if band.name != "lwir" and numbers.ndim == 2]
    for seen in looks(usable):
        try:
            panel = _with_albedo(measured(seen, asked.corners.get(seen.band.name, ())), seen, asked)
        except NoPanel as why:
            found.problems.append(Trouble(seen.band.file, f"panel not used: {why}"))
            continue
        reference = Reference(seen.band, panel, level_irradiance(seen.band))
        found.references.setdefault(seen.band.name, []).append(reference)


def _with_albedo(panel: Panel, seen: Looked, asked: Asked) -> Panel:
    band = seen.band
    if band.name in asked.albedos:
        return replace(panel, albedo=asked.albedos[band.name], albedo_from="given")
    said = band.panel.albedo if band.panel else None
    if said is not None:
        return replace(panel, albedo=said, albedo_from="the camera's own tag")
    coded = albedo_in(seen.code.text, band.wavelength_nm) if seen.code else None
    if coded is not None:
        return replace(panel, albedo=coded, albedo_from="the panel's code")
    what = f"The reflectance of the panel {panel.serial or 'in ' + band.file} in the band {band.name} is not known."
    raise BadRequest(what, try_this="--panel-albedo blue=…,green=…,red=…,nir=…,rededge=… from the panel's own sheet")
