"""The grower's page of a prescription: map of rates, amounts, the model with its sources, and what is unsure."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np

from groundside.model.agronomy import Interval, NotEnough, Value
from groundside.model.prescription import Evidence, Prescription, RateZone
from groundside.model.query import Area as Ground
from groundside.see.report.compile import pdf
from groundside.see.report.drawing import INK
from groundside.see.report.map_picture import Area, map_svg, places_of
from groundside.see.report.words import UNKNOWN, moment, plural

MOST_CORNERS = 30_000
"""With more corners than this, a map is drawn from coarser cells instead of the zones' outlines."""
COARSE_CELLS = 160
STOPS = ("#fff3c4", "#b9dd9a", "#5fb58d", "#2b7f92", "#173f6b")
"""From the least to the greatest rate: lightness falls all the way, so that grey paper tells them apart too."""
Shape = dict[str, Any]


def prescription_pdf(made: Prescription | NotEnough, task: str, made_us: int | None = None) -> bytes:
    """
    Write a prescription for the grower; or why there is none, and what would help.

    Args:
        made: what came of it.
        task: its name.
        made_us: when it is printed, UTC microseconds; None for now.
    """
    now = time.time_ns() // 1000 if made_us is None else made_us
    return pdf("prescription", prescription_told(made, task, now), now)


def prescription_told(made: Prescription | NotEnough, task: str, made_us: int) -> Shape:
    """Give what the template of the prescription shows; see `prescription_pdf`."""
    common: Shape = {"title": f"Prescription: {task}", "foot": f"{task}. Printed {moment(made_us)}."}
    if isinstance(made, NotEnough):
        nothing = Evidence(False, made.model, "", missing=made)
        return (
            common | _without_rates() | _evidence(nothing) | {"verdict": f"No rate is given. {made.what}", "ok": "no"}
        )
    return common | _rates(made) | _evidence(made.evidence)


def _without_rates() -> Shape:
    return {"map": "", "map_words": "", "zones": [], "unit": "", "sums": [], "facts": [], "bill": [], "how": []}


def _rates(made: Prescription) -> Shape:
    evidence, colours = made.evidence, _colours(made.zones)
    spread = [zone for zone in made.zones if zone.rate > 0.0]
    said = evidence.said if evidence.enough else f"Rates as given: not enough evidence for a rate. {evidence.said}"
    return {
        "verdict": said,
        "ok": "yes" if evidence.enough else "given",
        "map": _map(made, colours),
        "map_words": _coarse_words(made),
        "unit": made.unit,
        "zones": [_zone(zone, colours[zone.code], made) for zone in made.zones],
        "sums": [
            f"{sum(zone.area_ha for zone in made.zones):.2f}",
            f"{sum(zone.rate * zone.area_ha for zone in made.zones):,.1f}",
        ],
        "facts": [
            ["Field and crop", _words(made.facts)],
            ["Product", f"{made.product.title}; {made.product.nitrogen:g} kg N in a {made.product.unit}"],
            ["Zones", f"{plural(len(made.zones), 'zone')}, {len(spread)} of them spread"],
            ["Nitrogen in all", f"{made.made.given_kg:,.1f} kg"],
        ],
        "bill": _bill(made),
        "how": _how(made),
    }


def _zone(zone: RateZone, colour: str, made: Prescription) -> Shape:
    return {
        "colour": colour,
        "cells": [
            str(zone.code), f"{zone.rate:g}", f"{zone.nitrogen_kg_ha:.1f}", f"{zone.area_ha:.2f}",
            f"{zone.rate * zone.area_ha:,.1f} {made.product.unit}", str(len(zone.area.polygons)), zone.said or UNKNOWN,
        ],
    }  # fmt: skip


def _colours(zones: Sequence[RateZone]) -> dict[int, str]:
    """Give each zone its colour by its rate."""
    rates = [zone.rate for zone in zones]
    low, high = min(rates, default=0.0), max(rates, default=0.0)
    return {zone.code: shade((zone.rate - low) / (high - low) if high > low else 0.5) for zone in zones}


