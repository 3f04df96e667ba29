"""Critical dilution: the least nitrogen in a crop of a given weight that does not slow its growth."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.errors import BadRequest
from groundside.model.source import Source

_NOTE = "as tabulated by NFert 0.14"


@dataclass(frozen=True, slots=True)
class Curve:
    """Critical nitrogen, % = a * W^-b, W above-ground dry matter in t/ha; constant below the least weight."""

    a: float
    b: float
    least_t_ha: float | None
    most_t_ha: float | None
    source: Source


CURVES = {
    "wheat": Curve(
        5.35, 0.442, 1.55, None,
        Source("Justes et al. 1994, Determination of a critical nitrogen dilution curve for winter wheat crops, "
               "Annals of Botany 74: 397-407", "https://doi.org/10.1006/anbo.1994.1133", _NOTE),
    ),
    "maize": Curve(
        3.40, 0.37, 1.0, 22.0,
        Source("Plenet and Lemaire 2000, Relationships between dynamics of nitrogen uptake and dry matter accumulation "
               "in maize crops, Plant and Soil 216: 65-82", "https://doi.org/10.1023/A:1004783431055", _NOTE),
    ),
    "rice": Curve(
        5.18, 0.52, None, None,
        Source("Sheehy et al. 1998, Critical nitrogen concentrations, Field Crops Research 59", "", _NOTE),
    ),
    "rapeseed": Curve(
        4.48, 0.25, None, None,
        Source("Colnenne et al. 1998, Determination of a critical nitrogen dilution curve for winter oilseed rape, "
               "Annals of Botany 81", "https://doi.org/10.1006/anbo.1997.0557", _NOTE),
    ),
    "grass": Curve(
        4.80, 0.32, None, None,
        Source("Lemaire, Jeuffroy and Gastal 2008, European Journal of Agronomy 28: 614-624",
               "https://doi.org/10.1016/j.eja.2008.01.005", _NOTE),
    ),
    "sorghum": Curve(
        3.90, 0.39, None, None, Source("van Oosterom et al. 2010, Field Crops Research 115", "", _NOTE)
    ),
    "sunflower": Curve(
        4.53, 0.42, None, None, Source("Debaeke et al. 2012, European Journal of Agronomy", "", _NOTE)
    ),
}  # fmt: skip
"""By crop. Where no least weight is given, the curve is not used below 1 t/ha."""
LEAST_WEIGHT_T_HA = 1.0
DEFICIENT, LUXURY = 0.9, 1.1


def curve(crop: str) -> Curve:
    """
    Find the curve of a crop.

    Raises:
        BadRequest: none is known.
    """
    found = CURVES.get(crop)
    if found is None:
        what = f"No critical dilution curve is known here for {crop!r}."
        raise BadRequest(what, try_this=f"crop=wheat, or one of {', '.join(CURVES)}")
    return found


def critical_n_percent(crop: str, weight_t_ha: float) -> float | None:
    """
    Give the critical nitrogen content, % of dry matter.

    Args:
        crop: a name in `CURVES`.
        weight_t_ha: above-ground dry matter.

    Returns:
        None where the curve was not published for so little or so much.
    """
    held = curve(crop)
    if held.most_t_ha is not None and weight_t_ha > held.most_t_ha:
        return None
    if held.least_t_ha is None and weight_t_ha < LEAST_WEIGHT_T_HA:
        return None
    weight = max(weight_t_ha, held.least_t_ha or LEAST_WEIGHT_T_HA)
    return held.a * weight**-held.b
