"""
Prescriptions as ISOXML, versions 3.3 and 4.3: TASKDATA/TASKDATA.XML and one grid.

Source: ISO 11783-10, Task controller and management information system data interchange; data dictionary entries 1 and
6 of ISO 11783-11, https://www.isobus.net. Rows of a grid run from south to north, columns from west to east.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np

from groundside import __version__
from groundside.errors import BadRequest
from groundside.model.prescription import CellGrid, Prescription
from groundside.model.query import Area

FOLDER = "TASKDATA"
GRID_FILE = "GRD00001"
VERSIONS = ("4.3", "3.3")
MASS_PER_AREA, VOLUME_PER_AREA = "0006", "0001"
"""Data dictionary entries: setpoints in mg/m² and in 0.01 mm³/m²."""
COUNTS = {"kg": 100.0, "l": 10_000.0}
"""Counts of the entry for 1 kg/ha and for 1 l/ha."""
MOST_COUNT = 2**31 - 1
MOST_TEXT = 32
NOTHING, TEMPLATE = 0, 1
"""Zone codes: 0 is outside the field, without a position, and where nothing is spread."""
FMIS = "1"
"""The origin of the data: farm management software."""
PLANNED = "1"
_BOUNDARY, _EXTERIOR, _INTERIOR, _OTHER = "1", "1", "2", "2"


def isoxml_files(made: Prescription, version: str = "4.3", grid_type: int = 2) -> dict[str, bytes]:
    """
    Write a prescription as ISOXML.

    Args:
        made: what is spread where.
        version: "4.3" or "3.3".
        grid_type: 1, a byte for each cell that names a zone; 2, a whole number of four bytes that is the rate.

    Returns:
        Paths in the file system of the terminal, to bytes.

    Raises:
        BadRequest: there is no such version or type, or a rate is beyond what a grid can hold.
    """
    if version not in VERSIONS or grid_type not in (1, 2):
        what = f"ISOXML {version} with grids of type {grid_type} is not written."
        raise BadRequest(what, try_this="--isoxml-version 4.3 or 3.3, --grid-type 1 or 2")
    grid = zones_grid(made) if grid_type == 1 else rates_grid(made)
    root = _root(version)
    SubElement(root, "CTR", A="CTR1", B="Groundside")
    SubElement(root, "FRM", A="FRM1", B="Farm", I="CTR1")
    _field(root, made)
    _product(root, made)
    _task(root, made, grid_type, len(grid))
    _presentation(root, made)
    indent(root)
    document = b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"
    return {f"{FOLDER}/TASKDATA.XML": document, f"{FOLDER}/{GRID_FILE}.bin": grid}


def zones_grid(made: Prescription) -> bytes:
    """Give a grid of type 1: the code of the zone of each cell, a byte each, south first."""
    return made.codes[::-1].astype(np.uint8).tobytes()


def rates_grid(made: Prescription) -> bytes:
    """
    Give a grid of type 2: the rate of each cell in counts of the data dictionary, int32 little-endian, south first.

    Raises:
        BadRequest: a rate is beyond that.
    """
    return np.array([0, *counts(made)], dtype="<i4")[made.codes[::-1]].tobytes()


def counts(made: Prescription) -> list[int]:
    """
    Give the rate of each zone in counts of the data dictionary: 100 for 1 kg/ha, 10,000 for 1 l/ha.

    Raises:
        BadRequest: a rate is beyond what four bytes hold.
    """
    found = [round(zone.rate * COUNTS[made.product.unit]) for zone in made.zones]
    if any(not 0 <= each <= MOST_COUNT for each in found):
        what = "A rate is beyond what an ISOXML grid can hold."
        raise BadRequest(what, try_this="check the rates and the product")
    return found


def _root(version: str) -> Element:
    major, minor = version.split(".")
    return Element(
        "ISO11783_TaskData", VersionMajor=major, VersionMinor=minor, ManagementSoftwareManufacturer="Groundside",
        ManagementSoftwareVersion=__version__[:MOST_TEXT], DataTransferOrigin=FMIS,
    )  # fmt: skip


def _field(root: Element, made: Prescription) -> None:
    area_m2 = round(sum(zone.area_ha for zone in made.zones) * 10_000 + made.made.without_ha * 10_000)
    field = SubElement(root, "PFD", A="PFD1", C=_text(made.name), D=str(area_m2), E="CTR1", F="FRM1")
    _polygons(field, made.area)


def _polygons(parent: Element, area: Area) -> None:
    for rings in area.polygons:
        polygon = SubElement(parent, "PLN", A=_BOUNDARY)
        for number, ring in enumerate(rings):
            line = SubElement(polygon, "LSG", A=_INTERIOR if number else _EXTERIOR)
            for at in ring:
                SubElement(line, "PNT", A=_OTHER, C=_degrees(at.lat), D=_degrees(_turned(at.lon)))


def _product(root: Element, made: Prescription) -> None:
    SubElement(root, "PDT", A="PDT1", B=_text(made.product.title), D="VPN1", E=_entry(made))


def _presentation(root: Element, made: Prescription) -> None:
    """How a terminal shows the counts."""
    scale = 1.0 / COUNTS[made.product.unit]
    SubElement(root, "VPN", A="VPN1", B="0", C=f"{scale:.6f}", D="2", E=made.unit)


def _task(root: Element, made: Prescription, grid_type: int, length: int) -> None:
    codes = {letter: str(NOTHING) for letter in "HIJ"}  # by default, without a position, outside the field
    about = {"B": _text(made.name), "C": "CTR1", "D": "FRM1", "E": "PFD1", "G": PLANNED}
    task = SubElement(root, "TSK", {"A": "TSK1", **about, **codes})
    _zone(task, NOTHING, "nothing", 0, made)
    if grid_type == 1:
        for zone, raw in zip(made.zones, counts(made), strict=True):
            _zone(task, zone.code, f"{zone.rate:g} {made.unit}", raw, made)
    else:
        _zone(task, TEMPLATE, "by cell", 0, made)
    _grid(task, made.grid, grid_type, length)


def _zone(task: Element, code: int, said: str, raw: int, made: Prescription) -> None:
    zone = SubElement(task, "TZN", A=str(code), B=_text(said))
    SubElement(zone, "PDV", A=_entry(made), B=str(raw), C="PDT1", E="VPN1")


def _grid(task: Element, grid: CellGrid, grid_type: int, length: int) -> None:
    values = (
        _degrees(grid.south), _degrees(_turned(grid.west)), _size(grid.cell_lat), _size(grid.cell_lon),
        str(grid.columns), str(grid.rows), GRID_FILE, str(length), str(grid_type),
    )  # fmt: skip
    element = SubElement(task, "GRD", dict(zip("ABCDEFGHI", values, strict=True)))
    if grid_type == 2:
        element.set("J", str(TEMPLATE))


def _entry(made: Prescription) -> str:
    return VOLUME_PER_AREA if made.product.unit == "l" else MASS_PER_AREA


def _degrees(value: float) -> str:
    return f"{value:.9f}"


def _size(value: float) -> str:
    return f"{value:.15f}".rstrip("0")


def _turned(lon: float) -> float:
    return lon if -180.0 <= lon <= 180.0 else (lon + 180.0) % 360.0 - 180.0


def _text(said: str) -> str:
    """Give what XML can hold, as long as a terminal takes it."""
    return "".join(c if c.isprintable() else " " for c in said)[:MOST_TEXT]