def shade(share: float) -> str:
    """
    Give the colour of a share from 0 to 1.

    >>> shade(0.0), shade(1.0)
    ('#fff3c4', '#173f6b')
    """
    at = min(max(share, 0.0), 1.0) * (len(STOPS) - 1)
    first = min(int(at), len(STOPS) - 2)
    mixed = (
        round(int(STOPS[first][i : i + 2], 16) * (first + 1 - at) + int(STOPS[first + 1][i : i + 2], 16) * (at - first))
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _map(made: Prescription, colours: Mapping[int, str]) -> str:
    field = [Area(rings, "none", INK, 0.0) for rings in _outlines(made.area)]
    if _too_fine(made):
        return map_svg([*_coarse(made, colours), *field])
    zones = [
        Area(rings, colours[zone.code], colours[zone.code], 1.0)
        for zone in made.zones
        for rings in _outlines(zone.area)
    ]
    return map_svg([*zones, *field])


def _too_fine(made: Prescription) -> bool:
    corners = sum(len(ring) for zone in made.zones for rings in zone.area.polygons for ring in rings)
    return corners > MOST_CORNERS


def _coarse_words(made: Prescription) -> str:
    return "The zones are too fine for paper: only every so manieth cell is drawn." if _too_fine(made) else ""


def _outlines(area: Ground) -> Iterable[list[list[tuple[float, float]]]]:
    return ([places_of(ring) for ring in rings] for rings in area.polygons)


def _coarse(made: Prescription, colours: Mapping[int, str]) -> Iterable[Area]:
    """Draw every so manieth cell in rows of equal ones: on paper nobody sees more."""
    grid, step = made.grid, ceil(max(made.grid.rows, made.grid.columns) / COARSE_CELLS)
    for row in range(0, grid.rows, step):
        codes = made.codes[row, ::step].astype(np.int64)
        north = grid.north - row * grid.cell_lat
        south = max(grid.south, north - step * grid.cell_lat)
        for run in np.split(np.arange(codes.size), np.flatnonzero(np.diff(codes)) + 1):
            if code := int(codes[run[0]]):
                west = grid.west + int(run[0]) * step * grid.cell_lon
                east = min(grid.east, grid.west + (int(run[-1]) + 1) * step * grid.cell_lon)
                ring = [(west, south), (east, south), (east, north), (west, north)]
                yield Area([ring], colours[code], colours[code], 1.0)


def _bill(made: Prescription) -> list[list[str]]:
    bill = made.bill
    if bill is None:
        return []
    rows = [["Product needed", f"{bill.amount:,.0f} {bill.unit} of {made.product.title}"]]
    rows += [["Cost", f"{bill.cost:,.2f}"]] if bill.cost is not None else []
    if bill.saving is not None:
        unsure = _interval(bill.saving_interval, "", 2) or "the model gives no interval"
        rows.append(["Saved against the flat rate", f"{bill.saving:,.2f} ({unsure})"])
    return rows


def _interval(between: Interval | None, unit: str, digits: int) -> str:
    if between is None:
        return ""
    low, high = (UNKNOWN if end is None else f"{end:,.{digits}f}" for end in (between.low, between.high))
    return f"{between.level:.0%}: {low} to {high}{unit and f' {unit}'}, by {between.method}"


def _how(made: Prescription) -> list[list[str]]:
    how = made.made
    return [
        ["Cells", f"{made.grid.columns} x {made.grid.rows}, {how.cell_m:g} m wide"],
        ["Spreader's width", f"{how.width_m:g} m; rates are means over it" if how.width_m else "nothing was smoothed"],
        ["Small pieces", f"{how.merged} given to a neighbour (less than {how.least_ha:g} ha)"],
        ["Before width, steps, limits", f"{how.wanted_kg:,.1f} kg N"],
        ["Changed by cap or machine", plural(how.limited, "cell")],
        ["Without a value", f"{how.without_ha:.2f} ha of the field: nothing is spread there"],
    ]


def _evidence(evidence: Evidence) -> Shape:
    missing = evidence.missing
    sources = [*evidence.sources, *(f"{s.title} {s.url}".strip() for s in (missing.sources if missing else ()))]
    return {
        "model": [
            ["Model", evidence.model or "none"],
            ["Confidence", evidence.confidence or "none was stated"],
            ["Mean rate lies between", _interval(evidence.interval, "kg N/ha", 1) or "no interval is known"],
        ],
        "inputs": [[name, _value(value)] for name, value in _inputs(evidence).items()],
        "notes": list(evidence.notes),
        "missing": missing.what if missing else "",
        "would_help": list(missing.would_help) if missing else [],
        "sources": list(dict.fromkeys(sources)),
    }


def _inputs(evidence: Evidence) -> Mapping[str, Value]:
    return evidence.inputs or (evidence.missing.inputs if evidence.missing else {})


def _words(values: Mapping[str, Value]) -> str:
    return "; ".join(f"{name} {_value(value)}" for name, value in values.items()) or UNKNOWN


def _value(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
