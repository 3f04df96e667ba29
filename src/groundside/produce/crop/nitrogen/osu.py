"""Oklahoma State University's library of yield potentials: one equation for each crop and year of revision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from groundside.errors import BadRequest
from groundside.model.agronomy import Advice, Need, NotEnough, Outcome, Values
from groundside.model.source import Source
from groundside.produce.crop.nitrogen.model import Floats, Model, more_than_0, ndvi_of_plants, number, where_ndvi

LIBRARY = Source(
    "Oklahoma State University, Nitrogen Use Efficiency: yield potential equations",
    "http://nue.okstate.edu/Yield_Potential.htm",
)


@dataclass(frozen=True, slots=True)
class Potential:
    """
    Yield without more nitrogen, kg/ha = a * exp(b * INSEY).

    Args:
        a, b: of that equation.
        response: slope and intercept from the NDVI ratio to the response index at harvest; None where none is given.
        grain_n_percent: nitrogen in the grain; None where the library gives none for this crop.
    """

    a: float
    b: float
    response: tuple[float, float] | None = None
    grain_n_percent: float | None = None


WHEAT_N_PERCENT = 2.39
EQUATIONS = {
    "wheat-2002": Potential(344.0, 267.65, None, WHEAT_N_PERCENT),
    "wheat-2003": Potential(500.0, 267.65, None, WHEAT_N_PERCENT),
    "wheat-2004": Potential(359.0, 324.4, None, WHEAT_N_PERCENT),
    "wheat-2005": Potential(522.0, 274.7, None, WHEAT_N_PERCENT),
    "wheat-2006": Potential(532.0, 270.1, None, WHEAT_N_PERCENT),
    "wheat-2007": Potential(590.0, 258.2, (1.69, -0.70), WHEAT_N_PERCENT),
    "wheat-east-australia": Potential(580.0, 244.94, None, WHEAT_N_PERCENT),
    "durum": Potential(322.0, 211.5),
    "corn-2004": Potential(1565.0, 154.7, (1.64, -0.5287)),
    "corn-irrigated-2003": Potential(2332.9, 132.46),
}
"""By crop and revision. What the library does not say is None, and must be given."""
MOST_EFFICIENCY = 1.0


def equation(name: object) -> Potential:
    """
    Find an equation of the library.

    Raises:
        BadRequest: there is none of that name.
    """
    found = EQUATIONS.get(str(name))
    if found is None:
        what = f"The library has no equation {name!r}."
        raise BadRequest(what, try_this=f"equation={next(iter(EQUATIONS))}, or one of {', '.join(EQUATIONS)}")
    return found


def missing(inputs: Values) -> tuple[str, ...]:
    """Say what must be given because the library does not say it."""
    said = equation(inputs["equation"])
    lacking: list[str] = []
    if said.response is None and "response_index" not in inputs:
        lacking.append("response_index: ratio of yields with and without nitrogen that is expected at harvest")
    if said.grain_n_percent is None and "grain_n_percent" not in inputs:
        lacking.append("grain_n_percent: nitrogen in the grain, in %")
    return tuple(lacking)


def worked(inputs: Values, ndvi: Floats) -> dict[str, Floats]:
    """
    Compute every step: INSEY, both yields, and the nitrogen of their difference over its efficiency.

    Args:
        inputs: equation, ndvi_rich, days_gdd, efficiency, and what `missing` names.
        ndvi: of the crop as the farmer has it; any shape.

    Raises:
        BadRequest: an NDVI that no crop has, or days that are not more than 0.
    """
    said = equation(inputs["equation"])
    insey = ndvi_of_plants("ndvi_field", ndvi) / more_than_0(inputs, "days_gdd")
    yp0 = said.a * np.exp(said.b * insey)
    if "response_index" in inputs:
        response = np.full_like(yp0, number(inputs, "response_index"))
    else:
        slope, intercept = said.response or (1.0, 0.0)
        response = slope * number(inputs, "ndvi_rich") / ndvi + intercept
    response = np.maximum(response, 1.0)
    ypn = np.minimum(yp0 * response, number(inputs, "most_yield_kg_ha", float("inf")))
    percent = number(inputs, "grain_n_percent", said.grain_n_percent)
    rate = (ypn - yp0) * percent / 100.0 / number(inputs, "efficiency")
    return {
        "insey": insey, "yp0_kg_ha": yp0, "response_index": response, "ypn_kg_ha": ypn,
        "grain_n_percent": np.full_like(yp0, percent), "rate_kg_ha": np.maximum(rate, 0.0),
    }  # fmt: skip


def _advise(inputs: Values) -> Outcome:
    lacking = missing(inputs)
    if lacking:
        what = f"The library gives a yield for {inputs['equation']}, and no more."
        return NotEnough("osu", what, lacking, inputs, {}, (LIBRARY,))
    steps = {k: float(v) for k, v in worked(inputs, np.array(number(inputs, "ndvi_field"))).items()}
    return Advice(
        "osu", steps["rate_kg_ha"], "low",
        "the equation was fitted elsewhere; nothing here says that it holds in this field",
        inputs, steps, (LIBRARY,),
        notes=("the library's efficiency is 0.5 to 0.6", "the strip must have had no want of nitrogen"),
    )  # fmt: skip


def _rates(inputs: Values, ndvi: Floats) -> Floats:
    if missing(inputs):
        return np.full_like(ndvi, np.nan)
    return where_ndvi(lambda there: worked(inputs, there)["rate_kg_ha"], ndvi)


NEEDS = (
    Need("equation", "", f"which equation of the library: {', '.join(EQUATIONS)}"),
    Need("ndvi_field", "1", "NDVI of the crop as it is", 0.05, 1.0),
    Need("ndvi_rich", "1", "mean NDVI of the N-rich strip", 0.05, 1.0),
    Need("days_gdd", "days", "days since sowing with growing degrees above 0 (wheat: base 4.4 C)", 1.0, 366.0),
    Need("efficiency", "1", "share of the fertiliser that reaches the grain (published: 0.5 to 0.6)", 0.05, 1.0),
    Need("response_index", "1", "expected ratio of yields, where the library has no line for it", 1.0, 5.0, True),
    Need("grain_n_percent", "%", "nitrogen in the grain, where the library has none", 0.5, 6.0, True),
    Need("most_yield_kg_ha", "kg/ha", "the most this field can yield", 500.0, 30000.0, True),
)  # fmt: skip
MODEL = Model(
    "osu", "yield potential with and without nitrogen (Oklahoma State University)", NEEDS, (LIBRARY,), _advise,
    "ndvi_field", _rates,
)  # fmt: skip
