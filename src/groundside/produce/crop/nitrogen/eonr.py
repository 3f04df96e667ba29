"""Economic optimum of nitrogen from a trial: where another kg earns what it costs, and how sure that is."""

from __future__ import annotations

from groundside.model.agronomy import Advice, Interval, NotEnough, Outcome
from groundside.model.source import Source
from groundside.produce.crop.nitrogen.optimum import fieller, likely, optimum, wald
from groundside.produce.crop.nitrogen.response import LEAST_RATES, Response, Trial, plateau, quadratic

NIGON = Source(
    "Nigon, Yang, Mulla and Kaiser 2019, Computing uncertainty in the optimum nitrogen rate using a generalized cost "
    "function, Computers and Electronics in Agriculture 167",
    "https://doi.org/10.1016/j.compag.2019.105030",
    "quadratic-plateau, profile likelihood; program eonr",
)
BACHMAIER = Source(
    "Bachmaier 2009, A confidence set for that x-coordinate where a quadratic regression model has a given gradient, "
    "Statistical Papers 50: 649-660",
    "https://doi.org/10.1007/s00362-007-0104-1",
    "Fieller's interval",
)
NARROW_KG_HA, WIDE_KG_HA = 40.0, 100.0
"""An interval narrower than the one is called high confidence, wider than the other low; our choice."""
_HELP = (
    "a trial with more rates, from 0 to beyond what the crop can use",
    "more replicates, in this zone and over more than one year",
)


def economic_optimum(trial: Trial, ratio: float, level: float = 0.9, kind: str = "") -> Outcome:
    """
    Find the economic optimum of a trial.

    Args:
        trial: its plots, in kg/ha and kg/ha (or whatever unit the price of yield is of).
        ratio: price of a kg of nitrogen over price of a unit of yield.
        level: of confidence.
        kind: "quadratic", "quadratic-plateau", or empty for the plateau where one is to be seen.

    Returns:
        The rate with its interval; or that there is none: too few rates, yield that bends up or does not answer, or an
        optimum that would lie beyond what was tried.
    """
    inputs: dict[str, float | str] = {
        "plots": float(len(trial.nitrogen)), "rates": float(trial.rates), "most_tried_kg_ha": trial.most,
        "price_ratio": ratio, "level": level,
    }  # fmt: skip
    if trial.rates < LEAST_RATES or len(trial.nitrogen) < LEAST_RATES + 1:
        what = f"A trial with {trial.rates} rates and {len(trial.nitrogen)} plots fixes no curve."
        return NotEnough("eonr", what, _HELP, inputs, {}, (NIGON,))
    fit = _fit(trial, kind)
    best = None if fit is None else optimum(fit, ratio)
    if fit is None or best is None:
        curve = fit or quadratic(trial)
        what = "Yield does not bend down within the rates tried: there is no optimum inside the trial."
        return NotEnough("eonr", what, _HELP, inputs, _told(curve), (NIGON,))
    if best > trial.most:
        what = f"The optimum would lie at {best:.0f} kg/ha, beyond the {trial.most:.0f} kg/ha that were tried."
        return NotEnough("eonr", what, _HELP, inputs, {**_told(fit), "beyond_kg_ha": best}, (NIGON,))
    return _advice(trial, fit, ratio, level, inputs)


def _fit(trial: Trial, kind: str) -> Response | None:
    bent = None if kind == "quadratic" else plateau(trial)
    if kind == "quadratic-plateau":
        return bent
    return bent or quadratic(trial)


def _told(fit: Response) -> dict[str, float | str | None]:
    return {"curve": fit.kind, "a": fit.a, "b": fit.b, "c": fit.c, "r2": fit.r2, "top_kg_ha": fit.top}


def _advice(trial: Trial, fit: Response, ratio: float, level: float, inputs: dict[str, float | str]) -> Outcome:
    best = optimum(fit, ratio) or 0.0
    steps = _told(fit)
    gain = fit.at(best) - fit.a
    steps |= {"yield_at_optimum": fit.at(best), "return_over_none": gain - ratio * best}
    if fit.kind == "quadratic":
        interval, source = fieller(fit, ratio, level), BACHMAIER
    else:
        interval, source = likely(trial, fit, ratio, level, True), NIGON
        steps |= _ends("free_plateau", likely(trial, fit, ratio, level, False))
    steps |= _ends("wald", wald(fit, ratio, level))
    confidence, why = _confidence(interval, trial)
    note = "return_over_none is in units of yield, as are the others; times its price it is money"
    return Advice("eonr", best, confidence, why, inputs, steps, (source,), interval, (note,))


def _ends(name: str, interval: Interval) -> dict[str, float | str | None]:
    return {f"{name}_low": interval.low, f"{name}_high": interval.high}


def _confidence(interval: Interval, trial: Trial) -> tuple[str, str]:
    where = f"{len(trial.nitrogen)} plots, {trial.rates} rates"
    if interval.low is None or interval.high is None:
        return "low", f"{where}; the data do not bound the optimum on both sides"
    width = interval.high - interval.low
    level = "high" if width < NARROW_KG_HA else "low" if width > WIDE_KG_HA else "medium"
    return level, f"{where}; the optimum is known to within {width:.0f} kg/ha, for that place and year"
