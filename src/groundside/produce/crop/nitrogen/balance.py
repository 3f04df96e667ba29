"""Nitrogen by mass balance, as the integrated production rules of Emilia-Romagna have it; and by standard dose."""

from __future__ import annotations

from groundside.model.agronomy import Advice, Need, Outcome, Values
from groundside.model.source import Source
from groundside.produce.crop.nitrogen.model import Model, number

DPI = Source(
    "Regione Emilia-Romagna, Disciplinari di produzione integrata, Regolamento regionale 2/2024",
    "https://agricoltura.regione.emilia-romagna.it/produzioni-agroalimentari/temi/bio-agro-climambiente/"
    "agricoltura-integrata/disciplinari-produzione-integrata-vegetale",
    "mass balance and standard dose; worked example of Fert_Office 1.26",
)


def balanced(demand: float, supplied: float, lost: float, natural: float, residues: float = 0.0) -> float:
    """
    Give fertiliser nitrogen, kg/ha: demand (A) less soil (B), plus losses (D), less residues and natural sources (G).

    Not below 0.
    """
    return max(demand - supplied + lost - natural - residues, 0.0)


def standard_dose(standard: float, increments: tuple[float, ...], most_increment: float | None = None) -> float:
    """Give the standard dose with its increments, which together do not exceed what is allowed."""
    more = sum(increments)
    return standard + (more if most_increment is None else min(more, most_increment))


def _advise(inputs: Values) -> Outcome:
    rate = balanced(
        number(inputs, "demand_kg_ha"), number(inputs, "soil_kg_ha"), number(inputs, "losses_kg_ha"),
        number(inputs, "natural_kg_ha"), number(inputs, "residues_kg_ha", 0.0),
    )  # fmt: skip
    why = "a balance of estimates; each of them may be wrong by a fifth"
    return Advice("balance", rate, "medium", why, inputs, {"rate_kg_ha": rate}, (DPI,))


NEEDS = (
    Need("demand_kg_ha", "kg/ha", "nitrogen that the crop takes up for the expected yield (A)", 0.0, 500.0),
    Need("soil_kg_ha", "kg/ha", "nitrogen that the soil gives (B)", 0.0, 500.0),
    Need("losses_kg_ha", "kg/ha", "nitrogen that is leached, bound or lost to the air (C + D)", 0.0, 300.0),
    Need("natural_kg_ha", "kg/ha", "nitrogen from rain and other natural sources (G)", 0.0, 100.0),
    Need("residues_kg_ha", "kg/ha", "nitrogen from residues and earlier manure (E + F)", 0.0, 300.0, True),
)
MODEL = Model("balance", "mass balance of an arable field", NEEDS, (DPI,), _advise)
