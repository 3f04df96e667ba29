"""A prescription: how much of what is spread where, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from groundside.model.agronomy import Bill, Interval, NotEnough, Product, Value, Values
from groundside.model.query import Area

Codes = NDArray[np.uint8]
MOST_ZONES = 254
"""Codes of zones are 1 to 254: what ISOXML has room for. 0 is where nothing is to be spread."""


@dataclass(frozen=True, slots=True)
class CellGrid:
    """
    Cells of one size in degrees on WGS 84; rows run from north to south, columns from west to east.

    Args:
        west, south: of the south-western corner of the south-western cell.
        cell_lon, cell_lat: size of a cell, degrees.
        rows, columns: how many.
        cell_ha: area of a cell in the middle of the grid, ha.
    """

    west: float
    south: float
    cell_lon: float
    cell_lat: float
    rows: int
    columns: int
    cell_ha: float

    @property
    def north(self) -> float:
        """Latitude of the northern edge."""
        return self.south + self.rows * self.cell_lat

    @property
    def east(self) -> float:
        """Longitude of the eastern edge."""
        return self.west + self.columns * self.cell_lon


@dataclass(frozen=True, slots=True)
class RateZone:
    """
    Where one rate is spread.

    Args:
        code: 1 to 254, by rising rate.
        rate: of the product, in its unit per hectare.
        nitrogen_kg_ha: what that holds.
        cells: how many cells of the grid.
        area_ha: theirs.
        area: outline along the edges of the cells, holes included.
        said: what the zone is called, where it was drawn or is of an index: "0.31 to 0.45".
    """

    code: int
    rate: float
    nitrogen_kg_ha: float
    cells: int
    area_ha: float
    area: Area
    said: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What the rates rest on.

    Args:
        enough: whether a published model with its inputs stands behind them.
        model: its name; "typed" where a person gave the rates, "unknown" where a file from elsewhere did.
        said: in one sentence.
        confidence: as the model put it; empty where nothing did.
        sources: titles.
        inputs: what the model was given.
        notes: what to know before acting on it.
        interval: of the mean rate, kg N/ha; None where there is none.
        missing: why there is no evidence and what would be; None where there is enough.
    """

    enough: bool
    model: str
    said: str
    confidence: str = ""
    sources: tuple[str, ...] = ()
    inputs: Values = field(default_factory=dict[str, Value])
    notes: tuple[str, ...] = ()
    interval: Interval | None = None
    missing: NotEnough | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """
    How zones came about, for who wants to know why a cell is what it is.

    Args:
        cell_m: side of a cell, metres.
        width_m: of the spreader; rates are means over a disc of it. 0 where nothing was smoothed.
        least_ha: smaller pieces were given to a neighbour.
        merged: how many pieces were.
        wanted_kg: nitrogen in all, as the rates had it before smoothing, steps and limits.
        given_kg: nitrogen in all, as it is now.
        limited: how many cells the cap or the machine changed.
        without_ha: in the field, but without a value: nothing is spread there.
    """

    cell_m: float
    width_m: float
    least_ha: float
    merged: int
    wanted_kg: float
    given_kg: float
    limited: int
    without_ha: float


@dataclass(frozen=True, slots=True, eq=False)
class Prescription:
    """
    What is spread where.

    Args:
        name: of the task.
        grid: its cells.
        codes: of the zone of each cell, shape (rows, columns), north first; 0 where nothing is to be spread.
        zones: by code, the first is 1.
        product: what is spread; nitrogen itself where no product was named.
        area: of the field: as drawn, or the outline of the cells.
        evidence: what the rates rest on.
        made: how the zones came about.
        bill: amount, cost and saving; None where there is nothing to say.
        facts: what else is known: crop, raster, limits.
    """

    name: str
    grid: CellGrid
    codes: Codes
    zones: tuple[RateZone, ...]
    product: Product
    area: Area
    evidence: Evidence
    made: Made
    bill: Bill | None = None
    facts: Mapping[str, Value] = field(default_factory=dict[str, Value])

    @property
    def rates(self) -> NDArray[np.float64]:
        """Rate of each cell, shape (rows, columns), north first; 0 where nothing is to be spread."""
        return np.array([0.0, *(zone.rate for zone in self.zones)])[self.codes]

    @property
    def unit(self) -> str:
        """Of the rates: "kg/ha", "l/ha", or "kg N/ha"."""
        return "kg N/ha" if self.product.name == NITROGEN.name else f"{self.product.unit}/ha"


NITROGEN = Product("nitrogen", "nitrogen", 1.0, "kg")
"""What is spread where no product was named."""


@dataclass(frozen=True, slots=True)
class CropField:
    """
    A field, as people stated it.

    Args:
        id: random and permanent.
        name: as it is called; no two are alike.
        area: its boundary.
        crop, cultivar: what grows there; empty where nobody said.
        begun: day of sowing, or of bud break.
        began_with: "sown" or "bud break"; empty where there is no day.
        area_ha: on the ellipsoid.
    """

    id: str
    name: str
    area: Area
    crop: str = ""
    cultivar: str = ""
    begun: date | None = None
    began_with: str = ""
    area_ha: float = 0.0
