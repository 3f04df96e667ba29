"""Cotton by an N-rich strip (Oklahoma State University)."""

from __future__ import annotations

import numpy as np

from groundside.model.agronomy import Advice, Need, Outcome, Values
from groundside.produce.crop.nitrogen.model import Floats, Model, more_than_0, ndvi_of_plants, number, where_ndvi
from groundside.produce.crop.nitrogen.osu import LIBRARY

LINT_N = 0.08637
EFFICIENCY = 0.5


def worked(inputs: Values, ndvi: Floats) -> dict[str, Floats]:
    """Compute every step, with sums of growing degrees in place of days; the response index is not below 1."""
    yp0 = 236.0 * np.exp(2216.2 * ndvi_of_plants("ndvi_field", ndvi) / more_than_0(inputs, "heat_units"))
    response = np.maximum(1.8579 * number(inputs, "ndvi_rich") / ndvi - 0.932, 1.0)
    ypn = np.minimum(yp0 * response, number(inputs, "most_yield_kg_ha"))
    rate = np.maximum((ypn - yp0) * LINT_N / EFFICIENCY, 0.0)
    return {"yp0_kg_ha": yp0, "response_index": response, "ypn_kg_ha": ypn, "rate_kg_ha": rate}


def _advise(inputs: Values) -> Outcome:
    steps = {k: float(v) for k, v in worked(inputs, np.array(number(inputs, "ndvi_field"))).items()}
    return Advice(
        "cotton", steps["rate_kg_ha"], "low",
        "the equation was fitted in Oklahoma; nothing here says that it holds in this field",
        inputs, steps, (LIBRARY,), notes=("the strip must have had no want of nitrogen",),
    )  # fmt: skip


def _rates(inputs: Values, ndvi: Floats) -> Floats:
    return where_ndvi(lambda there: worked(inputs, there)["rate_kg_ha"], ndvi)


NEEDS = (
    Need("ndvi_field", "1", "NDVI of the crop as it is", 0.05, 1.0),
    Need("ndvi_rich", "1", "mean NDVI of the N-rich strip", 0.05, 1.0),
    Need("heat_units", "degree days", "growing degrees since sowing, as the library sums them", 100.0, 5000.0),
    Need("most_yield_kg_ha", "kg/ha", "the most lint this field can yield", 100.0, 5000.0),
)
MODEL = Model("cotton", "cotton, N-rich strip (OSU)", NEEDS, (LIBRARY,), _advise, "ndvi_field", _rates)
