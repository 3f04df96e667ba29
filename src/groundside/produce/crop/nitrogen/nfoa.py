"""Winter wheat by an N-rich strip: the nitrogen fertilisation optimisation algorithm of 2002."""

from __future__ import annotations

import numpy as np

from groundside.model.agronomy import Advice, Need, Outcome, Values
from groundside.model.source import Source
from groundside.produce.crop.nitrogen.model import Floats, Model, more_than_0, ndvi_of_plants, number, where_ndvi

RAUN = Source(
    "Raun et al. 2002, Improving nitrogen use efficiency in cereal grain production with optical sensing and variable "
    "rate application, Agronomy Journal 94: 815-820",
    "https://doi.org/10.2134/agronj2002.8150",
    "NFOA, with the equations of Oklahoma State University's page",
)
MOST_YIELD_MG_HA = 7.0
EFFICIENCY = 0.70


def worked(inputs: Values, ndvi: Floats) -> dict[str, Floats]:
    """
    Compute every step of the algorithm (Raun et al. 2002).

    Args:
        inputs: `ndvi_rich` and `days_gdd`.
        ndvi: of the crop as the farmer has it; any shape.

    Returns:
        insey, yp0_mg_ha, ri, ypn_mg_ha, grain_n_percent, grain_n_kg_ha, forage_n_kg_ha and rate_kg_ha, not below 0.

    Raises:
        BadRequest: an NDVI that no crop has, or days that are not more than 0.
    """
    ndvi_of_plants("ndvi_rich", np.array(number(inputs, "ndvi_rich")))
    insey = ndvi_of_plants("ndvi_field", ndvi) / more_than_0(inputs, "days_gdd")
    yp0 = 0.74076 + 0.10210 * np.exp(577.66 * insey)
    ri = np.clip(number(inputs, "ndvi_rich") / ndvi, 1.0, 2.0)
    ypn = np.minimum(yp0 * ri, MOST_YIELD_MG_HA)
    percent = -0.1918 * ypn + 2.7836
    grain = percent / 100.0 * ypn * 1000.0
    forage = 14.76 + 0.7758 * np.exp(5.468 * ndvi)
    return {
        "insey": insey, "yp0_mg_ha": yp0, "ri": ri, "ypn_mg_ha": ypn, "grain_n_percent": percent,
        "grain_n_kg_ha": grain, "forage_n_kg_ha": forage,
        "rate_kg_ha": np.maximum((grain - forage) / EFFICIENCY, 0.0),
    }  # fmt: skip


def _advise(inputs: Values) -> Outcome:
    steps = {k: float(v) for k, v in worked(inputs, np.array(number(inputs, "ndvi_field"))).items()}
    return Advice(
        "nfoa", steps["rate_kg_ha"], "low",
        "the coefficients are those of winter wheat in Oklahoma; nothing here says that they hold in this field",
        inputs, steps, (RAUN,),
        notes=("for winter wheat at Feekes 4 to 6 (BBCH 29 to 31)", "the strip must have had no want of nitrogen"),
    )  # fmt: skip


def _rates(inputs: Values, ndvi: Floats) -> Floats:
    return where_ndvi(lambda there: worked(inputs, there)["rate_kg_ha"], ndvi)


NEEDS = (
    Need("ndvi_field", "1", "NDVI of the crop as it is", 0.05, 1.0),
    Need("ndvi_rich", "1", "mean NDVI of the N-rich strip", 0.05, 1.0),
    Need("days_gdd", "days", "days since sowing with growing degrees above 0, base 4.4 C", 1.0, 366.0),
)
MODEL = Model(
    "nfoa", "winter wheat, N-rich strip (NFOA 2002)", NEEDS, (RAUN,), _advise, "ndvi_field", _rates
)  # fmt: skip
