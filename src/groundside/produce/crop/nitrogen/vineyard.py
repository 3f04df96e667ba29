"""Vineyards: a small demand by mass balance, gated by tissue analysis; an index alone never asks for nitrogen."""

from __future__ import annotations

from groundside.errors import BadRequest
from groundside.model.agronomy import Advice, Need, NotEnough, Outcome, Values
from groundside.model.source import Source
from groundside.produce.crop.nitrogen.balance import DPI
from groundside.produce.crop.nitrogen.model import Model, number

IOBC = Source(
    "IOBC-WPRS guidelines for integrated production of grapes", "https://iobc-wprs.org/", "5 kg N per t at most"
)
PETIOLE = Source(
    "University of California, bloom petiole nitrate-nitrogen of Thompson Seedless", "", "350 and 1200 ppm"
)
YAN = Source(
    "Schreiner et al. 2018, American Journal of Enology and Viticulture 69: 45", "", "yeast-assimilable nitrogen"
)
KINDS = {"wine-hill": (0.57, 70.0, 9.0), "wine-plain": (0.62, 100.0, 18.0), "table": (0.51, 100.0, 18.0)}
"""Demand in kg N for 100 kg of grapes; the most that is allowed, kg N/ha and year; and for which yield, t/ha."""
PETIOLE_LOW_PPM, PETIOLE_HIGH_PPM = 350.0, 1200.0
BLADE_LOW_PERCENT, BLADE_HIGH_PERCENT = 2.0, 3.0
YAN_LOW_MG_L, YAN_HIGH_MG_L = 140.0, 300.0
_TISSUES = (
    "blade_n_percent: nitrogen in leaf blades at veraison, in %",
    "yan_mg_l: yeast-assimilable nitrogen of the last must, in mg/l",
    "petiole_no3_ppm: nitrate-nitrogen in petioles at bloom (Thompson Seedless only), in ppm",
)
_GATES = {
    "blade_n_percent": (BLADE_LOW_PERCENT, BLADE_HIGH_PERCENT),
    "yan_mg_l": (YAN_LOW_MG_L, YAN_HIGH_MG_L),
    "petiole_no3_ppm": (PETIOLE_LOW_PPM, PETIOLE_HIGH_PPM),
}


def gate(inputs: Values) -> str | None:
    """
    Say what tissue says: "low", "enough" or "much"; None without any analysis. The one that says most holds.

    Source: thresholds of `PETIOLE` and `YAN`; blades below 2 % or above 3 % at veraison, Washington State University.
    """
    said = [_level(number(inputs, name), *ends) for name, ends in _GATES.items() if name in inputs]
    return max(said, key=("low", "enough", "much").index) if said else None


def _level(value: float, low: float, high: float) -> str:
    return "low" if value < low else "much" if value > high else "enough"


def kind_of(inputs: Values) -> tuple[float, float, float]:
    """
    Find what is known of a kind of vineyard.

    Raises:
        BadRequest: there is no such kind.
    """
    found = KINDS.get(str(inputs["kind"]))
    if found is None:
        what = f"There is no kind of vineyard {inputs['kind']!r}."
        raise BadRequest(what, try_this=f"kind={next(iter(KINDS))}, or one of {', '.join(KINDS)}")
    return found


def _advise(inputs: Values) -> Outcome:
    coefficient, cap, _ = kind_of(inputs)
    load = number(inputs, "yield_t_ha")
    demand = load * coefficient * 10.0
    given = sum(number(inputs, name, 0.0) for name in ("soil_kg_ha", "organic_kg_ha", "irrigation_kg_ha"))
    vigour = number(inputs, "vigour_factor", 1.0)
    steps: dict[str, float | str | None] = {
        "demand_kg_ha": demand, "given_kg_ha": given, "cap_kg_ha": cap, "iobc_kg_ha": 5.0 * load,
        "tissue": gate(inputs), "rate_before_cap_kg_ha": max((demand - given) * vigour, 0.0),
    }  # fmt: skip
    if steps["tissue"] is None:
        what = "Without an analysis of leaves or must there is no telling whether these vines want nitrogen."
        return NotEnough("vineyard", what, _TISSUES, inputs, steps, (DPI, YAN))
    return _gated(inputs, steps, max((demand - given) * vigour, 0.0), cap)


def _gated(inputs: Values, steps: dict[str, float | str | None], wanted: float, cap: float) -> Outcome:
    rate, limited = min(wanted, cap), "most allowed (Emilia-Romagna)" if wanted > cap else ""
    if steps["tissue"] == "much":
        rate, limited = 0.0, "tissue shows more than is needed"
    why = f"tissue says {steps['tissue']}; the balance is of estimates"
    notes = [
        "never after harvest; half at bud break and half after fruit set",
        "weak vigour may be drought, virus or grass between the rows: an index alone is no reason for nitrogen",
    ]
    if rate > number({"v": steps["iobc_kg_ha"] or 0.0}, "v"):
        notes.append("more than 5 kg N per t of grapes, the most that IOBC-WPRS allows")
    return Advice(
        "vineyard", rate, "medium", why, inputs, steps, (DPI, IOBC, YAN, PETIOLE), None, tuple(notes), limited
    )


NEEDS = (
    Need("kind", "", f"which: {', '.join(KINDS)}"),
    Need("yield_t_ha", "t/ha", "grapes expected", 0.5, 60.0),
    Need("soil_kg_ha", "kg/ha", "nitrogen that soil and its humus give", 0.0, 300.0),
    Need("organic_kg_ha", "kg/ha", "nitrogen from manure and cover crops", 0.0, 300.0, True),
    Need("irrigation_kg_ha", "kg/ha", "nitrogen in irrigation water", 0.0, 200.0, True),
    Need("vigour_factor", "1", "as the grower sets it: 1.2 where weak, 0 to 0.5 where strong", 0.0, 1.5, True),
    Need("blade_n_percent", "%", "nitrogen in leaf blades at veraison", 0.3, 6.0, True),
    Need("yan_mg_l", "mg/l", "yeast-assimilable nitrogen of the last must", 1.0, 1000.0, True),
    Need("petiole_no3_ppm", "ppm", "nitrate-nitrogen in petioles at bloom (Thompson Seedless)", 1.0, 10000.0, True),
)  # fmt: skip
MODEL = Model("vineyard", "mass balance of a vineyard, gated by tissue", NEEDS, (DPI, IOBC, YAN, PETIOLE), _advise)
