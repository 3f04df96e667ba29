"""Nitrogen nutrition index: what the crop holds over what it needs at its weight, measured or read from an index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside.model.agronomy import Advice, Need, NotEnough, Outcome, Values
from groundside.model.source import Source
from groundside.produce.crop.nitrogen.calibration import LEAST_PLOTS, Line, fitted
from groundside.produce.crop.nitrogen.dilution import CURVES, DEFICIENT, LUXURY, critical_n_percent, curve
from groundside.produce.crop.nitrogen.model import Floats, Model, number

LEMAIRE = Source(
    "Lemaire, Jeuffroy and Gastal 2008, Diagnosis tool for plant and crop N status in vegetative stage, "
    "European Journal of Agronomy 28: 614-624",
    "https://doi.org/10.1016/j.eja.2008.01.005",
)
_HELP = (
    "samples of at least 8 plots: the index, dry matter in t/ha and nitrogen in % of each",
    "or dry matter and nitrogen of one place, for that place alone",
)


def status(nni: float) -> str:
    """Name what an index means."""
    return "deficient" if nni < DEFICIENT else "luxury" if nni > LUXURY else "adequate"


def _advise(inputs: Values) -> Outcome:
    crop, weight = str(inputs["crop"]), number(inputs, "biomass_t_ha")
    needed = critical_n_percent(crop, weight)
    sources = (LEMAIRE, curve(crop).source)
    if needed is None:
        what = f"The curve of {crop} was not published for a crop of {weight:g} t/ha."
        return NotEnough("nni", what, ("a measurement at a weight that the curve covers",), inputs, {}, sources)
    held = number(inputs, "n_percent")
    nni, deficit = held / needed, 10.0 * weight * (needed - held)
    steps: dict[str, float | str | None] = {
        "critical_n_percent": needed, "nni": nni, "status": status(nni), "deficit_kg_ha": deficit,
    }  # fmt: skip
    if "recovery" not in inputs:
        what = f"The crop is {steps['status']} (NNI {nni:.2f}); how much fertiliser that takes depends on its recovery."
        return NotEnough(
            "nni", what, ("recovery: share of the fertiliser that the crop takes up",), inputs, steps, sources
        )
    rate = max(deficit, 0.0) / number(inputs, "recovery")
    why = "measured in this field; the rate makes good what is missing now, and nothing for growth to come"
    return Advice("nni", rate, "medium", why, inputs, steps, sources)


@dataclass(frozen=True, slots=True)
class Plots:
    """Samples of plots, one value for each: index, dry matter in t/ha, nitrogen in %."""

    index: Floats
    biomass_t_ha: Floats
    n_percent: Floats


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Two lines of the owner's own: index to dry matter, and index to NNI."""

    crop: str
    recovery: float
    weight: Line
    nni: Line


def calibrated(crop: str, recovery: float, plots: Plots) -> Calibrated | NotEnough:
    """
    Fit the lines of one field and day.

    Returns:
        The lines; or why they say nothing: too few plots, or plots that the index does not predict.
    """
    critical = [critical_n_percent(crop, float(w)) for w in plots.biomass_t_ha]
    inside = np.array([c is not None for c in critical])
    lines = _lines(plots, np.array([c or np.nan for c in critical]), inside)
    sources = (LEMAIRE, curve(crop).source)
    if lines is None:
        what = f"{int(inside.sum())} plots with a weight that the curve covers are not enough for a line."
        return NotEnough(
            "nni", what, (f"at least {LEAST_PLOTS} plots, over the whole range of the index",), {}, {}, sources
        )
    found = _told(lines)
    useless = [name for name, line in zip(("dry matter", "NNI"), lines, strict=True) if not line.useful]
    if useless:
        what = f"In these plots the index does not predict {' and '.join(useless)} better than a mean does."
        return NotEnough("nni", what, ("more plots, further apart in vigour", "a red-edge index"), {}, found, sources)
    return Calibrated(crop, recovery, *lines)


def _lines(plots: Plots, critical: Floats, inside: npt.NDArray[np.bool_]) -> tuple[Line, Line] | None:
    weight = fitted(plots.index[inside], plots.biomass_t_ha[inside])
    nni = fitted(plots.index[inside], (plots.n_percent / critical)[inside])
    return None if weight is None or nni is None else (weight, nni)


def _told(lines: tuple[Line, Line]) -> dict[str, float | str | None]:
    found: dict[str, float | str | None] = {"plots": float(lines[0].plots)}
    for name, line in zip(("biomass", "nni"), lines, strict=True):
        for what in ("slope", "intercept", "r2", "rmse", "loo_rmse", "low", "high"):
            found[f"{name}_{what}"] = getattr(line, what)
    return found


def calibrated_rates(lines: Calibrated, index: Floats) -> Floats:
    """
    Give kg/ha for values of the index: what is missing up to the critical content, over its recovery.

    Returns:
        NaN beyond the indices of the plots, and where the curve was not published for such a weight.
    """
    inside = (index >= lines.nni.low) & (index <= lines.nni.high)
    weight = lines.weight.slope * index + lines.weight.intercept
    nni = lines.nni.slope * index + lines.nni.intercept
    critical = np.array([critical_n_percent(lines.crop, float(w)) or np.nan for w in np.where(inside, weight, np.nan)])
    rate = np.maximum(10.0 * weight * critical * (1.0 - nni), 0.0) / lines.recovery
    return np.where(inside, rate, np.nan)


def calibrated_advice(lines: Calibrated, index: float) -> Outcome:
    """Answer for one value of the index."""
    told = _told((lines.weight, lines.nni))
    rate = float(calibrated_rates(lines, np.array([index]))[0])
    inputs = {"index": index, "crop": lines.crop, "recovery": lines.recovery}
    sources = (LEMAIRE, curve(lines.crop).source)
    if not np.isfinite(rate):
        what = f"An index of {index:g} lies beyond the plots, from {lines.nni.low:g} to {lines.nni.high:g}."
        return NotEnough("nni", what, ("plots with such an index",), inputs, told, sources)
    confidence = "medium" if lines.nni.r2 >= 0.5 else "low"
    why = f"{lines.nni.plots} plots of this field; NNI is predicted to {lines.nni.loo_rmse:.2f} (leave one out)"
    return Advice("nni", rate, confidence, why, inputs, told, sources)


NEEDS = (
    Need("crop", "", f"which: {', '.join(CURVES)}"),
    Need("biomass_t_ha", "t/ha", "above-ground dry matter", 0.1, 60.0),
    Need("n_percent", "%", "nitrogen in it", 0.1, 10.0),
    Need("recovery", "1", "share of the fertiliser that the crop takes up", 0.05, 1.0, optional=True),
)
MODEL = Model("nni", "nitrogen nutrition index on a critical dilution curve", NEEDS, (LEMAIRE,), _advise)
